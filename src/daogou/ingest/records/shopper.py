"""Shoppers as records."""

from __future__ import annotations

from typing import Any, cast

from daogou.domain.ids import ShopperId
from daogou.domain.shopper import Shopper
from daogou.domain.text import Language
from daogou.ingest.records.fields import (
    Object,
    choice,
    compact,
    nested,
    optional_instant,
    plain,
    required_id,
    text,
    uninstant,
)

KEYS = frozenset({"id", "name", "language", "joined", "labels"})


def decode_shopper(record: Object, where: str = "", *, currency: str = "USD") -> Shopper:
    """Read a shopper. Raises FieldError."""
    del where, currency  # every decoder has the same shape
    labels = nested(record, "labels")
    return Shopper(
        id=ShopperId(required_id(record, "id")),
        name=text(record, "name"),
        language=cast("Language", choice(record, "language", ("zh", "en"), "")) or None,
        joined=optional_instant(record, "joined"),
        labels={plain(name, "labels"): plain(value, f"labels.{name}") for name, value in labels.items()},
    )


def encode_shopper(shopper: Shopper) -> dict[str, Any]:
    """The inverse of `decode_shopper`."""
    return compact(
        {
            "id": shopper.id,
            "name": shopper.name,
            "language": shopper.language,
            "joined": None if shopper.joined is None else uninstant(shopper.joined),
            "labels": dict(shopper.labels),
        }
    )
