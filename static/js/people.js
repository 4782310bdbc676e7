// The people list: suggestions while typing (a combobox), ticking rows, and the key "/".
// All of it works without: the search is a form, and the boxes are ticked one by one.
"use strict";

const DELAY_MS = 200;
const SHORTEST = 2;
const SLASH = "sijafung-slash"; // a single key may disturb dictation: it can be switched off

const form = document.querySelector("form[data-suggest]");
if (form) { suggest(form); slash(form); }
for (const one of document.querySelectorAll("form[data-ticks]")) { ticks(one); }

function suggest(search) {
  const input = search.querySelector("input[type=search]");
  const box = search.querySelector("[role=listbox]");
  const status = search.querySelector("[data-suggest-status]");
  let timer = 0, asking = null, at = -1;
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"],
    ["aria-expanded", "false"], ["aria-controls", box.id]]) { input.setAttribute(name, value); }
  search.querySelector("[data-keys]").hidden = false;

  const options = () => [...box.querySelectorAll("[role=option]")];
  const close = () => {
    clearTimeout(timer);
    if (asking) { asking.abort(); }
    box.hidden = true; at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (to) => {
    const all = options();
    if (!all.length) { return; }
    at = (to + all.length) % all.length;
    all.forEach((one, n) => { one.setAttribute("aria-selected", String(n === at)); });
    input.setAttribute("aria-activedescendant", all[at].id);
    all[at].scrollIntoView({ block: "nearest" });
  };
  const ask = async () => {
    asking = new AbortController();
    const body = new FormData(search); // the text in the body: in no address and in no log
    try {
      const answer = await fetch(search.dataset.suggest,
        { method: "POST", body, signal: asking.signal, credentials: "same-origin" });
      if (!answer.ok) { return; }
      box.innerHTML = await answer.text();
    } catch { return; } // typed on, or the server is away: Enter searches all the same
    const found = options().length;
    at = -1;
    box.hidden = found === 0;
    input.setAttribute("aria-expanded", String(found > 0));
    input.removeAttribute("aria-activedescendant");
    status.textContent = found ? `${search.dataset.suggestSome} ${found}` : search.dataset.suggestNone;
  };
  input.addEventListener("input", () => {
    close();
    if (input.value.trim().length >= SHORTEST) { timer = setTimeout(ask, DELAY_MS); }
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !box.hidden) { event.preventDefault(); close(); return; }
    if (box.hidden) { return; }
    if (event.key === "ArrowDown") { event.preventDefault(); mark(at + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); mark(at < 0 ? -1 : at - 1); }
    if (event.key === "Enter" && at >= 0) { event.preventDefault(); options()[at].click(); }
  });
  search.addEventListener("focusout", (event) => {
    if (!search.contains(event.relatedTarget)) { close(); }
  });
}

function slash(search) {
  const input = search.querySelector("input[type=search]");
  const choice = search.querySelector("[data-slash]");
  const help = search.querySelector("[data-slash-help]");
  let on = true;
  try { on = localStorage.getItem(SLASH) !== "off"; } catch { /* without a store it stays on */ }
  const show = () => { choice.checked = on; help.hidden = !on; };
  show();
  choice.addEventListener("change", () => {
    on = choice.checked;
    try { localStorage.setItem(SLASH, on ? "on" : "off"); } catch { /* for this page only */ }
    show();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (!on || event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) { return; }
    event.preventDefault();
    input.focus();
    input.select();
  });
}

function ticks(list) {
  const all = list.querySelector("[data-tick-all]");
  const boxes = [...list.querySelectorAll("td.tick input[type=checkbox]")];
  const count = list.querySelector("[data-tick-count]");
  const ticked = list.querySelector("input[name=whom][value=ticked]");
  all.hidden = false;
  const mean = () => { if (ticked) { ticked.checked = true; } };
  const show = () => {
    const n = boxes.filter((one) => one.checked).length;
    count.textContent = `(${n})`;
    all.checked = n > 0 && n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
  };
  all.addEventListener("change", () => {
    for (const one of boxes) { one.checked = all.checked; }
    mean();
    show();
  });
  for (const one of boxes) { one.addEventListener("change", () => { mean(); show(); }); }
  show();
}
