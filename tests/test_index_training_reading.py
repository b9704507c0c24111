"""index/training/reading: examples, batches, a tiny network that learns, and the file that is written of it."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from index.cross import ABOVE, ASKED, READ, CrossReader
from index.excerpt import sentences
from index.nearness import Nearness
from index.pieces import SHIPPED, Cutter
from index.records import Span
from index.training import pairs
from index.training.pairs import is_held_out
from index.training.reading import examples
from index.training.reading.__main__ import Sizes, main
from index.training.reading.arrays import Groups, assembled, batches, masked, packed, write_arrays
from index.training.reading.examples import Candidate, Group, cut_about
from index.training.reading.export import write_onnx, write_reader
from index.training.reading.network import (
    Clues,
    Guessing,
    Reader,
    Reading,
    Shape,
    learn_to_guess,
    learn_to_read,
    measured,
    side_by_side,
    start,
)
from index.training.reading.way import pace
from tests.test_index_training_pairs import written

FIRST = Cutter.load().size  # the piece that begins a row
PIECES = FIRST + 3
TINY = Shape(PIECES, 16, 2, 2, 16)
TEXT = "第一条 房屋租赁补贴每月五百元。第二条 申请人应当年满十八周岁。"
RENT, AGE = sentences(TEXT)
GROUPS = [
    Group(
        "补贴给多少钱",
        "made up",
        (Candidate("租赁补贴办法", TEXT, True, (RENT,)), Candidate("供热办法", "供热期为五个月。", False)),
    ),
    Group("多大年纪能申请", "stretches", (Candidate("租赁补贴办法", TEXT, True, (AGE,), (AGE[0] + 7, AGE[1] - 1)),)),
    Group("去哪里申请", "open", (Candidate("租赁补贴办法", TEXT, False),)),
]


@pytest.fixture(scope="module")
def groups(tmp_path_factory: pytest.TempPathFactory) -> Groups:
    path = tmp_path_factory.mktemp("arrays") / "groups.npz"
    assert write_arrays(GROUPS, Cutter.load(), path) == {"made up": 1, "stretches": 1, "open": 1}
    return Groups(path, FIRST)


@pytest.fixture(scope="module")
def clues() -> Clues:
    return Clues(SHIPPED, PIECES, "cpu")


@pytest.fixture
def no_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that we wrote, without looking for near misses in it, which takes minutes (index/training/misses.py)."""
    monkeypatch.setattr(examples, "near_misses", lambda asked, _texts, _told: [[] for _ in asked])


def words(ids: np.ndarray) -> str:
    cutter = Cutter.load()
    return "".join(cutter.word(int(each)) for each in ids if each < FIRST)


# ── examples ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_long_text_is_cut_about_what_answers() -> None:
    text = "甲" * 50 + "答案在此" + "乙" * 50
    cut = cut_about(Candidate("", text, True, ((50, 54),), (52, 54)), random.Random(0), most=20)
    assert len(cut.text) == 20
    assert [cut.text[a:b] for a, b in cut.evidence or ()] == ["答案在此"]
    assert cut.answer is not None
    assert cut.text[slice(*cut.answer)] == "在此"


@pytest.mark.usefixtures("no_misses")
def test_of_our_own_files_every_mark_fits_its_text() -> None:
    """written/evidence.jsonl names sentences that there are; stretches.jsonl quotes what stands there."""
    found = [
        *examples.of_made_up(random.Random(0), lambda *_: None),
        *examples.of_stretches(random.Random(0), lambda *_: None),
    ]
    marked = [c for group in found for c in group.candidates if c.evidence]
    assert len(found) > 11_000
    assert all(0 <= a < b <= len(c.text) for c in marked for a, b in c.evidence or ())
    assert {g.source for g in found if not g.candidates[0].answers} == {"made up", "open"}


@pytest.mark.usefixtures("no_misses")
def test_a_stretch_is_parted_between_sentences() -> None:
    found = [g for g in examples.of_stretches(random.Random(0), lambda *_: None) if g.source == "parted"]
    assert len(found) > 3_000
    for group in found[:200]:
        right, other = group.candidates
        assert right.answers
        assert not other.answers
        assert right.evidence
        quotes = [right.text[a:b] for a, b in right.evidence]
        assert all(quotes)
        assert not any(quote in other.text for quote in quotes if len(quote) > 20)


def test_a_saying_stands_among_others_and_may_be_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {
            "topic": "高龄津贴",
            "clause": "年满八十周岁的每月发放津贴一百元。",
            "questions": ["八十了一个月给多少"],
            "none": ["去哪领"],
        },
        {"topic": "供热", "clause": "供热期自十一月一日起。", "questions": ["暖气几号来"]},
    ]
    monkeypatch.setattr(pairs, "lines", lambda _: rows)
    monkeypatch.setattr(pairs, "is_held_out", lambda topic: topic == "供热")
    taught = list(examples.of_sayings(random.Random(0), lambda *_: None))
    assert [(g.question, g.source) for g in taught] == [("八十了一个月给多少", "sayings"), ("去哪领", "open sayings")]
    right, *others = taught[0].candidates
    assert (right.text, right.answers, right.evidence) == (rows[0]["clause"], True, ((0, 17),))
    assert others == []  # what is held out is no candidate of what is taught
    assert not any(c.answers for c in taught[1].candidates)
    (apart,) = examples.of_sayings(random.Random(0), lambda *_: None, apart=True)
    assert [c.text for c in apart.candidates] == [rows[1]["clause"], rows[0]["clause"]]


def test_sentences_of_one_section_stand_beside_each_other_and_make_one_passage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def row(topic: str, clause: str, question: str) -> dict[str, Any]:
        return {"topic": topic, "clause": clause, "questions": [question], "none": [f"{question}，打哪个电话"]}

    rows = [
        row("供热", "供热期自十一月一日起。", "暖气几号来"),
        row("供热", "室内温度不低于十八度。", "屋里得多热"),
        row("供热", "停热满三日的退还热费。", "冻了三天退钱不"),
        row("植树", "沿河植树三千株。", "河边种几棵"),
    ]
    monkeypatch.setattr(pairs, "lines", lambda _: rows)
    monkeypatch.setattr(pairs, "is_held_out", lambda _: False)
    alone = next(iter(examples.of_sayings(random.Random(0), lambda *_: None)))
    assert {c.text for c in alone.candidates[1:3]} == {rows[1]["clause"], rows[2]["clause"]}
    taught = list(examples.of_sections(random.Random(0), lambda *_: None))
    assert [g.source for g in taught] == ["sections"] * 3 + ["open sections"] * 3
    assert [g.question for g in taught[:3]] == [r["questions"][0] for r in rows[:3]]
    for group, own in zip(taught, rows[:3], strict=False):
        (span,) = group.candidates[0].evidence or ()
        assert group.candidates[0].text[slice(*span)] == own["clause"]
        assert all(r["clause"] in group.candidates[0].text for r in rows[:3])
    assert not any(g.candidates[0].answers for g in taught[3:])


def test_of_our_sayings_every_line_is_whole() -> None:
    rows = pairs.lines("sayings.jsonl")
    assert len(rows) > 7_000
    assert all(row["topic"] and row["clause"] and all(row["questions"]) for row in rows)
    assert len({row["clause"] for row in rows}) == len(rows)


@pytest.mark.usefixtures("no_misses")
def test_what_is_held_out_is_not_trained_on() -> None:
    def titles(*, apart: bool) -> set[str]:
        return {
            g.candidates[0].above.split("\n")[0]
            for g in examples.of_stretches(random.Random(0), lambda *_: None, apart=apart)
        }

    held_out = titles(apart=True)
    assert held_out
    assert all(is_held_out(title) for title in held_out)
    assert not held_out & titles(apart=False)


# ── batches ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_is_a_question_what_stands_above_and_a_passage(groups: Groups) -> None:
    row = groups.row(0, 0)
    assert row.ids[0] == FIRST
    assert words(row.ids[: row.asked]) == "补贴给多少钱"
    assert words(row.ids[row.asked : row.begin]) == "租赁补贴办法"
    assert words(row.ids[row.begin : row.end]) == TEXT.replace(" ", "")
    assert words(row.ids[row.evidence > 0]) == TEXT[slice(*RENT)].replace(" ", "")
    second = groups.row(1, 2)
    assert second.answer is not None
    first, last = second.answer
    assert words(second.ids[first : last + 1]) == "应当年满十八周岁"


def test_a_batch_holds_each_group_with_the_right_one_first(groups: Groups) -> None:
    batch = assembled([groups], [(0, 0), (0, 1), (0, 2)], 4, random.Random(0))
    assert batch["group"].tolist() == [0, 0, 1, 2]
    assert batch["right"].tolist() == [1, 0, 1, 0]
    assert batch["first"].tolist() == [True, False, True, False]
    assert batch["spanned"].tolist() == [False, False, True, True]  # the last one: the answer is nowhere
    assert batch["answer"][3].tolist() == [0, 0]
    flat = batch["ids"].reshape(-1)
    for at, (number, candidate) in enumerate([(0, 0), (0, 1), (1, 2), (2, 3)]):
        row = groups.row(number, candidate)
        assert flat[batch["at"][at, : len(row.ids)]].tolist() == row.ids.tolist()
    assert (batch["rows"] > 0).sum() == sum(len(groups.row(*each).ids) for each in [(0, 0), (0, 1), (1, 2), (2, 3)])


def test_rows_share_a_window_as_far_as_there_is_room() -> None:
    lengths = [50, 90, 10, 40, 60]
    windows = packed(lengths, 100)
    assert sorted(at for held in windows for at in held) == [0, 1, 2, 3, 4]
    assert [sum(lengths[at] for at in held) for held in windows] == [100, 100, 50]
    assert packed([], 100) == []


def test_sources_are_drawn_as_often_as_they_are_to_be(groups: Groups) -> None:
    drawn = batches([groups], {"made up": 2.0, "open": 1.0}, 2, 0)
    assert sorted(each for batch in drawn for each in batch) == [(0, 0), (0, 0), (0, 2)]
    assert drawn == batches([groups], {"made up": 2.0, "open": 1.0}, 2, 0)


def test_hidden_pieces_are_those_that_are_meant() -> None:
    row = np.arange(2, 1002, dtype=np.uint16)
    batch = masked(row, (4, 50), 0.3, 5000, np.random.default_rng(0))
    assert batch["ids"][:, 0].tolist() == [5000] * 4 or 5002 in batch["ids"][:, 0]
    assert len(batch["where"]) == 60
    flat = batch["ids"].reshape(-1)
    assert 0.7 < (flat[batch["where"]] == 5002).mean() < 1
    left = np.setdiff1d(np.arange(200), [*batch["where"], 0, 50, 100, 150])
    starts = batch["ids"].reshape(4, 50)
    assert len(left) > 100
    assert starts.max() <= 5002


# ── the network ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_values_of_a_group_stand_side_by_side() -> None:
    found = side_by_side(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0, 0, 1]), (2, 2))
    assert found[0].tolist() == [1.0, 2.0]
    assert found[1, 0] == 3.0
    assert found[1, 1] < -1000


def test_the_rate_rises_stays_and_falls() -> None:
    assert [round(pace(done, 0.1, 0.5), 3) for done in (0.05, 0.1, 0.4, 0.75, 1.0)] == [0.5, 1.0, 1.0, 0.5, 0.0]


def test_a_tiny_network_learns_what_it_is_shown(groups: Groups, clues: Clues) -> None:
    model = start(TINY, 0)
    drawn, told = [[(0, 0), (0, 1), (0, 2)]] * 60, list[str]()
    learn_to_read(model, [groups], drawn, Reading(4, 1e-2, 0.0), clues, "cpu", told.append)
    assert told[0].startswith("read 1/60")
    scores = measured(model, groups, clues, "cpu")["made up"]
    assert scores == {"first": 1.0, "evidence": pytest.approx(1.0, abs=0.1), "believed more": 1.0}


def test_the_encoder_learns_to_guess() -> None:
    model, told = start(TINY, 0), list[str]()
    row = np.tile(np.arange(2, 22, dtype=np.uint16), 50)
    learn_to_guess(model.encoder, row, Guessing(120, 8, 1e-2, 0.2, 32), FIRST, "cpu", told.append)
    losses = [float(line.split()[-1]) for line in told]
    assert losses[0] > 9
    assert losses[-1] < losses[0] - 2


# ── the file ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def model() -> Reader:
    made = start(TINY, 3)
    with torch.no_grad():
        for each in made.parameters():
            if each.ndim > 1:
                each.mul_(5)
    return made.eval()


def test_the_file_says_what_the_network_says(groups: Groups, clues: Clues, model: Reader, tmp_path: Path) -> None:
    import onnxruntime

    write_onnx(model.weights(), TINY.heads, tmp_path / "reader.onnx", eight_bits=False)
    batch = assembled([groups], [(0, 0), (0, 1), (0, 2)], 4, random.Random(0))
    ids, segments = torch.from_numpy(batch["ids"]).long(), torch.from_numpy(batch["segments"]).long()
    rows = torch.from_numpy(batch["rows"])
    near = clues.of(ids, segments, rows)
    with torch.no_grad():
        belief, places = model(ids, segments, near, rows)
    file = onnxruntime.InferenceSession(tmp_path / "reader.onnx")
    for at, (number, candidate) in enumerate([(0, 0), (0, 1), (1, 2), (2, 3)]):  # alone, as at work
        where = batch["at"][at, : len(groups.row(number, candidate).ids)]
        alone = {
            "ids": ids.flatten()[where][None].numpy(),
            "segments": segments.flatten()[where][None].numpy(),
            "clues": near.flatten(0, 1)[where][None].numpy(),
            "known": np.ones((1, len(where)), np.int32),
        }
        found = file.run(None, alone)
        assert np.allclose(found[0], belief.flatten()[where[0]].numpy(), atol=1e-4)
        assert np.allclose(found[1][0], places.flatten(0, 1)[where].numpy(), atol=1e-4)


def test_what_is_written_is_read_alike_alone_and_side_by_side(model: Reader, clues: Clues, tmp_path: Path) -> None:
    write_reader(model.weights(), TINY.heads, clues.telling, tmp_path, {"seed": 3})
    assert json.loads((tmp_path / "training.json").read_text("utf-8")) == {"seed": 3}
    reader = CrossReader.load(tmp_path)
    passages = [("租赁补贴办法", TEXT), ("供热办法", "供热期为五个月。")]
    together = reader.read("补贴给多少钱", passages)
    fresh = CrossReader.load.__wrapped__(CrossReader, tmp_path)  # it remembers nothing yet
    for passage, said in zip(passages, together, strict=True):
        (alone,) = fresh.read("补贴给多少钱", [passage])
        assert alone.belief == pytest.approx(said.belief, abs=0.05)
        assert alone.starts == said.starts
        assert alone.evidence == pytest.approx(said.evidence, abs=0.05)
    first = together[0]
    assert [TEXT[at] for at in first.starts][:3] == ["第", "一", "条"] or TEXT[first.starts[0]] == "第"
    assert len(first.within([Span(*RENT)])) + len(first.within([Span(*AGE)])) == len(first.starts)
    assert reader.read("补贴给多少钱", []) == []


def test_clues_of_one_row_are_those_of_a_batch(groups: Groups, clues: Clues) -> None:
    batch = assembled([groups], [(0, 0)], 1, random.Random(0))
    ids, segments = torch.from_numpy(batch["ids"]).long(), torch.from_numpy(batch["segments"]).long()
    together = clues.of(ids, segments, torch.from_numpy(batch["rows"]))[0].numpy()
    row = groups.row(0, 0)
    asked = np.arange(len(row.ids)) < row.asked
    own = Nearness.load().clues(row.ids, asked, FIRST, clues.telling)
    assert np.allclose(own, together[: len(row.ids)], atol=1e-4)


def test_texts_are_read_as_far_as_there_is_room(model: Reader, clues: Clues, tmp_path: Path) -> None:
    write_reader(model.weights(), TINY.heads, clues.telling, tmp_path, {})
    reader = CrossReader.load.__wrapped__(CrossReader, tmp_path)
    (said,) = reader.read("问" * (ASKED + 50), [("题" * (ABOVE + 50), "文" * (READ + 50))])
    assert len(said.evidence) == READ
    (nothing,) = reader.read("", [("", "")])
    assert nothing.evidence == ()


# ── the command ─────────────────────────────────────────────────────────────────────────────────────────────────

_LAW = (
    "第一条 为了规范租赁补贴，制定本办法。\n第二条 租赁补贴每月五百元，由房管部门发放。\n"
    "第三条 申请人应当年满十八周岁。\n"
)
_TEXTS = ("laws_cn", "gov_docs", "cpcnews", "xwlb", "citizen_messages", "crud_news", "wiki_cmrc_train")
_PAIRS = ("gov12345", "legal", "ncp_train", "titles", "crud_events", "parallel_zh_en", "cmrc_train", "cjrc_dev")
TINY_SIZES = Sizes(width=16, layers=1, heads=2, hidden=16, teacher_layers=2, guesses=2, windows=2, rounds=1, at_most=2)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A training folder in small, and the first of what we wrote."""
    for name in _TEXTS:
        written(
            tmp_path / "text" / f"{name}.jsonl.zst", [{"title": f"租赁办法{at}", "text": _LAW * 4} for at in range(3)]
        )
    asked = {"query": "补贴给多少钱", "positive": "租赁补贴每月五百元。", "answers": ["五百元"]}
    for name in _PAIRS:
        written(
            tmp_path / "pairs" / f"{name}.jsonl.zst", [asked, asked | {"query": "每月多少", "positive": "每月三百元。"}]
        )
    written(tmp_path / "pairs" / "squad_zh_dev.jsonl.zst", [asked | {"answers": [], "unanswerable": True}])
    whole = pairs.lines
    monkeypatch.setattr(pairs, "lines", lambda name: whole(name)[:24])
    return tmp_path


def test_the_command_prepares_learns_and_goes_on_where_it_stopped(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work, output = data / "work", data / "reader"
    monkeypatch.setattr("index.training.reading.__main__.Sizes", lambda **_: TINY_SIZES)
    assert main(["--data", str(data), "--work", str(work)]) == 0
    assert not output.exists()
    assert main(["--work", str(work), "--output", str(output)]) == 0
    assert {path.name for path in work.glob("*.pt")} == {"guesses.pt", "weak.pt", "teacher.pt", "small.pt"}
    said = CrossReader.load.__wrapped__(CrossReader, output).read("补贴给多少钱", [("租赁办法", _LAW)])
    assert len(said[0].evidence) > 10
    about = json.loads((output / "training.json").read_text("utf-8"))
    assert about["sizes"]["width"] == 16
    lines = len(about["log"])
    assert main(["--work", str(work), "--output", str(output)]) == 0
    again = json.loads((output / "training.json").read_text("utf-8"))
    assert len(again["log"]) == lines + 1  # its scores alone are told again


def test_what_a_library_brings_up_is_read_last_but_the_parts_left_out(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work, output, asked = data / "work", data / "reader", data / "asked.npz"
    parts = [Group(f"补贴给多少钱{at}", f"part{at % 2}", GROUPS[0].candidates) for at in range(60)]
    write_arrays(parts, Cutter.load(), asked)
    monkeypatch.setattr("index.training.reading.__main__.Sizes", lambda **_: TINY_SIZES)
    further = ["--work", str(work), "--output", str(output), "--further", str(asked), "--but", "part1"]
    assert main(further) == 1
    assert "small.pt" in capsys.readouterr().err
    assert main(["--data", str(data), "--work", str(work), "--output", str(output)]) == 0
    before = (output / "model.onnx").read_bytes()
    assert main(further) == 0
    assert (output / "model.onnx").read_bytes() != before
    about = json.loads((output / "training.json").read_text("utf-8"))
    assert about["further"]["parts"] == ["part0"]
    assert about["sizes"]["width"] == 16  # how it learned before is still told


def test_a_training_folder_that_lacks_a_file_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "text" / "xwlb.jsonl.zst").unlink()
    assert main(["--data", str(data), "--work", str(data / "work")]) == 1
    assert "xwlb.jsonl.zst" in capsys.readouterr().err
