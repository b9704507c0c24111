// Links into a notice: #第十二条 however it is spelt, and a button that copies the link to an article.
"use strict";
(() => {
  const text = document.getElementById("wz-text");
  const told = document.getElementById("wz-told");
  if (!text || !told) return;
  const DIGITS = Object.fromEntries([..."零一二三四五六七八九"].map((digit, value) => [digit, value]));
  Object.assign(DIGITS, { "〇": 0, "○": 0, "两": 2 });
  const UNITS = { "十": 10, "百": 100, "千": 1000 };
  const NUMBERED = /(第|附件)\(?([0-9零〇○一二两三四五六七八九十百千]+)\)?/g;
  const LAST_STEP = /第\d+[款项目]$/;
  const SHOWN_CHARS = 30;
  const COPIED_MS = 2000;

  // ── one spelling for an address ──

  const value = (numeral) => {
    if (/^\d+$/.test(numeral)) return Number(numeral);
    const characters = [...numeral];
    if (characters.every((each) => each in DIGITS)) return Number(characters.map((each) => DIGITS[each]).join(""));
    let total = 0;
    let digit = 0;
    for (const each of characters) {
      if (each in UNITS) {
        total += (digit || 1) * UNITS[each];
        digit = 0;
      } else digit = DIGITS[each];
    }
    return total + digit;
  };

  // An article's first paragraph is the line that bears its number, and is often not named: 第三条第（一）项.
  const spelt = (address) =>
    address
      .normalize("NFKC")
      .replace(/\s+/g, "")
      .replace(/附件[:：]/g, "附件")
      .replace(NUMBERED, (_, word, numeral) => word + value(numeral))
      .replace("第1款", "");

  const ids = new Map();
  for (const node of text.querySelectorAll("[id]")) {
    if (!ids.has(spelt(node.id))) ids.set(spelt(node.id), node.id);
  }

  // ── where an address leads ──

  // Where there is but one attachment it bears no number.
  const exactly = (key) => ids.get(key) ?? ids.get(key.replace(/^附件1(?!\d)/, "附件"));

  // {id, note}: the note says where it is not quite what was asked for; no id where there is nothing.
  const resolved = (address) => {
    const asked = [...address].slice(0, SHOWN_CHARS).join("");
    const key = spelt(address);
    const exact = exactly(key);
    if (exact) return { id: exact, note: "" };
    for (const [other, id] of ids) {
      if (/^附件\d*/.test(other) && other.replace(/^附件\d*/, "") === key) {
        return { id, note: `正文没有“${asked}”，已显示附件里的这一条：${id}。` };
      }
    }
    for (let above = key; LAST_STEP.test(above); ) {
      above = above.replace(LAST_STEP, "");
      const id = exactly(above);
      if (id) return { id, note: `本件没有“${asked}”，已显示${id}。` };
    }
    return { id: "", note: `本件没有“${asked}”。请从目录选择，或在本件中查找。` };
  };

  const asked = () => {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return location.hash.slice(1); // a lone %
    }
  };

  const tell = (note) => {
    told.textContent = note;
    if (!note) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "知道了";
    button.addEventListener("click", () => tell(""));
    told.append(button);
  };

  let note = ""; // of a link that is being followed on to its exact address
  const follow = () => {
    const address = asked();
    if (!address || document.getElementById(address)) {
      tell(note);
      note = "";
      return;
    }
    if (address === "cited") {
      tell("引用的文字在本件中找不到了，文件可能已经更新。");
      return;
    }
    const found = resolved(address);
    if (!found.id) {
      tell(found.note);
      return;
    }
    note = found.note;
    location.replace(`#${encodeURIComponent(found.id)}`); // a new hash: this is called again
  };

  window.addEventListener("hashchange", follow);
  follow();

  // ── copying the link of an article ──

  const LINKED = ".article[id], .attachment[id], h2[id], h3[id]";
  const copy = document.createElement("button");
  copy.type = "button";
  copy.className = "copy";
  let place = null;

  // Whoever goes by keyboard is not disturbed by a pointer that lies about.
  const byKeyboard = () => document.activeElement?.matches(".number:focus-visible, .copy:focus-visible");

  const offer = (node) => {
    if (!node || node === place) return;
    place = node;
    copy.textContent = "复制本条链接";
    copy.setAttribute("aria-label", `复制${node.id}的链接`);
    node.after(copy); // behind it also for the keyboard
    copy.style.setProperty("--top", `${node.offsetTop}px`);
  };

  const toClipboard = async (words) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(words);
    const holder = document.createElement("textarea"); // a page that came without TLS has no clipboard of its own
    holder.value = words;
    document.body.append(holder);
    holder.select();
    const done = document.execCommand("copy");
    holder.remove();
    copy.focus();
    if (!done) throw new Error("not copied");
  };

  copy.addEventListener("click", async () => {
    const link = `${location.origin}${location.pathname}#${encodeURIComponent(place.id)}`;
    try {
      await toClipboard(link);
      copy.textContent = "已复制";
      tell(`已复制${place.id}的链接。`);
    } catch {
      tell(`没有复制成，链接是：${link}`);
    }
    setTimeout(() => {
      copy.textContent = "复制本条链接";
    }, COPIED_MS);
  });

  text.addEventListener("mouseover", (event) => {
    if (!byKeyboard()) offer(event.target.closest(LINKED));
  });
  text.addEventListener("focusin", (event) => offer(event.target.closest(LINKED)));
})();
