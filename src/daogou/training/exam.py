"""Asks a text encoder for the products of held-back queries."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from daogou.retrieval.meaning import text_of
from daogou.training.pairs import family

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.ports.encoder import Encoder
    from daogou.training.pairs import Wanted

_DRAWS = 1_000
_TAIL = 0.025
"""What is left out at either end of an interval."""


@dataclass(frozen=True, slots=True)
class Exam:
    """Held-back queries and the products among which theirs are to be found."""

    queries: Sequence[str]
    wanted: Sequence[frozenset[int]]
    """For each query the places in `texts`."""
    families: NDArray[np.int64]
    """For each query a number of what it is a longer form of: those of one family are found or missed together."""
    texts: Sequence[str]
    mark: str
    """Of what it asks."""

    @classmethod
    def of(cls, products: Sequence[Product], judged: Wanted, *, most: int, seed: int) -> Exam:
        """All products that are wanted, and others, up to `most`."""
        rows = list(dict.fromkeys(row for wanted in judged.values() for row in wanted))
        others = sorted(set(range(len(products))) - set(rows))
        more = max(0, min(most - len(rows), len(others)))
        rows += Random(seed).sample(others, more)
        place = {row: at for at, row in enumerate(rows)}
        texts = [text_of(products[row]) for row in rows]
        mark = hashlib.sha256(repr((sorted(judged), texts)).encode()).hexdigest()
        wanted = [frozenset(place[row] for row in wanted) for wanted in judged.values()]
        _, families = np.unique([family(query, judged) for query in judged], return_inverse=True)
        return cls(list(judged), wanted, families, texts, mark)

    def recalls(self, encoder: Encoder, k: int = 10) -> NDArray[np.float64]:
        """(queries,): the part of a query's products that is among the k nearest."""
        offered, asked = encoder.passages(self.texts), encoder.queries(self.queries)
        found = []
        for vector, wanted in zip(asked, self.wanted, strict=True):
            best = np.argpartition(-(offered @ vector), min(k, len(offered) - 1))[:k]
            found.append(len(wanted.intersection(best.tolist())) / len(wanted))
        return np.array(found)

    def recall(self, encoder: Encoder, k: int = 10) -> float:
        """Mean part of a query's products that is among the k nearest."""
        return float(self.recalls(encoder, k).mean())

    def drawn(self, values: NDArray[np.float64], *, seed: int) -> NDArray[np.float64]:
        """Means of (queries, …) with families drawn anew, whole (cluster bootstrap): (draws, …)."""
        n = int(self.families.max()) + 1
        times = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=_DRAWS)[:, self.families]
        found: NDArray[np.float64] = (times @ values) / times.sum(1).reshape(-1, *[1] * (values.ndim - 1))
        return found

    def interval(self, values: NDArray[np.float64], *, seed: int) -> tuple[float, float]:
        """95 % interval of the mean of (queries,)."""
        low, high = np.quantile(self.drawn(values, seed=seed), [_TAIL, 1 - _TAIL])
        return float(low), float(high)
