"""The operator's desk: what is on record, what was imported, what was learned, what happens now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from daogou.domain.ids import Instant
from daogou.server.console.page import shown
from daogou.server.console.session import COOKIE, LASTS_S, Sessions

if TYPE_CHECKING:
    from daogou.server.pages.forms import Form
    from daogou.server.pages.site import Site

_EVENTS, _IMPORTS, _REJECTS = 50, 20, 30
_OUTCOMES = ("read", "accepted", "rejected", "repaired", "unchanged", "joined")
_ALWAYS = ("read", "accepted", "rejected")


class Desk:
    """The console's pages that show the shop as it is."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._sessions = Sessions(site)

    def guarded(self, page: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """The page for an operator; for anybody else the way in (401), whatever the address."""

        def show(request: Request) -> Response:
            operator = self._sessions.read(request)
            if operator is None:
                return self._site.render(request, "console/sign_in.html", status=401, wrong=False)
            request.state.operator = operator
            return page(request)

        return show

    def sign_in(self, request: Request, form: Form) -> Response:
        """Open a session with a key of an operator or admin."""
        cookie = self._sessions.open(form.get("key", ""))
        if cookie is None:
            return self._site.render(request, "console/sign_in.html", status=403, wrong=True)
        response = self._site.go(request, "/console")
        self._site.keep(response, COOKIE, cookie, seconds=LASTS_S)
        return response

    def sign_out(self, request: Request, form: Form) -> Response:
        """Close the session."""
        self._sessions.demand_form(request, form)
        response = self._site.go(request, "/console")
        response.delete_cookie(COOKIE, path="/")
        return response

    def overview(self, request: Request) -> Response:
        """What is on record, and the release that answers."""
        stores = self._site.shop.stores
        kinds = ("catalogue", "shoppers", "orders", "reviews", "promotions", "articles", "conversations", "edges")
        release = next((r for r in self._site.shop.releases.list() if r.id == self._site.shop.release_id), None)
        return self._show(
            request,
            "overview",
            counts={kind: getattr(stores, kind).count() for kind in kinds},
            events=stores.events.counts(),
            release=release,
            told=_told(release.metrics) if release else {},
            last=self._imports()[:1],
        )

    def imports(self, request: Request) -> Response:
        """The reports of past imports, newest first."""
        imports = [(at, report, _columns(report)) for at, report in self._imports()]
        return self._show(request, "imports", imports=imports, rejects_shown=_REJECTS)

    def releases(self, request: Request) -> Response:
        """Every release with its metrics, newest first."""
        releases = list(reversed(self._site.shop.releases.list()))
        return self._show(
            request,
            "releases",
            releases=[(release, _told(release.metrics)) for release in releases],
            active=self._site.shop.release_id,
        )

    def activate(self, request: Request, form: Form) -> Response:
        """Serve another release. Raises NotFound or CorruptRelease; then the old one stays."""
        self._sessions.demand_form(request, form)
        self._site.shop.activate(form.get("release", ""))
        return self._site.go(request, "/console/releases")

    def events(self, request: Request) -> Response:
        """The newest events, kept up to date."""
        return self._show(request, "events", entries=self._newest())

    def event_rows(self, request: Request) -> Response:
        """The newest events as rows of the table."""
        return self._site.render(request, "console/event_rows.html", entries=self._newest())

    def _newest(self) -> list[Any]:
        log = self._site.shop.stores.events
        return list(reversed(log.since(max(0, log.head() - _EVENTS))))

    def _imports(self) -> list[tuple[Instant, Mapping[str, Any]]]:
        """The newest reports with their moments; ledger keys are epoch milliseconds."""
        runs = self._site.shop.stores.ledger.of("import")[-_IMPORTS:]
        return [(Instant(int(key)), report) for key, report in reversed(runs) if key.isdecimal()]

    def _show(self, request: Request, page: str, **context: Any) -> Response:
        return shown(self._site, request, page, **context)


def _columns(report: Mapping[str, Any]) -> list[str]:
    """The outcomes that a report has lines of, besides those that are always of interest."""
    counts = [count for file in report["files"] for count in file.get("by_kind", {}).values()]
    return [name for name in _OUTCOMES if name in _ALWAYS or any(count[name] for count in counts)]


def _told(metrics: Mapping[str, float]) -> dict[str, float]:
    """What says something to somebody who did not write the recipes, by the name of its words."""
    told = {name: metrics[metric] for metric, name in _TOLD.items() if metric in metrics}
    if not told.get("steps"):  # nothing was held out, so a nought would say what nobody measured
        told = {name: value for name, value in told.items() if name not in {"recall", "ndcg"}}
    took = sum(seconds for metric, seconds in metrics.items() if metric.startswith("cpu_s."))
    return {**told, "took": round(took, 1)} if took else told


_TOLD = {
    "products": "products", "steps": "steps", "purchases": "purchases", "recall@10": "recall", "ndcg@10": "ndcg",
    "catalogue.words": "words", "catalogue.queries": "queries", "opinions.found": "opinions",
    "opinions.left_out": "left_out", "together.set_aside": "set_aside",
}  # fmt: skip
