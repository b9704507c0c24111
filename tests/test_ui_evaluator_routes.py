"""The evaluator's desk: runs by name, their pages, cases, marks and comparisons; without a server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from eval.runs import JOURNAL, write_run
from eval.scores import Result
from qa.records import Status
from tests.eval_samples import five_results, run_of
from tests.page_samples import corpus_answerer, house
from ui.evaluator.glance import Glances
from ui.evaluator.marks import agreements, judged, marks
from ui.evaluator.routes import routes
from ui.evaluator.run_page import PAGE_CASES, Filter
from ui.house import House
from ui.records import Account, Reply, Role, Turned, Visit, Who

PASSWORD = "一个很长的口令：甲乙丙丁"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A desk with two runs ready for their pages: the second answers the second case wholly and refuses the first."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    runs = tmp_path / "data" / "wenzheng" / "runs"
    first = five_results()
    outcomes = [result.outcome for result in first]
    outcomes[0] = replace(outcomes[0], status=Status.REFUSED, text="没有写到。", citations=())
    outcomes[1] = replace(outcomes[1], text="补助5000元[1]。")
    second = tuple(map(Result.of, outcomes))
    glances = Glances(tmp_path / "desk")
    for name, results in (("dev-one", first), ("dev-two", second)):
        (runs / name).mkdir(parents=True)
        write_run(run_of(results), runs / name)
        glances.make(runs / name)
    opened = house(corpus_answerer(), tmp_path / "desk")
    yield opened
    opened.store.close()


@pytest.fixture
def evaluator(desk: House) -> Account:
    return desk.accounts.add("评测员", Role.EVALUATOR, PASSWORD)


def runs_of(tmp_path: Path) -> Path:
    return tmp_path / "data" / "wenzheng" / "runs"


def call(desk: House, who: Account, method: str, path: str, **sent: str) -> Reply:
    """What the handler of an address gives; `sent`: the form of a post, the query of a get."""
    for route in routes(desk):
        parts = _parts(route.path, path)
        if route.method == method and parts is not None:
            field = "form" if method == "POST" else "query"
            return route.handler(Visit(parts=parts, account=who, path=path, **{field: sent}))  # type: ignore[arg-type]
    raise AssertionError(path)


def _parts(pattern: str, path: str) -> dict[str, str] | None:
    pairs = list(zip(pattern.split("/"), path.split("/"), strict=False))
    if pattern.count("/") != path.count("/") or any(a != b for a, b in pairs if not a.startswith("{")):
        return None
    return {a.strip("{}"): b for a, b in pairs if a.startswith("{")}


def html(reply: Reply) -> str:
    assert isinstance(reply.body, str)
    return reply.body


def test_every_address_is_for_evaluators(desk: House) -> None:
    assert {route.who for route in routes(desk)} == {Who.EVALUATORS}
    assert all(route.path == "/eval" or route.path.startswith("/eval/") for route in routes(desk))


# ── the list of runs ──


def test_runs_are_listed_with_their_figures_and_broken_ones_with_the_reason(
    desk: House, evaluator: Account, tmp_path: Path
) -> None:
    folder = runs_of(tmp_path)
    for name, files in {
        "半途": {JOURNAL: "{}"},
        "坏了": {"run.json": "{"},
        "空的": {},
        "有 空格": {},
        "乱的": {"run.json": '{"format": 1}', "timings.json": "[]"},
    }.items():
        (folder / name).mkdir()
        for file, text in files.items():
            (folder / name / file).write_text(text, "utf-8")
    (folder / "别处").symlink_to(tmp_path / "desk")
    page = html(call(desk, evaluator, "GET", "/eval"))
    # two of the five are right: the first, and the fourth, which is rightly refused
    assert '<a href="/eval/runs/dev-one">dev-one</a></th><td>40.0%（' in page
    assert page.count("</td><td>5</td><td>dev</td><td>2024-08-01 ") == 2
    for name, said in (
        ("半途", "没做完"),
        ("坏了", "run.json 已损坏"),
        ("空的", "缺 run.json"),
        ("有 空格", "名字里有网址不能写的字"),
        ("乱的", "timings.json 已损坏"),
        ("别处", "指向别处的链接"),
    ):
        assert f"<strong>{name}</strong>" in page
        assert said in page


@pytest.mark.parametrize("name", ["..", ".", "...", "没有", "dev-one%2F..", "../desk", "/etc"])
def test_no_address_leads_out_of_the_folder_of_runs(desk: House, evaluator: Account, name: str) -> None:
    handler = next(route.handler for route in routes(desk) if route.path == "/eval/runs/{name}")
    with pytest.raises(Turned) as turned:
        handler(Visit(parts={"name": name}, account=evaluator))
    assert turned.value.status == 404


def test_a_link_out_of_the_folder_is_not_followed(desk: House, evaluator: Account, tmp_path: Path) -> None:
    (runs_of(tmp_path) / "link").symlink_to(tmp_path / "desk")
    with pytest.raises(Turned):
        call(desk, evaluator, "GET", "/eval/runs/link")


def test_a_run_whose_cases_are_damaged_says_so(desk: House, evaluator: Account, tmp_path: Path) -> None:
    folder = runs_of(tmp_path) / "dev-two"
    (folder / "cases.jsonl").write_text('{"id": 1}\n', "utf-8")
    with pytest.raises(Exception, match="已损坏"):
        Glances(tmp_path / "desk").make(folder)
    with pytest.raises(Turned, match="已损坏"):
        call(desk, evaluator, "GET", "/eval/runs/dev-two")
    assert "已损坏" in html(call(desk, evaluator, "GET", "/eval"))


# ── a run ──


def test_a_run_shows_figures_plots_and_its_cases_wrong_ones_first(desk: House, evaluator: Account) -> None:
    page = html(call(desk, evaluator, "GET", "/eval/runs/dev-one"))
    for said in ("答对 40.0%（", "主要结果", "各组的“答对”", "每题用时", "只答有把握的题会怎样", "图中数值"):
        assert said in page
    assert page.count('<svg class="plot"') >= 3
    assert 'style="' not in page  # the policy forbids it
    order = [page.index(f'data-case="/eval/runs/dev-one/cases/{number}"') for number in (2, 3, 5, 1, 4)]
    assert order == sorted(order)


def test_filters_let_through_what_they_name(desk: House, evaluator: Account) -> None:
    def shown(**query: str) -> list[int]:
        page = html(call(desk, evaluator, "GET", "/eval/runs/dev-one", **query))
        return [number for number in range(1, 6) if f"/cases/{number}&quot;" in page or f'/cases/{number}"' in page]

    assert shown() == [1, 2, 3, 4, 5]
    assert shown(state="REFUSED") == [3]
    assert shown(type="follow-up") == [3]
    assert shown(asker="agent") == [2]
    assert shown(unanswerable="not-mentioned") == [4]
    assert shown(words="买车") == [1]
    assert shown(words="D-000-005") == [5]
    assert shown(marked="yes") == []
    assert shown(page="99") == [1, 2, 3, 4, 5]


def test_a_long_list_comes_in_pages(desk: House, evaluator: Account) -> None:
    wanted = Filter.of({"state": "REFUSED", "page": "2", "words": " 证 "})
    assert (wanted.page, wanted.address) == (2, "state=REFUSED&words=%E8%AF%81&page=2")
    assert Filter.of({"page": "-1"}).page == Filter.of({"page": "²"}).page == 1
    assert PAGE_CASES == 50


def test_an_open_case_holds_question_gold_answer_citations_and_passages(desk: House, evaluator: Account) -> None:
    inside = html(call(desk, evaluator, "GET", "/eval/runs/dev-one/cases/2", part="1"))
    for said in ("标准答案", "补助5000元。", "未说", "第 2 段检出", "有补助", "检出的段落", "含依据", "人工判断"):
        assert said in inside
    assert "<html" not in inside
    whole = html(call(desk, evaluator, "GET", "/eval/runs/dev-one/cases/2"))
    assert inside in whole
    assert "上一题" in whole
    for number in ("0", "6", "x", "９"):
        with pytest.raises(Turned):
            call(desk, evaluator, "GET", f"/eval/runs/dev-one/cases/{number}")


def test_a_run_that_is_not_ready_is_made_so_while_the_page_waits(
    desk: House, evaluator: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[Path] = []
    monkeypatch.setattr("ui.evaluator.jobs.Preparing.want", lambda _, folders: wanted.extend(folders))
    folder = runs_of(tmp_path) / "dev-one"
    text = (folder / "cases.jsonl").read_text("utf-8")
    (folder / "cases.jsonl").write_text(text + "\n", "utf-8")  # another run under the old name
    page = html(call(desk, evaluator, "GET", "/eval/runs/dev-one"))
    assert "正在为这次评测打分" in page
    assert wanted == [folder]
    assert html(call(desk, evaluator, "GET", "/eval/runs/dev-one/ready")) == '{"ready": false}'
    Glances(tmp_path / "desk").make(folder)
    assert html(call(desk, evaluator, "GET", "/eval/runs/dev-one/ready")) == '{"ready": true}'


# ── the test split ──


def test_cases_of_the_test_split_open_after_a_clear_word_which_is_noted(
    desk: House, evaluator: Account, tmp_path: Path
) -> None:
    folder = runs_of(tmp_path) / "test-one"
    folder.mkdir()
    results = five_results()
    run = run_of(results)
    write_run(replace(run, setup=replace(run.setup, split="test")), folder)
    Glances(tmp_path / "desk").make(folder)
    page = html(call(desk, evaluator, "GET", "/eval/runs/test-one"))
    assert "主要结果" in page
    assert "test 的题不逐题看" in page
    assert "买车给多少钱" not in page
    for path in ("/eval/runs/test-one/cases/1", "/eval/runs/dev-one/cases/1"):
        with pytest.raises(Turned, match="test 的题不逐题看"):
            call(desk, evaluator, "GET", path, **({"with": "test-one"} if "dev" in path else {}))
    compared = html(call(desk, evaluator, "GET", "/eval/compare", a="dev-two", b="test-one"))
    assert "变好与变差" in compared
    assert "买车给多少钱" not in compared
    with pytest.raises(Turned, match="勾选"):
        call(desk, evaluator, "POST", "/eval/runs/test-one/open")
    assert call(desk, evaluator, "POST", "/eval/runs/test-one/open", sure="yes").location.startswith("/eval/runs/test")
    page = html(call(desk, evaluator, "GET", "/eval/runs/test-one"))
    assert "买车给多少钱" in page
    assert "打开过的：评测员 " in page
    other = desk.accounts.add("另一位", Role.EVALUATOR, PASSWORD)
    assert "买车给多少钱" not in html(call(desk, other, "GET", "/eval/runs/test-one"))


# ── marks ──


def test_marks_are_kept_masked_and_agreement_is_shown(desk: House, evaluator: Account, tmp_path: Path) -> None:
    glance = Glances(tmp_path / "desk").glance(runs_of(tmp_path) / "dev-one")
    assert glance is not None
    # the score: right, wrong, wrong, right, wrong; the evaluator: right, right, wrong, wrong
    for number, right in ((1, "yes"), (2, "yes"), (3, "no"), (4, "no")):
        call(
            *(desk, evaluator, "POST", f"/eval/runs/dev-one/cases/{number}/mark"),
            right=right,
            reason="打13800138000问过",
        )
    marked = marks(desk.store, glance)
    assert {number: [mark.right for mark in those] for number, those in marked.items()} == {
        1: [True],
        2: [True],
        3: [False],
        4: [False],
    }
    assert marked[1][0].reason == "打〔手机号〕问过"
    (agreed,) = agreements(judged(glance, marked))
    # two of four; by chance, too, two of four would agree
    assert (agreed.who, agreed.share.value, agreed.share.n, agreed.kappa) == ("评测员", 0.5, 4, 0.0)
    assert agreed.share.interval is not None
    page = html(call(desk, evaluator, "GET", "/eval/runs/dev-one/marks"))
    assert "不一致的（2）" in page
    assert "50.0%（" in page
    assert 'cases/2"' in page
    assert 'cases/1"' not in page
    inside = html(call(desk, evaluator, "GET", "/eval/runs/dev-one/cases/1", part="1"))
    assert 'value="yes" aria-pressed="true">判为对' in inside
    call(desk, evaluator, "POST", "/eval/runs/dev-one/cases/1/mark", right="")
    assert 1 not in marks(desk.store, glance)


def test_a_mark_belongs_to_an_answer(desk: House, evaluator: Account, tmp_path: Path) -> None:
    """Both runs have the same fingerprint; the third case is answered alike in both, the first is not."""
    for number in (1, 3):
        call(desk, evaluator, "POST", f"/eval/runs/dev-one/cases/{number}/mark", right="yes")
    other = Glances(tmp_path / "desk").glance(runs_of(tmp_path) / "dev-two")
    assert other is not None
    assert list(marks(desk.store, other)) == [3]


# ── two runs ──


def test_comparing_shows_what_flipped_with_both_answers(desk: House, evaluator: Account) -> None:
    page = html(call(desk, evaluator, "GET", "/eval/compare", a="dev-one", b="dev-two"))
    assert "共同的题 5" in page
    assert "由对变错（1 题）" in page
    assert "↓</span> 对 → 误拒" in page
    assert "由错变对（1 题）" in page
    assert 'data-case="/eval/runs/dev-two/cases/2?with=dev-one"' in page
    assert "<td>1 / 1</td><td>5</td>" in page  # one up, one down, of five
    inside = html(call(desk, evaluator, "GET", "/eval/runs/dev-two/cases/1", **{"with": "dev-one", "part": "1"}))
    assert inside.index("补助5000元") < inside.index("没有写到。")
    assert 'href="#a1-1"' in inside  # links of the two sides lead to different places
    assert "请选" in html(call(desk, evaluator, "GET", "/eval/compare"))


def test_runs_without_a_case_in_common_are_not_compared_and_the_page_says_so(
    desk: House, evaluator: Account, tmp_path: Path
) -> None:
    folder = runs_of(tmp_path) / "dev-noisy"
    folder.mkdir()
    outcomes = [result.outcome for result in five_results()[:2]]
    noisy = [replace(each, case=replace(each.case, id=f"{each.case.id}~pinyin")) for each in outcomes]
    write_run(run_of(tuple(map(Result.of, noisy))), folder)
    Glances(tmp_path / "desk").make(folder)
    page = html(call(desk, evaluator, "GET", "/eval/compare", a="dev-one", b="dev-noisy"))
    assert "没有一道相同的题" in page
    assert 'name="a"' in page
    assert "<td>dev · 夹拼音</td>" in html(call(desk, evaluator, "GET", "/eval"))


def test_a_starting_evaluation_is_checked(desk: House, evaluator: Account) -> None:
    for form in ({"source": "dev", "probe": "x"}, {"source": "/etc"}, {}):
        with pytest.raises(Turned, match="没有这样的题"):
            call(desk, evaluator, "POST", "/eval/jobs", **form)
    with pytest.raises(Turned, match="还没有采纳的题"):
        call(desk, evaluator, "POST", "/eval/jobs", source="own")
    with pytest.raises(Turned):
        call(desk, evaluator, "GET", "/eval/jobs/7")
