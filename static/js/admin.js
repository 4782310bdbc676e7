// Names for the inputs that Django's admin leaves without one, for screen readers.
"use strict";

window.addEventListener("load", () => {
  // A table of rows: the heading of the column names the input.
  for (const table of document.querySelectorAll(".tabular table")) {
    const headings = [...table.querySelectorAll("thead th")].map((th) => th.textContent.trim());
    for (const row of table.tBodies) {
      for (const line of row.rows) {
        [...line.cells].forEach((cell, at) => {
          for (const input of cell.querySelectorAll("input:not([type=hidden]), select, textarea")) {
            if (!input.labels || !input.labels.length) {
              input.setAttribute("aria-label", headings[at] || headings[headings.length - 1]);
            }
          }
        });
      }
    }
  }
  // A box that searches while one types: what it stands for names it, then what is chosen.
  for (const box of document.querySelectorAll(".select2-selection")) {
    const select = box.closest(".select2-container").previousElementSibling;
    const label = select && select.labels && select.labels[0];
    if (label) {
      label.id = label.id || `label-${select.id}`;
      box.setAttribute("aria-labelledby", `${label.id} ${box.getAttribute("aria-labelledby") || ""}`);
    } else if (select) {
      box.removeAttribute("aria-labelledby");
      box.setAttribute("aria-label", select.getAttribute("aria-label") || select.name);
    }
  }
  // Date and time beside one another share one label.
  for (const part of document.querySelectorAll(".datetime input")) {
    const row = part.closest(".form-row");
    const label = row && row.querySelector("label, legend");
    if (label && !(part.labels && part.labels.length)) {
      part.setAttribute("aria-label", label.textContent.trim().replace(/:$/, ""));
    }
  }
});
