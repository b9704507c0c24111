"""The service: three desks over one answerer, on one address of this machine."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ui import accounts, health, login, proposals
from ui.accounts import Accounts
from ui.agent import routes as agent
from ui.agent import tickets
from ui.api import ASSETS, application
from ui.citizen import feedback, kept
from ui.citizen import routes as citizen
from ui.evaluator import routes as evaluator
from ui.house import House
from ui.limits import Limit
from ui.listening import listen, run
from ui.measured import counted
from ui.programs.routes import routes as programs
from ui.reader import routes as reader
from ui.records import Reply, Route, Visit, Who
from ui.store import Store

if TYPE_CHECKING:
    from fastapi import FastAPI

    from qa.assemble import LiveAnswerer
    from qa.settings import Settings

_AT_ONCE_WITH_MODEL = 8  # questions of programs: a model is waited for more than a processor

TABLES = (
    *(accounts.TABLES, proposals.TABLES, kept.TABLES, feedback.TABLES, tickets.TABLES),
    *evaluator.TABLES,
)


def serve(settings: Settings, host: str = "127.0.0.1", port: int = 7860) -> None:
    """Serve the desks until interrupted; port 0 takes a free one. Raises PageError, LibraryError, StoreError."""
    from ui.citizen.page import prepare

    listener = listen(host, port)
    with listener, open_store(settings) as store:
        with ThreadPoolExecutor(1) as beside:  # both take seconds
            opening = beside.submit(_opened, settings)
            prepare()
            answerer = opening.result()
        house = House(answerer, store, Accounts(store), settings, Limit(settings.asks_per_minute))
        app = build_app(house)
        bound = listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{bound}"
        with house.upkeep.running():
            run(app, listener, lambda: print(f"问政已启动：{address} （按 Ctrl+C 停止）", file=sys.stderr, flush=True))


def _opened(settings: Settings) -> LiveAnswerer:
    """An answerer that has searched once: the first citizen need not wait until its engines are open."""
    from qa.assemble import open_answerer

    answerer = open_answerer(settings)
    answerer.retriever.retrieve("申请补贴需要什么材料")
    return answerer


def open_store(settings: Settings) -> Store:
    """What the desks keep, with all their tables. Raises StoreError."""
    return Store(settings.desk, TABLES)


def build_app(house: House) -> FastAPI:
    """The whole application: our own addresses behind guarded doors, and the citizen's page at /."""
    from ui.citizen.page import mount

    at_once = _AT_ONCE_WITH_MODEL if house.settings.model else 0
    app = application(routes(house), house.accounts.of_session, house.limit, house.metrics.refused, at_once)
    mount(app, counted(house, "page"))
    return app


def routes(house: House) -> tuple[Route, ...]:
    """Every address of ours, with its rule."""
    return (
        *reader.routes(lambda: house.answerer.library),
        *login.routes(house.accounts),
        *citizen.routes(house),
        *agent.routes(counted(house, "desk")),
        *evaluator.routes(house),
        *programs(counted(house, "api")),
        *health.routes(house),
        Route("GET", "/favicon.ico", Who.ANYONE, _favicon),
    )


def _favicon(_: Visit) -> Reply:
    return Reply((ASSETS / "favicon.svg").read_text("utf-8"), kind="image/svg+xml")
