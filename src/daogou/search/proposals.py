"""Synonyms that a shop's searches suggest: queries whose clicks go to the same products, and words typed after others.

Offered to the operator, never applied unasked: two queries may share their clicks because one is a case of the other.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from daogou.language.normalise import plain

if TYPE_CHECKING:
    from daogou.ports.stores import Clicked

_ALIKE = 0.6
"""Cosine of the clicks from which two queries are offered. A guess."""
_OFTEN = 0.3
"""Share of a query's rewordings that must go to the other one."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two queries that may mean the same."""

    words: tuple[str, str]
    because: Literal["clicks", "reworded"]
    n: int
    """Clicks on products that both led to, each shopper and product once; or shoppers who put one in place of the
    other."""


def propose(
    clicked: Iterable[Clicked],
    reworded: Iterable[tuple[str, str, int]],
    *,
    known: Iterable[Sequence[str]] = (),
    least: int = 1,
) -> list[Proposal]:
    """The proposals with such an `n` at least, strongest first.

    Pairs of a `known` group are left out.
    """
    apart = _Apart(known)
    made = (*_by_clicks(clicked, apart), *_by_rewording(reworded, apart))
    found = [proposal for proposal in made if proposal.n >= least]
    best: dict[frozenset[str], Proposal] = {}
    for proposal in sorted(found, key=lambda each: (-each.n, each.words)):
        best.setdefault(frozenset(proposal.words), proposal)
    return list(best.values())


class _Apart:
    """Says which pairs are worth offering."""

    def __init__(self, known: Iterable[Sequence[str]]) -> None:
        self._known = [{plain(word) for word in group} for group in known]

    def __call__(self, one: str, other: str) -> bool:
        """Neither says the other and more, and the shop does not know the pair."""
        a, b = set(one.split()), set(other.split())
        within = a <= b or b <= a or one in other or other in one
        return not within and not any(one in group and other in group for group in self._known)


def _by_clicks(clicked: Iterable[Clicked], apart: _Apart) -> Iterable[Proposal]:
    clicks: dict[str, Counter[str]] = defaultdict(Counter)
    for cell in clicked:
        clicks[plain(cell.query)][cell.product] += cell.people
    by_product: dict[str, list[str]] = defaultdict(list)
    for query in sorted(clicks):
        for product in clicks[query]:
            by_product[product].append(query)
    rarity = {product: math.log(1 + len(clicks) / len(queries)) for product, queries in by_product.items()}
    pairs = {
        (one, other)
        for queries in by_product.values()
        for place, one in enumerate(queries)
        for other in queries[place + 1 :]
    }
    for one, other in sorted(pairs):
        if apart(one, other) and _cosine(clicks[one], clicks[other], rarity) >= _ALIKE:
            both = sum(min(clicks[one][product], clicks[other][product]) for product in clicks[one])
            yield Proposal((one, other), "clicks", both)


def _cosine(a: Mapping[str, int], b: Mapping[str, int], weight: Mapping[str, float]) -> float:
    def product(x: Mapping[str, int], y: Mapping[str, int]) -> float:
        return sum(n * y.get(key, 0) * weight[key] ** 2 for key, n in x.items())

    return product(a, b) / math.sqrt(product(a, a) * product(b, b))


def _by_rewording(reworded: Iterable[tuple[str, str, int]], apart: _Apart) -> Iterable[Proposal]:
    folded: Counter[tuple[str, str]] = Counter()
    for before, after, n in reworded:
        folded[plain(before), plain(after)] += n
    total: Counter[str] = Counter()
    for (before, _), n in folded.items():
        total[before] += n
    for (before, after), n in sorted(folded.items()):
        if n >= _OFTEN * total[before] and apart(before, after):
            yield Proposal((before, after), "reworded", n)
