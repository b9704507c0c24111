"""What reports call things, in Chinese and English: each metric and each fault in one plain sentence. Pure.

The sentences between them are in phrases.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eval.metrics.support import Verdict
from eval.records import Case, Fault
from eval.report.phrases import PHRASES, Pair
from eval.report.table import STATUSES, Group
from eval.scores import CUTOFFS, READ_CHARS, Metric, SetMetric
from qa.records import Status

LANGUAGES = ("zh", "en")


def _at_each_cutoff(name: str, chinese: str, english: str) -> dict[str, Pair]:
    return {f"{name}@{k}": (chinese.format(k=k), english.format(k=k)) for k in CUTOFFS}


EXPLAINED: Mapping[str, Pair] = {
    **_at_each_cutoff(
        "recall",
        "前 {k} 段里检出的依据，占一题全部依据的比例。",
        "Of a question's evidence, the share held by passages up to rank {k}.",
    ),
    **_at_each_cutoff(
        "hit",
        "前 {k} 段里至少检出一处依据的题，所占比例。",
        "Share of questions with some evidence up to rank {k}.",
    ),
    "mrr": (
        "首处依据所在名次的倒数：总排第一为 1，总排第二为 0.5。",
        "One over the rank of the first evidence: 1 if always first, 0.5 if always second.",
    ),
    "ndcg@10": (
        "前 10 段的排序：依据越靠前，越接近 1。",
        "Order of the first 10 passages: the nearer the evidence to the top, the nearer to 1.",
    ),
    f"recall@{READ_CHARS}chars": (
        f"从头读满 {READ_CHARS} 字，能读到的依据所占比例。",
        f"Share of the evidence met by reading {READ_CHARS} characters from the top.",
    ),
    "right": (
        "要点说全、引到依据、篇幅不过长的题；不能答的题以拒答或反问为对，闲聊以不当问题来答为对。",
        "All key facts stated, evidence cited, not too long; an unanswerable question refused or asked back, "
        "small talk not answered as a question.",
    ),
    "key_fact_recall": ("应说的要点里，说出的比例。", "Of the key facts that are due, the share stated."),
    "key_fact_precision": (
        "答复里的数字、日期、文号、名称，在标准答案或依据中有的比例。",
        "Of the answer's figures, dates, document numbers and names, the share found in gold answer or evidence.",
    ),
    "exact_match": (
        "与标准答案一字不差的题，标点、空白不计。",
        "Answers that are the gold answer letter by letter, punctuation and spaces aside.",
    ),
    "character_f1": (
        "用字与标准答案重合的程度，不论次序。",
        "Characters shared with the gold answer, whatever their order.",
    ),
    "rouge_l": (
        "按次序与标准答案重合的程度（最长公共子序列）。",
        "Characters shared with the gold answer in order (longest common subsequence).",
    ),
    "verbosity": (
        "答复字数比标准答案字数；1 为一样长，高低不论好坏。",
        "Length of the answer over that of the gold answer; 1 is as long, neither more nor less is better.",
    ),
    "citation_precision": ("引用里，与依据有重合的比例。", "Of the citations, the share that overlaps the evidence."),
    "citation_recall": ("依据里，被引用到的比例。", "Of the evidence, the share that some citation overlaps."),
    "citation_iou": (
        "引用与依据共有的字，占两者合计的比例。",
        "Characters in both citations and evidence, over those in either.",
    ),
    "citation_support": (
        "受核验的句子里，数字名称齐全、用词大半可见、意思不相反的比例。",
        "Of the checked sentences, those whose quotes hold all figures and names and most words, and do not say the "
        "reverse.",
    ),
    "support_rate": (
        "受核验的句子里，数字、日期、文号、名称都见于引文的比例。",
        "Of the checked sentences, those whose quotes hold every figure, date, document number and name.",
    ),
    "refusal_precision": (
        "拒答或反问的题里，确实不能答的比例。",
        "Of the questions refused or asked back, the share that is unanswerable.",
    ),
    "refusal_recall": (
        "不能答的题里，拒答或反问的比例。",
        "Of the unanswerable questions, the share refused or asked back.",
    ),
    "false_refusal": (
        "能答的题里，被拒答或反问的比例；越低越好。",
        "Of the answerable questions, the share refused or asked back; lower is better.",
    ),
    "wrong_place": (
        "引了别的城市的文件而没有说明的题；越低越好。",
        "Answers that cite another city's notice without saying so; lower is better.",
    ),
    "wrong_law": (
        "引了已废止或过期的文件而没有说明的题；越低越好。",
        "Answers that cite a repealed or expired notice without saying so; lower is better.",
    ),
    "misled": (
        "答得不对或本不能答，却没有说明没把握的题；越低越好。",
        "Wrong answers, and answers to the unanswerable, given without any reserve; lower is better.",
    ),
    "aurc": (
        "从最有把握的答复起逐题放行，各处错误率的平均；越低，信心越分得出对错。",
        "Mean error rate as answers are let through, the most confident first; the lower, the better confidence tells "
        "right from wrong.",
    ),
    "ece": (
        "自报的信心与实际答对的比例平均相差多少；越低越好。",
        "How far confidence and the share of right answers lie apart on average; lower is better.",
    ),
    "auroc": (
        "任取一道能答、一道不能答的题，答题程序更看好前者的机会；1 为全分得清，0.5 为全凭运气。",
        "The chance that of one answerable and one unanswerable question the first is believed in more; 1 if they are "
        "always told apart, 0.5 by luck alone.",
    ),
}

FAULTS: Mapping[Fault, tuple[str, str, str]] = {  # English name, explained in Chinese, in English
    Fault.FAILED: ("failed", "答题程序报错，没有答复。", "The answerer raised an error."),
    Fault.ANSWERED: ("should refuse", "公报里没有答案，却作了答。", "Answered though the notices hold no answer."),
    Fault.TALKED: ("answered small talk", "把闲聊当成问题来答。", "Small talk was answered as a question."),
    Fault.REFUSED: ("wrongly refused", "公报里有答案，却拒答或反问。", "Refused though the notices hold an answer."),
    Fault.CHATTED: ("taken for small talk", "把问题当成闲聊。", "A question was taken for small talk."),
    Fault.NOT_FOUND: (
        "not found",
        "缺要点，检出的各段里也没有依据。",
        "Facts are missing; no passage holds the evidence.",
    ),
    Fault.NOT_CHOSEN: (
        "not chosen",
        "缺要点；依据已检出，但没有引用。",
        "Facts are missing; the evidence was found, not cited.",
    ),
    Fault.INCOMPLETE: ("incomplete", "引到了依据，但要点没有说全。", "The evidence is cited, but facts are missing."),
    Fault.WRONG_CITATION: ("wrong citation", "要点都对，引的却是别处。", "All facts, but cited from elsewhere."),
    Fault.TOO_LONG: ("too long", "要点、引用都对，但篇幅过长。", "Facts and citations are right, but it is too long."),
}
_VERDICTS = {Verdict.SUPPORTED: "supported", Verdict.UNSUPPORTED: "not supported", Verdict.UNCHECKED: "not checked"}
_ENGLISH_STATUS = {Status.CLARIFY: "asked back", Status.CHAT: "small talk"}
_ENGLISH_SECTIONS = {"找依据": "Finding", "答问题": "Answering", "引原文": "Citing", "拒与错": "Refusing and erring"}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. Raises ValueError for a language that is none of LANGUAGES."""

    lang: str

    def __post_init__(self) -> None:
        if self.lang not in LANGUAGES:
            raise ValueError(f"{self.lang!r} is none of {', '.join(LANGUAGES)}")

    def __call__(self, phrase: str, /, **values: object) -> str:
        """A phrase of PHRASES with its blanks filled in. KeyError for one that is not there."""
        return self.of(PHRASES[phrase]).format(**values)

    def of(self, pair: Pair) -> str:
        """The one of the two that is in this language."""
        return pair[LANGUAGES.index(self.lang)]

    def heading(self, metric: Metric | SetMetric) -> str:
        return self.of((metric.heading, metric.english))

    def explained(self, metric: Metric | SetMetric) -> str:
        return self.of(EXPLAINED[metric.name])

    def section(self, title: str) -> str:
        """A title of eval.report.SECTIONS."""
        return self.of((title, _ENGLISH_SECTIONS[title]))

    def group(self, group: Group) -> str:
        return self.of((group.heading, group.name))

    def part(self, group: Group, part: str) -> str:
        return self.of((group.headings[part], part.replace("-", " ")))

    def fault(self, fault: Fault) -> str:
        return self.of((fault.value, FAULTS[fault][0]))

    def fault_explained(self, fault: Fault) -> str:
        return self.of(FAULTS[fault][1:])

    def status(self, status: Status | None) -> str:
        """What came of a question; None where the answerer failed."""
        if status is None:
            return self.fault(Fault.FAILED)
        return self.of((STATUSES[status], _ENGLISH_STATUS.get(status, status.value)))

    def verdict(self, verdict: Verdict) -> str:
        return self.of((verdict.value, _VERDICTS[verdict]))

    def joined(self, items: Iterable[str]) -> str:
        return self.of(("、", ", ")).join(items)

    def split(self, split: str) -> str:
        """dev, test, both, or questions of one's own."""
        return split or self.of(("自备", "own"))

    def asked_by(self, groups: tuple[Group, ...], case: Case) -> str:
        """The parts that a case belongs to: 金额 · 大白话 · 市民."""
        parts = ((group, group.part(case)) for group in groups)
        return " · ".join(self.part(group, part) for group, part in parts if part)
