// A kept answer: its question goes along to the conversation, by this browser's memory, never by the address.
"use strict";
(() => {
  const again = document.querySelector("[data-again]");
  const question = document.querySelector("[data-question]");
  again?.addEventListener("click", () => {
    try {
      window.sessionStorage.setItem("wenzheng.draft", question.lastChild.textContent);
      if (question.dataset.place) window.localStorage.setItem("wenzheng.place", question.dataset.place);
    } catch {} // switched off in this browser: one types it once more
  });
})();
