// The little behaviour that every page shares; all of it works, more plainly, without it.
"use strict";

document.documentElement.classList.add("js");

document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("[data-nav-button]");
  if (button) {
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") !== "true";
      for (const part of document.querySelectorAll(".site-collapse")) {
        part.classList.toggle("is-open", open);
      }
      button.setAttribute("aria-expanded", String(open));
    });
  }
  // On a wide screen there is room for what a narrow one folds away.
  if (window.matchMedia("(min-width: 45.01rem)").matches) {
    for (const box of document.querySelectorAll("details[data-open-wide]")) { box.open = true; }
  }
  // A filter applies as soon as it is chosen; without JS there is the button.
  for (const form of document.querySelectorAll("form[data-autosubmit]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
  // A second click must not start a second run.
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", () => {
      for (const one of form.querySelectorAll("button[type=submit]")) {
        setTimeout(() => { one.disabled = true; }, 0);
      }
    });
  }
});
