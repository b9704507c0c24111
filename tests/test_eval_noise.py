import re
from dataclasses import replace

import pytest

from eval.noise import KINDS, Surroundings, content_words, half, nickname_of, noisy
from eval.records import Case, Evidence
from eval.robustness import Score, row
from tests.eval_samples import case, refusal_case
from ui.scores import NOISES

TITLE = "阳泉市人民政府关于印发阳泉市推动消费品以旧换新行动方案的通知"
QUESTION = "嗯那个，阳泉市买新车，旧车报废，补贴给多少钱？"
ELSEWHERE = (Evidence("a.txt", "", "别处的话"),)
AROUND = Surroundings(
    cities={"阳泉": "阳泉市", "阳泉市": "阳泉市"},
    home={"d-000-001": ("阳泉市",), **{f"d-000-01{n}": ("阳泉市",) for n in range(4)}},
    notices={"d-000-001": (TITLE, "阳政发〔2024〕30号")},
    cases=[replace(case(question=f"第{n}件别的事找谁？"), id=f"d-000-01{n}", evidence=ELSEWHERE) for n in range(4)],
)


def probe(kind: str, question: str = QUESTION) -> Case:
    (found,) = noisy([case(question=question)], kind, AROUND)
    return found


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("foreign", "double")])
def test_a_probe_is_scored_as_the_question_that_it_was_made_of(kind: str) -> None:
    found = probe(kind)
    assert found.id == f"d-000-001~{kind}"
    assert (found.evidence, found.key_facts, found.answerable) == (case().evidence, case().key_facts, True)
    assert (found.question, found.history) != (QUESTION, ())
    assert found == probe(kind)  # the same question always gets the same noise
    assert half(found) == half(case())


def test_what_each_kind_does() -> None:
    assert probe("unpunctuated").question == "嗯那个阳泉市买新车旧车报废补贴给多少钱"
    assert "買新車" in probe("traditional").question
    assert 200 < len(probe("story").question) < 400
    assert QUESTION in probe("story").question
    assert probe("serial").question == f"30号文里，{QUESTION}"
    assert "以旧换新方案" in probe("nickname").question
    assert "阳泉" not in probe("place").question
    assert len(probe("turns").history) == 4
    assert len(probe("dropped", "怎么申请养老保险？").question) == 8


def test_a_question_about_a_county_names_it_in_place_of_its_city() -> None:
    assert re.search("平定|盂县", probe("county").question)
    assert "市买新车" in probe("ours").question
    assert "阳泉" not in probe("county").question + probe("ours").question


def test_what_is_asked_about_a_foreign_county_is_to_be_refused() -> None:
    found = probe("foreign")
    assert "阳泉" not in found.question
    assert not re.search("平定|盂县", found.question)
    assert (found.answerable, found.unanswerable, found.evidence) == (False, "wrong-place", ())


def test_two_questions_asked_in_one_breath_are_both_to_be_answered() -> None:
    (found,) = noisy([case(question="谁来管？")], "double", AROUND)
    assert re.fullmatch("谁来管？第.件别的事找谁？", found.question)
    assert found.evidence == (*case().evidence, *ELSEWHERE)
    assert len(found.key_facts) == 2 * len(case().key_facts)


def test_only_answerable_questions_are_altered_and_only_where_there_is_something_to_alter() -> None:
    assert noisy([refusal_case()], "story", AROUND) == []
    assert noisy([case(question="谁？")], "homophone", AROUND) == []


def test_words_that_say_what_a_question_is_about() -> None:
    assert "补贴" in content_words("怎么申请补贴？")
    assert "怎么" not in content_words("怎么申请补贴？")


def test_a_nickname_is_the_end_of_a_title_without_what_is_formal() -> None:
    assert nickname_of(TITLE, AROUND.cities) == "动消费品以旧换新方案"
    assert nickname_of("通知", ()) == ""


def test_a_line_of_the_table_sets_each_probe_against_its_question() -> None:
    found = probe("story")
    cells = row("story", [found], {"d-000-001": Score(1.0, 1.0)}, {found.id: Score(0.5, 0.0)}).split("\t")
    assert cells[:4] == ["长篇来电", "1", "1.000 → 0.500", "1.000 → 0.000"]


def test_the_command_line_offers_every_kind() -> None:
    assert tuple(KINDS) == NOISES
