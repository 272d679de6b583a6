"""A search as its address says it: words, filter, order, page; and the addresses of its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args
from urllib.parse import urlencode

from daogou.domain.money import Money
from daogou.domain.query import Sort, Where

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams

SORTS: tuple[Sort, ...] = get_args(Sort)
PER_PAGE = 24
_LAST_PAGE = 40
_LONGEST = 500
"""Characters of a query; more is cut off."""
_ATTRIBUTE = "a."

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a shopper asked for."""

    text: str = ""
    chosen: Pairs = ()
    """Facet and value, in the order they were chosen; facets are "category", "brand", "a.<attribute>"."""
    price_min: str = ""
    """Major units as typed."""
    price_max: str = ""
    rating: int = 0
    on_sale: bool = False
    sort: Sort | None = None
    page: int = 1

    @classmethod
    def read(cls, query: QueryParams) -> Asked:
        """Read an address; what cannot be understood is left out, as a link may be old or mistyped."""
        facets = [(name, value) for name, value in query.multi_items() if _is_facet(name) and value]
        sort = query.get("sort")
        return cls(
            text=query.get("q", "").strip()[:_LONGEST],
            chosen=tuple(dict.fromkeys(facets)),
            price_min=_figure(query.get("price_min", "")),
            price_max=_figure(query.get("price_max", "")),
            rating=_number(query.get("rating", ""), most=5),
            on_sale=query.get("sale") == "1",
            sort=next((known for known in SORTS if known == sort), None),
            page=max(1, _number(query.get("page", ""), most=_LAST_PAGE)),
        )

    @property
    def offset(self) -> int:
        """Hits before this page."""
        return (self.page - 1) * PER_PAGE

    def where(self, currency: str) -> Where:
        """The filter; prices are taken in the shop's currency."""
        return Where(
            category=next((value for name, value in reversed(self.chosen) if name == "category"), None),
            brands=frozenset(value for name, value in self.chosen if name == "brand"),
            attributes=_attributes(self.chosen),
            price_min=Money.of(self.price_min, currency) if self.price_min else None,
            price_max=Money.of(self.price_max, currency) if self.price_max else None,
            rating_min=float(self.rating) if self.rating else None,
            on_sale=self.on_sale,
        )

    def has(self, facet: str, value: str) -> bool:
        """Is this facet value chosen?"""
        return (facet, value) in self.chosen

    def with_text(self, text: str) -> str:
        """Address of the same search with other words."""
        return replace(self, text=text, page=1).address

    def without(self, facet: str, value: str) -> str:
        """Address of the same search without one chosen value."""
        return replace(self, chosen=tuple(pair for pair in self.chosen if pair != (facet, value)), page=1).address

    def at_page(self, page: int) -> str:
        """Address of another page of the same search."""
        return replace(self, page=page).address

    def bare(self, **fields: object) -> str:
        """Address of the same search with some fields of this value replaced."""
        return replace(self, page=1, **fields).address  # type: ignore[arg-type]

    @property
    def narrowed(self) -> bool:
        """Is there any filter beside the words?"""
        return bool(self.chosen or self.price_min or self.price_max or self.rating or self.on_sale)

    @property
    def address(self) -> str:
        """The address that says all this."""
        pairs: list[tuple[str, str]] = [("q", self.text)] if self.text else []
        pairs += self.chosen
        single = {
            "price_min": self.price_min,
            "price_max": self.price_max,
            "rating": str(self.rating or ""),
            "sale": "1" if self.on_sale else "",
            "sort": self.sort or "",
            "page": str(self.page) if self.page > 1 else "",
        }
        pairs += [(name, value) for name, value in single.items() if value]
        return f"/search?{urlencode(pairs)}" if pairs else "/search"


def facet_field(facet: str) -> str:
    """The form field of a facet, as hits name it ("color")."""
    return facet if facet in {"category", "brand"} else _ATTRIBUTE + facet


def _is_facet(name: str) -> bool:
    return name in {"category", "brand"} or (name.startswith(_ATTRIBUTE) and len(name) > len(_ATTRIBUTE))


def _attributes(chosen: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for name, value in chosen:
        if name.startswith(_ATTRIBUTE):
            attribute = name.removeprefix(_ATTRIBUTE)
            found[attribute] = found.get(attribute, frozenset()) | {value}
    return found


def _figure(text: str) -> str:
    """An amount as typed, or nothing where it is no amount or a negative one."""
    try:
        return text.strip() if text.strip() and Money.of(text, "USD").minor >= 0 else ""
    except ValueError:
        return ""


def _number(text: str, *, most: int) -> int:
    return min(most, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
