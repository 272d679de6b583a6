"""The shop's rules: what each is about, and the file in which they stand, to be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.errors import BadSettings
from daogou.retrieval.rules import Rulebook
from daogou.server.console.session import Sessions
from daogou.server.pages.words import words_in
from daogou.settings.rules import parse_rules

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.server.pages.forms import Form
    from daogou.server.pages.site import Site


class RulesPage:
    """Reads and writes rules.toml."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._sessions = Sessions(site)

    def show(self, request: Request) -> Response:
        """The rules with how many products each is about, and the file."""
        return self._page(request, self._site.shop.rules_text)

    def save(self, request: Request, form: Form) -> Response:
        """Put the new text in the place of the old; one with a mistake is shown again with what is wrong (400)."""
        request.state.operator = self._sessions.demand_form(request, form)
        text = form.get("rules", "").replace("\r\n", "\n")
        try:
            self._site.shop.set_rules(text)
        except BadSettings:
            return self._page(request, text)
        return self._site.go(request, "/console/rules")

    def _page(self, request: Request, text: str) -> Response:
        try:
            rules, wrong = parse_rules(text), None
        except BadSettings as error:
            rules, wrong = (), error.message
        shelf = self._site.shop.engine.shelf
        book = Rulebook(rules, shelf)
        return self._site.render(
            request,
            "console/rules.html",
            status=400 if wrong and request.method == "POST" else 200,
            operator=request.state.operator,
            page="rules",
            title=words_in(self._site.visitor(request).language)("console.rules"),
            rules=[(rule, int(np.count_nonzero(book.about(rule) & shelf.available))) for rule in rules],
            text=text,
            wrong=wrong,
        )
