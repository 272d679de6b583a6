"""The three plain files many recommender tutorials use: user_behavior.csv, product_info.csv, user_query.csv.

A count (browse_count 5) becomes that many events, at most `CAP`; undated events get the moment of the import and an
id made of who, what and how often, so that a second import finds them on record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.ingest.formats.base import Fix, Format, Found, columns, phase, refusal
from daogou.ingest.formats.values import filled
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.source import Source
from daogou.ingest.records.fields import FieldError, integer
from daogou.ingest.rules import CAP

_COUNTS = {"browse_count": "view", "click_count": "click", "purchase_count": "purchase"}
_UNDATED = Fix("at", "dated with the moment of the import", "undated")


def _products(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        for line, row in source:
            record = {
                "id": row.get("product_id"),
                "title": row.get("product_name"),
                "description": row.get("product_description"),
                "price": row.get("price"),
                "brand": row.get("brand"),
                "category": row.get("category"),
            }
            yield Found(source, line, "product", filled(record), raw=row)


def _behaviour(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        for line, row in source:
            for column, type in _COUNTS.items():
                yield from _counted(source, line, row, column, type=type, options=options)
            if row.get("query_text"):
                yield _search(source, line, row, options)


def _counted(
    source: Source, line: int, row: Mapping[str, Any], column: str, *, type: str, options: ImportOptions
) -> Iterator[Found]:
    try:
        n = integer(row, column, least=0) or 0
    except FieldError as error:
        yield refusal(source, line, "event", row, field=column, reason=error.reason, rule=error.rule)
        return
    fixes: tuple[Fix, ...] = (_UNDATED,)
    if n > CAP:
        fixes = (_UNDATED, Fix(column, f"{n} counted as {CAP}", "capped"))
    shopper, product = row.get("user_id"), row.get("product_id")
    for k in range(min(n, CAP)):
        id = f"behaviour:{shopper}:{product}:{type}:{k}"
        record = {"type": type, "shopper": shopper, "product": product, "at": options.now, "id": id}
        yield Found(source, line, "event", record, fixes if k == 0 else (_UNDATED,), row)


def _queries(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        for line, row in source:
            yield _search(source, line, row, options)


def _search(source: Source, line: int, row: Mapping[str, Any], options: ImportOptions) -> Found:
    shopper, query = row.get("user_id"), row.get("query_text")
    record = {"type": "search", "shopper": shopper, "query": query, "at": options.now, "id": _query_id(shopper, query)}
    return Found(source, line, "event", record, (_UNDATED,), row)


def _query_id(shopper: Any, query: Any) -> str:
    from hashlib import blake2b

    return "query:" + blake2b(f"{shopper}\0{query}".encode(), digest_size=12).hexdigest()


PRODUCTS = Format("product-info", columns("product_id", "product_name"), _products, phase(0))
BEHAVIOUR = Format("user-behaviour", columns("user_id", "product_id", "browse_count", "purchase_count"), _behaviour,
                   phase(3))  # fmt: skip
QUERIES = Format("user-query", columns("user_id", "query_text"), _queries, phase(3))
