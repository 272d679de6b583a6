"""The next basket of shoppers who buy again: the shop's list against what each of them buys most often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.evaluation.offline.bootstrap import Difference, Interval, differences, intervals
from daogou.evaluation.offline.judging import hits_of
from daogou.evaluation.offline.systems import Counts, Ranked, personal_frequency
from daogou.retrieval.metrics import listwise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.evaluation.offline.engine import Engine
    from daogou.evaluation.offline.questions import Question

K = 20
ENOUGH = 20
"""Baskets below which nothing is said."""


@dataclass(frozen=True, slots=True)
class Baskets:
    """Recall at `K` of what was bought on the first shopping day after the split."""

    n: int
    repeated: float
    """Part of the basket that the shopper had bought before."""
    shop: Interval
    frequency: Interval
    """Personal frequency: what this shopper bought most often, then what is popular."""
    difference: Difference


def baskets(engine: Engine, questions: Sequence[Question], bought: Counts, *, seed: int) -> Baskets | None:
    """Ask about every shopper with purchases on both sides of the split; None where they are too few.

    `bought` are the purchases of the past.
    """
    has_bought = np.bincount(bought.who, minlength=len(bought.actor)) > 0
    asked = [q for q in questions if len(q.basket) and q.actor in bought.actor and has_bought[bought.actor[q.actor]]]
    if len(asked) < ENOUGH:
        return None
    targets = [q.basket for q in asked]
    frequency = personal_frequency(bought).rank(asked, seen=True)
    ours = _recall(engine.ask(asked, kind="next-basket", seen=True), targets, bought.n)
    theirs = _recall(next(iter(frequency.values())), targets, bought.n)
    shop, often = intervals(np.column_stack([ours, theirs]), seed=seed)
    known = np.unique(bought.who * bought.n + bought.what)
    wanted = np.concatenate([bought.actor[q.actor] * bought.n + q.basket for q in asked])
    sizes = np.array([len(target) for target in targets])
    again = np.add.reduceat(np.isin(wanted, known), np.cumsum(sizes) - sizes, dtype=np.int64) / sizes
    (difference,) = differences((ours - theirs)[:, None], seed=seed)
    return Baskets(len(asked), float(np.mean(again)), shop, often, difference)


def _recall(ranked: Ranked, targets: Sequence[NDArray[np.int64]], n: int) -> NDArray[np.float64]:
    wanted = np.array([len(target) for target in targets])
    return listwise(hits_of(ranked, targets, n), wanted, K)["recall"]
