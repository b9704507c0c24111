// The evaluator's desk. Everything works without this script, on pages of its own; with it, cases open in place, marks
// are kept without leaving the list, a running evaluation tells how far it is, and words that are selected are picked.
"use strict";
(() => {
  const EVERY_MS = 2000;
  const FAILED = "没有取到。请检查网络，再打开一次；也可以点下面的链接。";

  // ── cases that open in place ──

  const within = (address) => address + (address.includes("?") ? "&" : "?") + "part=1";

  // What the server sends is its own HTML, every word of others escaped (ui/markup.py).
  const put = (body, html) => {
    body.innerHTML = html;
  };

  const say = (body, words, kind = "wrong") => {
    body.querySelector(".said")?.remove();
    const said = document.createElement("p");
    said.className = `said ${kind}`;
    said.setAttribute("role", kind === "wrong" ? "alert" : "status");
    said.textContent = words;
    body.prepend(said);
  };

  const inside = async (reply) => {
    if (!reply.ok || reply.redirected) throw new Error(String(reply.status));
    return reply.text();
  };

  const open = async (details) => {
    if (!details.open || details.dataset.filled) return;
    const body = details.querySelector(".body");
    details.dataset.filled = "yes";
    say(body, "正在打开……", "hint");
    try {
      put(body, await inside(await fetch(within(details.dataset.case))));
    } catch {
      delete details.dataset.filled;
      say(body, FAILED);
    }
  };

  document.addEventListener("toggle", (event) => event.target.matches("details[data-case]") && open(event.target), true);

  // ── marks ──

  const mark = async (form, button) => {
    const sent = new URLSearchParams(new FormData(form));
    sent.set("right", button.value);
    const body = form.closest(".body");
    try {
      put(body, await inside(await fetch(within(form.action), { method: "POST", body: sent })));
    } catch {
      say(body, "没有记下。请检查网络，再点一次。");
      return;
    }
    const again = body.querySelector(`[data-mark] button[value="${button.value || "yes"}"]`);
    again?.focus(); // the button that was pressed is a new one now
  };

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-mark]") || !event.submitter) return;
    event.preventDefault();
    mark(event.target, event.submitter);
  });

  // ── a running evaluation, and a run that is made ready ──

  const ask = async (address) => {
    const reply = await fetch(address, { headers: { accept: "application/json" } });
    if (!reply.ok) throw new Error(String(reply.status));
    return reply.json();
  };

  const follow = async (job) => {
    const told = await ask(`/eval/jobs/${job.dataset.job}`);
    if (told.stage !== "running") return location.reload();
    const bar = job.querySelector("progress");
    bar.max = Math.max(1, told.n);
    bar.value = told.done;
    const words = job.querySelector(".told");
    if (words.textContent !== told.words) words.textContent = told.words;
  };

  const wait = async (waiting) => (await ask(waiting.dataset.waits)).ready && location.reload();

  const often = (found, does) => {
    if (found) setInterval(() => does(found).catch(() => {}), EVERY_MS); // a server that is away comes back, or not
  };

  often(document.querySelector("[data-job]"), follow);
  often(document.querySelector("[data-waits]"), wait);

  // ── evidence ──

  // Enter in the search box searches; elsewhere in the form it checks.
  document.addEventListener("keydown", (event) => {
    const does = event.key === "Enter" && !event.isComposing && event.target.dataset?.does;
    if (!does) return;
    event.preventDefault();
    event.target.form.querySelector(`button[value="${does}"]`).click();
  });

  let selected = { words: "", passage: null }; // a click on a button may end the selection before it is read

  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    const passage = selection.anchorNode?.parentElement?.closest(".passage");
    if (passage) selected = { words: selection.toString(), passage };
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-picks]");
    if (!button) return;
    const own = button.closest(".hit").querySelector(".passage");
    button.form.elements.picked.value = selected.passage === own ? selected.words : "";
  });
})();
