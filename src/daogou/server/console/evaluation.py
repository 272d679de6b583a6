"""How well the shop recommends: what the last `daogou evaluate` found, and its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from daogou.domain.errors import NotFound
from daogou.evaluation.report.latest import latest
from daogou.server.console.page import shown
from daogou.server.pages.site import HEADERS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.server.pages.site import Site

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The report carries its style in itself, for it is passed on as one file; it has no script."""


class EvaluationPage:
    """Shows the report that stands in the shop's folder."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def show(self, request: Request) -> Response:
        """When the shop was measured last, what was found in a sentence, and the way to the report."""
        return shown(
            self._site,
            request,
            "evaluation",
            latest=latest(self._site.shop.folder),
        )

    def report(self, request: Request) -> Response:
        """The report as it was written. Raises NotFound before the first."""
        found = latest(self._site.shop.folder)
        if found is None:
            raise NotFound("no report yet: run `daogou evaluate`", where="evaluation")
        return HTMLResponse(found.page.read_bytes(), headers={**HEADERS, "Content-Security-Policy": _POLICY})
