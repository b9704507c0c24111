from eval.records import Case
from eval.swaps import swapped
from tests.eval_samples import case, refusal_case

CITIES = {"大同": "大同市", "大同市": "大同市", "阳泉": "阳泉市", "阳泉市": "阳泉市", "忻州市": "忻州市"}
COUNTIES = ("右玉县", "云冈区")


def probes(*cases: Case, home: str = "大同市") -> list[Case]:
    return swapped(cases, CITIES, COUNTIES, {each.id: (home,) for each in cases if each.answerable})


def test_the_other_cities_take_the_place_of_the_one_that_is_named() -> None:
    found = probes(case(question="大同市区的车，大同给多少钱？"))
    assert [probe.question for probe in found] == ["忻州市区的车，忻州市给多少钱？", "阳泉市区的车，阳泉市给多少钱？"]
    assert [probe.id for probe in found] == ["d-000-001@忻州市", "d-000-001@阳泉市"]


def test_a_question_that_names_no_city_is_told_where_the_person_lives() -> None:
    assert [probe.question for probe in probes(case(question="买车给多少钱？"))] == [
        "我是忻州市的。买车给多少钱？",
        "我是阳泉市的。买车给多少钱？",
    ]


def test_of_few_probes_each_city_comes_up() -> None:
    cases = [case(id=f"d-000-{at:03d}") for at in range(20)]
    found = swapped(cases, CITIES, COUNTIES, {each.id: ("大同市",) for each in cases}, 1)
    assert [probe.pair for probe in found] == [each.id for each in cases]
    assert {probe.id.split("@")[1] for probe in found} == {"忻州市", "阳泉市"}
    assert found == swapped(cases, CITIES, COUNTIES, {each.id: ("大同市",) for each in cases}, 1)


def test_a_probe_has_no_gold_but_knows_its_origin() -> None:
    probe = probes(case())[0]
    assert (probe.type, probe.pair, probe.evidence, probe.key_facts) == ("swapped", "d-000-001", (), ())
    assert probe.probe
    assert not probe.answerable
    assert not probe.small_talk
    assert (probe.split, probe.wording, probe.asked_on) == (case().split, case().wording, case().asked_on)


def test_what_is_tied_to_its_city_is_not_swapped() -> None:
    assert probes(case(question="右玉县买车给多少钱？")) == []
    assert probes(case(question="《惠民殡葬办法》给多少钱？")) == []
    assert probes(case(question="同政办规〔2024〕3号给多少钱？")) == []
    assert probes(case(question="阳泉和大同买车哪个给得多？", type="comparison")) == []
    assert probes(case(question="大同买车比阳泉多给多少钱？")) == []
    assert probes(case(type="follow-up", history=["买车给多少钱？"])) == []
    assert probes(refusal_case()) == []


def test_evidence_of_two_cities_or_of_none_makes_no_probe() -> None:
    assert swapped([case()], CITIES, (), {"d-000-001": ("大同市", "阳泉市")}) == []
    assert swapped([case()], CITIES, (), {}) == []
