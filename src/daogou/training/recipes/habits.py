"""Habits: trees learnt from held-back baskets, kept where they surely rank others of them better than repeats alone.

Of each shopper the newest baskets are asked for, each from what was bought before it. How readily and after how long
products are bought again is counted without any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.retrieval import habits
from daogou.retrieval.habits import HABITS
from daogou.retrieval.shelf import Shelf
from daogou.training import baskets
from daogou.training.lesson import Skip
from daogou.training.recipes import repeat
from daogou.training.recipes.ranking import Lists, corrected, learn, loaded, surely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.features.history import Sequences
    from daogou.retrieval.ranking import Ranker
    from daogou.retrieval.repeat import Repeat
    from daogou.training.baskets import Basket
    from daogou.training.config import TrainingConfig

K = 20
_BASKETS = 4
"""Newest baskets of a shopper that are asked for, no more than half of all. With one alone half of the gain is left."""
_SHOPPERS = 3_000
"""Shoppers who are asked about, at most, drawn with the seed."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What repeats put first for each basket in which any of it is."""

    lists: Lists
    shopper: NDArray[np.int64]
    """(lists,)"""
    wanted: NDArray[np.int64]
    """(lists,) How many products each basket has."""
    asked: NDArray[np.int64]
    """(shoppers,) How many baskets of each were asked for, those without any of what repeats put first, too."""

    def gains(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """(shoppers,) The mean NDCG@20 of the baskets of each under scores (products,)."""
        reached = self.lists.reached(scores, self.wanted, K)
        return np.bincount(self.shopper, reached, len(self.asked)) / self.asked


def fit(steps: Sequences, products: Sequence[Product], *, config: TrainingConfig) -> tuple[Ranker, dict[str, float]]:
    """The ranker and how much better it ranks. Raises Skip, with the reason, where there is none to be had."""
    settings = config.habits
    if not settings.enabled:
        raise Skip("switched off: [training.habits] enabled = false")
    loaded()
    held = baskets.newest(steps, _BASKETS)
    goods = Shelf.of(products)
    again = repeat.fit_steps(steps.only(~held), len(products), config)
    drawn = baskets.drawn(steps, held, shoppers=_SHOPPERS, seed=config.seed)
    asked = _asked(drawn, again, goods, first=settings.first)
    if (n := len(asked.lists.lengths)) < settings.least:
        raise Skip(f"{n} held-back baskets with something that was bought before, fewer than {settings.least}")
    lists, fold = asked.lists, asked.shopper % settings.folds
    before = asked.gains(lists.scores)
    gains = asked.gains(corrected(lists, fold, (), settings, config.seed)) - before
    found = surely(gains, len(gains), before=float(before.mean()), of=f"NDCG@{K}", judged="repeats", on="baskets")
    return learn(lists, (), settings, config.seed), {f"{HABITS}.ndcg@{K}.{name}": found[name] for name in found}


def _asked(drawn: Sequence[Basket], again: Repeat, goods: Shelf, *, first: int) -> _Asked:
    told, scores, answers, lengths, shoppers, wanted = [], [], [], [], [], []
    for basket in drawn:
        best = again.evidence(basket.bought, basket.at).best(first)
        answer = np.isin(best.rows, basket.wanted)
        if answer.any():
            told.append(habits.described(best.rows, best.scores, basket.bought, basket.at, repeat=again, goods=goods).T)
            scores.append(best.scores)
            answers.append(answer)
            lengths.append(len(best))
            shoppers.append(basket.shopper)
            wanted.append(len(basket.wanted))
    known, counts = np.unique(np.array([basket.shopper for basket in drawn], np.int64), return_counts=True)
    lists = Lists(
        np.concatenate([np.empty((0, len(habits.NAMES)), np.float32), *told]),
        np.concatenate([np.empty(0, np.float32), *scores]),
        np.concatenate([np.empty(0, np.bool_), *answers]),
        np.array(lengths, np.int64),
        len(drawn),
    )
    return _Asked(lists, np.searchsorted(known, np.array(shoppers, np.int64)), np.array(wanted, np.int64), counts)
