// Drafts of claims: saves the form in between, and says who else has the draft open.
// All of it works without: the form has its button, and a later version is refused by the server.
"use strict";

const SAVE_AFTER_MS = 1500;
const ASK_EVERY_MS = 30000;

for (const form of document.querySelectorAll("form[data-autosave]")) { autosave(form); }
for (const box of document.querySelectorAll("[data-presence]")) { presence(box); }

// The version is one for the whole claim: every form of the page goes on from the saved one.
function setVersion(from, to) {
  for (const one of document.querySelectorAll("input[name=version]")) {
    if (one.value === from) { one.value = to; }
  }
  for (const box of document.querySelectorAll("[data-presence]")) {
    if (box.dataset.version === from) { box.dataset.version = to; }
  }
}

function autosave(form) {
  const text = form.querySelector("[data-autosave-text]");
  const version = form.querySelector("input[name=version]");
  let timer = 0, busy = false, again = false, stopped = false;
  const save = async () => {
    if (stopped) { return; }
    if (busy) { again = true; return; }
    busy = true;
    const before = version.value;
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { Accept: "application/json" },
      });
      const said = await answer.json();
      text.textContent = said.text;
      if (said.saved) { setVersion(before, String(said.version)); }
      stopped = answer.status === 409; // somebody else saved: the button shows what stands now
    } catch { /* away for a moment: the button still saves */ }
    busy = false;
    if (again) { again = false; later(); }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(save, SAVE_AFTER_MS); };
  form.addEventListener("change", later);
  form.addEventListener("submit", () => { clearTimeout(timer); stopped = true; });
}

function presence(box) {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.presence, {
        method: "POST", headers: { Accept: "application/json", "X-CSRFToken": token.value },
      });
      if (answer.ok) {
        const said = await answer.json();
        const changed = String(said.version) !== box.dataset.version;
        const words = [said.text, changed ? box.dataset.changed : ""].filter(Boolean).join(" · ");
        if (box.textContent !== words) { box.textContent = words; }
        box.hidden = !words;
      }
    } catch { /* ask again */ }
    setTimeout(ask, ASK_EVERY_MS);
  };
  if (token) { setTimeout(ask, ASK_EVERY_MS); }
}
