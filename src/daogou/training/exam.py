"""Asks a text encoder for the products of held-back queries."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from daogou.retrieval.meaning import text_of

if TYPE_CHECKING:
    from daogou.domain.product import Product
    from daogou.ports.encoder import Encoder
    from daogou.training.pairs import Wanted


@dataclass(frozen=True, slots=True)
class Exam:
    """Held-back queries and the products among which theirs are to be found."""

    queries: Sequence[str]
    wanted: Sequence[frozenset[int]]
    """For each query the places in `texts`."""
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
        return cls(list(judged), [frozenset(place[row] for row in wanted) for wanted in judged.values()], texts, mark)

    def recall(self, encoder: Encoder, k: int = 10) -> float:
        """Mean part of a query's products that is among the k nearest."""
        offered, asked = encoder.passages(self.texts), encoder.queries(self.queries)
        found = []
        for vector, wanted in zip(asked, self.wanted, strict=True):
            best = np.argpartition(-(offered @ vector), min(k, len(offered) - 1))[:k]
            found.append(len(wanted.intersection(best.tolist())) / len(wanted))
        return float(np.mean(found))
