"""The schema. Migrations make it; a test holds the two equal.

Events name shoppers, sessions and products by small integers (`actor`, `item`), so that training reads columns of
integers and the log stays small. Values without questions of their own live in `body` as JSON.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

_SERIAL = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows itself only for INTEGER

actor = Table(
    "actor", metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)  # fmt: skip
"""Shopper ids, and session ids after "session:"."""

item = Table(
    "item", metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)  # fmt: skip
"""Product ids that events or prices mention; the catalogue need not know them."""

event = Table(
    "event", metadata,
    Column("seq", _SERIAL, primary_key=True),
    Column("key", LargeBinary, nullable=False, unique=True),
    Column("type", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("shopper", BigInteger, ForeignKey("actor.id")),
    Column("session", BigInteger, ForeignKey("actor.id")),
    Column("item", BigInteger, ForeignKey("item.id")),
    Column("variant", Text),
    Column("quantity", BigInteger, nullable=False),
    Column("price", BigInteger),
    Column("currency", Text),
    Column("value", Float),
    Column("query", Text),
    Column("list", Text),
    Column("position", BigInteger),
    Column("propensity", Float),
    Column("order_id", Text),
    sqlite_autoincrement=True,  # a number is never given twice, also after the newest event was erased
)  # fmt: skip
Index("event_by_shopper", event.c.shopper, event.c.at, sqlite_where=event.c.shopper.is_not(None))
Index("event_by_session", event.c.session, event.c.at, sqlite_where=event.c.session.is_not(None))

price_point = Table(
    "price_point", metadata,
    Column("item", BigInteger, ForeignKey("item.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("list_price", BigInteger),
    Column("list_currency", Text),
    PrimaryKeyConstraint("item", "at"),
    sqlite_with_rowid=False,
)  # fmt: skip


def _records(name: str, *columns: Column[int] | Column[float] | Column[str]) -> Table:
    """Values kept by id in the order of insertion, with the columns that are asked for."""
    return Table(
        name, metadata,
        Column("row", _SERIAL, primary_key=True),
        Column("id", Text, nullable=False, unique=True),
        *columns,
        Column("body", Text, nullable=False),
    )  # fmt: skip


product = _records("product", Column("change", BigInteger, nullable=False, unique=True))
shopper = _records("shopper")
orders = _records("orders", Column("shopper", Text, nullable=False), Column("at", BigInteger, nullable=False))
Index("orders_by_shopper", orders.c.shopper, orders.c.at)
review = _records(
    "review",
    Column("product", Text, nullable=False),
    Column("rating", Float),
    Column("helpful", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("change", BigInteger, nullable=False, server_default=text("0")),
)
Index("review_by_product", review.c.product, review.c.rating)
Index("review_by_change", review.c.change)
promotion = _records(
    "promotion",
    Column("starts", BigInteger),
    Column("ends", BigInteger),
    Column("priority", BigInteger, nullable=False),
)
article = _records("article", Column("kind", Text, nullable=False), Column("topic", Text, nullable=False))

message = Table(
    "message", metadata,
    Column("row", _SERIAL, primary_key=True),
    Column("conversation", Text, nullable=False),
    Column("body", Text, nullable=False),
)  # fmt: skip
Index("message_by_conversation", message.c.conversation)

edge = Table(
    "edge", metadata,
    Column("row", _SERIAL, primary_key=True),
    Column("source", Text, nullable=False),
    Column("head", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("tail", Text, nullable=False),
    Column("weight", Float, nullable=False),
    UniqueConstraint("source", "head", "relation", "tail"),
)  # fmt: skip
Index("edge_by_source", edge.c.source)
Index("edge_by_head", edge.c.head)
Index("edge_by_tail", edge.c.tail)

ledger = Table(
    "ledger", metadata,
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("kind", "key"),
    sqlite_with_rowid=False,
)  # fmt: skip
