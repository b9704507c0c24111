"""How far evaluators and the automatic score agree on a run, and where they do not. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from eval.report.table import number
from ui.evaluator.glance import Glance
from ui.evaluator.marks import Agreement, Judged
from ui.evaluator.parts import share, table
from ui.evaluator.run_page import case_html
from ui.markup import text_html


def marks_html(glance: Glance, agreed: Sequence[Agreement], pairs: Sequence[Judged], *, cases: bool) -> str:
    """The body of /eval/runs/NAME/marks; the cases themselves only where they may be read."""
    name = text_html(glance.card.name)
    back = f'<p><a href="/eval/runs/{name}">{name}</a></p>'
    if not agreed:
        return f"{back}<p>还没有人判过这次评测的题。打开一题，在“人工判断”里判为对或判为错。</p>"
    rows = [
        (
            text_html(each.who),
            str(each.share.n),
            share(each.share.value, *(each.share.interval or (None, None))),
            number(each.kappa),
            f"{each.kappa_interval.low:.3f}–{each.kappa_interval.high:.3f}" if each.kappa_interval else "—",
        )
        for each in agreed
    ]
    head = ("评测员", "判断数", "与自动评分一致（95% 区间）", "Cohen κ", "95% 区间")
    return (
        f"{back}{table(head, rows, '与自动评分的一致程度', 'changes')}"
        '<p class="hint">κ 扣除了碰巧一致的部分；人或自动评分一边倒时算不出来。自动评分不判的题不计。</p>'
        f"{_disagreements(glance, pairs) if cases else ''}"
    )


def _disagreements(glance: Glance, pairs: Sequence[Judged]) -> str:
    apart = [pair for pair in pairs if not pair.agreed]
    items = "".join(case_html(glance.card.name, pair.line, (pair.mark,)) for pair in apart)
    return (
        f'<section aria-labelledby="apart-h"><h2 id="apart-h">不一致的（{len(apart)}）</h2>'
        f"{items or '<p>没有。</p>'}</section>"
    )
