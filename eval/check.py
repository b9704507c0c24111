"""The writers' checker: question files against the rules of GUIDE.zh.md. `python -m eval.check [FILE…]`."""

from __future__ import annotations

import hashlib
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.cases import Sources, bundled_questions, read_cases
from eval.metrics.facts import missing_facts
from eval.records import ASKERS, NEAR_MISSES, SPLITS, TYPES, WORDINGS, Case, Evidence, Stretch
from index.gazette import parse
from index.records import Document, Notice, NoticeKind
from index.text import normal, squeeze

MAX_LAY_OVERLAP = 0.15
MAX_FACTS = 6
MIN_QUOTE_CHARS, MAX_QUOTE_CHARS = 10, 300
MIN_TRANSCRIPT_CHARS = 100  # a story, with the question somewhere in it
NO_GAZETTE = "900"  # in the ids of questions that are about none

_FOLDER = Path(__file__).parent


def lay_overlap(case: Case) -> float | None:
    """Share of the question's character bigrams that stand in its evidence.

    overlap = |{i : q_i q_{i+1} occurs in a quote}| / (|q| − 1), q being the question's letters, digits and characters.
    None without evidence, or where the question has fewer than two characters.
    """
    question = re.sub(r"[\W_]", "", case.question)
    pairs = [question[i : i + 2] for i in range(len(question) - 1)]
    if not pairs or not case.evidence:
        return None
    quotes = "\n".join(squeeze(evidence.quote) for evidence in case.evidence)
    return sum(pair in quotes for pair in pairs) / len(pairs)


@dataclass(frozen=True, slots=True)
class SplitEntry:
    """A line of split.tsv: which side a notice is on. A notice without 文号 is known by its title."""

    source: str
    document_number: str
    title: str
    split: str

    @property
    def key(self) -> tuple[str, str]:
        return self.source, normal(self.document_number or self.title)


@dataclass(frozen=True, slots=True)
class Side:
    """A notice (or the explainer of one), where it stands, and the side it is on; "" where split.tsv forgot it."""

    name: str  # 文号, or its title
    place: Stretch
    split: str
    is_notice: bool  # not an explainer


@dataclass(frozen=True, slots=True)
class Corpus:
    """What questions are checked against."""

    sources: Sources
    sides: tuple[Side, ...] = ()  # empty: no split is checked
    problems: tuple[str, ...] = ()  # of split.tsv itself

    def side(self, place: Stretch) -> Side | None:
        """The notice that holds the whole stretch."""
        return next((side for side in self.sides if side.place.overlap(place) == len(place.span)), None)


def read_split(path: Path = _FOLDER / "split.tsv") -> list[SplitEntry]:
    """The lines of split.tsv below its heading."""
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()[1:] if line.strip()]
    return [SplitEntry(*row) for row in rows]


def read_corpus(texts: Mapping[str, str], split: Sequence[SplitEntry]) -> Corpus:
    """The notices of some source texts, each on its side; an explainer is on the side of its notice."""
    documents = [
        Document(source, text, hashlib.sha256(text.encode()).hexdigest(), "txt") for source, text in texts.items()
    ]
    return corpus_of({document: parse(document) for document in documents}, split)


def corpus_of(held: Mapping[Document, Sequence[Notice]], split: Sequence[SplitEntry]) -> Corpus:
    """The same of documents whose notices are known already: those that a library holds."""
    wanted = {entry.key: entry for entry in split}
    sides: list[Side] = []
    problems: list[str] = []
    for document, notices in held.items():
        source = document.source
        by_id = {notice.id: notice for notice in notices}
        for notice in notices:
            main = by_id.get(notice.explains, notice)
            name = main.document_number or main.title
            entry = wanted.get((source, normal(name)))
            is_notice = notice.kind is NoticeKind.NOTICE
            sides.append(Side(name, Stretch(source, notice.source_span()), entry.split if entry else "", is_notice))
            if entry is None:
                problems.append(f"split.tsv：没有列 {source} 的《{notice.title}》")
    found = {(side.place.source, normal(side.name)) for side in sides}
    problems += [f"split.tsv：{entry.source} 里找不到《{entry.title}》" for entry in split if entry.key not in found]
    texts = {document.source: document.text for document in held}
    return Corpus(Sources(texts), tuple(sides), tuple(problems))


def bundled_corpus_texts() -> dict[str, str]:
    """The five gazettes by source name, as they are indexed."""
    folder = _FOLDER.parent / "index" / "corpus"
    return {path.name: path.read_bytes().decode("utf-8-sig") for path in sorted(folder.glob("*.txt"))}


def check_cases(cases: Sequence[Case], corpus: Corpus) -> list[str]:
    """What breaks the rules of GUIDE.zh.md, one Chinese line each, beginning with the case's id; [] is good."""
    by_id = {case.id: case for case in cases}
    problems = [f"{case.id}：{problem}" for case in cases for problem in _problems(case, corpus)]
    return problems + [f"{case.id}：{problem}" for case in cases for problem in _pair_problems(case, by_id)]


def _pair_problems(case: Case, by_id: Mapping[str, Case]) -> list[str]:
    other = by_id.get(case.pair or case.id)
    if other is None:
        return [f"pair “{case.pair}”不在所检查的题里"]
    if case.pair and (other is case or other.pair != case.id or other.split != case.split):
        return [f"与 {case.pair} 要互为 pair，在同一边"]
    return []


def _problems(case: Case, corpus: Corpus) -> list[str]:
    problems: list[str] = []
    numbered = re.fullmatch(r"([dt])-(\d{3})-\d{3,4}", case.id)
    if numbered is None:
        problems.append("id 要写成 d-000-001 的样子（dev 用 d，test 用 t）")
    else:
        if numbered[1] != case.split[0]:
            problems.append(f"id 以 {numbered[1]} 开头，split 却是 {case.split}")
        gazettes = {e.source[:3] for e in case.evidence if re.match(r"\d{3}", e.source)}  # other files have no number
        if gazettes and numbered[2] not in gazettes:
            problems.append(f"id 里的公报号 {numbered[2]} 与依据的公报对不上")
        if case.small_talk and numbered[2] != NO_GAZETTE:
            problems.append(f"闲聊不问公报，id 里的公报号要写 {NO_GAZETTE}")
    if case.probe:
        problems.append("换地生成题由程序生成，不写在题目文件里")
    if case.type == "transcript" and len(squeeze(case.question)) < MIN_TRANSCRIPT_CHARS:
        problems.append(f"来电转述要有 {MIN_TRANSCRIPT_CHARS} 字以上的经过")
    for evidence in case.evidence:
        problems += _evidence_problems(case, evidence, corpus)
    if len(case.key_facts) > MAX_FACTS:
        problems.append(f"要点有 {len(case.key_facts)} 个，至多 {MAX_FACTS} 个")
    # writers may drop white space, which joins the numbers of neighbouring cells: numbers need not stand apart here
    quotes = "\n".join(normal(evidence.quote) for evidence in case.evidence)
    problems += [
        f"要点“{fact[0]}”没有一种写法在依据里"
        for fact in case.key_facts
        if quotes and not any(normal(spelling) in quotes for spelling in fact)
    ]
    problems += [f"要点“{fact}”没有一种写法在标准答案里" for fact in missing_facts(case, case.gold_answer)]
    overlap = lay_overlap(case)
    if case.wording == "lay" and overlap is not None and overlap > MAX_LAY_OVERLAP:
        problems.append(f"大白话题与依据重合 {overlap:.0%}，至多 {MAX_LAY_OVERLAP:.0%}")
    return problems


def _evidence_problems(case: Case, evidence: Evidence, corpus: Corpus) -> list[str]:
    problem = corpus.sources.problem(evidence)
    if problem:
        return [problem]
    problems: list[str] = []
    chars = len(squeeze(evidence.quote))
    if not MIN_QUOTE_CHARS <= chars <= MAX_QUOTE_CHARS:
        problems.append(
            f"依据“{squeeze(evidence.quote)[:24]}…”有 {chars} 字，应当在 {MIN_QUOTE_CHARS}–{MAX_QUOTE_CHARS} 字之间"
        )
    if corpus.sides:
        side = corpus.side(corpus.sources.find(evidence)[0])
        if side is None:
            problems.append(f"依据“{squeeze(evidence.quote)[:24]}…”不在任何一份公文里")
        elif side.split and side.split != case.split:
            problems.append(f"依据出自 {side.name}，按 split.tsv 归 {side.split}，题却归 {case.split}")
    return problems


def describe_cases(cases: Sequence[Case], corpus: Corpus) -> str:
    """Counts by split, type, wording, asker, near miss and gazette, and the notices without a question, in Chinese."""

    def counts(of: Counter[str], names: Mapping[str, str]) -> str:
        return "，".join(f"{names[key]} {of[key]}" for key in names if of[key])

    def share(n: int) -> str:
        return f"{n / len(cases):.0%}" if cases else "0%"

    wording = Counter(case.wording for case in cases)
    refusals = Counter(case.unanswerable for case in cases if case.unanswerable)
    gazettes = Counter(source for case in cases for source in {evidence.source for evidence in case.evidence})
    follow_ups = sum(bool(case.history) for case in cases)
    splits = Counter(case.split for case in cases)
    lines = [
        f"题数：{len(cases)}（{counts(splits, {split: split for split in SPLITS})}）",
        f"题型：{counts(Counter(case.type for case in cases), TYPES)}",
        f"措辞：{counts(wording, WORDINGS)}；大白话占 {share(wording['lay'])}",
        f"谁问：{counts(Counter(case.asker for case in cases), ASKERS)}",
        f"不能答：{refusals.total()}，占 {share(refusals.total())}（{counts(refusals, NEAR_MISSES)}）",
        f"带前文：{follow_ups}，占 {share(follow_ups)}",
        "公报：" + "，".join(f"{source} {gazettes[source]}" for source in sorted(gazettes)),
    ]
    notices = {(side.place.source, side.name) for side in corpus.sides if side.is_notice}
    places = (place for case in cases for evidence in case.evidence for place in corpus.sources.find(evidence))
    asked = {(side.place.source, side.name) for side in map(corpus.side, places) if side}
    if notices:
        unasked = "、".join(name for _, name in sorted(notices - asked)) or "无"
        lines.append(f"公文：{len(notices)} 份；没有题的：{unasked}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Check question files (default: the bundled ones) against the bundled gazettes. 1 where something is wrong."""
    cases, problems = read_cases([Path(name) for name in arguments] or bundled_questions())
    corpus = read_corpus(bundled_corpus_texts(), read_split())
    problems += [*corpus.problems, *check_cases(cases, corpus)]
    print(describe_cases(cases, corpus))
    if problems:
        print("\n".join(problems), file=sys.stderr)
        print(f"共 {len(problems)} 处要改。", file=sys.stderr)
        return 1
    print("没有发现问题。")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
