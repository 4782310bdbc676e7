// Choosing an activity: a search above the select, with suggestions (a combobox). Without it the
// select is used as it is; what is chosen here is chosen there.
"use strict";

const WAIT_MS = 200;

for (const select of document.querySelectorAll("select[data-activities]")) { searchable(select); }

function searchable(select) {
  const make = (tag, values) => Object.assign(document.createElement(tag), values);
  const box = make("div", { className: "search__box" });
  const list = make("div", { className: "suggestions", id: `${select.id}-suggestions`, hidden: true });
  const input = make("input", { type: "search", id: `${select.id}-search`, autocomplete: "off" });
  const label = make("label", { htmlFor: input.id, textContent: select.dataset.searchLabel });
  const status = make("p", { className: "visually-hidden" });
  status.setAttribute("role", "status");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", select.dataset.searchLabel);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"],
    ["aria-expanded", "false"], ["aria-controls", list.id]]) { input.setAttribute(name, value); }
  box.append(label, input, list, status);
  select.before(box);

  let timer = 0, asking = null, at = -1;
  const options = () => [...list.children];
  const close = () => {
    clearTimeout(timer);
    if (asking) { asking.abort(); }
    list.hidden = true; at = -1;
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
  const choose = (one) => {
    select.value = one.dataset.value;
    input.value = "";
    close();
    select.dispatchEvent(new Event("change", { bubbles: true }));
    select.focus();
  };
  const show = (items) => {
    list.replaceChildren(...items.filter((item) => select.querySelector(`option[value="${item.id}"]`)).map((item) => {
      const one = make("div", { id: `${list.id}-${item.id}` });
      one.setAttribute("role", "option");
      one.setAttribute("aria-selected", "false");
      one.dataset.value = item.id;
      one.append(make("strong", { textContent: item.code }), ` ${item.name} `);
      const mark_ = item.provenance === "official" ? "" : ` · ${item.provenance_label}`;
      one.append(make("span", { className: "sub", textContent: `${item.product} · ${item.points_shown}${mark_}` }));
      one.addEventListener("click", () => choose(one));
      return one;
    }));
    at = -1;
    list.hidden = !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = list.hidden ? select.dataset.searchNone : `${select.dataset.searchSome} ${list.children.length}`;
  };
  const ask = async () => {
    asking = new AbortController();
    const { activities, position, date, level } = select.dataset;
    const query = new URLSearchParams({ position, date, level: level || "", text: input.value });
    try {
      const answer = await fetch(`${activities}?${query}`, { signal: asking.signal, credentials: "same-origin" });
      if (answer.ok) { show((await answer.json()).items); }
    } catch { /* typed on, or the server is away: the select serves */ }
  };
  input.addEventListener("input", () => {
    close();
    if (input.value.trim()) { timer = setTimeout(ask, WAIT_MS); }
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); } // it must not send the form
    if (event.key === "Escape" && !list.hidden) { event.preventDefault(); close(); return; }
    if (list.hidden) { return; }
    if (event.key === "ArrowDown") { event.preventDefault(); mark(at + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); mark(at < 0 ? -1 : at - 1); }
    if (event.key === "Enter" && at >= 0) { choose(options()[at]); }
  });
  box.addEventListener("focusout", (event) => { if (!box.contains(event.relatedTarget)) { close(); } });
}
