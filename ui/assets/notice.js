// The notice reader: its table of contents follows the text; inside another page's frame, Escape leads back to that.
"use strict";
(() => {
  const framed = window.parent !== window;
  if (framed) document.documentElement.classList.add("framed");
  const narrow = window.matchMedia("(max-width: 959px)");
  const contents = document.querySelector(".contents");
  const SHORT = 40; // entries; a longer table of contents begins folded
  const NEAR_TOP_PX = 48; // a section is current once its heading has risen this far

  // ── contents ──

  const links = [...(contents?.querySelectorAll("a") ?? [])];
  const goals = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  let current = null;

  const unfold = (item, open) => {
    item.classList.toggle("folded", !open);
    item.querySelector(":scope > button")?.setAttribute("aria-expanded", String(open));
  };

  const addFold = (list) => {
    const item = list.parentElement;
    const only = item.matches("nav > ol > li:only-child"); // the document that the notice issues
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", `展开或收起：${item.querySelector("a").textContent}`);
    button.addEventListener("click", () => unfold(item, item.classList.contains("folded")));
    item.prepend(button);
    unfold(item, links.length <= SHORT || only);
  };

  // At the end of the page the last headings cannot rise to the top: there it is the one that was led to, or the last.
  const atEnd = () => {
    const page = document.documentElement;
    if (window.scrollY === 0 || window.scrollY + window.innerHeight < page.scrollHeight - 2) return null;
    const target = document.querySelector(":target");
    const led = target?.getBoundingClientRect().top >= 0 ? links[goals.indexOf(target)] : null;
    return led ?? links.at(-1);
  };

  // The last heading that has risen to the top.
  const reached = () => {
    let low = -1;
    let high = goals.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (goals[middle].getBoundingClientRect().top <= NEAR_TOP_PX) low = middle;
      else high = middle - 1;
    }
    return links[low] ?? null;
  };

  const keepInSight = (link) => {
    if (narrow.matches) return;
    const { top, bottom } = link.getBoundingClientRect();
    const box = contents.getBoundingClientRect();
    if (top < box.top || bottom > box.bottom) contents.scrollTop += top - box.top - box.height / 3;
  };

  const follow = () => {
    const link = atEnd() ?? reached();
    if (link === current) return;
    current?.removeAttribute("aria-current");
    current = link;
    if (!link) return;
    link.setAttribute("aria-current", "location");
    for (let item = link.closest("ol").closest("li"); item; item = item.parentElement.closest("li")) unfold(item, true);
    keepInSight(link);
  };

  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      follow();
    });
  };

  if (contents) {
    contents.querySelectorAll("li > ol").forEach(addFold);
    // The contents stand open where there is room beside the text.
    contents.open = !narrow.matches;
    narrow.addEventListener("change", () => {
      contents.open = !narrow.matches;
    });
    contents.addEventListener("click", (event) => {
      if (narrow.matches && event.target.closest("a")) contents.open = false;
    });
    window.addEventListener("scroll", soon, { passive: true });
    window.addEventListener("resize", soon, { passive: true });
    follow();
  }

  // ── the cited words, paper, the way back ──

  // Folding the contents moved the text: lead to the cited words once more. They may stand in a table that scrolls.
  const cited = document.getElementById("cited");
  if (cited && location.hash === "#cited") cited.scrollIntoView({ block: "start" });

  const onPaper = document.querySelector(".on-paper");
  if (onPaper) onPaper.textContent = `本页地址：${location.origin}${location.pathname}`;

  const print = document.getElementById("wz-print");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }

  document.addEventListener("keydown", (event) => {
    if (framed && event.key === "Escape") window.parent.postMessage("wenzheng:close", location.origin);
  });
})();
