"""How a file writes amounts and dates, told from all its rows together: a single 1.299 or 03/04/2026 says it not.

A file comes from one program, so one way of writing is looked for in all its columns of amounts, and one in all its
columns of dates. What was decided, from what, and how to say otherwise is noted in the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Literal

from daogou.ingest.reading.rows import Row

Decimal = Literal["point", "comma"]
Dates = Literal["day-first", "month-first"]

_ROWS = 20_000
"""Rows that are looked at: what none of so many shows is decided by the currency."""
_AMOUNT = re.compile(
    r"price|preis|prix|tarif|precio|preço|prezzo|amount|betrag|montant|importe|total|subtotal|uvp|msrp|rrp|pvp|\bvk\b|cost"
    r"|价|金额|单价|revenue",
    re.IGNORECASE,
)
_DATE = re.compile(r"date|datum|fecha|time|zeit|released|created|_at$|\bat$|日期|时间|day", re.IGNORECASE)
_FIGURE = re.compile(r"\d[\d.,'’\s]*")
_EITHER_WAY = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_POINT = re.compile(r".*\.(?:\d{1,2}|\d{4,})|0\.\d+|\d{4,}\.\d{3}|[^.]*,\d{3}\.\d+|\d{1,3}(?:,\d{3}){2,}")
_COMMA = re.compile(r".*,(?:\d{1,2}|\d{4,})|0,\d+|\d{4,},\d{3}|[^,]*\.\d{3},\d+|\d{1,3}(?:\.\d{3}){2,}")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
_COMMA_CURRENCIES = frozenset(
    {"EUR", "DKK", "SEK", "NOK", "ISK", "PLN", "CZK", "HUF", "RON", "BGN", "RSD", "UAH", "RUB", "TRY",
     "BRL", "ARS", "CLP", "COP", "UYU", "PYG", "VES", "BOB", "CRC", "IDR", "VND", "AZN", "GEL", "MAD"}
)  # fmt: skip
"""Of places that write a comma before decimals and a point between thousands (Unicode CLDR, numbers of the locales)."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How a file writes what can be read in two ways; None where nothing in it can be, or nothing says how."""

    decimal: Decimal | None = None
    dates: Dates | None = None
    notes: tuple[str, ...] = ()

    def put_right(self, data: dict[str, Any]) -> dict[str, Any]:
        """The row with its amounts and dates written in the one way that cannot be misread."""
        changed = {}
        for name, cell in data.items():
            if type(cell) is str and cell:
                kind = _kind(name)
                if self.decimal is not None and kind == "amount":
                    changed[name] = _amount(cell, self.decimal)
                elif self.dates is not None and kind == "date":
                    changed[name] = _date(cell, self.dates)
        return {**data, **changed} if changed else data


def habits_of(
    rows: Iterable[Row], name: str, *, currency: str, decimal: Decimal | None = None, dates: Dates | None = None
) -> Habits:
    """Look at the first rows of a file. What the caller says himself is not questioned."""
    amounts, days = _Amounts(), _Days()
    for row in islice(rows, _ROWS):
        for column, cell in row.data.items():
            if type(cell) is str and cell:
                kind = _kind(column)
                if kind == "amount":
                    amounts.see(column, cell)
                elif kind == "date":
                    days.see(cell)
    mark, why = (decimal, "") if decimal else amounts.decided(name, currency)
    order, said = (dates, "") if dates else days.decided(name)
    return Habits(mark, order, tuple(filter(None, (why, said))))


@lru_cache(maxsize=4096)
def _kind(column: str) -> Literal["amount", "date", "other"]:
    return "amount" if _AMOUNT.search(column) else "date" if _DATE.search(column) else "other"


class _Amounts:
    """What the amounts of a file show."""

    def __init__(self) -> None:
        self._either: tuple[str, str] | None = None
        self._shown: dict[Decimal, str] = {}
        self._currency: str | None = None

    def see(self, column: str, cell: str) -> None:
        found = _FIGURE.search(cell)
        if found is None:
            return
        figure = _bare(found)
        if _EITHER_WAY.fullmatch(figure):
            self._either = self._either or (column, cell)
            said = re.search(r"[A-Z]{3}", cell)
            self._currency = self._currency or (said.group() if said else "EUR" if "€" in cell else None)
        elif _COMMA.fullmatch(figure):
            self._shown.setdefault("comma", cell)
        elif _POINT.fullmatch(figure):
            self._shown.setdefault("point", cell)

    def decided(self, name: str, currency: str) -> tuple[Decimal | None, str]:
        """The decimal mark, and what to note; nothing where no amount could be read in two ways."""
        if self._either is None:
            return None, ""
        column, cell = self._either
        if len(self._shown) == 1:
            mark, shown = next(iter(self._shown.items()))
            because, sure = f"other amounts of the file, such as {shown!r}, show it", True
        else:
            mark = "comma" if (self._currency or currency) in _COMMA_CURRENCIES else "point"
            shown = " and ".join(map(repr, self._shown.values()))
            because = f"amounts of {self._currency or currency} are mostly written so"
            because += f", though the file has {shown}" if shown else ", and no other amount of the file shows it"
            sure = False
        other = "point" if mark == "comma" else "comma"
        doubt = "" if sure else f". If that is wrong, import again with --decimal {other}"
        read = _amount(cell, mark).replace(",", "") if mark == "point" else _amount(cell, mark)
        return mark, f"{name}: {column} {cell!r} was read as {read}, with a decimal {mark}: {because}{doubt}"


class _Days:
    """What the dates of a file show."""

    def __init__(self) -> None:
        self._either: str | None = None
        self._shown: dict[Dates, str] = {}

    def see(self, cell: str) -> None:
        found = _SLASHED.match(cell.strip())
        if found is None:
            return
        first, second = int(found.group(1)), int(found.group(2))
        if first > 12 >= second:
            self._shown.setdefault("day-first", cell)
        elif second > 12 >= first:
            self._shown.setdefault("month-first", cell)
        elif first != second:
            self._either = self._either or cell

    def decided(self, name: str) -> tuple[Dates | None, str]:
        """Which comes first; where nothing shows it the dates stay as they are, and are refused one by one."""
        if len(self._shown) == 1:
            order, shown = next(iter(self._shown.items()))
            note = f"{name}: {self._either!r} was read {order}, since {shown!r} can only be" if self._either else ""
            return order, note
        return None, ""


def _amount(cell: str, mark: Decimal) -> str:
    """The cell so that it can be read in one way: nothing between thousands, a point before decimals."""
    found = _FIGURE.search(cell)
    if found is None:
        return cell
    figure = _bare(found)
    if not _EITHER_WAY.fullmatch(figure):
        return cell
    plain = figure.replace(".", "") if mark == "comma" else figure.replace(",", "")
    rest = found.group()[len(found.group().rstrip()) :]
    return f"{cell[: found.start()]}{plain.replace(',', '.')}{rest}{cell[found.end() :]}"


def _bare(found: re.Match[str]) -> str:
    """The figure without blanks and apostrophes between its thousands."""
    return re.sub(r"['’\s]", "", found.group()).rstrip(".,")


def _date(cell: str, order: Dates) -> str:
    """31/12/2026 as 2026-12-31; anything else as it is."""
    found = _SLASHED.match(cell.strip())
    if found is None:
        return cell
    first, second, year = found.groups()
    day, month = (first, second) if order == "day-first" else (second, first)
    return f"{year}-{int(month):02d}-{int(day):02d}{cell.strip()[found.end() :]}"
