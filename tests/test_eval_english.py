"""eval/english.jsonl: dev questions as a foreign resident would ask them."""

from __future__ import annotations

from pathlib import Path

from eval.cases import bundled_questions, load_cases
from index.english import is_english

ROOT = Path(__file__).parent.parent


def test_each_case_is_a_dev_question_in_other_words() -> None:
    dev = [case for case in load_cases(bundled_questions()) if case.split == "dev"]
    golds = {(case.gold_answer, case.evidence, case.asked_on) for case in dev}
    cases = load_cases([ROOT / "eval" / "english.jsonl"])
    assert len(cases) == 84
    for case in cases:
        assert case.split == "dev"
        assert is_english(case.question)
        assert (case.gold_answer, case.evidence, case.asked_on) in golds
