import json
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

import index.retrieve
from index.build import build_library
from index.errors import LibraryMismatch
from index.holdings import Holdings
from index.library import Library
from index.retrieve import JUDGED, RERANKED, Retriever
from tests.fakes import CharEmbedder
from tests.test_qa_validity import ALLOWANCE, FLOODS, NEWER

NOTICES = 60
QUESTION = "采暖补贴发给哪些人？"


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """Sixty notices of two chunks each; all speak of the subsidy, each of other people and in other words."""
    folder = tmp_path_factory.mktemp("retrieve")
    groups = [chr(ord("一") + 37 * i) for i in range(NOTICES)]
    rows = [
        {"id": f"n{i}", "title": "", "text": f"采暖补贴发给{group * 300}户。\n补贴由{group * 300}局发放。"}
        for i, group in enumerate(groups)
    ]
    (folder / "notices.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    embedder = CharEmbedder()
    build_library([folder / "notices.jsonl"], folder / "library", embedder=embedder)
    return Retriever(Holdings(Library.open(folder / "library"), embedder))


def test_a_longer_answer_begins_with_the_shorter_one(retriever: Retriever) -> None:
    whole = retriever.retrieve(QUESTION, 2 * NOTICES)
    assert len(whole) == 2 * NOTICES > RERANKED
    for k in (0, 1, 10, RERANKED, RERANKED + 1, 100):
        assert retriever.retrieve(QUESTION, k) == whole[:k]


def test_scores_fall_with_the_rank_and_those_of_the_reranked_are_shares(retriever: Retriever) -> None:
    scores = [passage.score for passage in retriever.retrieve(QUESTION, 2 * NOTICES)]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores[:RERANKED]) == pytest.approx(1)
    assert scores[-1] > 0


def test_behind_the_reranked_the_pool_keeps_its_order(retriever: Retriever) -> None:
    found = [passage.chunk.id for passage in retriever.retrieve(QUESTION, 2 * NOTICES)]
    pool = [passage.chunk.id for passage in retriever.pool(retriever.query(QUESTION), 2 * NOTICES)]
    assert found[RERANKED:] == pool[RERANKED:]
    assert sorted(found[:RERANKED]) == sorted(pool[:RERANKED])


def test_who_asks_for_more_than_the_engines_first_hits_gets_it(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a pool of 8 hits an engine, and 4 reranked: the first ones stay what they are, and nothing comes twice."""
    monkeypatch.setattr(index.retrieve, "POOL", 8)
    monkeypatch.setattr(index.retrieve, "RERANKED", 4)
    short, whole = retriever.retrieve(QUESTION, 8), retriever.retrieve(QUESTION, 2 * NOTICES)
    assert [passage.chunk for passage in whole[:8]] == [passage.chunk for passage in short]
    assert [passage.score for passage in whole[:8]] == pytest.approx([passage.score for passage in short], rel=1e-5)
    assert len({passage.chunk.id for passage in whole}) == len(whole) == 2 * NOTICES
    assert len({passage.notice.source for passage in whole}) == NOTICES
    scores = [passage.score for passage in whole]
    assert scores == sorted(scores, reverse=True)


def test_a_question_without_a_known_word_finds_nothing(retriever: Retriever) -> None:
    assert retriever.retrieve("", 100) == []


def test_a_notice_of_one_chunk_is_lifted_by_as_much_as_a_long_one() -> None:
    """0.6 of the mean of a notice's three best chunks; of two chunks that are all it has, of these two."""
    scores = {0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0, 4: 0.5, 5: 0.9}
    notices = {0: "short", 1: "long", 2: "long", 3: "long", 4: "two", 5: "thin"}
    lifted = index.retrieve._lift(scores, notices, {"short": 1, "long": 9, "two": 2, "thin": 9}, {"two": 0.5})
    assert lifted[0] == lifted[1] == pytest.approx(1.6)
    assert lifted[4] == pytest.approx(0.5 + 0.6 * 0.5 / 2 + 0.5)
    assert lifted[5] == pytest.approx(0.9 + 0.6 * 0.9 / 3)


def test_an_article_that_is_asked_for_by_name_and_number_comes_first_and_is_certain(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("laws")
    rows = [
        {
            "id": f"{law}{n}",
            "title": f"{law}第{numeral}条",
            "text": f"成员有权参加大会，依照第三十三条办理，{law}另有规定的除外。",
        }
        for law in ("农民专业合作社法", "合伙企业法")
        for n, numeral in ((3, "三"), (13, "十三"), (33, "三十三"))
    ]
    (folder / "laws.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    embedder = CharEmbedder()
    build_library([folder / "laws.jsonl"], folder / "library", embedder=embedder)
    laws = Retriever(Holdings(Library.open(folder / "library"), embedder))
    for asked in ("《合伙企业法》第33条的内容是什么？", "中华人民共和国合伙企业法第三十三条讲什么"):
        first, second, *_ = laws.retrieve(asked)
        assert (first.notice.source, first.score) == ("合伙企业法33", 1.0)
        assert second.score < 1.0


class _Backwards:
    """A Reranker to which the last passage is the best."""

    name = "backwards"

    def log_odds(self, question: str, texts: Sequence[str]) -> list[float]:
        assert all(text.splitlines()[0] for text in texts)
        return [float(at) for at in range(len(texts))]


def test_a_reranker_orders_the_first_and_leaves_the_rest(retriever: Retriever) -> None:
    plain = retriever.retrieve(QUESTION, 2 * NOTICES)
    judged = Retriever(retriever.library, _Backwards()).retrieve(QUESTION, 2 * NOTICES)
    assert [p.chunk for p in judged] == [p.chunk for p in [*reversed(plain[:JUDGED]), *plain[JUDGED:]]]
    scores = [p.score for p in judged]
    assert sum(scores[:JUDGED]) == pytest.approx(sum(p.score for p in plain[:JUDGED]))
    assert scores[0] / scores[1] == pytest.approx(math.e)
    assert [p.score for p in judged[JUDGED:]] == [p.score for p in plain[JUDGED:]]


def test_related_words_widen_the_search_and_can_be_left_out(retriever: Retriever) -> None:
    query = retriever.query("房本丢了")
    wide = retriever._terms(query)
    assert set(query.terms) < set(wide)
    assert all(len(token) > 1 for token in set(wide) - set(query.terms))
    assert Retriever(retriever.library, related=0.0)._terms(query) == query.terms


def test_a_library_with_other_vectors_is_not_opened_as_one_with_latent_semantics(retriever: Retriever) -> None:
    with pytest.raises(LibraryMismatch, match=r"建库时的嵌入模型是 characters.*设置是 lsa"):
        Holdings(retriever.library.library)


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """An allowance of 2024, one of 2026 that repeals it, and a plan against floods."""
    folder = tmp_path_factory.mktemp("versions")
    for name, text in (("2024", ALLOWANCE), ("2026", NEWER), ("floods", FLOODS)):
        (folder / f"{name}.txt").write_text(text, "utf-8")
    embedder = CharEmbedder()
    build_library(
        [folder / f"{name}.txt" for name in ("2024", "2026", "floods")], folder / "library", embedder=embedder
    )
    return Retriever(Holdings(Library.open(folder / "library"), embedder), close=False)


@pytest.mark.parametrize(("day", "first"), [("2025-01-01", "2024.txt"), ("2026-03-01", "2026.txt")])
def test_what_holds_on_the_day_asked_comes_first_and_nothing_is_dropped(
    versions: Retriever, day: str, first: str
) -> None:
    query = versions.query("衡水高龄老人津贴每人每月180元还是260元发放？")
    anyhow = versions.find(query, 10)
    found = versions.find(replace(query, on=date.fromisoformat(day)), 10)
    assert found[0].notice.source == first
    assert {passage.chunk.id for passage in found} == {passage.chunk.id for passage in anyhow}
    assert [passage.score for passage in found] == [passage.score for passage in anyhow]
    matter = [passage.notice.source for passage in found if passage.notice.source != "floods.txt"]
    assert matter == sorted(matter, key=lambda source: source != first)
    others = [(passage.rank, passage.chunk.id) for passage in anyhow if passage.notice.source == "floods.txt"]
    assert [(passage.rank, passage.chunk.id) for passage in found if passage.notice.source == "floods.txt"] == others


def test_a_question_that_comes_with_its_notices_is_asked_of_them_alone(retriever: Retriever) -> None:
    given = frozenset(passage.notice.id for passage in retriever.retrieve(QUESTION, 60)[40:44])
    alone = replace(retriever, given=given)
    found = alone.retrieve(QUESTION, 2 * NOTICES)
    assert {passage.notice.id for passage in found} == given
    assert len(found) == 2 * len(given)
    assert alone.elsewhere(replace(alone.query(QUESTION), cities=("大同市",))) == 0.0
