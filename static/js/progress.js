// Follows a running job: asks its JSON address every 2 seconds and reloads the page at the end.
// The JSON holds {done, total, text, finished}. Without JS the page is refreshed by hand.
"use strict";

const PERIOD_MS = 2000;

for (const box of document.querySelectorAll("[data-progress-url]")) {
  const bar = box.querySelector("progress");
  const text = box.querySelector("[data-progress-text]");
  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.progressUrl, { headers: { Accept: "application/json" } });
      if (!answer.ok) { throw new Error(String(answer.status)); }
      const state = await answer.json();
      if (bar) { bar.max = Math.max(state.total, 1); bar.value = state.done; }
      if (text && text.textContent !== state.text) { text.textContent = state.text; }
      if (state.finished) { window.location.reload(); return; }
    } catch { /* the server is away for a moment: ask again */ }
    setTimeout(ask, PERIOD_MS);
  };
  setTimeout(ask, PERIOD_MS);
}
