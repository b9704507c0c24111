// What one may do with an answer: copy it with its sources, get a lasting link, say whether it was of use.
"use strict";
(() => {
  const turns = new WeakMap(); // an answer's element → its turn, as page.js keeps it
  const say = (words) => window.wenzheng.say(words);

  // Under each answer that can be copied, kept and spoken of.
  document.addEventListener("wenzheng:turn", ({ detail: { node, turn } }) => {
    if (!turn.receipt) return;
    turns.set(node, turn);
    node.append(document.querySelector("#wz-deeds").content.cloneNode(true));
    if (!node.querySelector(".sources")) node.querySelector("[data-deed=copy]").textContent = "复制答复";
    mark(node, turn);
    document.dispatchEvent(new CustomEvent("wenzheng:deeds", { detail: { node } }));
  });

  const mark = (node, turn) => {
    const press = (button, on) => button.setAttribute("aria-pressed", String(on));
    press(node.querySelector("[data-deed=useful]"), turn.useful === true);
    press(node.querySelector("[data-deed=useless]"), turn.useful === false);
    for (const button of node.querySelectorAll("[data-reason]")) {
      press(button, (turn.reasons ?? []).includes(button.dataset.reason));
    }
  };

  const tell = (node, words, link = "") => {
    const told = node.querySelector(".told");
    told.hidden = false;
    told.textContent = words;
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.target = "_blank";
      anchor.textContent = link;
      told.append(anchor);
    }
    say(words);
  };

  // Raises an Error whose message is fit for eyes.
  const post = async (path, sent) => {
    let reply;
    try {
      reply = await fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(sent),
      });
    } catch {
      throw new Error("没有连上服务，请稍后再试。");
    }
    const said = await reply.json().catch(() => ({}));
    if (!reply.ok) throw new Error(said.error ?? "服务正忙，请稍后再试。");
    return said;
  };

  // Without TLS a browser offers no clipboard to a page; the old way still works.
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const box = document.createElement("textarea");
      const focused = document.activeElement;
      box.value = text;
      box.className = "wz-unseen";
      document.body.append(box);
      box.select();
      const done = document.execCommand("copy");
      box.remove();
      focused?.focus({ preventScroll: true });
      return done;
    }
  };

  const copyAll = async (node, turn) => {
    const link = turn.link ? `\n固定链接：${turn.link}` : "";
    const done = await copy(turn.copy + link);
    tell(node, done ? "已复制，可以粘贴到别处。" : "浏览器不让复制，请选中文字后自行复制。");
  };

  const makeLink = async (node, turn) => {
    const made = await post("/answer", { receipt: turn.receipt });
    turn.link = new URL(made.address, location.href).href;
    window.wenzheng.keepTurns();
    const copied = (await copy(turn.link)) ? "并复制" : "";
    tell(node, `固定链接已生成${copied}。拿到链接的人都能看到这一问一答，个人信息已遮盖；${made.until}。`, turn.link);
  };

  const sendOpinion = async (turn) => {
    const { receipt, useful, reasons = [], words = "" } = turn;
    await post("/feedback", { receipt, useful, reasons, words });
    window.wenzheng.keepTurns();
  };

  const judge = async (node, turn, useful) => {
    const before = turn.useful;
    turn.useful = useful;
    if (useful) turn.reasons = [];
    try {
      await sendOpinion(turn);
    } catch (error) {
      turn.useful = before;
      throw error;
    }
    mark(node, turn);
    const why = node.querySelector(".why");
    why.hidden = useful;
    tell(node, useful ? "谢谢，已记下“有用”。" : "已记下“没用”。下面可以说说哪里没用。");
    if (!useful) why.scrollIntoView({ block: "nearest" });
  };

  const giveReason = async (node, turn, button) => {
    const reason = button.dataset.reason;
    const before = turn.reasons ?? [];
    turn.reasons = before.includes(reason) ? before.filter((each) => each !== reason) : [...before, reason];
    await sendOpinion(turn);
    mark(node, turn);
    tell(node, "谢谢，已记下。");
  };

  const DEEDS = {
    copy: copyAll,
    link: makeLink,
    useful: (node, turn) => judge(node, turn, true),
    useless: (node, turn) => judge(node, turn, false),
  };

  const attempt = async (node, deed) => {
    try {
      await deed();
    } catch (error) {
      tell(node, error.message);
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-deed], [data-reason]");
    const node = button?.closest(".answer");
    const turn = node && turns.get(node);
    if (!turn) return;
    const deed = DEEDS[button.dataset.deed];
    if (deed) attempt(node, () => deed(node, turn));
    else if (button.dataset.reason) attempt(node, () => giveReason(node, turn, button));
  });

  document.addEventListener("submit", (event) => {
    const node = event.target.closest(".why")?.closest(".answer");
    const turn = node && turns.get(node);
    if (!turn) return;
    event.preventDefault();
    turn.words = event.target.elements.words.value.trim();
    attempt(node, async () => {
      await sendOpinion(turn);
      event.target.hidden = true;
      tell(node, "谢谢，您的意见已交给我们。");
      node.querySelector("[data-deed=useless]").focus();
    });
  });
})();
