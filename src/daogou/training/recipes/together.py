"""What goes together by the acts of others: pairs that enough different shoppers bought on one day, and what shoppers
turned to next. Both ask which accounts are believed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.ids import DAY_MS
from daogou.features.trust import Trust
from daogou.retrieval.backing import backed, gives_way
from daogou.retrieval.companions import Companions, path_of
from daogou.retrieval.together import Together
from daogou.training.recipes import hybrid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.features.history import Sequences
    from daogou.retrieval.neighbours import Neighbours
    from daogou.retrieval.sequential import SequentialKnn
    from daogou.training.config import TrainingConfig
    from daogou.training.data import Lines

_OFTEN = 3
"""How often a shopper may turn to one product and be counted: who goes to and fro between two a hundred times says no
more than who did so three times."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Which steps say what people turn to around a product."""

    counted: NDArray[np.bool_]
    """(steps,) Those of believed accounts, and of others that are as old as their only order; all, where these are too
    few to go by."""
    vouched: NDArray[np.bool_] | None
    """(steps,) Those of believed accounts alone, of which several must stand behind what comes first; None where all
    steps count."""


def trust(lines: Lines, config: TrainingConfig) -> Trust:
    """Look at what each account bought."""
    return Trust.of(lines.actor, lines.day, lines.row, config.trust)


def fit(lines: Lines, n: int, config: TrainingConfig, *, trusted: Trust) -> Together:
    """Count pairs in distinct shoppers, each as far as the account is believed."""
    return Together.fit(
        lines.actor, lines.day, lines.row, n, config=config.together, voice=trusted.voice, believed=trusted.believed
    )


def hear(steps: Sequences, n: int, config: TrainingConfig, *, trusted: Trust) -> Heard:
    """Choose the steps that count."""
    who = steps.who
    counted: NDArray[np.bool_] = steps.at // DAY_MS <= np.append(trusted.until, -1).take(who, mode="clip")
    if counted.sum() < config.trust.least_steps * n:
        return Heard(np.ones(len(steps), np.bool_), None)
    return Heard(counted, counted & np.append(trusted.believed, False).take(who, mode="clip"))


def accompany(lines: Lines, products: Sequence[Product], config: TrainingConfig, *, trusted: Trust) -> Companions:
    """Count which categories are bought together."""
    paths = [path_of(product) for product in products]
    return Companions.fit(
        lines.actor, lines.day, lines.row, paths,
        config=config.together, voice=trusted.voice, believed=trusted.believed,
    )  # fmt: skip


def counted(steps: Sequences, heard: Heard, n: int) -> NDArray[np.bool_]:
    """(steps,) Those that count in what shoppers turned to next."""
    return heard.counted & _first_times(steps.who, steps.rows, n)


def beside(followed: SequentialKnn, companions: Companions, config: TrainingConfig) -> SequentialKnn:
    """What shoppers turned to next, as far as its category is bought with the product's."""
    return followed.weighed(companions.factors(followed.counts, floor=config.together.instead))


def by_others(
    steps: Sequences,
    heard: Heard,
    n: int,
    config: TrainingConfig,
    *,
    followed: Sequence[SequentialKnn] = (),
    only: NDArray[np.int64] | None = None,
) -> tuple[Neighbours, Sequence[SequentialKnn]]:
    """Which products the same shoppers turned to, and what they turned to next, if believed accounts stand behind it.

    `followed`: counts of the same pairs, however they are weighed. With `only`, the other products are like none.
    """
    alike = hybrid.fit_behaviour(steps, heard.counted, n, config, only=only)
    if heard.vouched is None:
        return alike, followed
    tables = [alike, *(pairs.counts for pairs in followed[:1])]
    who, rows = steps.who[heard.vouched], steps.rows[heard.vouched]
    here, *after = backed(tables, who, rows, least=config.trust.least_accounts)
    alike = replace(alike, values=alike.values * gives_way(alike.values, alike.offsets, here))
    return alike, [pairs.giving_way(after[0]) for pairs in followed]


def _first_times(actor: NDArray[np.integer], rows: NDArray[np.int32], n: int) -> NDArray[np.bool_]:
    """(steps,) Which are among the first few of an actor on their product."""
    pair = actor.astype(np.int64) * max(n, 1) + rows
    order = np.argsort(pair, kind="stable")
    ordered = pair[order]
    first = np.searchsorted(ordered, ordered)  # the place of the first of equals
    found = np.empty(len(pair), np.bool_)
    found[order] = np.arange(len(pair)) - first < _OFTEN
    return found
