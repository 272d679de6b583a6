"""What a text encoder is tuned on: texts that belong together, read off the shop's own behaviour and catalogue."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from daogou.retrieval.meaning import text_of

if TYPE_CHECKING:
    from daogou.domain.event import Event
    from daogou.domain.product import Product
    from daogou.domain.text import Text
    from daogou.ports.stores import Events

_BOUGHT = 2
"""What a purchase after a click says beside the click itself."""
_MOST_BASKET = 20
"""Products of one purchase that are paired; larger ones say little of what goes together."""
_JUDGED_PERCENT = 20
_STOPPING_PERCENT = 10
_EVENTS = 10_000

Wanted = Mapping[str, Mapping[int, int]]
"""Queries, each with the rows of the products that were clicked or bought after it, and how often."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What shoppers turned to, in rows of the products."""

    wanted: Wanted
    bought_together: Sequence[tuple[int, int]]


def read_behaviour(events: Events, row: Mapping[str, int]) -> Behaviour:
    """Read the log once. Queries are compared without case and outer spaces."""
    wanted: defaultdict[str, Counter[int]] = defaultdict(Counter)
    asked: dict[tuple[str, int], str] = {}
    baskets: defaultdict[str, set[int]] = defaultdict(set)
    for event in _log(events):
        product = row.get(event.product or "", -1)
        visit = str(event.session or event.shopper or "")
        if product < 0:
            continue
        if event.type == "click" and event.query and event.query.strip():
            query = event.query.strip().casefold()
            wanted[query][product] += 1
            asked[visit, product] = query
        elif event.type == "purchase":
            baskets[str(event.order or visit)].add(product)
            if (visit, product) in asked:
                wanted[asked[visit, product]][product] += _BOUGHT
    pairs = [
        (first, second)
        for basket in baskets.values()
        if 1 < len(basket) <= _MOST_BASKET
        for first in sorted(basket)
        for second in sorted(basket)
        if first != second
    ]
    return Behaviour(wanted, pairs)


@dataclass(frozen=True, slots=True)
class Dealt:
    """Queries to learn from, to say when to stop, and to judge by in the end."""

    learnt: Wanted
    stopping: Wanted
    judged: Wanted


def dealt(wanted: Wanted) -> Dealt:
    """Hold back a fifth to judge by, and a tenth to stop by: what chose the best of several is no judge of it.

    Families are on one side whole, so that a judged query is not a learnt one in a longer form. The side depends on the
    words alone: what judged yesterday judges today.
    """
    learnt: dict[str, Mapping[int, int]] = {}
    stopping: dict[str, Mapping[int, int]] = {}
    judged: dict[str, Mapping[int, int]] = {}
    for query, products in wanted.items():
        digest = hashlib.blake2b(family(query, wanted).encode(), digest_size=4).digest()
        percent = int.from_bytes(digest) % 100
        judging = percent < _JUDGED_PERCENT
        side = judged if judging else stopping if percent < _JUDGED_PERCENT + _STOPPING_PERCENT else learnt
        side[query] = products
    return Dealt(learnt, stopping, judged)


def family(query: str, known: Wanted) -> str:
    """The shortest known query that this one begins or ends with, and so on from that one: "shoes" for "running shoes"
    and for "running shoes under 80", though that does not end with it."""
    while (root := _root(query, known)) != query:
        query = root
    return query


def _root(query: str, known: Wanted) -> str:
    """The shortest known query that this one begins or ends with; of Latin words whole ones."""
    parts = [query[:stop] for stop in range(2, len(query))] + [query[start:] for start in range(1, len(query) - 1)]
    found = [part.strip() for part in parts if part.strip() in known and len(part.strip()) > 1]
    whole = [part for part in found if not part.isascii() or f" {part} " in f" {query} "]
    return min(whole, key=lambda part: (len(part), part), default=query)


class Varied:
    """Writes texts a little differently each time, so that what is learnt is not the letters."""

    def __init__(
        self,
        products: Sequence[Product],
        random: Random,
        *,
        typos: float,
        swaps: float,
        drops: float,
        taxonomy: Iterable[Text] = (),
    ) -> None:
        """How often a query gets a typing mistake, has a name swapped for the other language's, and a product's text
        is shortened. `taxonomy`: kinds of goods in both languages; the shop's own names go before them."""
        self._products = products
        self._random = random
        self._typos, self._swaps, self._drops = typos, swaps, drops
        self._other = dict(_bilingual(taxonomy)) | dict(_bilingual(names_of(products)))

    def query(self, text: str) -> str:
        if self._random.random() < self._swaps:
            text = self._swapped(text)
        return self._mistyped(text) if self._random.random() < self._typos else text

    def product(self, row: int) -> str:
        """Its text as it is encoded, or its name in one language with or without its brand."""
        product = self._products[row]
        if self._random.random() >= self._drops:
            return text_of(product)
        name = self._random.choice([name for name in (product.title.zh, product.title.en) if name] or [""])
        bare = name.replace(product.brand or "\0", "").strip()
        return self._random.choice([name, bare or name])

    def _swapped(self, text: str) -> str:
        """With the longest name that the shop has in both languages put into the other one."""
        names = [name for name in self._within(text) if name in self._other]
        if not names:
            return text
        name = max(names, key=lambda name: (len(name), name))
        return text.replace(name, self._other[name])

    def _within(self, text: str) -> Iterator[str]:
        words = text.split()
        for start in range(len(words)):
            for stop in range(start + 1, len(words) + 1):
                yield " ".join(words[start:stop])
        if not text.isascii():
            for start in range(len(text)):
                for stop in range(start + 2, len(text) + 1):
                    yield text[start:stop]

    def _mistyped(self, text: str) -> str:
        """One character lost, doubled or swapped with the next."""
        if len(text) < 4:
            return text
        at = self._random.randrange(1, len(text) - 1)
        lost, doubled = text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:]
        return self._random.choice([lost, doubled, text[:at] + text[at + 1] + text[at] + text[at + 2 :]])


def names_of(products: Iterable[Product]) -> Iterator[Text]:
    """What categories and values of attributes are called, product by product."""
    for product in products:
        yield from product.category
        for values in product.attributes.values():
            yield from values


def named(products: Iterable[Product]) -> Wanted:
    """What the shop calls its categories, each with the rows of the products that are directly in it: they are asked
    for by these names whether or not somebody has done so yet."""
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for row, product in enumerate(products):
        for name in product.category[-1:]:
            for said in (name.zh, name.en):
                if said:
                    found[said.casefold()][row] = 1
    return found


def _bilingual(names: Iterable[Text]) -> Iterator[tuple[str, str]]:
    """Those that are in both languages, each with the other."""
    for name in names:
        if name.zh and name.en and name.zh != name.en:
            yield name.zh, name.en.casefold()
            yield name.en.casefold(), name.zh


def _log(events: Events) -> Iterator[Event]:
    """Every event, in order of the log."""
    seq = 0
    while found := events.since(seq, limit=_EVENTS):
        seq = found[-1].seq
        yield from (each.event for each in found)
