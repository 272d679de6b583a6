"""The rules that decide what becomes of a record, in one table; nothing happens to a line that is not named here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Action = Literal["reject", "repair", "report"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name stands beside every line it touched."""

    name: str
    action: Action
    applies_to: str
    says: str


_TABLE: tuple[tuple[Action, str, str, str], ...] = (
    ("reject", "unreadable", "line", "The line is not JSON, not a table row, not an item."),
    ("reject", "encoding", "line", "The line is neither UTF-8 nor GB18030, or not what the file began as."),
    ("reject", "too-long", "line", "The line is longer than 16 MiB."),
    ("reject", "ragged", "line", "The row has another number of cells than the header."),
    ("reject", "hostile", "file", "The file goes beyond a limit that protects the machine; reading stops."),
    ("reject", "unknown-format", "file", "The file is of no format that can be imported."),
    ("reject", "unknown-kind", "record", "The record's keys fit no kind of record."),
    ("reject", "not-imported", "record", "The source keeps it, Daogou has no use for it: an ad, a page view."),
    ("reject", "missing-field", "record", "A field that the record cannot be without is missing."),
    ("reject", "bad-value", "record", "A field holds something that cannot be read as what it should be."),
    ("reject", "out-of-range", "record", "A number lies outside its range, such as a rating of 11 out of 5."),
    ("reject", "negative-price", "record", "A price, discount or total is below zero."),
    ("reject", "future", "dated records", "It is dated more than a day after the import."),
    ("reject", "unknown-product", "dated records", "It names a product that is not in the catalogue."),
    ("reject", "unknown-order", "shipment", "It belongs to an order that is not on record."),
    ("reject", "conflict", "any with an id", "The id came before with other content: the first stays."),
    ("repair", "created-product", "product", "An interaction named an unknown product: it was created."),
    ("repair", "variant-named", "dated records", "A variant, code or title stood for its product: put right."),
    ("repair", "unknown-line", "order", "A line of a product that is not in the catalogue was left out."),
    ("repair", "list-price", "product", "The price before reduction was below the price: it was dropped."),
    ("repair", "negative-stock", "product", "Stock below zero (sold but not there yet) counts as none."),
    ("repair", "undated", "dated records", "It had no date: it got the moment of the import."),
    ("repair", "clock-change", "dated records", "Its hour was skipped where clocks were put forward: moved on."),
    ("repair", "order-shopper", "event", "It named no shopper, but an order on record: it is of who ordered."),
    ("repair", "anonymous", "event, query", "It had no shopper and no session: it got a session of its own."),
    ("repair", "capped", "event", "A count stands for that many events, at most 50."),
    ("repair", "converted", "any", "The source's value was turned into the nearest one of ours."),
    ("report", "unknown-field", "record", "A field we do not know is passed over; a near miss is suggested."),
    ("report", "no-price", "product", "The product is shown, without a price."),
    ("report", "price-outlier", "product", "The price is 100 times above or below the median of its category."),
)  # fmt: skip

RULES: dict[str, Rule] = {name: Rule(name, action, applies_to, says) for action, name, applies_to, says in _TABLE}
"""By name."""

TOLERANCE_MS = 24 * 3600 * 1000
"""How far after the import a fact may be dated: clocks and time zones of sources differ by up to a day."""

OUTLIER = 100
"""Times above or below the median of its category at which a price is reported."""

CAP = 50
"""Events that one counted cell (browse_count 812) becomes at most: beyond that, a count says how a log was kept."""
