"""What is counted while the service runs; the door to prometheus_client. Numbers only: never a word of a question."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from qa.records import Status

if TYPE_CHECKING:
    from ui.house import Library

_SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)  # an extractive answer, to one that a model writes
_LEFT = "left"  # the status of an answer that nobody waited for


class Metrics:
    """The counters of one application, in a registry of its own. Safe to share by threads."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics

        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, which tells when it began
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "wenzheng_answers", "Answers given, by face and status", ("face", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "wenzheng_answer_seconds", "From question to answer", ("face",), buckets=_SECONDS, registry=self._registry
        )
        self._faults = Counter("wenzheng_faults", "Questions that ended in a fault", ("face",), registry=self._registry)
        self._refused = Counter(
            "wenzheng_refused",
            "Requests sent away, by reason",
            ("why",),
            registry=self._registry,
        )
        for why in ("limit", "busy"):
            self._refused.labels(why)  # a zero is worth more than a gap
        ProcessCollector(registry=self._registry)

    def answered(self, face: str, status: Status, seconds: float) -> None:
        """One answer."""
        self._answers.labels(face, status.value).inc()
        self._seconds.labels(face).observe(seconds)

    def left(self, face: str) -> None:
        """One answer that nobody waited for."""
        self._answers.labels(face, _LEFT).inc()

    def failed(self, face: str) -> None:
        """One question that ended in a fault."""
        self._faults.labels(face).inc()

    def refused(self, why: str) -> None:
        """One request that was sent away: "limit" or "busy"."""
        self._refused.labels(why).inc()

    def text(self, library: Library | None) -> str:
        """Everything in Prometheus' text format, with what the library holds; None where it cannot be opened."""
        from prometheus_client import CollectorRegistry, Gauge, generate_latest

        held = CollectorRegistry()
        Gauge("wenzheng_library_open", "1 where there is a library", registry=held).set(library is not None)
        if library is not None:
            Gauge("wenzheng_library_chunks", "Passages held", ("library",), registry=held).labels(library.id).set(
                library.chunks
            )
            Gauge("wenzheng_library_age_seconds", "Since it was built", registry=held).set(
                max(0.0, time.time() - library.built_s)
            )
        return (generate_latest(self._registry) + generate_latest(held)).decode()
