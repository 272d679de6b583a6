"""Shopify's customer CSV: the id that events carry beside the e-mail address that orders have, which joins the two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from daogou.ingest.formats.base import Format, Found, columns, phase
from daogou.ingest.formats.values import pseudonym
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.source import Source


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    """A customer is kept as an id alone; names and addresses are not."""
    for source in sources:
        source.notes.append(
            f"{source.path.name}: of customers only the id is kept; orders of this import are theirs by e-mail"
        )
        for line, row in source:
            id = str(row.get("Customer ID") or "").lstrip("'")  # Shopify puts one before it, for Excel's sake
            said = row.get("Email") or row.get("Phone")
            yield Found(source, line, "shopper", {"id": id}, alias=pseudonym(said) if said else "")


SHOPIFY_CUSTOMERS = Format("shopify-customers", columns("Customer ID", "Email", "Total Orders"), _convert, phase(1))
