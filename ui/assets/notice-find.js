// Finding words within a notice. What is typed stays in this page. Spelling is compared as index/text.py does it:
// width, case, kinds of brackets, blanks and line breaks make no difference.
"use strict";
(() => {
  const form = document.querySelector(".find");
  const text = document.getElementById("wz-text");
  if (!form || !text) return;
  const field = form.querySelector("input");
  const count = form.querySelector("output");
  const steps = [...form.querySelectorAll("[data-step]")];
  const BLOCKS = "p, h1, h2, h3, h4, pre, td, th";
  const BRACKETS = { "〔": "[", "［": "[", "【": "[", "﹝": "[", "〕": "]", "］": "]", "】": "]", "﹞": "]" };
  Object.assign(BRACKETS, { "〈": "《", "〉": "》", "「": "“", "」": "”", "『": "“", "』": "”" });
  const WAIT_MS = 120;
  const ALL = "wz-found";
  const NOW = "wz-found-now";

  let index = null; // {words, nodes, starts}: the text in one spelling, and where each of its characters stands
  let ranges = [];
  let at = -1;

  const normal = (character) => {
    const plain = BRACKETS[character] ?? character.normalize("NFKC");
    return [...plain].map((each) => BRACKETS[each] ?? each).join("").toLowerCase().replace(/\s+/g, "");
  };

  const spelt = (words) => [...words].map(normal).join("");

  // ── the text, in one spelling ──

  const textNodes = function* () {
    for (const root of [document.querySelector("h1"), text]) {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        if (!walker.currentNode.parentElement.closest("button, .imprint")) yield walker.currentNode;
      }
    }
  };

  // No match runs on from one paragraph or cell into the next: a line break, which no question holds, parts them.
  const build = () => {
    const words = [];
    const places = []; // [node, offset, length] of each character of `words`
    let block = null;
    for (const node of textNodes()) {
      const inside = node.parentElement.closest(BLOCKS);
      if (inside !== block) {
        words.push("\n");
        places.push(null);
        block = inside;
      }
      let offset = 0;
      for (const character of node.data) {
        for (const unit of normal(character)) {
          for (let k = 0; k < unit.length; k++) {
            words.push(unit[k]);
            places.push([node, offset, character.length]);
          }
        }
        offset += character.length;
      }
    }
    return { words: words.join(""), places };
  };

  const search = (words) => {
    index ??= build();
    const found = [];
    for (let from = index.words.indexOf(words); from >= 0; from = index.words.indexOf(words, from + words.length)) {
      const [first, start] = index.places[from];
      const [last, end, length] = index.places[from + words.length - 1];
      const range = document.createRange();
      range.setStart(first, start);
      range.setEnd(last, end + length);
      found.push(range);
    }
    return found;
  };

  // ── showing ──

  // The browser's own highlights leave the text as it is; where it has none, <mark> is put around the words.
  const painter = window.Highlight && CSS.highlights
    ? {
        clear: () => [ALL, NOW].forEach((name) => CSS.highlights.delete(name)),
        all: (found) => CSS.highlights.set(ALL, new Highlight(...found)),
        now: (range) => {
          const highlight = new Highlight(range);
          highlight.priority = 1;
          CSS.highlights.set(NOW, highlight);
        },
      }
    : markPainter();

  function markPainter() {
    let marks = []; // one list of elements a range
    const wrap = (node, start, end) => {
      const part = node.splitText(start);
      part.splitText(end - start);
      const mark = document.createElement("mark");
      mark.className = "found";
      part.replaceWith(mark);
      mark.append(part);
      return mark;
    };
    const parts = (range) => {
      if (range.startContainer === range.endContainer) {
        return [[range.startContainer, range.startOffset, range.endOffset]];
      }
      return [...textNodes()].filter((node) => range.intersectsNode(node)).map((node) => [
        node,
        node === range.startContainer ? range.startOffset : 0,
        node === range.endContainer ? range.endOffset : node.length,
      ]);
    };
    return {
      clear: () => {
        for (const mark of marks.flat()) {
          const parent = mark.parentNode;
          mark.replaceWith(...mark.childNodes);
          parent.normalize();
        }
        marks = [];
        index = null; // the nodes are others now
      },
      // from the last to the first: what stands before keeps its place
      all: (found) => {
        const pieces = found.map(parts);
        marks = pieces.map(() => []);
        for (let k = pieces.length - 1; k >= 0; k--) {
          marks[k] = pieces[k].reverse().filter(([, a, b]) => a < b).map(([node, a, b]) => wrap(node, a, b)).reverse();
          const last = marks[k].at(-1);
          found[k] = document.createRange();
          found[k].setStartBefore(marks[k][0]);
          found[k].setEndAfter(last);
        }
      },
      now: (range) => {
        const chosen = marks[ranges.indexOf(range)];
        marks.flat().forEach((mark) => mark.classList.toggle("now", chosen.includes(mark)));
      },
    };
  }

  const elementOf = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node);

  // Into the middle: first whatever scrolls around it (a table), then the page.
  const lead = (range) => {
    elementOf(range.startContainer).scrollIntoView({ block: "nearest", inline: "nearest" });
    const { top } = range.getBoundingClientRect();
    window.scrollBy({ top: top - window.innerHeight / 3, behavior: "instant" });
  };

  const tell = () => {
    count.textContent = ranges.length ? `${at + 1} / ${ranges.length}` : spelt(field.value) ? "没有找到" : "";
    for (const button of steps) button.disabled = !ranges.length;
  };

  const go = (step) => {
    if (!ranges.length) return;
    at = (at + step + ranges.length) % ranges.length;
    painter.now(ranges[at]);
    lead(ranges[at]);
    tell();
  };

  // The first match from where one reads.
  const nearest = () => {
    const below = ranges.findIndex((range) => range.getBoundingClientRect().top >= 0);
    return below < 0 ? 0 : below;
  };

  let searched = "";
  const find = () => {
    const words = spelt(field.value);
    if (words === searched) return;
    searched = words;
    painter.clear();
    ranges = words ? search(words) : [];
    at = -1;
    if (ranges.length) {
      const first = nearest();
      painter.all(ranges);
      at = first - 1;
      go(1);
    } else tell();
  };

  const forget = () => {
    field.value = "";
    find();
  };

  // ── typing ──

  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(find, WAIT_MS);
  };

  field.addEventListener("input", (event) => {
    if (!event.isComposing) soon(); // a spelling on its way to characters is not searched for
  });
  field.addEventListener("compositionend", soon);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      clearTimeout(timer);
      if (spelt(field.value) === searched) go(event.shiftKey ? -1 : 1);
      else find();
    } else if (event.key === "Escape" && field.value) {
      event.preventDefault();
      event.stopPropagation(); // the first Escape clears the field, the next one leads back to the answer
      forget();
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of steps) button.addEventListener("click", () => go(Number(button.dataset.step)));

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  form.hidden = false;
})();
