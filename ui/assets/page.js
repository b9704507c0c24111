// The citizen's page: keeps the conversation in this tab, opens notices beside it. Nothing is loaded from elsewhere.
"use strict";
import "./face.js";
import "./deeds.js";
import "./voice.js";

(() => {
  if (window.wenzheng) return;
  document.documentElement.lang = "zh-CN";

  const KEPT = "wenzheng.turns"; // this tab's conversation; gone when the tab is closed
  const PLACE = "wenzheng.place";
  const DRAFT = "wenzheng.draft"; // a question not sent or not answered yet, kept over a reload
  const MAX_TURNS = 50;
  const MAX_EARLIER = 10;
  const MAX_SENT_CHARS = 50_000; // the server says kindly that it is too long; far more would not reach it
  const SLOW_MS = 3000;
  const CHECK_MS = 4000;
  const SHOWN_CHARS = 300; // of a question, in the conversation
  const find = (selector) => document.querySelector(selector);
  const narrow = window.matchMedia("(max-width: 859px)");
  const root = document.documentElement.classList;

  let turns = [];
  let waiting = null; // {question, asked, node, slow, timers, draft} while an answer is on its way
  let broken = false; // a question got lost: Gradio waits for it still, only a reload helps
  let opener = null; // the mark or card that opened the reader

  // Storage may be switched off in the browser; the conversation then lives as long as the page.
  const recall = (store, key) => {
    try {
      return window[store].getItem(key);
    } catch {
      return null;
    }
  };
  const keep = (store, key, value) => {
    try {
      window[store].setItem(key, value);
    } catch {}
  };

  const say = (words) => {
    find("#wz-says").textContent = words;
  };

  const add = (tag, className, text) => {
    const node = document.createElement(tag);
    node.className = className;
    node.textContent = text;
    find("#wz-log").append(node);
    return node;
  };

  const addQuestion = (question) => {
    const long = [...question];
    const shown = long.length > SHOWN_CHARS ? `${long.slice(0, SHOWN_CHARS).join("")}……（共 ${long.length} 字）` : question;
    const node = add("p", "question", shown);
    const who = document.createElement("span");
    who.className = "wz-unseen";
    who.textContent = "您：";
    node.prepend(who);
    root.add("talking");
    return node;
  };

  const lead = (node) => node.scrollIntoView({ block: narrow.matches ? "start" : "nearest" });

  const show = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html; // escaped by the server
    const node = holder.content.firstElementChild;
    find("#wz-log").append(node);
    return node;
  };

  // What stands under an answer is another script's: deeds.js.
  const tell = (node, turn) => document.dispatchEvent(new CustomEvent("wenzheng:turn", { detail: { node, turn } }));

  const keepTurns = () => keep("sessionStorage", KEPT, JSON.stringify(turns));

  // What one may well ask next: pairs of a button's words and the question.
  const offer = (onward = []) => {
    const place = find("#wz-onward");
    place.querySelectorAll("button").forEach((button) => button.remove());
    for (const [label, question] of onward) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.title = question;
      button.dataset.ask = question;
      place.append(button);
    }
    place.hidden = !onward.length;
  };

  // Which run of the service answers; null where none does.
  const running = async () => {
    try {
      const reply = await fetch("/gradio_api/app_id", { cache: "no-store" });
      return reply.ok ? await reply.text() : null;
    } catch {
      return null;
    }
  };

  const stopWaiting = () => {
    waiting.timers.forEach(clearInterval);
    waiting.node.remove();
    waiting.draft?.remove();
    root.remove("asking");
    const was = waiting;
    waiting = null;
    return was;
  };

  // Called by Gradio before the question is sent; what it gives back goes to the server.
  const ask = (text) => {
    const question = (text ?? "").trim();
    if (!question) {
      find("#wz-question textarea").focus();
      return ["", "", []];
    }
    closeReader(false);
    const asked = addQuestion(question);
    const node = add("p", "busy", "正在查找……");
    const slow = setTimeout(() => {
      node.textContent = "正在查找……正在逐条比对公报原文，请稍候。";
      say(node.textContent);
    }, SLOW_MS);
    const check = setInterval(async () => {
      const asking = waiting;
      if ((await running()) !== (await run) && waiting === asking) failed();
    }, CHECK_MS);
    waiting = { question, asked, node, slow, timers: [slow, check], draft: null };
    root.add("asking");
    say("正在查找……");
    lead(node);
    write("");
    offer();
    const earlier = turns.slice(-MAX_EARLIER).map((turn) => turn.question);
    return [question.slice(0, MAX_SENT_CHARS), find("#wz-place")?.value ?? "", earlier];
  };

  // Called by Gradio while a model writes: the sentences that have been checked so far.
  const grow = (draft) => {
    if (!waiting || !draft?.html) return;
    waiting.draft?.remove();
    waiting.draft = show(draft.html);
    clearTimeout(waiting.slow);
    waiting.node.textContent = "正在写，每句都先与原文核对……";
    find("#wz-log").append(waiting.node);
  };

  // Called by Gradio with the answer.
  const answered = (turn) => {
    if (!waiting || !turn) return;
    const { question, asked } = stopWaiting();
    const node = show(turn.html);
    if (turn.keep) {
      const { html, receipt, copy, suggest } = turn;
      const kept = { question, html, receipt, copy, suggest };
      turns = [...turns, kept].slice(-MAX_TURNS);
      keepTurns();
      tell(node, kept);
      offer(suggest);
    }
    const sources = node.querySelectorAll(".stretch").length;
    const state = node.querySelector(".state")?.lastChild.textContent ?? "";
    const spoken = node.querySelector(".text").cloneNode(true);
    spoken.querySelectorAll(".mark").forEach((mark) => mark.remove());
    const words = spoken.textContent;
    say(`${state} ${words} ${sources ? `依据 ${sources} 处。` : ""}`);
    asked.scrollIntoView({ block: "start" });
  };

  // The question did not reach the service, or nothing will come back: called by Gradio, or when the service is gone.
  const failed = () => {
    if (!waiting) return;
    const { question } = stopWaiting();
    broken = true;
    const node = show(find("#wz-unreached").innerHTML);
    say(node.textContent);
    lead(node);
    write(question);
  };

  const reconnect = async () => {
    if (await running()) location.reload();
    else say("还没有连上服务，请稍后再试。");
  };

  const write = (text) => {
    const box = find("#wz-question textarea");
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const propose = (question) => {
    if (waiting) return;
    write(question);
    setTimeout(() => find("#wz-send").click()); // once Gradio has taken up the text
  };

  const startAnew = () => {
    turns = [];
    keep("sessionStorage", KEPT, "[]");
    if (waiting) {
      stopWaiting();
      write("");
      location.reload(); // to leave is what stops a model that writes
      return;
    }
    find("#wz-log").replaceChildren();
    closeReader(false);
    root.remove("talking");
    write("");
    offer();
    say("已开始新对话");
    find("#wz-question textarea").focus();
  };

  const openReader = (link) => {
    document.querySelectorAll("[data-reader].open").forEach((other) => other.classList.remove("open"));
    link.classList.add("open");
    opener = link;
    root.add("reading");
    find("#wz-reader iframe").contentWindow.location.replace(link.href);
    find("#wz-whole").href = link.href;
    if (narrow.matches) find("#wz-reader").scrollIntoView({ block: "start" });
    else link.scrollIntoView({ block: "nearest" }); // the column became narrower
    find("#wz-back").focus({ preventScroll: true });
  };

  const closeReader = (goBack) => {
    if (!root.contains("reading")) return;
    root.remove("reading");
    find("#wz-reader iframe").contentWindow.location.replace("about:blank");
    opener?.classList.remove("open");
    if (goBack && opener?.isConnected) {
      opener.focus({ preventScroll: true });
      opener.scrollIntoView({ block: "nearest" });
    }
    opener = null;
  };

  const showTurn = (turn) => {
    addQuestion(turn.question);
    tell(show(turn.html), turn);
  };

  const rememberPlace = () => {
    const place = find("#wz-place");
    const last = recall("localStorage", PLACE);
    if (last && [...place.options].some((option) => option.value === last)) place.value = last;
  };

  const remember = () => {
    rememberPlace();
    try {
      turns = JSON.parse(recall("sessionStorage", KEPT) ?? "[]");
    } catch {
      turns = [];
    }
    turns.forEach(showTurn);
    offer(turns.at(-1)?.suggest);
    if (turns.length) find("#wz-log").lastElementChild.previousElementSibling.scrollIntoView({ block: "start" });
    write(recall("sessionStorage", DRAFT) ?? "");
    keep("sessionStorage", DRAFT, "");
  };

  // A newer library than at the service's start: head and conversation were drawn anew, and what stood there is gone.
  const redrawn = () => {
    window.wenzhengFace?.mark();
    rememberPlace();
    if (find("#wz-log").childElementCount || (!turns.length && !waiting)) return;
    turns.forEach(showTurn);
    if (waiting) find("#wz-log").append(...[waiting.asked, waiting.draft, waiting.node].filter(Boolean));
  };

  // Gradio says that it listens before it has drawn everything.
  const start = () => {
    if (window.wenzhengReady) return;
    if (!find("#wz-log") || !find("#wz-place") || !find("#wz-onward") || !find("#wz-question textarea")) {
      requestAnimationFrame(start);
      return;
    }
    window.wenzhengReady = true;
    window.wenzhengFace?.mark();
    remember();
    document.dispatchEvent(new Event("wenzheng:ready"));
  };

  const run = running();

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-reader]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      openReader(link);
    } else if (event.target.closest?.("#wz-back")) closeReader(true);
    else if (event.target.closest?.("#wz-anew")) startAnew();
    else if (event.target.closest?.("#wz-head .skip")) {
      event.preventDefault();
      find("#wz-question textarea").focus();
    }
    else if (event.target.closest?.("[data-reconnect]") || (broken && event.target.closest?.("#wz-send"))) reconnect();
    else if (event.target.closest?.("[data-ask]")) propose(event.target.closest("[data-ask]").dataset.ask);
  });

  document.addEventListener("change", (event) => {
    if (event.target.id === "wz-place") keep("localStorage", PLACE, event.target.value);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeReader(true);
  });

  // Enter that only ends the spelling of a Chinese word is not meant to send; nor is one while an answer is awaited.
  const holdBack = (event) => {
    if (event.key !== "Enter" || event.shiftKey || !event.target.closest?.("#wz-question")) return;
    const spelling = event.isComposing || event.keyCode === 229;
    if (spelling || waiting || broken) event.stopImmediatePropagation();
    if (!spelling && (waiting || broken)) event.preventDefault();
    if (!spelling && broken && event.type === "keydown") reconnect();
  };
  document.addEventListener("keydown", holdBack, true);
  document.addEventListener("keypress", holdBack, true);

  // A notice that scrolls to its cited words takes the page below the bar with it where both scroll as one.
  document.addEventListener(
    "load",
    (event) => {
      if (event.target.tagName === "IFRAME" && root.contains("reading") && narrow.matches) {
        requestAnimationFrame(() => find("#wz-reader").scrollIntoView({ block: "start" }));
      }
    },
    true,
  );

  // Gradio reloads the page when the service comes back: what was being asked is still there then.
  window.addEventListener("pagehide", () => {
    keep("sessionStorage", DRAFT, waiting?.question ?? find("#wz-question textarea")?.value ?? "");
  });

  window.addEventListener("message", (event) => {
    if (event.origin === location.origin && event.data === "wenzheng:close") closeReader(true);
  });

  window.wenzheng = { ask, grow, answered, failed, start, redrawn, say, keepTurns };
  if (window.wenzhengListens) start();
})();
