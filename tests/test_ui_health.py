"""/healthz and /metrics: what whoever runs the service sees, and what nobody does."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from fastapi.testclient import TestClient

from index.errors import LibraryMissing
from qa.records import Question
from tests.page_samples import corpus_answerer, house
from tests.program_samples import WritingAnswerer, handler_of, plain_app, post, read
from ui.health import routes
from ui.house import House, Library, PageAnswerer
from ui.measured import counted
from ui.programs.routes import routes as programs
from ui.records import Account, Role, Visit, Who

NUMBER = "140203199001011234"


def seen(asked: House) -> dict[str, float]:
    """The metrics, by name and labels."""
    lines = str(handler_of(routes(asked), "GET", "/metrics")(Visit()).body).splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def test_healthz_names_the_library_and_nothing_else(tmp_path: Path) -> None:
    reply = handler_of(routes(house(corpus_answerer(), tmp_path)), "GET", "/healthz")(Visit())
    assert (reply.status, read(reply)) == (200, {"status": "ok", "library": "sample"})


def test_without_a_library_it_is_not_well(tmp_path: Path) -> None:
    class Gone:
        @property
        def library(self) -> Library:
            raise LibraryMissing(f"{tmp_path} 里没有公文库。")

    made = routes(house(cast(PageAnswerer, Gone()), tmp_path))
    reply = handler_of(made, "GET", "/healthz")(Visit())
    assert (reply.status, read(reply)) == (503, {"status": "no library"})
    assert "wenzheng_library_open 0.0" in str(handler_of(made, "GET", "/metrics")(Visit()).body)


def test_answers_are_counted_by_face_and_status_without_a_word_of_them(tmp_path: Path) -> None:
    asked = house(WritingAnswerer.of_corpus(), tmp_path)
    made = programs(counted(asked, "api"))
    for text in ("火化费", "火化费", f"什么材料 {NUMBER}", "外星人", "谢谢"):
        post(made, "/api/ask", {"question": text})
    assert len(list(counted(asked, "page").answerer.stream(Question("火化费")))) == 1
    now = seen(asked)
    assert now['wenzheng_answers_total{face="api",status="answered"}'] == 2
    assert now['wenzheng_answers_total{face="api",status="partial"}'] == 1
    assert now['wenzheng_answers_total{face="api",status="refused"}'] == 1
    assert now['wenzheng_answers_total{face="api",status="chat"}'] == 1
    assert now['wenzheng_answers_total{face="page",status="answered"}'] == 1
    assert now['wenzheng_answer_seconds_count{face="api"}'] == 5
    assert now["wenzheng_library_open"] == 1
    assert now['wenzheng_library_chunks{library="sample"}'] == 828
    assert now["wenzheng_library_age_seconds"] > 86_400
    assert now["process_resident_memory_bytes"] > 1_000_000
    text = asked.metrics.text(None)
    assert NUMBER not in text
    assert "火" not in text


def test_faults_and_those_who_leave_are_counted_apart(tmp_path: Path) -> None:
    answerer = WritingAnswerer.of_corpus()
    asked = house(answerer, tmp_path)
    with TestClient(plain_app(asked), raise_server_exceptions=False) as client:
        assert client.post("/api/ask", json={"question": f"出错 {NUMBER}"}).status_code == 500
    stream = counted(asked, "page").answerer.stream(Question("写一写火化费"))
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert answerer.left.is_set()
    now = seen(asked)
    assert now['wenzheng_faults_total{face="api"}'] == 1
    assert now['wenzheng_answers_total{face="page",status="left"}'] == 1
    assert 'wenzheng_answers_total{face="api",status="answered"}' not in now


def test_metrics_are_for_this_machine_and_for_admins(tmp_path: Path) -> None:
    (rule,) = (route.who for route in routes(house(corpus_answerer(), tmp_path)) if route.path == "/metrics")
    assert rule is Who.KEEPERS
    assert [Visit(peer=peer).here for peer in ("127.0.0.1", "::1", "127.8.8.8", "203.0.113.9", "", "testclient")] == [
        *(True, True, True, False, False, False)
    ]
    assert not rule.admits(None)
    assert rule.admits(None, here=True)
    admitted = [role for role in Role if rule.admits(Account(1, "甲", role))]
    assert admitted == [Role.ADMIN]
