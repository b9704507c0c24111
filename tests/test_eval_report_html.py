import base64
import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

import pytest

from eval.records import Fault, Outcome
from eval.report.cases_html import excerpt_html, text_html
from eval.report.charts import group_charts, run_charts
from eval.report.html import to_html
from eval.report.phrases import PHRASES
from eval.report.sheet import Sheet
from eval.report.wording import EXPLAINED, FAULTS, LANGUAGES, Words
from eval.runs import Run
from eval.scores import HEADLINES, METRICS, SET_METRICS, Metric, Result, SetMetric
from qa.records import Status
from tests.eval_samples import (
    LIBRARY,
    at,
    case,
    chat_case,
    cited,
    five_results,
    found,
    probe_case,
    refusal_case,
    run_of,
    told,
    without_times,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HOSTILE = "<script>alert(1)</script></style>${x}`{{y}}<img src=x onerror=alert(4)>\"'&\u2028\u202e"
SHOWN = escape(HOSTILE.replace("\u2028", "↵").replace("\u202e", "\ufffd"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
EVERY_METRIC: list[Metric | SetMetric] = [*METRICS, *SET_METRICS]


@pytest.fixture(scope="module")
def run() -> Run:
    return run_of(five_results())


def sure(run: Run) -> Run:
    """The run with a confidence for each of its two answers: the right one 0.9, the other 0.6; and beliefs."""
    results = []
    beliefs = ((0.9, 0.8), (0.6, 0.7), (None, 0.2), (None, 0.3), (None, None))
    for result, (confidence, answerable) in zip(run.results, beliefs, strict=True):
        results.append(Result.of(replace(result.outcome, confidence=confidence, answerable=answerable)))
    return replace(run, results=tuple(results))


def page(run: Run, lang: str = "zh", **broken: str) -> str:
    return to_html(run, broken=broken, lang=lang)


def rows(html: str, heading: str) -> list[list[str]]:
    """The cells of every table row under this heading, without tags."""
    found = re.findall(rf'<tr><th scope="row">{re.escape(escape(heading))}</th>(.*?)</tr>', html)
    return [[re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<td[^>]*>.*?</td>", row)] for row in found]


def part(html: str, number: int) -> str:
    """One case of the page."""
    return html[html.index(f'id="c{number}"') :].split("</details>")[0]


# ── what was run, and the figures ──


def test_the_head_says_what_was_run(run: Run) -> None:
    html = page(run)
    facts = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", html))
    assert facts["题目"] == f"dev，5 题，sha256 {'0' * 12}"
    assert (facts["答题"], facts["每题取"], facts["时间"]) == ("scripted", "10 段", "2024-08-01 00:00 UTC")
    assert facts["库"] == f"{LIBRARY}（2 件公文；lsa；han1+han2）"
    assert (facts["提示词"], facts["版本"]) == (f"answer {'1' * 12}", "wenzheng 0.1.0")
    assert facts["指纹"] == run.setup.fingerprint


def test_cards_carry_interval_and_number(run: Run) -> None:
    cards = re.findall(
        r'<div class="card"><h3>(.*?)</h3><p class="figure">(.*?)</p><p class="about">(.*?)</p>', page(run)
    )
    assert len(cards) == len(HEADLINES)
    assert cards[0] == ("答对", "0.400", "95% 区间 0.000–0.800 · 5 题")  # two of five
    assert cards[1][:2] == ("召回@5", "0.667")


def test_every_metric_stands_in_a_table_with_its_meaning(run: Run) -> None:
    html = page(run)
    for metric in EVERY_METRIC:
        *_, meaning = rows(html, metric.heading)[0]
        assert meaning == escape(EXPLAINED[metric.name][0])
    assert rows(html, "拒答准确")[0][:3] == ["0.500", "0.000–1.000", "2"]


def test_rates_near_zero_name_their_upper_bound(run: Run) -> None:
    """Neither of two answers cites a lapsed notice: the exact bound is 1 − 0.025^(1/2) = 0.842."""
    assert rows(page(run), "引失效")[1] == ["0.000", "0 / 2 题", "真实比例的上限 0.842"]


def test_groups_have_values_intervals_and_numbers(run: Run) -> None:
    assert rows(page(run), "公文用语") == [["0.000", "0.000–0.975", "1", "1.000", "0.025–1.000", "1"]]
    assert rows(page(run), "没有写到") == [["1.000", "0.025–1.000", "1", "-", "-", "0"]]


def test_faults_are_counted_and_explained(run: Run) -> None:
    assert rows(page(run), "误拒")[-1] == ["1", "0.333", FAULTS[Fault.REFUSED][1]]
    assert "全部答对。" in page(run_of(run.results[:1]))


# ── plots ──


def test_each_plot_says_what_it_shows_and_holds_its_numbers(run: Run) -> None:
    html = page(sure(run))
    figures = re.findall(r"<figure>.*?</figure>", html, re.DOTALL)
    assert len(figures) == 7
    for figure in figures:
        assert re.search(
            r'<figcaption><h3>.+</h3><p>.+</p></figcaption><svg [^>]*role="img" aria-label="[^"]+"', figure
        )
    assert rows(html, "0.900") == [["1.000", "0.025–1.000", "1"]]  # of the more confident bin, all are right
    assert "5 道题里作答 2 道，其中 0.500 是错的（圆点）。若只放行最有把握的一半答复，0.000 是错的" in html
    assert rows(html, "0.400 (门槛 0.53)") == [["0.500"]]  # two of five questions answered, one of them wrong
    assert "1 道不能答的题，现在拒答 1.000；3 道能答的题，误拒 0.333（圆点）。" in html
    assert rows(html, "0.333 (门槛 0.53)") == [["1.000"]]
    assert rows(html, "0.3") == [["0.500"], ["0.000"]]  # to refuse the unanswerable one, one of three goes first
    assert "一半的题在 3.0 毫秒内答完，95% 的题在 5.0 毫秒内，最慢的一题 5.0 毫秒" in html
    assert "只看第 1 段，检出 0.333 的依据；看前 10 段，检出 0.667" in html


def test_a_plot_without_numbers_says_so(run: Run) -> None:
    html = page(
        replace(without_times(run), results=(Result.of(told("您好！", asked=chat_case(), status=Status.CHAT)),))
    )
    assert html.count("没有可画的：没有既给出信心、又判了对错的答复。") == 2
    assert "没有可画的：要有能答和不能答的题" in html
    assert "没有可画的：没有能答的题。" in html
    assert "没有可画的：没有记录用时。" in html
    assert "未记录" in html


def test_a_run_without_questions_is_a_page_all_the_same() -> None:
    html = page(run_of(()))
    assert "<p>没有适用的题。</p>" in html
    assert "没有判对错的题。" in html


# ── what failed its self-test ──


@pytest.mark.parametrize("part", range(3))
def test_no_number_of_a_broken_metric_is_shown(run: Run, part: int) -> None:
    """Each metric once among those that are broken, twice among those that are not."""
    broken = {metric.name: f"金丝雀{metric.name}" for metric in EVERY_METRIC[part::3]}
    html = page(sure(run), **broken)
    for metric in EVERY_METRIC:
        found = rows(html, metric.heading)
        told = {row[0] for row in found if row[-1] != FAULTS[Fault.REFUSED][1]}  # the fault 误拒 has a metric's name
        if metric.name in broken:
            assert told == {f"▲ 未通过自检，不显示：金丝雀{metric.name}"}
            assert f"<dt>{metric.heading}<dd>" not in html
            assert f'<h3>{metric.heading}</h3><p class="figure">' not in html
        elif "right" not in broken:
            assert all(re.fullmatch(r"\d\.\d{3}|-", value) for value in told)


def test_nothing_rests_on_a_broken_rightness(run: Run) -> None:
    html = page(sure(run), right="金丝雀甲")
    assert rows(html, "校准误差")[0][0] == "▲ 未通过自检，不显示：它由“答对”算出，而“答对”未通过自检"
    assert rows(html, "大白话")[0] == ["▲ 未通过自检，不显示", "0.500", "0.000–1.000", "2"]
    assert "全部题（5 题）" in html
    assert "data-outcome" not in html
    assert '<summary><span class="state' not in html
    sheet = Sheet.of(sure(run), {"right": "甲"}, "zh")
    charts = {chart.title: chart for chart in [*group_charts(sheet), *run_charts(sheet)]}
    assert [title for title, chart in charts.items() if chart.withheld] == [
        "各组的“答对”",
        "信心与实际",
        "只答有把握的题会怎样",
    ]
    assert all(chart.draw is None for chart in charts.values() if chart.withheld)


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("mrr", "第 2 段检出"),
        ("citation_precision", "与依据重合"),
        ("citation_support", "✓</span> 有据"),
        ("key_fact_recall", "未说"),
    ],
)
def test_what_a_case_says_of_a_broken_metric_is_left_out(run: Run, name: str, gone: str) -> None:
    assert gone in page(run)
    assert gone not in page(run, **{name: "金丝雀甲"})


def test_a_broken_metric_of_no_known_name_is_named() -> None:
    assert "<strong>novelty</strong> 甲" in page(run_of(()), novelty="甲")


# ── cases ──


def test_failures_come_first_and_the_right_ones_are_folded_away(run: Run) -> None:
    html = page(run)
    assert re.findall(r'<details class="case" id="(c\d)" data-outcome="(\w+)"', html) == [
        ("c2", "INCOMPLETE"),
        ("c3", "REFUSED"),
        ("c5", "FAILED"),
        ("c1", "RIGHT"),
        ("c4", "RIGHT"),
    ]
    assert '<section class="list"><h3>没答对的题（3 题）</h3>' in html
    assert '<details class="list"><summary><h3>答对的题（2 题）</h3></summary>' in html


def test_a_case_opens_on_all_that_came_of_it(run: Run) -> None:
    wrong = part(page(run), 2)
    for words in ("缺要点", "二", "补助5000元。", "未说", "5000元 / 五千元", "第 2 段检出", "第一条", "句", "召回@1"):
        assert words in wrong
    assert '有补助<a class="mark" href="#c2-1">1</a><a class="mark" href="#c2-2">2</a>。' in wrong
    assert '<li id="c2-2">' in wrong
    assert "<blockquote><mark>本市不设补助" not in wrong
    assert "<blockquote><mark>不设补助</mark></blockquote>" in wrong
    assert "<dt>召回@1<dd>0.000" in wrong
    assert "先前\n的话" in part(page(run), 3)
    assert "库坏了" in part(page(run), 5)


def test_a_year_in_brackets_is_no_mark() -> None:
    said = told("按〔2024〕[2024]12号[1]。", cited(1, "按2024年12号"), evidence=(at(0, 9),))
    assert '[2024]12号<a class="mark" href="#c1-1">1</a>' in page(run_of([Result.of(said)]))


def test_evidence_is_marked_in_its_passage_and_the_passage_cut_around_it() -> None:
    text = "甲" * 100 + "补助\n5000元" + "乙" * 200
    assert excerpt_html(text, ["没有", "补助5000元"]) == (
        "……" + "甲" * 30 + "<mark>补助 5000元</mark>" + "乙" * 102 + "……"
    )
    assert excerpt_html(text, []) == text_html("甲" * 100 + "补助 5000元" + "乙" * 32) + "……"
    assert excerpt_html("补助5000元", ["补助5000元"]) == "<mark>补助5000元</mark>"


def test_probes_are_neither_right_nor_wrong_but_may_go_astray() -> None:
    astray = told("补助[1]。", cited(1, "补助", city="朔州市"), asked=probe_case(), cities=("大同市",))
    kept = replace(astray, case=probe_case(id="d-000-002"), status=Status.REFUSED, citations=(), text="没有。")
    html = page(run_of([Result.of(kept), Result.of(astray)]))
    assert re.findall(r'id="(c\d)" data-outcome="(\w+)"', html) == [("c2", "ASTRAY"), ("c1", "UNJUDGED")]
    assert re.findall(r'<div class="card"><h3>(.*?)</h3>', html) == ["句句有据", "串城", "引失效"]  # all that applies
    assert html.count("没有可画的：没有适用的题。") == 2
    assert rows(html, "串城")[1] == ["0.500", "1 / 2 题", "真实比例的上限 1.000"]


# ── safety ──


def hostile_outcome() -> Outcome:
    asked = case(id=HOSTILE, question=HOSTILE, gold_answer=HOSTILE, history=[HOSTILE], key_facts=[[HOSTILE]])
    asked = replace(asked, evidence=(replace(asked.evidence[0], source=HOSTILE, address=HOSTILE, quote=HOSTILE),))
    says = {"notice": HOSTILE, "document_number": HOSTILE, "address": HOSTILE, "city": HOSTILE}
    ranked = replace(found(at(0, 9, HOSTILE))[0], notice=HOSTILE, address=HOSTILE, text=HOSTILE)
    return told(
        f"{HOSTILE}[1]。", cited(1, HOSTILE, **says), asked=asked, passages=(ranked,), evidence=(at(0, 9, HOSTILE),)
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hostile_words_are_only_shown(lang: str) -> None:
    outcomes = [hostile_outcome(), replace(hostile_outcome(), status=None, error=HOSTILE)]
    plain = run_of([Result.of(outcome) for outcome in outcomes])
    setup = replace(
        plain.setup,
        answerer=HOSTILE,
        split=HOSTILE,
        library={"id": HOSTILE, "embedder": HOSTILE, "counts": HOSTILE},
        settings={HOSTILE: HOSTILE},
        prompts={HOSTILE: "1"},
    )
    html = page(replace(plain, setup=setup), lang, mrr=HOSTILE)
    assert html.count("<script>") == html.count("</style>") == 1
    assert "<img" not in html
    assert not set(html) & set("\u2028\u202e")
    assert html.count(SHOWN) > 20
    assert '"asked"' in html


def test_what_would_act_unseen_is_shown() -> None:
    assert text_html("a\u2028b\u2029c\x85d\x00e\u202ef\ud800g\r\nh") == "a↵b↵c↵d�e�f�g\nh"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_allows_itself_its_own_style_and_script_and_nothing_else(run: Run, lang: str) -> None:
    html = page(sure(run), lang, right="甲")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert "default-src 'none'" in policy[1]
    for kind in ("style", "script"):
        inside = re.findall(rf"<{kind}>(.*?)</{kind}>", html, re.DOTALL)
        assert len(inside) == 1
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy[1]
    assert not re.search(r'\sstyle="|\son\w+="|<link rel="stylesheet|@import|url\((?!#)', html)
    assert set(re.findall(r"https?://[^\s\"<]+", html)) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_can_be_read_aloud(run: Run, lang: str) -> None:
    html = page(sure(run), lang)
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", html)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert not re.findall(r"<th(?! scope=)[ >]", html)
    assert max(Counter(re.findall(r'\sid="([^"]*)"', html)).values()) == 1
    assert len(re.findall("<table", html)) == len(re.findall("<caption>[^<]", html))
    for target in re.findall(r'href="#([^"]*)"', html):
        assert f'id="{target}"' in html


def test_the_same_run_gives_the_same_bytes(run: Run) -> None:
    assert page(sure(run)) == page(sure(run))


# ── words ──


def test_in_english_only_questions_and_notices_are_chinese(run: Run) -> None:
    html = page(sure(run), "en", mrr="a canary")
    assert '<html lang="en">' in html
    outside = re.sub(r'<(p|span|ol|blockquote)[^>]* lang="zh-CN">.*?</\1>', "", html, flags=re.DOTALL)
    outside = re.sub(r"<(style|script)>.*?</\1>", "", outside, flags=re.DOTALL)
    said = set(re.findall(r"[\u4e00-\u9fff]+", outside))
    assert said <= {"第一条", "库坏了", "元"}  # an address, an error of the answerer's, a unit that a quote lacks


def test_an_unknown_language_is_refused(run: Run) -> None:
    with pytest.raises(ValueError, match="fr"):
        page(run, "fr")


def test_all_that_is_counted_is_explained_in_both_languages() -> None:
    assert set(EXPLAINED) == {metric.name for metric in EVERY_METRIC}
    assert set(FAULTS) == set(Fault)
    assert all(all(pair) for pair in [*EXPLAINED.values(), *FAULTS.values(), *PHRASES.values()])


def test_a_phrase_has_the_same_blanks_in_both_languages() -> None:
    def blanks(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert [key for key, (chinese, english) in PHRASES.items() if blanks(chinese) != blanks(english)] == []


def test_every_phrase_is_said_somewhere() -> None:
    written = "".join(path.read_text("utf-8") for path in Path("eval/report").glob("*.py") if path.name != "phrases.py")
    assert [key for key in PHRASES if not re.search(f"[\"']{key}[\"']", written)] == []
    assert Words("en")("listed", heading="Right", n=2) == "Right (2)"


# ── in a browser ──


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield running
        running.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_page_does_not_scroll_sideways(
    run: Run, browser: "Browser", tmp_path: Path, scheme: Any
) -> None:
    (tmp_path / "report.html").write_text(page(sure(run), wrong_law="金丝雀甲"), "utf-8")
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("request", lambda request: complaints.append(request.url) if request.url[:5] != "file:" else None)
    opened.goto((tmp_path / "report.html").as_uri() + "#c2")
    assert opened.evaluate("document.querySelector('#c2').open")
    assert opened.evaluate("document.documentElement.scrollWidth") == 390
    ground = opened.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == {"light": "rgb(246, 247, 249)", "dark": "rgb(16, 21, 28)"}[scheme]
    assert complaints == []
    context.close()


def test_the_filters_leave_what_fits(run: Run, browser: "Browser", tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(page(run), "utf-8")
    opened = browser.new_page()
    opened.goto((tmp_path / "report.html").as_uri())
    status = opened.locator("#filters [role=status]")
    assert status.inner_text() == "显示 5 / 5 题"
    opened.select_option("select[name=outcome]", "REFUSED")
    assert status.inner_text() == "显示 1 / 5 题"
    assert opened.locator("details.case:visible").count() == 1
    opened.select_option("select[name=outcome]", "")
    opened.fill("#filters input", "d-000-002")
    opened.click("#filters button >> nth=0")
    assert opened.locator("details.case[open]").count() == 1
    opened.close()


def test_without_its_script_the_page_hides_only_the_filters(run: Run, browser: "Browser", tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(page(run), "utf-8")
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto((tmp_path / "report.html").as_uri())
    assert not opened.locator("#filters").is_visible()
    opened.click("#c2 > summary")
    assert opened.locator("#c2 .answer").is_visible()
    context.close()


def test_a_refusal_case_shows_no_facts_that_were_never_due() -> None:
    said = told("没有。", asked=refusal_case(), status=Status.REFUSED)
    html = page(run_of([Result.of(said)]))
    assert "要点</h4>" not in html
    assert "依据</h4>" not in html
