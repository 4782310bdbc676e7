// Names for the inputs that Django's admin leaves without one, for screen readers.
"use strict";

// A table of rows: the heading of the column names the input.
function nameCells() {
  for (const table of document.querySelectorAll(".tabular table")) {
    const headings = [...table.querySelectorAll("thead th")].map((th) => th.textContent.trim());
    for (const line of table.querySelectorAll("tbody tr")) {
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
function nameBoxes() {
  for (const box of document.querySelectorAll(".select2-selection:not([data-named])")) {
    const select = box.closest(".select2-container").previousElementSibling;
    const label = select && select.labels && select.labels[0];
    const shown = box.querySelector(".select2-selection__rendered");
    if (!label || !shown) { continue; }
    box.dataset.named = "";
    label.id = label.id || `label-${select.id}`;
    box.setAttribute("aria-labelledby", `${label.id} ${shown.id}`);
    shown.setAttribute("aria-labelledby", label.id);
  }
}

// Date and time beside one another share one label.
function nameMoments() {
  for (const part of document.querySelectorAll(".datetime input")) {
    const row = part.closest(".form-row");
    const label = row && row.querySelector("label, legend");
    if (label && !(part.labels && part.labels.length)) {
      part.setAttribute("aria-label", label.textContent.trim().replace(/:$/, ""));
    }
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const name = () => { nameCells(); nameMoments(); nameBoxes(); };
  name();
  // The admin adds rows and boxes by its own scripts, some of them later than this one.
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
});
