"""For whoever runs the service: is it well, and what has it done. /healthz for anyone, /metrics for this machine."""

from __future__ import annotations

from index.errors import WenzhengError
from ui.house import House, Library
from ui.records import TEXT, Reply, Route, Visit, Who
from ui.render import json_reply


def routes(house: House) -> tuple[Route, ...]:
    """The two addresses."""

    def library() -> Library | None:
        try:
            return house.answerer.library
        except (WenzhengError, OSError):
            return None  # the log has it from whoever asked

    def healthz(_: Visit) -> Reply:
        held = library()
        if held is None:
            return json_reply({"status": "no library"}, 503)
        return json_reply({"status": "ok", "library": held.id})

    def metrics(_: Visit) -> Reply:
        return Reply(house.metrics.text(library()), kind=TEXT)

    return (
        Route("GET", "/healthz", Who.ANYONE, healthz),
        Route("GET", "/metrics", Who.KEEPERS, metrics),
    )
