"""What shoppers ask often, what the record says on it, and where a missing attribute is filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.server.console.page import shown
from daogou.server.console.session import Sessions
from daogou.shop.questioning import DAYS
from daogou.shop.searching import AT_LEAST

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.server.pages.forms import Form
    from daogou.server.pages.site import Site

_FILLED_IN = 8
"""Products of a kind that can be filled in at once."""


class QuestionsPage:
    """Shows topics, never words; takes what an operator knows."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._sessions = Sessions(site)

    def show(self, request: Request) -> Response:
        """What lacks an answer, then what has one."""
        shop = self._site.shop
        lines = shop.questions.report()
        return shown(
            self._site,
            request,
            "questions",
            unanswered=[
                (line, [found for id in line.silent[:_FILLED_IN] if (found := shop.product(id)) is not None])
                for line in lines
                if not line.answered
            ],
            answered=[line for line in lines if line.answered],
            days=DAYS,
            at_least=AT_LEAST,
        )

    def fill(self, request: Request, form: Form) -> Response:
        """Write an attribute into the catalogue. Raises NotFound or BadRequest."""
        operator = self._sessions.demand_form(request, form)
        self._site.shop.suggested_attributes.fill(
            form.get("product", ""), form.get("name", ""), form.get("value", ""), by=operator.name
        )
        return self._site.go(request, "/console/questions")
