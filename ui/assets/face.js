// What a person prefers to see, on every page: high contrast, the elders' edition. Kept in this browser, set before
// anything is drawn. A button with data-prefers switches it.
"use strict";
(() => {
  const root = document.documentElement;
  const KINDS = { contrast: "more", elder: "on" };
  const KEY = (kind) => `wenzheng.${kind}`;

  const recall = (kind) => {
    try {
      return window.localStorage.getItem(KEY(kind));
    } catch {
      return null;
    }
  };

  const keep = (kind, value) => {
    try {
      window.localStorage.setItem(KEY(kind), value);
    } catch {} // switched off in this browser: it lasts as long as the page
  };

  const isOn = (kind) => root.dataset[kind] === KINDS[kind];

  const mark = () => {
    for (const button of document.querySelectorAll("[data-prefers]")) {
      button.setAttribute("aria-pressed", String(isOn(button.dataset.prefers)));
    }
  };

  const set = (kind, on) => {
    if (on) root.dataset[kind] = KINDS[kind];
    else delete root.dataset[kind];
    mark();
    document.dispatchEvent(new CustomEvent("wenzheng:prefers", { detail: { kind, on } }));
  };

  for (const kind of Object.keys(KINDS)) {
    if (recall(kind) === KINDS[kind]) root.dataset[kind] = KINDS[kind];
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-prefers]");
    if (!button) return;
    const kind = button.dataset.prefers;
    keep(kind, isOn(kind) ? "" : KINDS[kind]);
    set(kind, !isOn(kind));
  });

  // Another tab, or the page around this frame, has switched it.
  window.addEventListener("storage", (event) => {
    for (const kind of Object.keys(KINDS)) {
      if (event.key === KEY(kind)) set(kind, event.newValue === KINDS[kind]);
    }
  });

  document.addEventListener("DOMContentLoaded", mark);
  window.wenzhengFace = { mark };
})();
