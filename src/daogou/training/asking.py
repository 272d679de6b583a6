"""What shoppers might ask: their ways of asking, with names of other things in them.

For what needs no clicks, such as texts that a large model shows a small one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING

from daogou.training.pairs import Wanted, family, names_of

if TYPE_CHECKING:
    from daogou.domain.product import Product

GAP = "\0"
"""Where the thing stands in a way of asking."""


def names(products: Iterable[Product]) -> list[str]:
    """What the shop calls its categories and what its products are like, in both languages."""
    said = (text for name in names_of(products) for text in (name.zh, name.en))
    return list(dict.fromkeys(text.casefold() for text in said if text))


def ways(asked: Wanted) -> Mapping[bool, Sequence[str]]:
    """Queries with a gap for the shortest one of their family, "black … under 300", by whether that was Latin."""
    found: defaultdict[bool, dict[str, None]] = defaultdict(dict)
    for query in asked:
        root = family(query, asked)
        if root != query and root in query:
            found[root.isascii()][query.replace(root, GAP)] = None
    return {latin: list(each) for latin, each in found.items()}


def worded(things: Iterable[str], asked: Wanted, random: Random) -> list[str]:
    """Each of the things asked for in a way that is drawn; those in whose letters nothing longer was asked are left
    out."""
    found = ways(asked)
    return [random.choice(found[latin]).replace(GAP, thing) for thing in things if (latin := thing.isascii()) in found]
