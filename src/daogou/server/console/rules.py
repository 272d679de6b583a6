"""The shop's rules: what each is about, a form for a new one, and the file in which they stand, to be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from daogou.domain.errors import BadSettings
from daogou.domain.rule import Action, RuledList
from daogou.retrieval.rules import Rulebook
from daogou.server.console.page import shown
from daogou.server.console.session import Sessions
from daogou.settings.files import stamp
from daogou.settings.rules import FILE, parse_rules

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.domain.rule import Rule
    from daogou.retrieval.shelf import Shelf
    from daogou.server.pages.forms import Form
    from daogou.server.pages.site import Site

_ACTIONS: tuple[str, ...] = get_args(Action)
_SUGGESTED = 500
"""Categories or brands that the form offers; any other may be typed."""


class RulesPage:
    """Reads and writes rules.toml."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._sessions = Sessions(site)

    def show(self, request: Request) -> Response:
        """The rules with how many products each is about, and the file."""
        text = self._site.shop.rules_text
        return self._page(request, text, seen=stamp(text))

    def save(self, request: Request, form: Form) -> Response:
        """Put the new text in the place of the old one, unless somebody has changed that since it was shown.

        One with a mistake is shown again with what is wrong (400).
        """
        request.state.operator = self._sessions.demand_form(request, form)
        text, seen = form.get("rules", "").replace("\r\n", "\n"), form.get("seen", "")
        try:
            self._site.shop.set_rules(text, seen=seen)
        except BadSettings as error:
            return self._page(request, text, seen=seen, wrong=error.message)
        return self._site.go(request, "/console/rules")

    def change(self, request: Request, form: Form) -> Response:
        """Add the rule of the form, or take the named one away. What is no rule is said, and what was typed stays."""
        request.state.operator = self._sessions.demand_form(request, form)
        try:
            if "remove" in form:
                self._site.shop.remove_rule(form["remove"])
            else:
                self._site.shop.add_rule(_fields(form))
        except BadSettings as error:
            text = self._site.shop.rules_text
            return self._page(request, text, seen=stamp(text), wrong=error.message, typed=form)
        return self._site.go(request, "/console/rules")

    def _page(
        self,
        request: Request,
        text: str,
        *,
        seen: str,
        wrong: str | None = None,
        typed: Mapping[str, str] | None = None,
    ) -> Response:
        try:
            rules = parse_rules(text)
        except BadSettings as error:
            rules, wrong = (), error.message
        shelf = self._site.shop.engine.shelf
        book = Rulebook(rules, shelf)
        return shown(
            self._site,
            request,
            "rules",
            status=400 if wrong and request.method == "POST" else 200,
            rules=[(rule, _n_about(rule, book, shelf), _unknown(rule, shelf)) for rule in rules],
            text=text,
            seen=seen,
            wrong=wrong,
            typed=typed or {},
            actions=_ACTIONS,
            lists=get_args(RuledList),
            offered={facet: _values(shelf, facet) for facet in ("category", "brand")},
        )


def _n_about(rule: Rule, book: Rulebook, shelf: Shelf) -> int:
    """How many products that can be bought a rule is about."""
    return int(np.count_nonzero(book.about(rule) & shelf.available))


def _unknown(rule: Rule, shelf: Shelf) -> list[str]:
    """Products that a rule names and the shop does not have."""
    return [id for id in rule.products if id not in shelf.row]


def _values(shelf: Shelf, facet: str) -> list[Any]:
    """The names of a facet's values."""
    return [shelf.label(facet, value) for name, value in shelf.facets() if name == facet][:_SUGGESTED]


def _fields(form: Form) -> dict[str, Any]:
    """The fields of a rule as rules.toml names them; what was left empty is left out. Raises BadSettings."""
    said = {name: form[name].strip() for name in _READ if form.get(name, "").strip()}
    return {name: _read(name, value) for name, value in said.items()}


def _read(name: str, value: str) -> Any:
    try:
        return _READ[name](value)
    except ValueError:
        raise BadSettings(f"{FILE}: {name!r}: cannot read {value!r}", where=name) from None


def _ids(text: str) -> list[str]:
    return text.replace(",", " ").replace("，", " ").split()


def _attribute(text: str) -> dict[str, str]:
    name, equals, value = (part.strip() for part in text.replace("＝", "=").partition("="))
    if not (name and equals and value):
        raise ValueError
    return {name: value}


_READ: Mapping[str, Callable[[str], Any]] = {
    "name": str,
    "action": str,
    "by": float,
    "products": _ids,
    "category": str,
    "brand": str,
    "attributes": _attribute,
    "on_sale": bool,
    "place": int,
    "lists": lambda text: [text],
    "query": str,
    "since": date.fromisoformat,
    "until": date.fromisoformat,
    "because": str,
}
"""What is made of what was typed in each field, in the order in which a rule is written."""
