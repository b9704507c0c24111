// The agent's desk: what the agent does → the server → the page (agent_page.js draws). Hands stay on the keyboard.
//
// What is typed is never lost: a draft is saved a moment after each edit; where the network fails it stays on the page
// and is sent again; where another tab has changed the ticket, both texts are shown and the agent chooses.
"use strict";
(() => {
  const page = window.wenzhengDesk;
  const { byId, boxes } = page;
  const desk = byId("desk");
  const SAVE_AFTER_MS = 600;
  const SLOW_AFTER_MS = 3000;
  const PATIENCE_MS = 90_000;
  const RETRY_MS = [1000, 2000, 4000, 8000, 15_000];

  let ticket = null; // as the server last sent it
  let typed = 0; // edits so far
  let kept = 0; // of them, those that are saved
  let saving = null; // a save under way
  let timer = 0;
  let failures = 0;
  let conflicted = false;
  let questionEdited = false;
  let asking = false;
  let cameFrom = null; // where the focus was before the reader opened

  const says = (words) => (byId("says").textContent = words);
  const savedSays = (words) => (byId("saved").textContent = words);

  const trouble = (words, link = "") => {
    const place = byId("trouble");
    place.hidden = !words;
    place.textContent = words;
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.target = "_blank";
      anchor.textContent = "重新登录";
      place.append(" ", anchor);
    }
  };

  // ── the network ──

  class Unreached extends Error {}

  // → {status, body}. Unreached where no answer comes, or one that is not ours.
  const post = async (path, body = {}) => {
    const patience = new AbortController();
    const ends = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      const reply = await fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: patience.signal,
      });
      return { status: reply.status, body: await reply.json() };
    } catch {
      throw new Unreached();
    } finally {
      clearTimeout(ends);
    }
  };

  // Says what went wrong; the text stays where it is.
  const explain = (reply) => {
    if (reply.status === 401) trouble("登录已过期，文字还在这一页。请在新页登录后回到这里再试。", "/login?next=/desk");
    else trouble(reply.body.error || "没有办成，文字还在这一页，请再试一次。");
  };

  // Does it; gives the reply's body, or null where it was not done. A conflict is shown.
  const act = async (path, body) => {
    try {
      const reply = await post(path, body);
      if (reply.status === 200) {
        trouble("");
        return reply.body;
      }
      if (reply.status === 409 && reply.body.ticket) meet(reply.body.ticket);
      else explain(reply);
    } catch (error) {
      if (!(error instanceof Unreached)) throw error;
      trouble("没有连上服务，文字还在这一页，请再试一次。");
    }
    return null;
  };

  const at = (what) => `/desk/tickets/${ticket.id}/${what}`;

  // ── the draft: saved as it is edited ──

  const lines = () => boxes().map((box) => box.value);
  const tone = () => document.querySelector("[name=tone]:checked")?.value || "spoken";
  const unsaved = () => kept < typed;

  const edited = () => {
    if (!ticket?.editable) return;
    typed += 1;
    savedSays("正在改……");
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  };

  const save = async () => {
    clearTimeout(timer);
    if (saving) {
      await saving;
      return unsaved() ? save() : undefined;
    }
    if (!ticket?.editable || conflicted || !unsaved()) return undefined;
    saving = send();
    try {
      await saving;
    } finally {
      saving = null;
    }
    return undefined;
  };

  const send = async () => {
    const upTo = typed;
    const sent = lines();
    try {
      const body = { version: ticket.version, lines: sent, tone: tone(), note: byId("note").value };
      const reply = await post(at("draft"), body);
      if (reply.status === 200) saved(reply.body.ticket, upTo, sent);
      else if (reply.status === 409 && reply.body.ticket) meet(reply.body.ticket);
      else {
        explain(reply);
        if (reply.status === 401 || reply.status >= 500) retry();
      }
    } catch (error) {
      if (!(error instanceof Unreached)) throw error;
      retry();
    }
  };

  const saved = (now, upTo, sent) => {
    ticket = now;
    kept = upTo;
    failures = 0;
    trouble("");
    page.judgeLines(now, sent);
    page.drawReply(now);
    savedSays(`已保存 ${new Date().toTimeString().slice(0, 8)}`);
  };

  const retry = () => {
    savedSays("没有保存上，文字还在这一页，正在重试……");
    clearTimeout(timer);
    timer = setTimeout(save, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
    failures += 1;
  };

  const flushed = async () => {
    await save();
    if (unsaved()) trouble("草稿还没有保存上，请等保存好再办。");
    return !unsaved();
  };

  // ── two tabs ──

  const meet = (theirs) => {
    conflicted = true;
    const yours = lines();
    page.drawConflict(yours, theirs);
    says("这张工单在另一页改过了，请选一份文字。");
    byId("conflict").onclick = (event) => {
      const choice = event.target.dataset?.choice;
      if (choice) choose(choice, yours, theirs);
    };
    byId("conflict").querySelector("button").focus();
  };

  const choose = (choice, yours, theirs) => {
    const [story, question] = [byId("story").value, byId("question").value];
    conflicted = false;
    byId("conflict").hidden = true;
    kept = typed;
    show(theirs);
    if (choice === "yours" && theirs.editable) [byId("story").value, byId("question").value] = [story, question];
    if (choice === "yours" && theirs.editable) {
      page.drawLines({ ...theirs, lines: yours.map((text) => ({ text, sign: "？", word: "未核验", tone: "amber", failed: [], markers: [] })) });
      edited();
    }
    says("");
    (boxes()[0] || byId("story")).focus();
  };

  // ── asking ──

  const show = (now) => {
    ticket = now;
    page.drawTicket(now);
    history.replaceState(null, "", `/desk/tickets/${now.id}`);
  };

  const ask = async () => {
    if (asking || (ticket && !ticket.editable)) return;
    if (!byId("story").value.trim()) {
      says("请先写下来电内容。");
      byId("story").focus();
      return;
    }
    asking = true;
    if (await flushed()) await asked();
    asking = false;
  };

  const asked = async () => {
    byId("ask").disabled = true;
    says("正在查找……");
    const slow = setTimeout(() => says("正在查找……正逐条比对库里的规定，再等一下。"), SLOW_AFTER_MS);
    const done = await act("/desk/ask", {
      story: byId("story").value,
      question: questionEdited ? byId("question").value : "",
      place: byId("place").value,
      tone: tone(),
      ...(ticket ? { ticket: ticket.id, version: ticket.version } : {}),
    });
    clearTimeout(slow);
    byId("ask").disabled = false;
    if (!done) return says(conflicted ? "这张工单在另一页改过了，请选一份文字。" : "");
    show(done.ticket);
    beside(done);
    if (done.wrong) {
      says("");
      trouble(done.wrong);
      return undefined;
    }
    says(`${done.ticket.status}：${done.ticket.lines.length} 句，依据 ${done.ticket.sources.length} 条。`);
    boxes()[0]?.focus();
    return undefined;
  };

  const beside = (done) => {
    if (done.similar) page.drawSimilar(done.similar);
    if (done.edits) page.drawEdits(done.edits);
    if (done.today) byId("today").textContent = done.today.words;
  };

  const anew = async () => {
    if (ticket && !(await flushed())) return;
    location.assign("/desk");
  };

  // ── what leaves the desk ──

  const copy = async () => {
    if (!ticket || !(await flushed())) return;
    if (!ticket.reply) {
      says("没有可以复制的句子：每句都没有依据，或草稿是空的。");
      return;
    }
    says((await copied(ticket.reply)) ? "已复制，带出处。" : "浏览器不让复制，请在“送出的样子”里选中后按 Ctrl+C。");
  };

  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copiedTheOldWay(text); // without TLS there is no clipboard but this one
    }
  };

  const copiedTheOldWay = (text) => {
    const focused = document.activeElement;
    const box = document.createElement("textarea");
    box.value = text;
    box.className = "unseen";
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    focused?.focus();
    return done;
  };

  const confirmed = (id) =>
    new Promise((resolve) => {
      const dialog = byId(id);
      dialog.returnValue = "";
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "go"), { once: true });
      dialog.showModal();
    });

  const pass = async () => {
    if (!ticket?.editable || !(await flushed())) return;
    page.drawUnits(ticket.units, ticket.unit);
    if (!(await confirmed("pass-dialog"))) return;
    const unit = document.querySelector("[name=unit]:checked")?.value;
    if (!unit) return;
    const done = await act(at("pass"), { version: ticket.version, unit, note: byId("note").value });
    if (!done) return;
    show(done.ticket);
    beside(done);
    says(`已转办：${done.ticket.unit}。`);
  };

  const close = async () => {
    if (!ticket?.editable || !(await flushed())) return;
    byId("sent").textContent = ticket.reply || (ticket.unit ? `您反映的事项已转${ticket.unit}办理。` : "");
    if (!(await confirmed("close-dialog"))) return;
    const done = await act(at("close"), { version: ticket.version });
    if (!done) return;
    show(done.ticket);
    beside(done);
    says("已办结。按 Alt+N 接下一件。");
    byId("anew").focus();
  };

  // ── beside the draft ──

  const elsewhere = async () => {
    if (!ticket) return;
    says("正在查外市……");
    const done = await act(at("elsewhere"));
    if (!done) return says("");
    page.drawCities(done.cities);
    const held = done.cities.filter((each) => each.held).map((each) => each.city);
    says(held.length ? `外市有规定的：${held.join("、")}。` : "外市没有找到相应的规定。");
    byId("cities").focus();
    return undefined;
  };

  const again = async () => {
    if (!ticket?.library) return;
    says("正在用现在的库再问……");
    const done = await act(at("again"));
    if (!done) return says("");
    page.drawDifference(done);
    says(done.same ? "两次答复相同。" : "两次答复不同。");
    byId("difference").focus();
    return undefined;
  };

  const open = (href) => {
    cameFrom = document.activeElement;
    byId("whole").href = href;
    byId("notice").src = href;
    byId("reader").hidden = false;
    byId("shelf").hidden = true;
    byId("reader").scrollIntoView({ block: "nearest" });
  };

  const back = () => {
    if (byId("reader").hidden) return;
    byId("reader").hidden = true;
    byId("shelf").hidden = false;
    cameFrom?.focus();
  };

  const openSource = (number) => {
    const link = byId("sources").querySelector(`[data-marker="${number}"] a`);
    if (link) open(link.getAttribute("href"));
  };

  byId("notice").addEventListener("load", () => {
    const inside = byId("notice").contentDocument;
    if (!inside || byId("reader").hidden) return;
    inside.addEventListener("keydown", (event) => onKey(event));
    const cited = inside.getElementById("cited");
    byId("notice").contentWindow.focus();
    if (cited) {
      cited.tabIndex = -1;
      cited.focus({ preventScroll: true });
    }
  });

  window.addEventListener("message", (event) => {
    if (event.origin === location.origin && event.data === "wenzheng:close") back();
  });

  // ── keys ──

  const focusOn = (node) => node?.focus();
  const toggleTone = () => {
    const other = document.querySelector("[name=tone]:not(:checked):not(:disabled)");
    if (other) {
      other.checked = true;
      edited();
      says(`语气：${other.parentElement.textContent}`);
    }
  };

  const WITH_ALT = {
    KeyC: copy,
    KeyT: pass,
    KeyS: close,
    KeyY: toggleTone,
    KeyN: anew,
    KeyO: elsewhere,
    KeyR: again,
    KeyJ: () => (back(), focusOn(byId("near").querySelector("a") || byId("near-title"))),
    KeyG: () => focusOn(byId("similar").querySelector("summary") || byId("similar-title")),
    KeyA: () => focusOn(byId("story")),
    KeyB: () => focusOn(byId("question")),
    KeyW: () => focusOn(boxes()[0]),
  };

  const onKey = (event) => {
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    const typing = event.target.matches?.("textarea, input, select");
    let does = null;
    if (event.ctrlKey && event.key === "Enter") does = ask;
    else if (event.key === "F1" || (event.key === "?" && !typing)) does = () => byId("keys-dialog").showModal();
    else if (event.altKey && !event.ctrlKey && !event.metaKey) {
      const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
      does = digit ? () => openSource(Number(digit[1])) : WITH_ALT[event.code];
    }
    if (!does) return;
    event.preventDefault();
    does();
  };

  document.addEventListener("keydown", onKey);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) back();
  });

  // Within the draft: one sentence a line.
  const plainLine = { text: "", sign: "？", word: "未核验", tone: "amber", failed: [], markers: [] };

  const addAfter = (item) => {
    const made = page.lineItem(plainLine, boxes().length + 1, true);
    item.after(made);
    made.querySelector("textarea").focus();
    edited();
  };

  const remove = (item) => {
    const neighbour = item.previousElementSibling || item.nextElementSibling;
    if (!neighbour) return;
    item.remove();
    neighbour.querySelector("textarea").focus();
    edited();
  };

  byId("lines").addEventListener("keydown", (event) => {
    const box = event.target;
    if (!box.matches("textarea") || event.isComposing || event.altKey) return;
    const item = box.closest("li");
    const { selectionStart: from, selectionEnd: to, value } = box;
    const step = { ArrowUp: from === 0 && to === 0 && item.previousElementSibling, ArrowDown: from === value.length && item.nextElementSibling }[event.key];
    if (step) step.querySelector("textarea").focus();
    else if (event.key === "Enter" && !event.ctrlKey && ticket?.editable) addAfter(item);
    else if (event.key === "Backspace" && ticket?.editable && (event.ctrlKey || !value)) remove(item);
    else return;
    event.preventDefault();
  });

  byId("lines").addEventListener("input", (event) => {
    page.fit(event.target);
    edited();
  });

  byId("question").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey) return;
    event.preventDefault();
    questionEdited = true;
    ask();
  });
  byId("question").addEventListener("input", () => (questionEdited = true));
  byId("story").addEventListener("input", () => (questionEdited = false));
  byId("tone").addEventListener("change", edited);

  // ── clicks ──

  const CLICKS = { ask, anew, copy, pass, close, elsewhere, again, back, keys: () => byId("keys-dialog").showModal() };
  for (const [id, does] of Object.entries(CLICKS)) byId(id).addEventListener("click", does);

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-reader]");
    const mark = event.target.closest?.("[data-source]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      open(link.getAttribute("href"));
    } else if (mark) openSource(mark.dataset.source);
    else if (event.target.id === "adopt") ask();
  });

  window.addEventListener("online", () => save());
  window.addEventListener("beforeunload", (event) => {
    const asked = ticket ? ticket.story : "";
    if (unsaved() || byId("story").value.trim() !== asked.trim()) event.preventDefault();
  });

  // ── the beginning ──

  const begin = async () => {
    document.querySelector("[name=tone]").checked = true;
    if (!desk.dataset.ticket) {
      const today = await act("/desk/today");
      if (today) byId("today").textContent = today.words;
      return;
    }
    says("正在打开工单……");
    const done = await act(`/desk/tickets/${desk.dataset.ticket}/open`);
    if (!done) return;
    show(done.ticket);
    beside(done);
    says("");
  };

  begin();
})();
