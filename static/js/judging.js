// Judging by keys, and only the inputs that the chosen verdict needs. The page works without it.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-verdict]");
  const keys = document.querySelector("[data-keys]");

  const chosen = () => form && form.querySelector("input[name=answer]:checked");
  const show = () => {
    const answer = chosen();
    for (const row of form.querySelectorAll("[data-for]")) {
      row.hidden = !answer || !row.dataset.for.split(" ").includes(answer.value);
    }
  };
  if (form) {
    form.addEventListener("change", show);
    show();
  }

  if (keys) {
    keys.checked = localStorage.getItem("judging-keys") !== "off";
    keys.addEventListener("change", () => {
      localStorage.setItem("judging-keys", keys.checked ? "on" : "off");
    });
  }

  const choose = (value, focus) => {
    const radio = form && form.querySelector(`input[name=answer][value=${value}]`);
    if (!radio) { return; }
    radio.checked = true;
    show();
    const next = focus && form.querySelector(`[name=${focus}]`);
    if (next) { next.focus(); } else { form.requestSubmit(); }
  };
  const follow = (rel) => {
    const link = document.querySelector(`main a[rel=${rel}]`);
    if (link) { link.click(); }
  };
  const acts = {
    t: () => choose("accept"),
    u: () => choose("change", "quantity"),
    l: () => choose("reject", "reason"),
    n: () => follow("next"),
    p: () => follow("prev"),
  };
  document.addEventListener("keydown", (event) => {
    if ((keys && !keys.checked) || event.ctrlKey || event.altKey || event.metaKey) { return; }
    // Letters typed into a text or chosen in a list are not keys; on a radio or a button they are.
    if (event.target.closest("textarea, select, input:not([type=radio]):not([type=checkbox])")) { return; }
    const act = acts[event.key.toLowerCase()];
    if (act) {
      event.preventDefault();
      act();
    }
  });
});
