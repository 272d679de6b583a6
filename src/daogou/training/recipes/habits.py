"""Habits: trees learnt from held-back baskets, kept where they surely rank others of them better than repeats alone.

Of each shopper the newest baskets are asked for, each from what was bought before it. How readily and after how long
products are bought again is counted without any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.features.history import STRENGTH
from daogou.retrieval import habits
from daogou.retrieval.habits import HABITS
from daogou.retrieval.repeat import Bought, Repeat
from daogou.retrieval.shelf import Shelf
from daogou.training.lesson import Skip
from daogou.training.recipes import repeat
from daogou.training.recipes.ranking import Lists, corrected, learn, loaded, surely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.features.history import Sequences
    from daogou.retrieval.ranking import Ranker
    from daogou.training.config import TrainingConfig

K = 20
_BASKETS = 4
"""Newest baskets of a shopper that are asked for, no more than half of all. With one alone half of the gain is left."""
_SHOPPERS = 3_000
"""Shoppers who are asked about, at most, drawn with the seed."""
_NEWEST = 1_000
"""Purchases that an answer rests on."""


@dataclass(frozen=True, slots=True)
class _Basket:
    """What is asked for, and what was bought before."""

    shopper: int
    wanted: NDArray[np.int32]
    at: int
    bought: Bought


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
        lengths = self.lists.lengths
        of = np.repeat(np.arange(len(lengths)), lengths)
        order = np.lexsort((-scores, of))  # ties stay as they are
        place = np.arange(len(of)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        hit = self.lists.answer[order] & (place < K)
        discounts = 1 / np.log2(np.arange(2, K + 2))
        found = np.bincount(of[hit], discounts[place[hit]], len(lengths))
        reached = found / np.cumsum(discounts)[np.minimum(self.wanted, K) - 1]
        return np.bincount(self.shopper, reached, len(self.asked)) / self.asked


def fit(steps: Sequences, products: Sequence[Product], *, config: TrainingConfig) -> tuple[Ranker, dict[str, float]]:
    """The ranker and how much better it ranks. Raises Skip, with the reason, where there is none to be had."""
    settings = config.habits
    if not settings.enabled:
        raise Skip("switched off: [training.habits] enabled = false")
    loaded()
    held = _held(steps)
    goods = Shelf.of(products)
    again = repeat.fit_steps(steps.only(~held), len(products), config)
    asked = _asked(_baskets(steps, held, config.seed), again, goods, first=settings.first)
    if (n := len(asked.lists.lengths)) < settings.least:
        raise Skip(f"{n} held-back baskets with something that was bought before, fewer than {settings.least}")
    lists, fold = asked.lists, asked.shopper % settings.folds
    before = asked.gains(lists.scores)
    gains = asked.gains(corrected(lists, fold, (), settings, config.seed)) - before
    found = surely(gains, len(gains), before=float(before.mean()), of=f"NDCG@{K}", judged="repeats", on="baskets")
    return learn(lists, (), settings, config.seed), {f"{HABITS}.ndcg@{K}.{name}": found[name] for name in found}


def _purchases(steps: Sequences) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of all purchases, and where among these each shopper's begin and end."""
    bought = np.flatnonzero(steps.strength == STRENGTH["purchase"])
    return bought, np.searchsorted(bought, steps.offsets)


def _held(steps: Sequences) -> NDArray[np.bool_]:
    """Which steps are purchases of a basket that is asked for."""
    held = np.zeros(len(steps), np.bool_)
    bought, ends = _purchases(steps)
    for low, high in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        if high - low < 2:
            continue
        visit = habits.visits(steps.at[bought[low:high]]).cumsum()
        held[bought[low:high]] = visit > visit[-1] - min(_BASKETS, visit[-1] // 2)
    return held


def _baskets(steps: Sequences, held: NDArray[np.bool_], seed: int) -> list[_Basket]:
    """The held-back baskets of up to `_SHOPPERS` shoppers."""
    bought, ends = _purchases(steps)
    asked = np.unique(np.searchsorted(steps.offsets, np.flatnonzero(held), side="right") - 1)
    if len(asked) > _SHOPPERS:
        asked = np.sort(np.random.default_rng(seed).choice(asked, _SHOPPERS, replace=False))
    found = []
    for shopper in asked.tolist():
        own = bought[ends[shopper] : ends[shopper + 1]]
        rows, at = steps.rows[own], steps.at[own]
        starts = np.flatnonzero(habits.visits(at))
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(own)], strict=True):
            if held[own[start]]:
                before = slice(max(0, start - _NEWEST), start)
                wanted = np.unique(rows[start:end])
                found.append(_Basket(shopper, wanted, int(at[start]), Bought.of(rows[before], at[before])))
    return found


def _asked(baskets: Sequence[_Basket], again: Repeat, goods: Shelf, *, first: int) -> _Asked:
    told, scores, answers, lengths, shoppers, wanted = [], [], [], [], [], []
    for basket in baskets:
        best = again.evidence(basket.bought, basket.at).best(first)
        answer = np.isin(best.rows, basket.wanted)
        if answer.any():
            told.append(habits.described(best.rows, best.scores, basket.bought, basket.at, repeat=again, goods=goods).T)
            scores.append(best.scores)
            answers.append(answer)
            lengths.append(len(best))
            shoppers.append(basket.shopper)
            wanted.append(len(basket.wanted))
    known, counts = np.unique(np.array([basket.shopper for basket in baskets], np.int64), return_counts=True)
    lists = Lists(
        np.concatenate([np.empty((0, len(habits.NAMES)), np.float32), *told]),
        np.concatenate([np.empty(0, np.float32), *scores]),
        np.concatenate([np.empty(0, np.bool_), *answers]),
        np.array(lengths, np.int64),
        len(baskets),
    )
    return _Asked(lists, np.searchsorted(known, np.array(shoppers, np.int64)), np.array(wanted, np.int64), counts)
