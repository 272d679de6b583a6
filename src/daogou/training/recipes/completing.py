"""Completing: trees learnt from held-back baskets of which half is given, kept where they surely rank the rest better
than the sources do as they are weighed.

Each basket is asked about as its shopper's and as nobody's, since both ask. Everything that the sources know of it,
what was looked at on the way to it too, is counted anew without it. The events that a product has are steps of believed
accounts alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.ids import DAY_MS
from daogou.features.history import STRENGTHS, StepColumns
from daogou.retrieval.candidates import are_highest
from daogou.retrieval.companions import Companions
from daogou.retrieval.completing import COMPLETING, FOLLOWED, SOURCES, completing
from daogou.retrieval.evidence import Trail
from daogou.retrieval.habits import visits
from daogou.retrieval.ranking import NAMES, Asker, described, spared
from daogou.retrieval.repeat import NOTHING_BOUGHT, REPEAT
from daogou.retrieval.shelf import Shelf
from daogou.retrieval.together import Together
from daogou.training import baskets
from daogou.training.data import Lines
from daogou.training.lesson import Skip
from daogou.training.recipes import repeat, sequential, together
from daogou.training.recipes.ranking import Lists, corrected, learn, loaded, surely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.features.history import Sequences
    from daogou.features.trust import Trust
    from daogou.retrieval.content import ContentKnn
    from daogou.retrieval.evidence import Evidence
    from daogou.retrieval.fusion import Fusion
    from daogou.retrieval.ranking import Ranker
    from daogou.retrieval.repeat import Bought, Repeat
    from daogou.retrieval.sequential import SequentialKnn
    from daogou.training.baskets import Basket
    from daogou.training.config import TrainingConfig
    from daogou.training.data import TrainingData

K = 10
_BASKETS = 4
"""Newest baskets of a shopper that are asked about, no more than half of all."""
_SHOPPERS = 1_000
"""Shoppers who are asked about, at most, drawn with the seed."""
_WAYS = ("known", "nobody")
"""As whose each basket is asked about."""


@dataclass(frozen=True, slots=True)
class _Sources:
    """What speaks for a basket, counted without those that are asked about."""

    followed: SequentialKnn
    words: ContentKnn
    together: Together
    companions: Companions
    again: Repeat

    def found(self, trail: Trail, bought: Bought, at: int) -> dict[str, Evidence]:
        """What each says to a basket."""
        return {
            FOLLOWED: self.followed.evidence(trail),
            "content": self.words.evidence(trail),
            Together.name: self.together.evidence(trail),
            Companions.name: self.companions.evidence(trail),
            REPEAT: self.again.evidence(bought, at),
        }


@dataclass(frozen=True, slots=True)
class _Asked:
    """The first of the list of each half basket in which any of the rest is."""

    lists: Lists
    shopper: NDArray[np.int64]
    """(lists,)"""
    way: NDArray[np.int64]
    """(lists,) A place in `_WAYS`."""
    wanted: NDArray[np.int64]
    """(lists,) How many products are the rest."""
    asked: NDArray[np.int64]
    """(shoppers,) How many baskets of each were asked about, those without any of the rest in the list too."""

    def gains(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """(ways, shoppers) The mean NDCG@10 of the baskets of each under scores (products,)."""
        shape = len(_WAYS), len(self.asked)
        cell = self.way * shape[1] + self.shopper
        return (
            np.bincount(cell, self.lists.reached(scores, self.wanted, K), shape[0] * shape[1]).reshape(shape)
            / self.asked
        )


def fit(
    read: TrainingData, words: ContentKnn, learnt: Fusion, *, trusted: Trust, config: TrainingConfig
) -> tuple[Ranker, dict[str, float]]:
    """The ranker and how much better it ranks. Raises Skip, with the reason, where there is none to be had."""
    settings = config.completing
    if not settings.enabled:
        raise Skip("switched off: [training.completing] enabled = false")
    loaded()
    held = baskets.newest(read.steps, _BASKETS)
    drawn = baskets.drawn(read.steps, held, shoppers=_SHOPPERS, seed=config.seed)
    drawn = [basket for basket in drawn if len(basket.wanted) > 1]
    if (n := len(drawn)) < settings.least:
        raise Skip(f"{n} held-back baskets of two products or more, fewer than {settings.least}")
    sources = _without(drawn, read, words, trusted=trusted, config=config)
    asked = _asked(drawn, sources, completing(learnt, config.repeat), Shelf.of(read.products), config)
    lists = asked.lists
    if (n := len(lists.lengths)) < settings.least:
        raise Skip(
            f"{n} held-back baskets with any of the rest among the first {settings.first}, fewer than {settings.least}"
        )
    ranked = corrected(lists, asked.shopper % settings.folds, SOURCES, settings, config.seed)
    before = asked.gains(lists.scores)
    gains = asked.gains(lists.scores * spared(ranked / lists.scores, lists.told.T)) - before
    found: dict[str, float] = {}
    for way, reached, gained in zip(_WAYS, before, gains, strict=True):
        of = f"NDCG@{K} for {'known shoppers' if way == 'known' else 'nobody known'}"
        judged = surely(gained, len(gained), before=float(reached.mean()), of=of, judged="the sources", on="baskets")
        found |= {f"{COMPLETING}.{way}.ndcg@{K}.{name}": judged[name] for name in judged}
    return learn(lists, SOURCES, settings, config.seed), found


def _without(
    drawn: Sequence[Basket], read: TrainingData, words: ContentKnn, *, trusted: Trust, config: TrainingConfig
) -> _Sources:
    """The sources as they were before the baskets."""
    steps, n = read.steps, read.n
    held, since = _began(drawn, steps)
    left = steps.only(~held)
    told = read.lines.day < np.append(since, np.iinfo(np.int64).max).take(read.lines.actor, mode="clip")
    lines = Lines(read.lines.actor[told], read.lines.day[told], read.lines.row[told])
    heard = together.hear(left, n, config, trusted=trusted)
    companions = together.accompany(lines, read.products, config, trusted=trusted)
    pairs = sequential.fits(left, [together.counted(left, heard, n)], n, config)[0]
    beside = together.beside(pairs, companions, config)
    nothing = np.empty(0, np.int64)
    _, (followed,) = together.by_others(left, heard, n, config, followed=[beside], only=nothing)
    paired = together.fit(lines, n, config, trusted=trusted)
    return _Sources(followed, words, paired, companions, repeat.fit_steps(left, n, config))


def _began(drawn: Sequence[Basket], steps: Sequences) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """(steps,) Which a shopper took in the visits of these baskets or between them; (actors,) the day on which the
    first of them began."""
    held = np.zeros(len(steps), np.bool_)
    since = np.full(len(steps.offsets) - 1, np.iinfo(np.int64).max)
    for shopper, at in {basket.shopper: basket.at for basket in reversed(drawn)}.items():  # the oldest of each
        own = slice(steps.offsets[shopper], steps.offsets[shopper + 1])
        moments = steps.at[own]
        visit = visits(moments).cumsum()
        of_visit = visit >= visit[np.searchsorted(moments, at)]
        held[own] = of_visit
        since[shopper] = int(moments[of_visit][0]) // DAY_MS
    return held, since


def _asked(drawn: Sequence[Basket], sources: _Sources, fusion: Fusion, goods: Shelf, config: TrainingConfig) -> _Asked:
    random = np.random.default_rng(config.seed)
    events = sources.followed.degree
    told, scores, answers, lengths, shoppers, ways, wanted = [], [], [], [], [], [], []
    for basket in drawn:
        mixed = random.permutation(basket.wanted)
        given, rest = np.split(mixed, [len(mixed) // 2])
        steps = StepColumns.done(given, "cart", basket.at)
        trail = Trail(steps.rows, STRENGTHS.take(steps.types)).at(steps.at)
        for way, bought in enumerate((basket.bought, NOTHING_BOUGHT)):
            fused = fusion.fuse(sources.found(trail, bought, basket.at), events, trail.rows)
            rows, said = fused.totals
            shown = np.where(np.isin(rows, given), 0, said)
            first = are_highest(shown, min(len(shown), config.completing.first)).nonzero()[0]
            first = first[shown[first] > 0]
            answer = np.isin(rows[first], rest)
            if not answer.any():
                continue
            parts, asker = fused.by_source(first, SOURCES), Asker(trail, steps.at, bought, basket.at)
            told.append(described(rows[first], said[first], parts, asker, goods=goods, events=events).T)
            scores.append(said[first])
            answers.append(answer)
            lengths.append(len(first))
            shoppers.append(basket.shopper)
            ways.append(way)
            wanted.append(len(rest))
    known, counts = np.unique(np.array([basket.shopper for basket in drawn], np.int64), return_counts=True)
    lists = Lists(
        np.concatenate([np.empty((0, len(NAMES) + len(SOURCES)), np.float32), *told]),
        np.concatenate([np.empty(0, np.float32), *scores]),
        np.concatenate([np.empty(0, np.bool_), *answers]),
        np.array(lengths, np.int64),
        2 * len(drawn),
    )
    numbers = np.searchsorted(known, np.array(shoppers, np.int64))
    return _Asked(lists, numbers, np.array(ways, np.int64), np.array(wanted, np.int64), counts)
