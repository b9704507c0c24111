"""The addresses of the evaluator's desk, below /eval."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eval.compare import compare
from eval.records import BadRun
from ui.evaluator import jobs, marks
from ui.evaluator.compare_page import both_html, choose_html, comparison_html, flips_html
from ui.evaluator.glance import Glance, Glances, Line, case_sheet
from ui.evaluator.home_page import home_html, progress_words
from ui.evaluator.jobs import Evaluations, Plan, Preparing
from ui.evaluator.marks_page import marks_html
from ui.evaluator.parts import page
from ui.evaluator.proposing import accepted_cases, proposing_routes
from ui.evaluator.run_page import Filter, case_page_html, cases_html, guard_html, open_case_html, run_html, waiting_html
from ui.evaluator.runs import Entry, entries, run_folder
from ui.house import House
from ui.markup import text_html
from ui.records import Reply, Route, Turned, Visit, Who, moved
from ui.render import json_reply

TABLES = (jobs.TABLES, marks.TABLES)


def routes(house: House) -> tuple[Route, ...]:
    """All of them; for evaluators only."""
    desk = _Desk(house)

    def get(path: str, handler: object) -> Route:
        return Route("GET", path, Who.EVALUATORS, handler)  # type: ignore[arg-type]

    def post(path: str, handler: object) -> Route:
        return Route("POST", path, Who.EVALUATORS, handler, max_bytes=10_000)  # type: ignore[arg-type]

    return (
        get("/eval", desk.home),
        post("/eval/jobs", desk.start),
        get("/eval/jobs/{number}", desk.progress),
        post("/eval/jobs/{number}/cancel", desk.cancel),
        get("/eval/runs/{name}", desk.run),
        get("/eval/runs/{name}/ready", desk.ready),
        post("/eval/runs/{name}/open", desk.open),
        get("/eval/runs/{name}/cases/{number}", desk.case),
        post("/eval/runs/{name}/cases/{number}/mark", desk.mark),
        get("/eval/runs/{name}/marks", desk.marks),
        get("/eval/compare", desk.compare),
        *proposing_routes(house),
    )


class _Desk:
    """The handlers, over what they share."""

    def __init__(self, house: House) -> None:
        self._store = house.store
        self._glances = Glances(house.settings.desk)
        self._evaluations = Evaluations(house.store, house.settings)
        self._preparing = Preparing(house.settings.desk)

    # ── the first page, and evaluations that are started there ──

    def home(self, visit: Visit) -> Reply:
        runs, evaluations = self._entries(), self._evaluations.latest()
        body = home_html(runs, evaluations, len(accepted_cases(self._store)))
        return Reply(page("评测", body, visit.agent, "/eval"))

    def start(self, visit: Visit) -> Reply:
        plan = Plan(visit.form.get("source", ""), visit.form.get("probe", ""))
        if plan.source == "own" and not accepted_cases(self._store):
            raise Turned(400, "还没有采纳的题。请先在“建议的题”里采纳。")
        self._evaluations.start(plan, visit.agent)
        return moved("/eval")

    def progress(self, visit: Visit) -> Reply:
        """{"stage", "done", "n", "words"}: asked for by the page's script while one is running."""
        number = _number(visit)
        found = next((each for each in self._evaluations.latest(50) if each.id == number), None)
        if found is None:
            raise Turned(404, "没有这次评测。")
        told = {"stage": found.stage.value, "done": found.done, "n": found.n, "words": progress_words(found)}
        return json_reply(told)

    def cancel(self, visit: Visit) -> Reply:
        self._evaluations.cancel(_number(visit))
        return moved("/eval")

    # ── a run ──

    def run(self, visit: Visit) -> Reply:
        folder = run_folder(visit.parts["name"])
        glance = self._glance(folder)
        if glance is None:
            self._preparing.want([folder])
            return Reply(page(folder.name, waiting_html(folder.name), visit.agent, "/eval"))
        readers = marks.readers(self._store, glance)
        if marks.may_read(self._store, glance, visit.agent):
            cases = cases_html(glance, Filter.of(visit.query), marks.marks(self._store, glance), readers)
        else:
            cases = guard_html(folder.name, readers)
        return Reply(page(folder.name, run_html(glance, cases), visit.agent, "/eval"))

    def ready(self, visit: Visit) -> Reply:
        """{"ready": true} once the page can be shown; asked for by the script of the page that waits."""
        folder = run_folder(visit.parts["name"])
        try:
            ready = self._glances.card(folder) is not None
        except BadRun:
            ready = True  # the page says what is wrong
        if not ready:
            self._preparing.want([folder])
        return json_reply({"ready": ready})

    def open(self, visit: Visit) -> Reply:
        """Somebody wants to read the cases of a test run, and has said so."""
        folder, glance = self._run(visit)
        if visit.form.get("sure") != "yes":
            raise Turned(400, "要先勾选确认，才打开 test 的逐题。")
        marks.open_cases(self._store, glance, visit.agent)
        return moved(f"/eval/runs/{folder.name}#cases")

    def case(self, visit: Visit) -> Reply:
        """A case on a page of its own, or, for the script, what is inside of it. With ?with=RUN two answers of it."""
        folder, glance, line = self._line(visit)
        other = visit.query.get("with", "")
        if other:
            inside = self._both(visit, folder, glance, line, other)
        else:
            inside = self._inside(visit, folder, glance, line)
        if visit.query.get("part"):
            return Reply(inside)
        body = case_page_html(folder.name, line, len(glance.lines), inside, other)
        return Reply(page(line.case.id, body, visit.agent, "/eval"))

    def _inside(self, visit: Visit, folder: Path, glance: Glance, line: Line) -> str:
        try:
            sheet, listed = case_sheet(folder, glance, line)
        except BadRun as exc:
            raise Turned(409, str(exc)) from exc
        marked = marks.marks(self._store, glance).get(line.number, ())
        return open_case_html(folder.name, sheet, listed, marked, visit.agent.id)

    def _both(self, visit: Visit, folder: Path, glance: Glance, line: Line, other: str) -> str:
        before_folder = run_folder(other)
        before = self._prepared(before_folder)
        self._read_allowed(visit, before)
        same = next((each for each in before.lines if each.case.id == line.case.id), None)
        if same is None:
            raise Turned(404, "那一次评测没有这一题。")
        try:
            earlier, later = case_sheet(before_folder, before, same, "a"), case_sheet(folder, glance, line, "b")
        except BadRun as exc:
            raise Turned(409, str(exc)) from exc
        return both_html([("甲", *earlier), ("乙", *later)])

    def mark(self, visit: Visit) -> Reply:
        """判为对, 判为错, or a mark taken back; the script gets the case's new inside, a form goes to its page."""
        folder, glance, line = self._line(visit)
        said = visit.form.get("right", "")
        if said in ("yes", "no"):
            reason = visit.form.get("reason", "")
            marks.mark_case(self._store, glance, line, visit.agent, said == "yes", reason)
        else:
            marks.unmark_case(self._store, glance, line, visit.agent)
        if visit.query.get("part"):
            return Reply(self._inside(visit, folder, glance, line))
        return moved(f"/eval/runs/{folder.name}/cases/{line.number}")

    def marks(self, visit: Visit) -> Reply:
        _, glance = self._run(visit)
        pairs = marks.judged(glance, marks.marks(self._store, glance))
        readable = marks.may_read(self._store, glance, visit.agent)
        body = marks_html(glance, marks.agreements(pairs), pairs, cases=readable)
        return Reply(page("人工判断", body, visit.agent, "/eval"))

    # ── two runs ──

    def compare(self, visit: Visit) -> Reply:
        a, b = visit.query.get("a", ""), visit.query.get("b", "")
        body = choose_html(self._entries(), a, b)
        if a and b:
            body += self._compared(visit, run_folder(a), run_folder(b))
        return Reply(page("比较两次", body, visit.agent, "/eval/compare"))

    def _compared(self, visit: Visit, a: Path, b: Path) -> str:
        before, after = self._glance(a), self._glance(b)
        if before is None or after is None:
            self._preparing.want([folder for folder, seen in ((a, before), (b, after)) if seen is None])
            return waiting_html((b if before else a).name)
        try:
            found = compare(before.run(a), after.run(b))
        except BadRun as exc:
            return f'<p class="wrong" role="alert">{text_html(str(exc))}</p>'
        closed = next((g for g in (before, after) if not marks.may_read(self._store, g, visit.agent)), None)
        if closed:
            flips = guard_html(closed.card.name, marks.readers(self._store, closed))
        else:
            flips = flips_html(found, before, after)
        return comparison_html(found, before, after, flips)

    # ── what they share ──

    def _entries(self) -> Sequence[Entry]:
        """Every run; those that are not ready for their pages yet are made so meanwhile."""
        found = entries(self._glances)
        self._preparing.want([run_folder(each.name) for each in found if not (each.card or each.broken)])
        return found

    def _glance(self, folder: Path) -> Glance | None:
        """None where it has to be worked out first. Raises Turned for a run that is damaged or not finished."""
        try:
            return self._glances.glance(folder)
        except BadRun as exc:
            raise Turned(409, str(exc)) from exc

    def _prepared(self, folder: Path) -> Glance:
        glance = self._glance(folder)
        if glance is None:
            raise Turned(409, "这次评测还在打分，请回到它的页面，稍等再看。")
        return glance

    def _run(self, visit: Visit) -> tuple[Path, Glance]:
        folder = run_folder(visit.parts["name"])
        return folder, self._prepared(folder)

    def _line(self, visit: Visit) -> tuple[Path, Glance, Line]:
        """The case of an address, where it may be read."""
        folder, glance = self._run(visit)
        self._read_allowed(visit, glance)
        line = glance.line(_number(visit))
        if line is None:
            raise Turned(404, "这次评测没有这一题。")
        return folder, glance, line

    def _read_allowed(self, visit: Visit, glance: Glance) -> None:
        if not marks.may_read(self._store, glance, visit.agent):
            raise Turned(403, "test 的题不逐题看。确要看，请在这次评测的页面上确认。")


def _number(visit: Visit) -> int:
    """Raises Turned for an address that holds none."""
    written = visit.parts["number"]
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise Turned(404, "没有这个编号。")
    return int(written)
