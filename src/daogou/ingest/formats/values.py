"""Reading the cells other systems write: prices with a currency, HTML, lists in one cell."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import groupby
from typing import Any

from daogou.ingest.reading.rows import Row
from daogou.ingest.reading.source import Source
from daogou.ingest.records.amounts import written

_BREAK = re.compile(r"</(?:p|div|li|h\d|tr)>|<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^<>]*>", re.IGNORECASE | re.DOTALL)

QUANTIFIED = frozenset({"cart", "remove_from_cart", "purchase", "return"})
"""Types of events that are of so many of a product."""


def filled(record: Mapping[str, Any]) -> dict[str, Any]:
    """Without empty cells."""
    return {name: value for name, value in record.items() if value not in (None, "", [], {})}


def plain_text(markup: Any) -> str:
    """The words of HTML, a line for each block."""
    if not isinstance(markup, str) or "<" not in markup:
        return html.unescape(markup) if isinstance(markup, str) else ""
    words = html.unescape(_TAG.sub("", _BREAK.sub("\n", markup)))
    return "\n".join(line for raw in words.splitlines() if (line := " ".join(raw.split())))


def amount(cell: Any) -> tuple[Any, str | None]:
    """(amount, currency) of "79.99 USD", "€ 79,99" or "79,99"; other cells come back as they are."""
    said = written(cell) if isinstance(cell, str) else None
    return (cell, None) if said is None else said


def parts(cell: Any, separator: str = ",") -> list[str]:
    """The trimmed parts of a cell; lists come back as text items."""
    if isinstance(cell, list):
        return [str(part).strip() for part in cell if str(part).strip()]
    if cell is None:
        return []
    return [part.strip() for part in str(cell).split(separator) if part.strip()]


def numbered(row: Mapping[str, Any], before: str, after: str = "", *, most: int = 100) -> Iterator[Any]:
    """Cells of columns such as "Product Image 1", "Product Image 2", …; stops at the first column that is not there."""
    for n in range(1, most):
        name = f"{before}{n}{after}"
        if name not in row:
            return
        if row[name] not in (None, ""):
            yield row[name]


def together(source: Source, column: str) -> Iterator[list[Row]]:
    """Rows that stand together and agree in a column."""
    for _, rows in groupby(source, key=lambda row: row.data.get(column)):
        yield list(rows)


def pseudonym(said: str) -> str:
    """An id for a person known by an e-mail address or a telephone number, which are not kept: a digest of it."""
    return "p-" + blake2b(said.strip().casefold().encode(), digest_size=12).hexdigest()


def person(said: Any) -> Any:
    """An id of a shopper as it is; an e-mail address becomes the same pseudonym that orders have."""
    return pseudonym(said) if isinstance(said, str) and "@" in said else said


def unique(ids: Iterable[str]) -> list[str]:
    """Ids as they are, with "#2", "#3" after those that repeat."""
    seen: dict[str, int] = {}
    made = []
    for id in ids:
        seen[id] = seen.get(id, 0) + 1
        made.append(id if seen[id] == 1 else f"{id}#{seen[id]}")
    return made


def reduced(price: Any, before: Any) -> dict[str, Any]:
    """`price` and, where it is reduced, `list_price`: `before` is what it cost, or costs without the sale."""
    if price in (None, ""):
        return filled({"price": before})
    return filled({"price": price, "list_price": before if before != price else None})
