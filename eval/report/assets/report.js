// Filters over the cases, opening them all, and opening the one that a link leads to. Everything else works without.
"use strict";
(() => {
  const bar = document.getElementById("filters");
  const cases = [...document.querySelectorAll("details.case")];
  const lists = [...document.querySelectorAll(".list")];
  const selects = [...bar.querySelectorAll("select")];
  const search = bar.querySelector("input");
  const status = bar.querySelector("[role=status]");

  const filter = () => {
    const words = search.value.trim().toLowerCase();
    let shown = 0;
    for (const each of cases) {
      const fits =
        selects.every((select) => !select.value || each.dataset[select.name] === select.value) &&
        (!words || each.firstElementChild.textContent.toLowerCase().includes(words));
      each.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    for (const list of lists) list.hidden = !list.querySelector("details.case:not([hidden])");
    const count = status.dataset.count.replace("{shown}", shown).replace("{n}", cases.length);
    if (status.textContent !== count) status.textContent = count;
  };

  const openTarget = () => {
    let at = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const target = at;
    for (; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (target) target.scrollIntoView();
  };

  for (const button of bar.querySelectorAll("button"))
    button.addEventListener("click", () => {
      for (const each of cases) if (!each.hidden && each.closest(".list[open], section.list")) each.open = !!button.dataset.open;
    });
  bar.addEventListener("input", filter);
  window.addEventListener("hashchange", openTarget);
  filter();
  bar.hidden = false;
  openTarget();
})();
