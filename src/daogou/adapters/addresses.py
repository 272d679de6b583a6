"""An address such as `sqlite:///store/daogou.db` chooses the backend, from one table of import paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

from daogou.domain.errors import BadSettings, MissingExtra

if TYPE_CHECKING:
    from daogou.ports.stores import Stores


@dataclass(frozen=True, slots=True)
class Backend:
    """Where a scheme's opener is, and what must be installed for it."""

    opener: str
    """`module:function`; the function takes the whole address first."""
    extra: str = ""
    """The optional part of this package that brings its library; empty: always installed."""


STORES: Mapping[str, Backend] = {
    "memory": Backend("daogou.adapters.memory.stores:open_memory"),
    "sqlite": Backend("daogou.adapters.sql.stores:open_sqlite"),
}
PLANNED: Mapping[str, str] = {"postgresql": "sqlite:///store/daogou.db"}
"""Schemes this version does not open yet, and the address to use instead."""


def open_stores(address: str) -> Stores:
    """Open the shop's facts, e.g. "memory://", "sqlite:///relative.db", "sqlite:////absolute.db".

    Raises BadSettings for a scheme nobody opens, MissingExtra where its library is not installed.
    """
    stores: Stores = _opener(address, STORES)(address)
    return stores


def _opener(address: str, table: Mapping[str, Backend]) -> Callable[..., Any]:
    scheme, mark, _ = address.partition("://")
    if not mark or scheme not in table:
        raise BadSettings(_unknown(address, scheme, table), where=address)
    backend = table[scheme]
    module, _, function = backend.opener.partition(":")
    try:
        return getattr(import_module(module), function)  # type: ignore[no-any-return]
    except ModuleNotFoundError as error:
        if not backend.extra or (error.name or "").startswith("daogou"):
            raise
        raise MissingExtra(
            f'{scheme}:// needs {error.name!r}, which is not installed. Run: pip install "daogou[{backend.extra}]"',
            where=address,
        ) from error


def _unknown(address: str, scheme: str, table: Mapping[str, Backend]) -> str:
    known = ", ".join(f"{name}://" for name in sorted(table))
    if scheme in PLANNED:
        return f"{scheme}:// is planned and not available in this version; use {PLANNED[scheme]} ({known} are known)."
    near = get_close_matches(scheme, table, n=1)
    hint = f" Did you mean {near[0]}://?" if near else ""
    return f"{address!r} is not an address this shop can open; known are {known}.{hint}"
