// The notice reader: inside the conversation's frame it knows so, and Escape leads back to the answer.
"use strict";
(() => {
  const framed = window.parent !== window;
  if (framed) document.documentElement.classList.add("framed");
  const narrow = window.matchMedia("(max-width: 959px)");

  // The contents stand open where there is room beside the text.
  const contents = document.querySelector(".contents");
  if (contents && narrow.matches) contents.open = false;

  // Folding the contents moved the text: lead to the cited words once more. They may stand in a table that scrolls.
  const cited = document.getElementById("cited");
  if (cited && location.hash === "#cited") cited.scrollIntoView({ block: "start" });

  document.addEventListener("keydown", (event) => {
    if (framed && event.key === "Escape") window.parent.postMessage("wenzheng:close", location.origin);
  });
})();
