"""What shoppers search for: what finds nothing, where they click, and the words that mean the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from daogou.domain.errors import BadSettings
from daogou.server.console.page import shown
from daogou.server.console.session import Sessions
from daogou.settings.files import stamp
from daogou.settings.synonyms import parse_synonyms
from daogou.shop.searching import AT_LEAST

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.server.pages.forms import Form
    from daogou.server.pages.site import Site

DAYS = (7, 30, 90)
_SHOWN = 50
_APART = re.compile(r"\s*[,，、;；=]\s*")


class SearchesPage:
    """Shows the searches of the last days; reads and writes synonyms.toml."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._sessions = Sessions(site)

    def show(self, request: Request) -> Response:
        """The figures, the synonyms and what may be one more."""
        text = self._site.shop.synonyms_text
        return self._page(request, text, seen=stamp(text), days=request.query_params.get("days"))

    def save(self, request: Request, form: Form) -> Response:
        """Put the new text in the place of the old one, unless somebody has changed that since it was shown.

        One that is not taken is shown again with what is wrong (400).
        """
        request.state.operator = self._sessions.demand_form(request, form)
        text, seen = form.get("synonyms", "").replace("\r\n", "\n"), form.get("seen", "")
        try:
            self._site.shop.set_synonyms(text, seen=seen)
        except BadSettings as error:
            return self._page(request, text, seen=seen, wrong=error.message, days=form.get("days"))
        return self._site.go(request, f"/console/searches?days={_days(form.get('days'))}")

    def accept(self, request: Request, form: Form) -> Response:
        """Take words that were typed, or a proposal, among the synonyms. What is no group is said (400)."""
        request.state.operator = self._sessions.demand_form(request, form)
        typed = form.get("words")
        words = [form.get("one", ""), form.get("other", "")] if typed is None else _APART.split(typed.strip())
        try:
            self._site.shop.add_synonyms(words)
        except BadSettings as error:
            text = self._site.shop.synonyms_text
            return self._page(request, text, seen=stamp(text), wrong=error.message, days=form.get("days"))
        return self._site.go(request, f"/console/searches?days={_days(form.get('days'))}")

    def _page(
        self, request: Request, text: str, *, seen: str, wrong: str | None = None, days: str | None = None
    ) -> Response:
        try:
            groups = parse_synonyms(text)
        except BadSettings as error:
            groups, wrong = (), error.message
        span = _days(days)
        language = self._site.visitor(request).language
        return shown(
            self._site,
            request,
            "searches",
            status=400 if wrong and request.method == "POST" else 200,
            report=self._site.shop.search_report(days=span, language=language),
            groups=groups,
            text=text,
            seen=seen,
            wrong=wrong,
            days=span,
            choices=DAYS,
            at_least=AT_LEAST,
            shown=_SHOWN,
        )


def _days(asked: str | None) -> int:
    return next((days for days in DAYS if str(days) == asked), DAYS[1])
