"""Daogou: a shopping engine for online stores. `import daogou; shop = daogou.open_shop("shop")`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from daogou.shop.shop import Shop

__all__ = ["__version__", "open_shop"]


def open_shop(folder: str | Path = ".") -> Shop:
    """Open the shop in `folder` (see `daogou init`). Raises BadSettings or NotFound."""
    from daogou.shop.shop import open_shop as _open

    return _open(folder)
