from dataclasses import replace

import pytest

from index.lookup import look_ups, names
from index.query import Gazetteer, read_query
from index.records import Passage
from index.thesaurus import Thesaurus
from tests.qa_fakes import passages


def law(title: str, article: str, text: str = "成员享有下列权利，依照第三条办理。") -> Passage:
    """A passage that holds one article of a law."""
    first = passages(f"{title}\n第{article}条 {text}\n")[-1]
    chunk = replace(first.chunk, text=f"第{article}条 {text}")
    return replace(first, chunk=chunk, notice=replace(first.notice, title=title))


THIRD = law("农民专业合作社法", "三")
THIRTY_THIRD = law("农民专业合作社法", "三十三")
OF_ANOTHER = law("合伙企业法", "三十三")
BY_ARTICLE = replace(
    THIRD, notice=replace(THIRD.notice, title="民法典第一千零三条"), chunk=replace(THIRD.chunk, text="略")
)
POOL = [OF_ANOTHER, THIRD, THIRTY_THIRD, BY_ARTICLE]


def looked_up(question: str, pool: list[Passage] | None = None) -> list[Passage]:
    query = read_query(question, Gazetteer({}, {}), Thesaurus({}))
    return look_ups(query, POOL if pool is None else pool)


@pytest.mark.parametrize(
    "question",
    [
        "农民专业合作社法第三十三条的内容是什么？",
        "农民专业合作社法第33条讲什么",
        "《农民专业合作社法》第 33 条",
        "中华人民共和国农民专业合作社法第三十三条",
        "请问《中华人民共和国农民专业合作社法》第３３条第二款怎么规定的",
        "農民專業合作社法第三十三條的內容是什麼？",
    ],
)
def test_an_article_is_found_in_every_spelling(question: str) -> None:
    assert looked_up(question) == [THIRTY_THIRD]


def test_the_third_article_is_not_the_thirteenth_nor_one_that_is_only_mentioned() -> None:
    assert looked_up("农民专业合作社法第三条") == [THIRD]
    assert looked_up("农民专业合作社法第十三条") == []


def test_a_library_may_hold_a_law_article_by_article() -> None:
    assert looked_up("民法典第1003条是什么") == [BY_ARTICLE]


def test_without_the_name_or_the_number_nothing_is_looked_up() -> None:
    assert looked_up("第三十三条的内容是什么？") == []
    assert looked_up("农民专业合作社法讲什么？") == []
    assert looked_up("公司法第三十三条") == []


def test_of_two_names_the_longer_one_is_meant() -> None:
    code, reading = law("民法典", "一"), law("最高人民法院关于适用民法典婚姻家庭编的解释", "一")
    pool = [code, reading]
    assert looked_up("民法典第一条", pool) == [code]
    assert looked_up("《最高人民法院关于适用〈民法典〉婚姻家庭编的解释》第一条", pool) == [reading]


def test_a_measure_goes_by_the_name_under_which_it_is_issued() -> None:
    assert names("大同市人民政府办公室关于印发大同市消防安全责任制实施办法(试行)的通知") == (
        "大同市人民政府办公室关于印发大同市消防安全责任制实施办法(试行)的通知",
        "大同市消防安全责任制实施办法(试行)",
        "大同市消防安全责任制实施办法",
    )
    assert names("中华人民共和国刑法") == ("刑法",)
    assert names("法") == ()
