// The list of tickets: what is looked for is posted, so that no word of it stands in an address, and kept with this
// entry of the tab's history, so that the way back from a ticket leads to the same rows.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const form = byId("search");
  let page = 0;

  const cell = (...inside) => {
    const made = document.createElement("td");
    made.append(...inside);
    return made;
  };

  const row = (ticket) => {
    const link = document.createElement("a");
    link.href = `/desk/tickets/${ticket.id}`;
    link.textContent = ticket.id;
    const made = document.createElement("tr");
    made.append(cell(link), ...["state_word", "question", "place", "unit", "agent", "made"].map((name) => cell(ticket[name])));
    return made;
  };

  const fields = () => Object.fromEntries(new FormData(form));

  const show = (found) => {
    byId("rows").replaceChildren(...found.rows.map(row));
    const pages = Math.max(1, Math.ceil(found.total / found.size));
    byId("count").textContent = found.total ? `共 ${found.total} 件。` : "没有找到工单。请放宽条件再查。";
    byId("page").textContent = `第 ${found.page + 1} / ${pages} 页`;
    byId("earlier").disabled = found.page === 0;
    byId("later").disabled = found.page + 1 >= pages;
  };

  const find = async (to = 0) => {
    page = to;
    byId("count").textContent = "正在查找……";
    try {
      const reply = await fetch("/desk/tickets/find", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...fields(), page }),
      });
      const found = await reply.json();
      if (!reply.ok) byId("count").textContent = reply.status === 401 ? "登录已过期，请刷新页面重新登录。" : found.error;
      else {
        show(found);
        history.replaceState({ page, fields: fields() }, "");
      }
    } catch {
      byId("count").textContent = "没有连上服务，请再试一次。";
    }
  };

  const recall = () => {
    const kept = history.state;
    for (const [name, value] of Object.entries(kept?.fields || {})) form.elements[name].value = value;
    find(kept?.page || 0);
  };

  byId("go").addEventListener("click", () => find());
  byId("earlier").addEventListener("click", () => find(page - 1));
  byId("later").addEventListener("click", () => find(page + 1));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.target.matches("button")) return;
    event.preventDefault();
    find();
  });
  recall();
})();
