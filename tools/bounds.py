"""What a setting may be, read off its type; what lies outside is refused when the file is read."""

from __future__ import annotations

from typing import Any

from msgspec import inspect


def bounds(kind: Any) -> str:
    """In a few words; empty where anything of the type will do."""
    return _said(inspect.type_info(kind))


def _said(kind: inspect.Type) -> str:
    match kind:
        case inspect.IntType() | inspect.FloatType():
            return _between(kind)
        case inspect.LiteralType():
            return " or ".join(f'`"{value}"`' for value in kind.values)
        case inspect.UnionType():
            return " or ".join(filter(None, map(_said, kind.types)))
        case inspect.VarTupleType():
            each = _said(kind.item_type)
            return ", ".join(filter(None, (f"each {each}" if each else "", "one at least" if kind.min_length else "")))
        case inspect.DictType():
            each = _said(kind.value_type)
            return f"each {each}" if each else ""
        case _:
            return ""


def _between(kind: inspect.IntType | inspect.FloatType) -> str:
    if kind.ge is not None and kind.le is not None:
        return f"{kind.ge} to {kind.le}"
    limits = (("> ", kind.gt), ("≥ ", kind.ge), ("< ", kind.lt), ("≤ ", kind.le))
    return ", ".join(f"{sign}{limit}" for sign, limit in limits if limit is not None)
