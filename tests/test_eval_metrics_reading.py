import pytest

from eval.metrics.reading import exact, holds, run_f1


@pytest.mark.parametrize(
    ("said", "answers", "due"),
    [
        ("「战史演武」", ["战史演武"], 1.0),  # marks aside
        ("Ω-Force", ["ω-force"], 1.0),
        ("由光荣开发", ["光荣", "任天堂"], 0.0),
        ("2012 年", ["2012年"], 0.0),  # a space inside counts, as in the script
    ],
)
def test_exact_leaves_marks_and_case_aside(said: str, answers: list[str], due: float) -> None:
    assert exact(said, answers) == due


@pytest.mark.parametrize(
    ("said", "answers", "due"),
    [
        ("由光荣和ω-force开发", ["光荣和ω-force"], 2 * 4 / (7 + 4)),  # 光 荣 和 ωforce
        ("光荣的ω-force", ["光荣和ω-force"], 2 * 2 / (4 + 4)),  # the run 光荣, not the bag of three
        ("1,000.5米", ["1,000.5 米"], 1.0),
        ("2012", ["2013", "二〇一二"], 0.0),  # a figure is one token
        ("村雨城", ["任天堂游戏谜之村雨城", "村雨城"], 1.0),  # the nearest counts
        ("，", ["，"], 0.0),
        ("村雨城", [], 0.0),
    ],
)
def test_f1_counts_the_longest_run_of_tokens(said: str, answers: list[str], due: float) -> None:
    assert run_f1(said, answers) == pytest.approx(due)


@pytest.mark.parametrize(
    ("said", "wanted", "due"),
    [
        ("宣誓在1月3日，首次会议在1月12日。", [["1月3日"], ["1月12日"]], 1.0),
        ("宣誓在1月3日。", [["1月3日"], ["1月12日"]], 0.0),
        ("增长6.4％", [["6.4%", "6.4％"]], 1.0),
        ("由GDP看", [["gdp"]], 1.0),
        ("", [["甲"]], 0.0),
        ("甲", [], 0.0),
    ],
)
def test_all_that_is_wanted_must_be_said_in_some_spelling(said: str, wanted: list[list[str]], due: float) -> None:
    assert holds(said, wanted) == due
