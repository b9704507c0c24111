"""The evaluator's first page: start an evaluation, see how far it is, open an earlier one. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from eval.report.cases_html import state_html
from ui.evaluator.jobs import PROBES, SOURCES, Evaluation, Stage
from ui.evaluator.parts import duration, moment, moment_of, select, share, table
from ui.evaluator.runs import Entry
from ui.markup import text_html

_STAGES = {
    Stage.RUNNING: ("blue", "…", "正在进行"),
    Stage.DONE: ("green", "✓", "做完了"),
    Stage.FAILED: ("red", "✗", "没做成"),
    Stage.CANCELLED: ("muted", "–", "已取消"),
    Stage.SILENT: ("amber", "▲", "中断了"),
}


_UNFINISHED, _BROKEN = ("amber", "▲", "没做完"), ("red", "✗", "打不开")


def home_html(runs: Sequence[Entry], evaluations: Sequence[Evaluation], accepted: int) -> str:
    """The body of /eval. `evaluations`: the newest first; `accepted`: how many cases of one's own there are."""
    running = next((each for each in evaluations if each.stage is Stage.RUNNING), None)
    return (
        f'<section aria-labelledby="start-h"><h2 id="start-h">做一次评测</h2>'
        f"{running_html(running) if running else _form(accepted)}{_earlier(evaluations)}</section>"
        f'<section aria-labelledby="runs-h"><h2 id="runs-h">历次评测</h2>{_runs(runs)}</section>'
    )


def running_html(running: Evaluation) -> str:
    """How far it is; the page's script asks again and puts the answer in its place."""
    return (
        f'<div class="job" data-job="{running.id}"><p>{text_html(running.plan.words)}</p>'
        f'<progress max="{max(1, running.n)}" value="{running.done}" aria-label="已答的题"></progress>'
        f'<p class="told" role="status">{text_html(progress_words(running))}</p>'
        f'<form method="post" action="/eval/jobs/{running.id}/cancel">'
        '<button type="submit">取消这次评测</button></form>'
        '<p class="hint">评测在另一个进程里做，关掉这一页也会接着做。它给答问让路，所以要久一些。</p></div>'
    )


def progress_words(running: Evaluation) -> str:
    """已答 120 / 774 题，约剩 1 分 40 秒."""
    if not running.n:
        return "正在打开公文库……"
    if running.done >= running.n:
        return f"{running.n} 题都答完了，正在打分、画图……"
    left = "" if running.left_s is None else f"，约剩 {duration(running.left_s)}"
    return f"已答 {running.done} / {running.n} 题{left}"


def _form(accepted: int) -> str:
    sources = {name: words for name, words in SOURCES.items() if name != "own"}
    if accepted:
        sources["own"] = f"{SOURCES['own']}（{accepted} 题）"
    return (
        '<form class="row" method="post" action="/eval/jobs">'
        f"{select('source', '考哪些题', sources)}{select('probe', '怎样问', PROBES)}"
        '<button type="submit" class="primary">开始评测</button></form>'
        '<p class="hint">test 的题只用来报告成绩：调程序的人不看它错在哪里。</p>'
    )


def _earlier(evaluations: Sequence[Evaluation]) -> str:
    ended = [each for each in evaluations if each.stage is not Stage.RUNNING]
    if not ended:
        return ""
    items = "".join(f"<li>{_ended(each)}</li>" for each in ended)
    return f'<details class="past"><summary>最近从这一页做的评测</summary><ul class="plain">{items}</ul></details>'


def _ended(each: Evaluation) -> str:
    about = f"{each.plan.words} · {moment_of(each.made_s)} · {each.by}"
    said = f'{state_html(*_STAGES[each.stage])} <span class="hint">{text_html(about)}</span>'
    if each.stage is Stage.DONE:
        return f'{said} <a href="/eval/runs/{text_html(each.run)}">看成绩</a>'
    if each.message:
        return f"{said}<p>{text_html(each.message)}</p>"
    asked = f"已答 {each.done} / {each.n} 题。" if each.n else ""
    return (
        f'{said}<form class="row" method="post" action="/eval/jobs"><span>{asked}</span>'
        f'<input type="hidden" name="source" value="{each.plan.source}">'
        f'<input type="hidden" name="probe" value="{each.plan.probe}"><button type="submit">接着做</button></form>'
    )


def _runs(runs: Sequence[Entry]) -> str:
    if not runs:
        return "<p>还没有评测记录。从上面做一次，或在命令行运行 wenzheng eval。</p>"
    sound, broken = [each for each in runs if not each.broken], [each for each in runs if each.broken]
    head = ("评测", "答对（95% 区间）", "题数", "题", "时间", "公文库")
    rows = [
        (
            f'<a href="/eval/runs/{text_html(each.name)}">{text_html(each.name)}</a>',
            _right(each),
            str(each.n),
            text_html(each.card.asked if each.card else each.split or "自备"),
            text_html(moment(each.started_at)),
            text_html(each.library),
        )
        for each in sound
    ]
    listed = table(head, rows, "历次评测，新的在前", "runs") if rows else ""
    return listed + _broken(broken)


def _right(each: Entry) -> str:
    if each.card is None:
        return '<span class="hint">正在打分，请稍后刷新</span>'
    return share(each.card.right, each.card.low, each.card.high)


def _broken(runs: Sequence[Entry]) -> str:
    if not runs:
        return ""
    items = "".join(
        f"<li>{state_html(*(_UNFINISHED if each.unfinished else _BROKEN))} "
        f"<strong>{text_html(each.name)}</strong> {text_html(each.broken)}</li>"
        for each in runs
    )
    return f'<h3>没有做完或打不开的</h3><ul class="plain broken">{items}</ul>'
