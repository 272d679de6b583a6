"""The shop's departments: the first steps of its products' categories, largest first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daogou.domain.text import Text
    from daogou.retrieval.shelf import Shelf
    from daogou.shop.shop import Shop

_MOST = 12


@dataclass(frozen=True, slots=True)
class Department:
    """The top of a branch of the catalogue."""

    key: str
    title: Text
    n: int
    """Products that can be bought now."""


class Departments:
    """Counts departments from the shelf, and again when products have been added to it."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._counted: tuple[Shelf, int, list[Department]] | None = None

    def __call__(self) -> list[Department]:
        """The largest departments, largest first; ties by key."""
        shelf = self._shop.engine.shelf
        if self._counted is None or self._counted[0] is not shelf or self._counted[1] != len(shelf):
            self._counted = (shelf, len(shelf), _count(shelf))
        return self._counted[2]


def _count(shelf: Shelf) -> list[Department]:
    tops = [product.category[0] for product in shelf.products if product and product.available and product.category]
    titles = {top.key: top for top in reversed(tops)}
    ranked = sorted(Counter(top.key for top in tops).items(), key=lambda pair: (-pair[1], pair[0]))
    return [Department(key, titles[key], n) for key, n in ranked[:_MOST]]
