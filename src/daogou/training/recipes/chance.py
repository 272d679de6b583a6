"""The chance that a product is the next one: a logistic regression on held-back steps, each beside drawn products.

The drawn ones weigh as many products as they stand for, so what is fitted is the chance among the whole catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.retrieval.chance import Chance, ChanceConfig, told
from daogou.retrieval.evidence import Trail
from daogou.retrieval.repeat import REPEAT
from daogou.retrieval.retriever import Valuing
from daogou.training.lesson import Skip

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.fusion import Fused, Fusion
    from daogou.retrieval.popularity import Popularity
    from daogou.retrieval.repeat import Repeat
    from daogou.training.recipes.fusion import Source
    from daogou.training.validation import Case

_ROUNDS = 50
_STILL = 1e-6


@dataclass(frozen=True, slots=True)
class Known:
    """What was known before the held-back steps."""

    sources: Mapping[str, Source]
    """Those of the fusion but for what is popular."""
    fusion: Fusion
    repeat: Repeat
    popularity: Popularity
    events: NDArray[np.floating]
    n: int
    """Products in the catalogue."""

    def fused(self, case: Case, rows: NDArray[np.int32]) -> Fused:
        """What speaks for all products in one case, and of these rows as much as there is."""
        speaking = {name: source for name, source in self.sources.items() if self.fusion.weights.get(name, 0.0) > 0}
        found = {
            name: source.valuing(case.trail, rows) if isinstance(source, Valuing) else source.evidence(case.trail)
            for name, source in speaking.items()
        }
        if case.asker is not None:
            found[REPEAT] = self.repeat.evidence(case.asker.bought, case.asker.at)
        return self.fusion.fuse(found, self.events, case.trail.rows)


def fit(known: Known, cases: Sequence[Case], *, config: ChanceConfig, seed: int) -> Chance:
    """Learn it. Raises Skip, with the reason, where it cannot be."""
    if not config.enabled:
        raise Skip("switched off: [training.chance] enabled = false")
    if len(cases) < config.least:
        raise Skip(f"{len(cases)} validation steps, fewer than {config.least}")
    random = np.random.default_rng(seed)
    asked = [cases[place] for place in np.sort(random.permutation(len(cases))[: config.steps])]
    features, answers, weights = (
        np.concatenate(column) for column in zip(*_lines(known, asked, config, random), strict=True)
    )
    return _fitted(features, answers, weights, base=-np.log(known.n), penalty=config.penalty)


_Lines = tuple["NDArray[np.float64]", "NDArray[np.float64]", "NDArray[np.float64]"]
"""Features, which is the answer, and how many products each stands for."""


def _lines(known: Known, cases: Sequence[Case], config: ChanceConfig, random: np.random.Generator) -> Iterator[_Lines]:
    for number, case in enumerate(cases):
        own = np.unique(np.append(case.trail.rows, case.target))
        drawn = np.setdiff1d(random.integers(0, known.n, config.drawn), own)
        rows = np.concatenate([own, drawn]).astype(np.int32)
        weights = np.ones(len(rows))
        weights[len(own) :] = max(0, known.n - len(own)) / max(1, len(drawn))
        popular = known.popularity.popular.of(rows)
        for trail, fused in _told_as(known, case, rows, stranger=number % config.strangers == 0):
            features = told(rows, fused, trail, events=known.events, popular=popular)
            yield features, (rows == case.target).astype(np.float64), weights


def _told_as(known: Known, case: Case, rows: NDArray[np.int32], *, stranger: bool) -> Iterator[tuple[Trail, Fused]]:
    yield case.trail, known.fused(case, rows)
    if stranger:
        yield Trail.of([]), known.fusion.fuse({})


def _fitted(
    features: NDArray[np.float64],
    answers: NDArray[np.float64],
    weights: NDArray[np.float64],
    *,
    base: float,
    penalty: float,
) -> Chance:
    """Newton's method on the penalised likelihood, a step halved until it is higher. Columns are put on one scale."""
    mean, spread = features.mean(0), features.std(0)
    spread[spread < 1e-9] = np.inf  # a column that says nothing gets no weight
    x = np.column_stack([np.ones(len(features)), (features - mean) / spread])
    held = np.append(0, np.full(features.shape[1], penalty))

    def likelihood(at: NDArray[np.float64]) -> float:
        odds = x @ at
        return float(weights @ (answers * odds - np.logaddexp(0, odds)) - held @ at**2 / 2)

    found = np.append(base, np.zeros(features.shape[1]))
    reached = likelihood(found)
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-(x @ found)))
        slope = x.T @ (weights * (answers - chance)) - held * found
        bend = (x * (weights * chance * (1 - chance))[:, None]).T @ x + np.diag(held + 1e-9)
        step = np.linalg.solve(bend, slope)
        while (after := likelihood(found + step)) < reached and np.abs(step).max() > _STILL:
            step /= 2
        found, reached = found + step, max(after, reached)
        if np.abs(step).max() <= _STILL:
            break
    slopes = found[1:] / spread
    return Chance(float(found[0] - mean @ slopes), slopes)
