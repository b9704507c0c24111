from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import BrokenFile, UnreadableFile, WrongEncoding
from index.files.html import read_html


def read(body: str, head: str = "") -> str:
    return read_html(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode(), "通知.html")


def test_blocks_and_breaks_end_lines() -> None:
    assert (
        read("<h1>通知</h1><div>甲<div>乙</div>丙<br/>丁</div><p>戊<b>己</b><span>庚</span>")
        == "通知\n甲\n乙\n丙\n丁\n戊己庚"
    )


def test_only_what_a_reader_sees_is_read() -> None:
    page = (
        "<nav>首页</nav><script>var a='剧本';</script><style>p{}</style><noscript>请启用</noscript><!--注-->"
        "<p hidden>隐</p><p style='color:red; DISPLAY : none'>藏</p><svg><text>图</text></svg><template>模板</template>"
        "<select><option>选</option></select><button>提交</button><ruby>问<rt>wèn</rt></ruby><p>正文"
    )
    assert read(page, "<title>标题</title><meta name=a content=乙>") == "问\n正文"


def test_the_title_counts_only_where_nothing_else_is_visible() -> None:
    assert read("<div id=app></div>", "<title>关于印发\n办法的通知</title>") == "关于印发办法的通知"


def test_white_space_is_that_of_a_browser() -> None:
    assert (
        read("<p>\n  关于\n  印发 <b>办法</b>\t的\nnotice\n通知，\n“甲”\n乙 \n</p>")
        == "关于印发 办法 的 notice 通知，“甲”乙"
    )
    assert read("<p>&nbsp;&nbsp;　第一条&nbsp;为了</p><p>&nbsp;</p>") == "\u00a0\u00a0　第一条\u00a0为了"
    assert read("<pre>一\n  二\r\n三</pre>") == "一\n二\n三"


def test_entities_are_decoded_once() -> None:
    assert read("<p>&#20013;&lt;b&gt;&amp;lt;&#x56FD;</p>") == "中<b>&lt;国"


def test_a_table_row_is_a_line_and_columns_stay_in_line() -> None:
    page = (
        "<table><caption>表1</caption><thead><tr><th rowspan=2>区<th colspan=2>价</tr><tr><th>商<th>住</tr></thead>"
        "<tbody><tr><td> 甲\n乙 </td><td><p>5</p><p>元</p></td><td></td></tr><tr><td><td><td></tr></tbody></table>尾"
    )
    assert read(page) == "表1\n区\t价\t\n\t商\t住\n甲乙\t5 元\t\n尾"


def test_a_table_that_lays_out_the_page_becomes_lines() -> None:
    assert read("<table><tr><td>甲<p>乙</table>") == "甲\n乙"
    assert read("<table><tr><td>栏<td><table><tr><td>1<td>2</table>文</table>") == "栏\n1\t2\n文"
    article = "".join(f"<p>第{i}条</p>" for i in range(21))
    assert read(f"<table><tr><td>栏<td>{article}</table>").split("\n") == ["栏", *(f"第{i}条" for i in range(21))]


def test_a_hostile_span_does_not_exhaust_memory() -> None:
    row = read("<table><tr><td colspan=99999999>甲<td rowspan=99999999>乙</table>")
    assert row == "甲" + "\t" * 64 + "乙"


def test_ordered_lists_keep_their_numbers() -> None:
    assert read("<ol><li>甲<ul><li>乙</ul><li>丙</ol>") == "1. 甲\n乙\n2. 丙"
    assert read("<ol type=a start=3><li>甲</ol><ol type=I><li>乙<li>丙</ol>") == "c. 甲\nI. 乙\nII. 丙"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_the_bytes_decide_the_encoding_whatever_the_page_says(encoding: str) -> None:
    page = (
        "<?xml version='1.0' encoding='big5'?><html><meta charset=latin1><body><p>关于印发办法的通知</p></body></html>"
    )
    assert read_html(page.encode(encoding), "a.html") == "关于印发办法的通知"


def test_nothing_outside_the_page_is_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("密")
    page = (
        f'<!DOCTYPE html [<!ENTITY s SYSTEM "{secret.as_uri()}">]><p>甲&s;</p><iframe src="{secret.as_uri()}"></iframe>'
    )
    assert "密" not in read_html(page.encode(), "a.html")


def test_deep_nesting_is_read() -> None:
    assert read("<div>" * 20_000 + "正文") == "正文"


@pytest.mark.parametrize("page", ["<html></html>", "<script>1</script>", " ", "<title> </title>"])
def test_a_page_without_words_is_refused(page: str) -> None:
    with pytest.raises(BrokenFile, match=r"“空\.html”里没有可见的文字"):
        read_html(page.encode(), "空.html")


def test_another_encoding_is_named() -> None:
    with pytest.raises(WrongEncoding, match="Big5"):
        read_html("<p>臺北市政府公告：本市各機關學校應於期限內辦理登記</p>".encode("big5"), "a.html")


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with suppress(UnreadableFile):
        assert read_html(raw, "a.html").strip()


TAGS = st.sampled_from(
    ["<table>", "</table>", "<tr>", "<td rowspan=3>", "<td colspan=2>", "</td>", "<ol>", "<li>", "</ol>"]
)


@settings(deadline=None)
@given(st.lists(st.one_of(TAGS, st.sampled_from(["<p>", "<pre>", "</pre>", "<br>", "甲", " ", "\n", "&nbsp;"]))))
def test_any_soup_of_tags_gives_lines_without_blanks(soup: list[str]) -> None:
    try:
        lines = read("".join(soup)).split("\n")
    except BrokenFile:
        assert "甲" not in soup or "<table>" in soup
    else:
        assert all(line.strip() for line in lines)
