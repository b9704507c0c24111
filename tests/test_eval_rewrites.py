from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from eval.injection import inject, lines, read_paraphrases, show_injection
from eval.records import BadQuestions
from eval.rewrites import RIGHT, WRONG, Paraphrase, probes
from index.text import normal

TOLD = Paraphrase(
    "develop",
    "由市商务局自受理之日起20日内给予2万元补助，租车不得享受。",
    "大同市购车补助办法",
    "同政发〔2024〕9号",
    "大同市",
    "第三条",
    "2024-06-13",
    "租车的不能享受，其他的由市商务局在二十日以内给2万元。",
)


def made(kind: str) -> list[str]:
    return list({**RIGHT, **WRONG}[kind](TOLD))


def test_the_same_is_spelt_in_other_ways() -> None:
    assert made("汉字写成数字") == ["租车的不能享受，其他的由市商务局在20日以内给2万元。"]
    assert made("万元与元") == ["租车的不能享受，其他的由市商务局在二十日以内给20000元。"]
    assert made("全角数字") == ["租车的不能享受，其他的由市商务局在二十日以内给２万元。"]
    assert made("分句换序") == ["其他的由市商务局在二十日以内给2万元，租车的不能享受。"]
    assert made("同义情态")[0] == "租车的不得享受，其他的由市商务局在二十日以内给2万元。"
    assert list(RIGHT["百分数"](replace(TOLD, text="占百分之二十五点六。"))) == []
    assert made("带上出处") == [f"第三条规定，{TOLD.text}"]


def test_each_wrong_one_differs_in_one_place() -> None:
    assert made("反情态")[0] == "租车的可以享受，其他的由市商务局在二十日以内给2万元。"
    assert made("反界限") == ["租车的不能享受，其他的由市商务局在二十日之后给2万元。"]
    assert "租车的不能享受，其他的由市商务局在二十日以内给2元。" in made("改单位")
    (office,) = made("改机关")
    assert office.startswith("租车的不能享受，其他的由市")
    assert "商务局" not in office
    assert {text.partition("规定")[0] for text in made("改条款")} <= {"第四条", "第五条", "第十三条"}


def test_another_number_or_name_stands_nowhere_in_quote_or_card() -> None:
    assert made("改数字") != []
    assert all(("二十日" not in text) or ("2万元" not in text) for text in made("改数字"))
    dated = replace(TOLD, text="2024年6月13日起给。")
    assert len(list(WRONG["改日期"](dated))) == 3
    assert all(text[:4] != "2024" or "6月13日" not in text for text in WRONG["改日期"](dated))
    for text in made("改地名"):
        assert normal(text.partition("市规定")[0]) not in normal(TOLD.shown)


def test_the_bundled_paraphrases_make_enough_of_every_kind_and_always_the_same() -> None:
    told = read_paraphrases()
    found = [probe for paraphrase in told for probe in probes(paraphrase)]
    assert found == [probe for paraphrase in told for probe in probes(paraphrase)]
    counted = Counter(probe.wrong for probe in found)
    assert counted[True] >= 500
    assert counted[False] >= 500
    assert {probe.kind for probe in found} == {"改述", *RIGHT, *WRONG}
    assert all(normal(p.text).rstrip("。") not in normal(p.quote) for p in told)  # no quote in its own words


def test_the_check_sees_most_of_what_is_wrong_and_lets_stand_what_is_right() -> None:
    judged = inject(read_paraphrases()[::6])
    found = {(line.half, line.wrong): line.found.value for line in lines(judged) if line.kind == "合计"}
    for half, alarms in (("develop", 0.03), ("held-out", 0.25)):  # of all 0.03 and 0.13; of these 112 held out 22
        assert (found[half, True] or 0) >= 0.95
        assert (found[half, False] or 0) <= alarms
    assert "调试用的一半·错句·合计" in show_injection(judged)


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text('{"half": "third"}\n', "utf-8")
    with pytest.raises(BadQuestions, match=r"some.jsonl 第 1 行读不懂"):
        read_paraphrases(path)
    with pytest.raises(BadQuestions, match="打不开"):
        read_paraphrases(path.with_name("none.jsonl"))
