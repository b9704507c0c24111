// The agent's desk: a ticket as the server sends it → what stands on the page. Everything is set as text, never as HTML.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);

  // make("li", {class: "line"}, "text", child, …); an attribute that is false or null is left out.
  const make = (name, attributes = {}, ...inside) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...inside.filter((each) => each !== "" && each !== null));
    return node;
  };

  const fill = (id, children) => byId(id).replaceChildren(...children);

  const badge = (standing) =>
    standing
      ? make(
          "span",
          { class: `badge ${standing.tone}`, title: standing.note || null },
          make("span", { "aria-hidden": "true" }, standing.shape),
          standing.word,
        )
      : "";

  // A textarea as high as its words.
  const fit = (box) => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 4}px`;
  };

  // ── the draft ──

  const marks = (line) => {
    const sign = make(
      "span",
      { class: `sign ${line.tone}` },
      make("span", { "aria-hidden": "true" }, line.sign),
      ` ${line.word}`,
    );
    const sources = line.markers.map((marker) =>
      make("button", { type: "button", class: "mark", "data-source": marker, "aria-label": `打开依据 ${marker}` }, `${marker}`),
    );
    const failed = line.failed.length
      ? make("span", { class: "failed" }, `出处里没有：${line.failed.join("、")}。不会复制和送出。`)
      : "";
    return [sign, ...sources, failed];
  };

  const lineItem = (line, number, editable) => {
    const box = make("textarea", {
      rows: 1,
      "aria-label": `第 ${number} 句`,
      "aria-describedby": `line-${number}`,
      autocomplete: "off",
      spellcheck: "false",
      maxlength: 2000,
      readonly: !editable,
    });
    box.value = line.text;
    return make("li", { class: `line ${line.tone}` }, box, make("div", { class: "marks", id: `line-${number}` }, ...marks(line)));
  };

  // A line that an agent is about to write.
  const plainLine = (text = "") => ({ text, sign: "？", word: "未核验", tone: "amber", failed: [], markers: [] });

  const boxes = () => [...byId("lines").querySelectorAll("textarea")];

  const drawLines = (ticket) => {
    const blank = ticket.editable ? [plainLine()] : []; // where nothing was answered, the agent writes
    const shown = ticket.lines.length ? ticket.lines : blank;
    fill("lines", shown.map((line, at) => lineItem(line, at + 1, ticket.editable)));
    boxes().forEach(fit);
    byId("empty").hidden = shown.length > 0;
  };

  // The verdicts on lines that stand there already; what was masked takes the place of what was typed.
  const judgeLines = (ticket, sent) => {
    const here = boxes();
    ticket.lines.forEach((line, at) => {
      const box = here[at];
      if (!box || box.value !== sent[at]) return; // typed on meanwhile: judged with the next save
      if (box.value !== line.text) box.value = line.text;
      const item = box.closest("li");
      item.className = `line ${line.tone}`;
      item.querySelector(".marks").replaceChildren(...marks(line));
      fit(box);
    });
  };

  const drawReply = (ticket) => {
    byId("reply").textContent = ticket.reply;
    byId("kept").textContent = ticket.as_it_stands.length
      ? `第 ${ticket.as_it_stands.join("、")} 句换成口语会走样，照原文读。`
      : "";
  };

  // ── sources and what lies beside them ──

  const opener = (href, ...inside) => make("a", { class: "open", href, "data-reader": true }, ...inside);

  const facts = (...words) => make("p", { class: "facts" }, words.filter(Boolean).join(" · "));

  const sourceItem = (source) =>
    make(
      "li",
      { "data-marker": source.marker },
      opener(source.href, make("span", { class: "mark", "aria-hidden": "true" }, `${source.marker}`), source.title),
      badge(source.standing),
      facts(source.number, source.address, source.date),
      make("q", {}, source.quote),
    );

  const nearItem = (near) =>
    make(
      "li",
      {},
      make("span", { class: "why" }, near.why),
      opener(near.href, near.title),
      badge(near.standing),
      facts(near.number, near.place, near.date),
    );

  const nothing = (words) => make("li", { class: "hint" }, words);

  const drawBeside = (ticket) => {
    fill("sources", ticket.sources.length ? ticket.sources.map(sourceItem) : [nothing("没有引用文件。")]);
    byId("pass").disabled = !ticket.editable || !ticket.units.length;
    fill("near", ticket.near.length ? ticket.near.map(nearItem) : [nothing("没有旧件或相近文件。")]);
    fill("cities", []);
    fill("difference", []);
    byId("library").textContent = ticket.library
      ? `用当时的库 ${ticket.library} 作答；现在的库 ${ticket.library_now}。`
      : `现在的库 ${ticket.library_now}。`;
    byId("again").hidden = !ticket.library;
  };

  const drawCities = (cities) =>
    fill(
      "cities",
      cities.map((each) =>
        make(
          "article",
          { class: each.held ? "city held" : "city" },
          make("h3", {}, each.city, make("span", { class: `badge ${each.held ? "green" : "muted"}` }, `${each.held ? "■ " : "○ "}${each.status}`)),
          ...(each.held ? each.lines.map((line) => make("p", {}, line)) : []),
          ...each.sources.map((source) => opener(source.href, source.title, " ", source.address)),
        ),
      ),
    );

  const SIGNS = { same: "＝ 相同", gone: "－ 现在没有", new: "＋ 现在才有" };

  const drawDifference = (found) =>
    fill("difference", [
      make("p", {}, found.same ? "两次答复相同。" : "两次答复不同：", make("br"), `当时的库 ${found.then}；现在的库 ${found.now}。`),
      make(
        "ul",
        {},
        ...found.lines.map((line) => make("li", { class: line.sign }, make("span", { class: "why" }, SIGNS[line.sign]), line.text)),
      ),
      found.same ? "" : make("button", { type: "button", id: "adopt" }, "采用现在的答复"),
    ]);

  // ── the rest ──

  const drawSimilar = (similar) =>
    fill(
      "similar",
      similar.length
        ? similar.map((each) =>
            make(
              "li",
              {},
              make("details", {}, make("summary", {}, each.question, " ", make("span", { class: "hint" }, `${each.place} ${each.closed} ${each.agent}`)), make("p", { class: "sent" }, each.reply)),
              make("a", { href: `/desk/tickets/${each.id}`, target: "_blank" }, `工单 ${each.id}`),
            ),
          )
        : [nothing("还没有相似的工单。")],
    );

  const drawEdits = (edits) =>
    fill(
      "edits",
      edits.map((each) =>
        make("li", {}, make("p", { class: "facts" }, `${each.at} · ${each.moment} · ${each.by}`), ...each.lines.map((line) => make("p", {}, line))),
      ),
    );

  const drawUnits = (units, chosen) => {
    byId("units").replaceChildren(
      byId("units").querySelector("legend"),
      ...units.map((unit, at) => {
        const box = make("input", { type: "radio", name: "unit", value: unit.name, autofocus: at === 0 });
        box.checked = chosen ? unit.name === chosen : at === 0;
        return make(
          "div",
          { class: "row" },
          make("label", {}, box, unit.name, make("span", { class: "hint" }, unit.role)),
          make("a", { href: unit.href, target: "_blank", "aria-label": `${unit.name}的出处` }, "出处"),
        );
      }),
      units.length ? "" : make("p", { class: "hint" }, "所引文件没有写明单位。"),
    );
  };

  const maskedWords = (masked) => {
    const count = masked.reduce((sum, each) => sum + each.count, 0);
    if (!count) return "没有发现需要遮盖的个人信息。";
    return `个人信息已遮盖 ${count} 处：${masked.map((each) => `${each.kind} ${each.count}`).join("、")}。上面就是保存的内容。`;
  };

  const drawHead = (ticket) => {
    byId("which").textContent = `工单 ${ticket.id} · ${ticket.state_word}${ticket.unit ? `：${ticket.unit}` : ""} · ${ticket.agent} · ${ticket.made}`;
    byId("story").value = ticket.story;
    byId("masked").textContent = maskedWords(ticket.masked);
    byId("found").hidden = false;
    byId("question").value = ticket.question;
    byId("told").textContent = ticket.told;
    byId("status").textContent = ticket.status;
    fill("missing", ticket.missing.map((each) => make("li", {}, `本库没有：${each}`)));
    const place = byId("place");
    if (![...place.options].some((option) => option.value === ticket.place)) place.append(make("option", {}, ticket.place));
    place.value = ticket.place;
    byId("note").value = ticket.note;
    for (const box of document.querySelectorAll("[name=tone]")) box.checked = box.value === ticket.tone;
  };

  const drawRights = (ticket) => {
    for (const id of ["story", "question"]) byId(id).readOnly = !ticket.editable;
    for (const id of ["ask", "pass", "close", "place"]) byId(id).disabled = !ticket.editable;
    for (const box of document.querySelectorAll("[name=tone]")) box.disabled = !ticket.editable;
  };

  const drawTicket = (ticket) => {
    drawHead(ticket);
    drawLines(ticket);
    drawReply(ticket);
    drawBeside(ticket);
    drawRights(ticket);
  };

  // Two drafts of one ticket, side by side.
  const drawConflict = (yours, ticket) => {
    const side = (title, lines, choice) =>
      make("div", {}, make("h3", {}, title), ...lines.map((line) => make("p", {}, line)), make("button", { type: "button", "data-choice": choice }, "用这份"));
    byId("conflict").replaceChildren(
      make("p", { class: "wrong" }, `这张工单在另一页改过了（现为“${ticket.state_word}”）。两份文字都在，请选一份；没选的留在修改记录里。`),
      make("div", { class: "two" }, side("这一页的文字", yours, "yours"), side("另一页已保存的文字", ticket.lines.map((line) => line.text), "theirs")),
    );
    byId("conflict").hidden = false;
  };

  window.wenzhengDesk = {
    byId, boxes, fit, plainLine, lineItem, drawTicket, drawHead, drawLines, judgeLines, drawReply, drawCities, drawDifference,
    drawSimilar, drawEdits, drawUnits, drawConflict,
  };
})();
