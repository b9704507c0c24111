"""Canaries: made-up answerers whose scores are known beforehand. A metric that misjudges one is not trusted. Pure.

They are made from a run's own cases, without asking anybody: an oracle, a random ranker, the gold answers, no answers,
the neighbouring city's, shuffled citations … `failures` says, metric by metric, which canary came out wrong; a report
leaves such a metric out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from eval.records import Cited, Found, Outcome, Stretch
from eval.scores import BY_NAME, FINDING, SET_METRICS
from eval.statistics import Mean
from index.records import Span
from qa.records import Status

_DEPTH = 10
_STRIDE = 37  # as good as chance, and the same every time
_NOWHERE = "（不在任何公报里）"
LEAST_CASES = 20  # with fewer, a shuffled thing may well land where it was

Bounds = tuple[float, float]
Expected = Mapping[str, Bounds]  # by metric name: from where to where its figure must lie


@dataclass(frozen=True, slots=True)
class Canary:
    """A made-up answerer and what its scores must be."""

    name: str  # Chinese
    sing: Callable[[Sequence[Outcome]], Iterable[Outcome]]
    expected: Expected


def failures(outcomes: Sequence[Outcome]) -> dict[str, str]:
    """Metric name → which canary it misjudged, and how, in Chinese. {} where all is well.

    A canary that needs a kind of question which the run has too few of says nothing.
    """
    broken: dict[str, str] = {}
    for canary in CANARIES:
        sung = tuple(canary.sing(outcomes))
        if len(sung) < LEAST_CASES:
            continue
        for name, (low, high) in canary.expected.items():
            value = _figure(name, sung)
            if name not in broken and (value is None or not low - 1e-9 <= value <= high + 1e-9):
                got = "无值" if value is None else f"{value:.3f}"
                due = f"{low:g}" if low == high else f"{low:g}–{high:g}"
                broken[name] = f"“{canary.name}”得 {got}，应为 {due}"
    return broken


def _figure(name: str, sung: Sequence[Outcome]) -> float | None:
    """What a metric makes of a canary."""
    if name in BY_NAME:
        return Mean.of(BY_NAME[name].score(outcome) for outcome in sung).value
    metric = next(each for each in SET_METRICS if each.name == name)
    return metric.figure(metric.beliefs(sung))


# ── the answerers ───────────────────────────────────────────────────────────────────────────────────────────────


def _gold(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Says the gold answer and cites the evidence; refuses what has none; is sure of it."""
    return [replace(_told(o), answerable=float(o.case.answerable)) for o in outcomes if not o.case.probe]


def _told(outcome: Outcome) -> Outcome:
    case = outcome.case
    if not case.answerable:
        status = Status.CHAT if case.small_talk else Status.REFUSED
        return replace(_bare(outcome), status=status, text=case.gold_answer)
    return _answering(outcome, case.gold_answer, outcome.evidence, [e.quote for e in case.evidence], 1.0)


def _verbatim(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Says the evidence itself, each piece with its mark, as the extractive answerer would."""
    return [
        replace(
            _answering(o, "", o.evidence, [e.quote for e in o.case.evidence], 1.0),
            text="".join(f"{_sentence(e.quote)}[{n}]。" for n, e in enumerate(o.case.evidence, 1)),
        )
        for o in _answerable(outcomes)
    ]


def _same_words(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Says the gold answer, whatever it is, marks aside."""
    return [_answering(o, o.case.gold_answer, (), (), 1.0) for o in _answerable(outcomes)]


def _empty(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Answers nothing at all, and is sure of it."""
    return [replace(_bare(outcome), text="", confidence=1.0) for outcome in outcomes if not outcome.case.probe]


def _refusing(outcomes: Sequence[Outcome]) -> list[Outcome]:
    asked = [_bare(outcome) for outcome in outcomes if not outcome.case.probe]
    return [replace(each, status=Status.REFUSED, text="没有找到。", answerable=0.0) for each in asked]


def _random_ranker(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Finds passages of other questions."""
    asked = _answerable(outcomes)
    pool = [place for outcome in asked for place in outcome.evidence]
    found: list[Outcome] = []
    for at, outcome in enumerate(asked):
        others = [place for place in pool if not any(place.overlap(evidence) for evidence in outcome.evidence)]
        if others:  # a few questions may all rest on one place
            places = [others[(at * _STRIDE + step * step) % len(others)] for step in range(_DEPTH)]
            found.append(replace(_bare(outcome), passages=_passages(places)))
    return found


def _late_ranker(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Finds the first piece of evidence, at rank 2."""
    return [
        replace(_bare(o), passages=_passages([Stretch(_NOWHERE, Span(0, 400)), o.evidence[0]]))
        for o in _answerable(outcomes)
        if len(o.evidence) == 1
    ]


def _long_winded_ranker(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Finds the evidence behind more characters than anybody reads."""
    ahead = [Stretch(_NOWHERE, Span(at, at + 1500)) for at in (0, 1500)]
    return [replace(_bare(o), passages=_passages([*ahead, *o.evidence])) for o in _answerable(outcomes)]


def _neighbour(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Answers from the notices of a city that nobody asked about, which were repealed besides."""
    cited = Cited(1, Stretch(_NOWHERE, Span(0, 10)), "另一座城市的规定", city="别处市", lapsed=True)
    return [
        replace(_bare(o), text="另一座城市的规定[1]。", citations=(cited,), confidence=0.0)
        for o in outcomes
        if o.cities and not o.case.small_talk
    ]


def _shuffled(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Says the evidence of each question and cites that of the next one of another place in the texts."""
    told = _verbatim(outcomes)
    shuffled: list[Outcome] = []
    for at, outcome in enumerate(told):
        others = (told[(at + step) % len(told)] for step in range(1, len(told)))
        other = next((o for o in others if not any(a.overlap(b) for a in o.cited for b in outcome.evidence)), None)
        if other is not None:
            first, *_ = other.citations
            marks = range(1, len(outcome.citations) + 1)
            shuffled.append(replace(outcome, citations=tuple(replace(first, marker=m) for m in marks)))
    return shuffled


def _invented(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Says figures and an office that stand nowhere, behind a mark that leads to the evidence."""
    said = "共需 987654 元，由市虚构事务局于 2099年9月9日办理[1]。"
    return [_answering(o, said, o.evidence[:1], [o.case.evidence[0].quote], 0.0) for o in _answerable(outcomes)]


def _chatterbox(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The gold answer ten times over."""
    return [
        _answering(o, o.case.gold_answer * 10 + "好" * 120, o.evidence, [e.quote for e in o.case.evidence], 1.0)
        for o in _answerable(outcomes)
    ]


def _knows_itself(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Right every other time, and sure of it just then."""
    gold = [replace(outcome, confidence=1.0) for outcome in map(_told, _answerable(outcomes))]
    return [replace(o, text="不知道。", confidence=0.0) if at % 2 else o for at, o in enumerate(gold)]


def _deludes_itself(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Right every other time, and sure of it just when it is not."""
    return [replace(outcome, confidence=1 - (outcome.confidence or 0.0)) for outcome in _knows_itself(outcomes)]


def _answerable(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.case.answerable]


def _bare(outcome: Outcome) -> Outcome:
    """The question with nothing found, cited or said yet."""
    return Outcome(outcome.case, outcome.evidence, outcome.cities, Status.ANSWERED, "")


def _answering(
    outcome: Outcome, text: str, cited: Sequence[Stretch], quotes: Sequence[str], confidence: float
) -> Outcome:
    pairs = zip(cited, quotes, strict=True)
    city = outcome.cities[0] if outcome.cities else ""
    citations = tuple(Cited(n, place, quote, city=city) for n, (place, quote) in enumerate(pairs, 1))
    return replace(
        _bare(outcome), text=text, citations=citations, passages=_passages(outcome.evidence), confidence=confidence
    )


def _passages(places: Sequence[Stretch]) -> tuple[Found, ...]:
    return tuple(Found(place, 1 / rank) for rank, place in enumerate(places, 1))


def _sentence(quote: str) -> str:
    """On one line, and with its inner ends softened, so that the mark at the end is that of all of it.

    White space stays between what it parts: the numbers of neighbouring cells are two.
    """
    return " ".join(quote.split()).translate(str.maketrans("。；！？;!?", "，，，，，，，", "[]［］【】")).strip("，")


# ── what they must score ────────────────────────────────────────────────────────────────────────────────────────

_ONE, _ZERO = (1.0, 1.0), (0.0, 0.0)
_FOUND_AT_ONCE = dict.fromkeys(("recall@10", "hit@1", "hit@5", "hit@10", "mrr", "ndcg@10"), _ONE)
CANARIES = (
    Canary(
        "标准答案",
        _gold,
        {
            **_FOUND_AT_ONCE,
            "recall@1": (0.5, 1.0),
            "recall@5": (0.95, 1.0),
            **dict.fromkeys(("right", "key_fact_recall", "key_fact_precision", "verbosity"), _ONE),
            **dict.fromkeys(("exact_match", "character_f1", "rouge_l"), _ONE),
            **dict.fromkeys(("citation_precision", "citation_recall", "citation_iou"), _ONE),
            **dict.fromkeys(("refusal_precision", "refusal_recall", "auroc"), _ONE),
            **dict.fromkeys(("false_refusal", "wrong_place", "wrong_law", "misled", "aurc", "ece"), _ZERO),
        },
    ),
    Canary("照抄依据", _verbatim, {"citation_support": (0.97, 1.0), "support_rate": (0.97, 1.0)}),
    Canary("只有原话", _same_words, {"exact_match": _ONE, "character_f1": _ONE, "rouge_l": _ONE}),
    Canary(
        "什么也不答",
        _empty,
        {
            **{metric.name: _ZERO for metric in FINDING},
            **dict.fromkeys(("right", "key_fact_recall", "exact_match", "character_f1", "rouge_l"), _ZERO),
            **dict.fromkeys(("verbosity", "citation_recall", "refusal_recall", "false_refusal"), _ZERO),
            "aurc": _ONE,
            "ece": _ONE,
        },
    ),
    Canary(
        "一概拒答",
        _refusing,
        {
            "misled": _ZERO,
            "refusal_recall": _ONE,
            "false_refusal": _ONE,
            "refusal_precision": (0.0, 0.9),
            "auroc": (0.5, 0.5),
        },
    ),
    Canary("随机排序", _random_ranker, {metric.name: _ZERO for metric in FINDING}),
    Canary(
        "总排第二",
        _late_ranker,
        {
            **dict.fromkeys(("recall@1", "hit@1"), _ZERO),
            **dict.fromkeys(("recall@5", "hit@5", "recall@10", "hit@10", "recall@2000chars"), _ONE),
            "mrr": (0.5, 0.5),
            "ndcg@10": (0.6309, 0.631),
        },
    ),
    Canary("绕远的排序", _long_winded_ranker, {"recall@2000chars": _ZERO, "hit@5": _ONE}),
    Canary("拿邻市的来答", _neighbour, {"wrong_place": _ONE, "wrong_law": _ONE, "misled": _ONE}),
    Canary(
        "引文张冠李戴",
        _shuffled,
        {
            **dict.fromkeys(("citation_precision", "citation_recall", "citation_iou"), _ZERO),
            "citation_support": (0.0, 0.1),
            "support_rate": (0.0, 0.75),
        },
    ),
    Canary(
        "无中生有",
        _invented,
        {
            "key_fact_recall": (0.0, 0.05),
            "key_fact_precision": (0.0, 0.02),
            **dict.fromkeys(("right", "exact_match", "citation_support", "support_rate"), _ZERO),
            **dict.fromkeys(("character_f1", "rouge_l"), (0.0, 0.3)),
        },
    ),
    Canary("啰嗦", _chatterbox, {"verbosity": (10.0, 40.0), "right": _ZERO, "rouge_l": (0.0, 0.35)}),
    Canary("有自知之明", _knows_itself, {"aurc": (0.1, 0.25), "ece": _ZERO}),
    Canary("自以为是", _deludes_itself, {"aurc": (0.75, 0.9)}),
)
GUARDED = frozenset(name for canary in CANARIES for name in canary.expected)
