"""Events of a table, column by column: most rows of a large export are plain, and need no object of their own.

Each distinct value of a column is read once, with the very functions that read a single record. A row with anything
to say about it (a field that cannot be read, a rule beyond its own fields, a repair to be listed) is left to the record
path, which says what and where.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, cast

from daogou.domain.event import EVENT_TYPES, PlainEvent
from daogou.domain.ids import Instant
from daogou.ingest.reading.rows import Table
from daogou.ingest.records.fields import FieldError, identifier, integer, money, number, required_instant, text

Read = Callable[[Any], Any]
"""From a cell to what the event holds; raises FieldError, or _Beyond."""
_PLAIN_TYPES = frozenset(EVENT_TYPES) - {"rating", "thumb", "search"}
"""The others have rules of their own about value and query."""


class _Beyond(Exception):
    """A value that is not plain."""


@dataclass(frozen=True, slots=True)
class PlainRules:
    """What a row must keep to so that there is nothing to say of it."""

    products: Collection[str]
    """Known ones."""
    latest: Instant
    currency: str
    zone: tzinfo = UTC
    """Of times written out; see `ImportOptions.zone`."""

    def reads(self) -> dict[str, Read]:
        """How a cell of each column is read, in the order of an event's fields."""
        return {
            "type": self._type,
            "at": self._at,
            "id": lambda cell: identifier({"id": cell}, "id") or "",
            "shopper": lambda cell: identifier({"shopper": cell}, "shopper"),
            "session": lambda cell: identifier({"session": cell}, "session"),
            "product": self._product,
            "variant": lambda cell: identifier({"variant": cell}, "variant"),
            "quantity": lambda cell: integer({"quantity": cell}, "quantity", least=1) or 1,
            "price": self._price,
            "value": lambda cell: number({"value": cell}, "value"),
            "query": lambda cell: text({"query": cell}, "query") or None,
            "list": lambda cell: text({"list": cell}, "list") or None,
            "position": lambda cell: integer({"position": cell}, "position", least=0),
            "propensity": lambda cell: number({"propensity": cell}, "propensity", least=0, most=1),
            "order": lambda cell: identifier({"order": cell}, "order"),
        }

    def own_currency(self, cell: Any) -> None:
        """A row in another currency is not plain."""
        if cell not in (None, "", self.currency):
            raise _Beyond

    def _type(self, cell: Any) -> str:
        if cell in _PLAIN_TYPES:
            return cast(str, cell)
        raise _Beyond

    def _at(self, cell: Any) -> Instant:
        if type(cell) is str and self.zone is not UTC:
            raise _Beyond  # it may name no zone; moments are numbers here, but for a column that somebody made of text
        at = required_instant({"at": cell}, "at")
        if at > self.latest:
            raise _Beyond
        return at

    def _product(self, cell: Any) -> str:
        product = identifier({"product": cell}, "product")
        if product is None or product not in self.products:
            raise _Beyond
        return product

    def _price(self, cell: Any) -> tuple[int, str] | None:
        price = money({"price": cell}, "price", self.currency)
        return None if price is None else (price.minor, price.currency)


def plain_events(table: Table, rules: PlainRules) -> list[PlainEvent | None]:
    """One entry for each row; None where the row is not plain."""
    columns: dict[str, Sequence[Any]] = dict(zip(table.names, zip(*table.rows, strict=True), strict=True))
    absent: Sequence[Any] = (None,) * len(table.rows)
    beyond: set[int] = set()
    fields = {name: _read(columns.get(name, absent), read, beyond) for name, read in rules.reads().items()}
    _read(columns.get("currency", absent), rules.own_currency, beyond)
    rows = cast("list[PlainEvent | None]", list(zip(*fields.values(), strict=True)))
    nobody = {place for place, who in enumerate(fields["shopper"]) if who is None and fields["session"][place] is None}
    for place in beyond | nobody:
        rows[place] = None
    return rows


def _read(cells: Sequence[Any], read: Read, beyond: set[int]) -> Sequence[Any]:
    """Read each distinct cell of a column once; add the places of those that are not plain."""
    try:
        distinct = set(cells)
    except TypeError:  # lists and structures
        beyond.update(range(len(cells)))
        return cells
    meanings, strange = {}, set()
    for cell in distinct:
        try:
            meanings[cell] = read(cell)
        except (FieldError, _Beyond):
            strange.add(cell)
    if strange:
        beyond.update(place for place, cell in enumerate(cells) if cell in strange)
    return list(map(meanings.get, cells))
