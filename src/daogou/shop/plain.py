"""Domain values as plain JSON values: money as a decimal string with its currency, text by language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import msgspec

from daogou.domain.money import Money
from daogou.domain.text import Text


def plain(value: Any) -> Any:
    """Turn a value of the domain into dictionaries, lists, strings and numbers; empty fields are left out."""
    if isinstance(value, Money):
        return {"amount": f"{value.major}", "currency": value.currency}
    if isinstance(value, Text):
        return {language: text for language, text in (("zh", value.zh), ("en", value.en)) if text}
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: plain(part) for name, part in pairs if not _empty(part)}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(plain(part) for part in value)
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, Path):
        return str(value)
    return value.item() if hasattr(value, "item") else value


def plain_json(value: Any) -> str:
    """One line of JSON for a value of the domain."""
    return msgspec.json.encode(plain(value)).decode()


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, (str, tuple, frozenset, Mapping, Text)) and not value)
