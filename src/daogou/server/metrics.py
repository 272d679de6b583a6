"""What the process counts, for Prometheus. Several worker processes share their counts through files."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from daogou.server.workers import SHARED_COUNTS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        self._release = "none"
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "daogou_http_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "daogou_http_request_seconds", "Time until the answer began.", ("route",),
            buckets=_BUCKETS_S, registry=self.registry,
        )  # fmt: skip
        self.events = Counter("daogou_events", "Events taken in over HTTP.", ("outcome",), registry=self.registry)
        self.release = Gauge(
            "daogou_release_info", "1 for the release that answers, 0 for those before it.", ("release",),
            registry=self.registry, multiprocess_mode="mostrecent",
        )  # fmt: skip

    def answering(self, release: str) -> None:
        """Say which release answers now."""
        if release != self._release:
            self.release.labels(self._release).set(0)
            self._release = release
        self.release.labels(release).set(1)

    def text(self) -> bytes:
        """The counts in Prometheus' text format: of all workers, where they share."""
        if not os.environ.get(SHARED_COUNTS):
            return generate_latest(self.registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


@dataclass(frozen=True, slots=True)
class Measured:
    """Counts and times each request, by its route and never by its path: paths are without number.

    The pages of storefront and console count as one route, what leads nowhere as "none".
    """

    app: ASGIApp
    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        began = time.perf_counter()

        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "pages" if "endpoint" in scope else "none")
                self.metrics.requests.labels(_method(scope), route, message["status"]).inc()
                self.metrics.seconds.labels(route).observe(time.perf_counter() - began)
            await send(message)

        await self.app(scope, receive, count)


def _method(scope: Scope) -> str:
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return scope["method"] if scope["method"] in known else "other"
