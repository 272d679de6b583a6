"""Search: what was understood, what was found, and how to narrow it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.server.pages.words import words_in
from daogou.server.storefront.asked import PER_PAGE, SORTS, Asked, facet_field
from daogou.server.storefront.cards import Row, cards
from daogou.server.storefront.chips import attribute_heading, chips
from daogou.server.storefront.record import Record

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.domain.hit import Hits
    from daogou.server.pages.site import Site
    from daogou.server.pages.visitor import Visitor
    from daogou.server.pages.words import Words

_VALUES = 8
"""Values of a facet that are shown, beside those that are chosen."""
_FACETS = 6
_SUGGESTIONS = 8
_LIST = "search"
_NOTHING, _INSTEAD = "search:nothing", 6


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet that can be ticked."""

    value: str
    label: str
    n: int
    ticked: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A group of choices."""

    field: str
    title: str
    choices: tuple[Choice, ...]


class SearchPage:
    """The page of results, and the fragment of suggestions under the box."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._record = Record(site.shop)

    def show(self, request: Request) -> Response:
        """Search as the address says."""
        shop, who = self._site.shop, self._site.visitor(request)
        if not shop.stores.catalogue.count():
            return self._site.render(request, "storefront/empty.html")
        asked, currency = Asked.read(request.query_params), shop.settings.shop.currency
        hits = shop.search(
            asked.text,
            k=PER_PAGE,
            offset=asked.offset,
            where=asked.where(currency),
            sort=asked.sort,
            shopper=who.shopper,
            session=who.session,
            language=who.language,
        )
        row = Row(_LIST, "", cards(shop, hits.items, _LIST, first=asked.offset, query=asked.text))
        if asked.text and asked.page == 1:
            self._record.act(who, "search", query=asked.text)
        self._record.shown(who, [row], query=asked.text or None)
        t = words_in(who.language)
        instead = None if row.cards else self._instead(who, t)
        if instead is not None:
            self._record.shown(who, [instead])
        return self._site.render(
            request,
            "storefront/search.html",
            asked=asked,
            hits=hits,
            row=row,
            instead=instead,
            chips=chips(asked, hits.understood, shelf=shop.engine.shelf, lexicon=shop.lexicon, t=t, currency=currency),
            facets=facets(asked, hits, t),
            sorts=SORTS,
            pages=_pages(asked, hits),
            currency=currency,
        )

    def _instead(self, who: Visitor, t: Words) -> Row | None:
        """What is much bought, under a heading of its own, where nothing was found."""
        shop = self._site.shop
        found = shop.recommend(
            shopper=who.shopper, session=who.session, kind="trending", k=_INSTEAD, language=who.language
        )
        return Row(_NOTHING, t("home.trending"), cards(shop, found.items, _NOTHING)) if found.items else None

    def suggest(self, request: Request) -> Response:
        """Completions as the options of the search box's list."""
        text = request.query_params.get("q", "").strip()[:100]
        found = self._site.shop.suggest(text, limit=_SUGGESTIONS) if text else ()
        return self._site.render(request, "storefront/suggestions.html", suggestions=found)


def facets(asked: Asked, hits: Hits, t: Words) -> list[Facet]:
    """The facets that would narrow this search, and those already used, with their counts; a value that all of the
    hits have narrows nothing."""
    groups = []
    for name, values in hits.facets.items():
        if name == "price":  # asked for with two fields instead, so that any bounds can be given
            continue
        field = facet_field(name)
        choices = [Choice(v.value, v.label.show(t.language), v.n, asked.has(field, v.value)) for v in values]
        narrowing = [c for c in choices if c.n != hits.total or c.ticked]
        shown = [c for place, c in enumerate(narrowing) if place < _VALUES or c.ticked]
        if len(shown) > 1 or any(choice.ticked for choice in shown):
            groups.append(Facet(field, attribute_heading(name, t), tuple(shown)))
    return groups[:_FACETS]


def _pages(asked: Asked, hits: Hits) -> dict[str, str]:
    """Addresses of the page before and the page after; empty where there is none."""
    more = hits.total > asked.offset + len(hits.items) if hits.total is not None else len(hits.items) == PER_PAGE
    steps = {"before": asked.page - 1 if asked.page > 1 else 0, "after": asked.page + 1 if more else 0}
    return {name: asked.at_page(page) if page else "" for name, page in steps.items()}
