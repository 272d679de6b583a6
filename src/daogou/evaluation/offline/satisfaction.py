"""Were shoppers glad of what would have been shown? From the log, and from the truth of a simulated shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.evaluation.interleaving import Preference, sign_test, team_draft, winner
from daogou.evaluation.offline.bootstrap import Interval, intervals
from daogou.evaluation.offline.judging import hits_of
from daogou.evaluation.offline.questions import SIGNS, Question, Sign
from daogou.evaluation.offline.systems import NOTHING, Ranked
from daogou.evaluation.simulator.choice import examination

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.ids import ProductId
    from daogou.evaluation.simulator.truth import Truth


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """By system, over the same shoppers."""

    k: int
    glad: Mapping[str, Interval]
    """Part of the shoppers shown something they went on to keep, rate 4 or more, thumb up or read at length."""
    regretted: Mapping[str, Interval]
    """Part of the shoppers shown something they went on to send back, rate 2 or less, or thumb down."""
    logged: Mapping[Sign, int]
    """Of how many products each sign was logged that these rest on: a shop that logs no returns seems to have none."""
    truth: Mapping[str, Interval]
    """Simulated shops only: `Truth.satisfaction`, from 0 to 1, the best list there could be."""
    preferred: Mapping[str, Preference]
    """Simulated shops only: the shop's list (team a) interleaved with another system's, clicked by the true tastes."""


def satisfaction(
    rankings: Mapping[str, Ranked],
    questions: Sequence[Question],
    ids: Sequence[ProductId],
    *,
    ours: str,
    truth: Truth | None,
    k: int,
    seed: int,
) -> Satisfaction:
    """Measure it. `truth` must know every product, and is asked about the shoppers it knows."""
    n = len(ids)
    happy, sorry = [q.glad for q in questions], [q.regretted for q in questions]
    asked = [place for place, q in enumerate(questions) if truth is not None and q.actor in truth.shoppers]
    clicks = _click_chances(truth, [questions[place] for place in asked], ids) if truth is not None else np.empty(0)
    cut = {name: ranked.rows[:, :k] for name, ranked in rankings.items()}
    return Satisfaction(
        k=k,
        glad=_parts({name: _any(ranked, happy, n, k) for name, ranked in rankings.items()}, seed),
        regretted=_parts({name: _any(ranked, sorry, n, k) for name, ranked in rankings.items()}, seed),
        logged={sign: sum(q.signs.get(sign, 0) for q in questions) for sign in SIGNS},
        truth=_parts({name: _true(clicks, rows[asked]) for name, rows in cut.items()}, seed) if asked else {},
        preferred={
            name: _interleaved(cut[ours][asked], rows[asked], clicks, k, seed)
            for name, rows in cut.items()
            if asked and name != ours
        },
    )


def _any(ranked: Ranked, targets: Sequence[NDArray[np.int64]], n: int, k: int) -> NDArray[np.float64]:
    found: NDArray[np.float64] = hits_of(ranked, targets, n)[:, :k].max(axis=1).astype(np.float64)
    return found


def _click_chances(truth: Truth, questions: Sequence[Question], ids: Sequence[ProductId]) -> NDArray[np.float64]:
    """(questions, products by row): how likely each product is clicked once it is looked at, at the moment of the
    question."""
    order = np.array([truth.products[id] for id in ids])
    return np.array([truth.clicks(q.actor, q.at)[order] for q in questions])


def _true(clicks: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Expected clicks of each list over those of the best list of the same length."""
    k = min(rows.shape[1], clicks.shape[1])
    weights = examination(k)
    rows = rows[:, :k]
    got = np.where(rows == NOTHING, 0.0, np.take_along_axis(clicks, np.maximum(rows, 0), axis=1))
    most = -np.sort(np.partition(-clicks, k - 1, axis=1)[:, :k], axis=1)
    found: NDArray[np.float64] = (got @ weights) / (most @ weights)
    return found


def _interleaved(
    ours: NDArray[np.int64], theirs: NDArray[np.int64], clicks: NDArray[np.float64], k: int, seed: int
) -> Preference:
    rng = np.random.default_rng(seed)
    looks = examination(k)
    winners = []
    for place in range(len(ours)):
        mine, other = (rows[place][rows[place] != NOTHING].tolist() for rows in (ours, theirs))
        drafted = team_draft(mine, other, k, rng)
        rows = np.array([row for row, _ in drafted], np.int64)
        clicked = rows[rng.random(len(rows)) < looks[: len(rows)] * clicks[place, rows]]
        winners.append(winner(drafted, clicked.tolist()))
    return sign_test(winners)


def _parts(values: Mapping[str, NDArray[np.float64]], seed: int) -> dict[str, Interval]:
    table = np.column_stack(list(values.values()))
    return dict(zip(values, intervals(table, seed=seed), strict=True))
