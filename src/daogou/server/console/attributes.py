"""Attributes that products seem to have by their texts, to be accepted or rejected one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.server.console.page import shown
from daogou.server.console.session import Sessions

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.server.pages.forms import Form
    from daogou.server.pages.site import Site

_SHOWN = 40


class AttributesPage:
    """Shows suggestions and takes decisions."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._sessions = Sessions(site)

    def show(self, request: Request) -> Response:
        """The surest suggestions, with the words that they are read from."""
        shop = self._site.shop
        found = shop.suggested_attributes.open()
        return shown(
            self._site,
            request,
            "attributes",
            found=[(each, product) for each in found[:_SHOWN] if (product := shop.product(each.product)) is not None],
            n=len(found),
        )

    def decide(self, request: Request, form: Form) -> Response:
        """Accept or reject one. Raises NotFound where it is no longer suggested."""
        operator = self._sessions.demand_form(request, form)
        self._site.shop.suggested_attributes.decide(
            form.get("product", ""), form.get("name", ""), accept=form.get("accept") == "1", by=operator.name
        )
        return self._site.go(request, "/console/attributes")
