"""Habits: what small trees are told of each product that a shopper buys, to say whether it is due in the next basket.

How often and how lately it was bought says most (Hu, He, Gao and Zhang, SIGIR 2020; Li, Jullien, Ariannezhad and de
Rijke, "A next basket recommendation reality check", TOIS 2023). Next comes how much of the usual time between two
purchases has gone by, for this product and for its kind: people change the yoghurt, but not how much of it they eat.

What the trees say of a product multiplies its score, as a ranker's of other lists does (`ranking`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from msgspec import Meta

from daogou.domain.ids import DAY_MS
from daogou.retrieval.evidence import distinct, place_among
from daogou.retrieval.ranking import RankingConfig
from daogou.retrieval.repeat import BASKET_REST_DAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.ranking import Goods
    from daogou.retrieval.repeat import Bought, Repeat

HABITS = "habits"
"""What it is called among the parts of a score."""
NAMES = (
    "score", "times", "last 3", "last 10", "days since", "phase", "lately", "rate", "usual days",
    "kind times", "kind days", "kind phase", "kind share", "price",
)  # fmt: skip
"""What the trees are told of a product; the order of `described`."""
_LATELY_DAYS = 14.0
"""After so long a purchase counts half in "lately"."""
_NEVER = -1.0
"""The phase of what was bought once."""


def described(
    rows: NDArray[np.int32],
    scores: NDArray[np.float32],
    bought: Bought,
    at: int,
    *,
    repeat: Repeat,
    goods: Goods,
) -> NDArray[np.float32]:
    """(features, rows) what the trees are told of different rows that were all bought. `scores`: what repeats say."""
    order = bought.at.argsort(kind="stable")
    purchases, moments = bought.rows.take(order), bought.at.take(order)
    starts = visits(moments)
    visit = starts.cumsum() - 1
    ago = np.maximum(0, at - moments.compress(starts)) / DAY_MS  # (visits,)
    counted = np.ones((len(ago), 4), np.float32)
    counted[:-3, 1] = counted[:-10, 2] = 0
    counted[:, 3] = np.exp2(-ago / _LATELY_DAYS)
    things, keyed = distinct(_with_kinds(rows, goods))
    own, kind = keyed[: len(rows)], keyed[len(rows) :]
    thing = place_among(things, _with_kinds(purchases, goods))
    counts, days, phase = _counted(thing, len(things), np.concatenate([visit, visit]), ago, counted)
    times, last_3, last_10, lately = counts.take(own, axis=0).T
    kind_times = counts[:, 0].take(kind)
    columns = (
        scores / max(float(scores.max(initial=0.0)), 1e-30),
        times,
        last_3,
        last_10,
        days.take(own),
        phase.take(own),
        lately,
        repeat.rates(rows),
        repeat.usual_days(rows),
        kind_times,
        days.take(kind),
        phase.take(kind),
        times / kind_times,
        goods.price.take(rows),
    )
    told = np.empty((len(NAMES), len(rows)), np.float32)
    for place, column in enumerate(columns):
        told[place] = column
    return told


def visits(at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the purchases of one shopper, oldest first, begin a visit."""
    begin = np.ones(len(at), np.bool_)
    begin[1:] = at[1:] - at[:-1] > BASKET_REST_DAYS * DAY_MS
    return begin


@dataclass(frozen=True, slots=True)
class HabitsConfig(RankingConfig):
    """How what a shopper buys is put in order by trees; in place of steps there are baskets."""

    rate: Annotated[float, Meta(gt=0, le=1)] = 0.1
    """What each tree adds of what it would."""


def _with_kinds(rows: NDArray[np.int32], goods: Goods) -> NDArray[np.int32]:
    """A key for each product, then one for the kind of each; a product of no kind is a kind of its own."""
    kind = goods.sorts.take(rows, 0)[:, 1]  # a column alone would be copied whole
    return np.concatenate([rows, np.where(kind == 0, rows, kind + np.int32(len(goods.sorts)))])


def _counted(
    thing: NDArray[np.int32],
    n: int,
    visit: NDArray[np.int64],
    ago: NDArray[np.floating],
    counted: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.floating], NDArray[np.floating]]:
    """Of n things that were all bought: (n, counted) at how many of the visits, each counted for so much; how many days
    ago last; and that in parts of the mean time between two purchases.

    `thing`, `visit`: of each purchase, those of one thing oldest first; -1 is none of the n. `ago`: of each visit.
    `counted`: (visits, counted), of which the first is 1.
    """
    here = (thing >= 0).nonzero()[0]
    thing, visit = thing.take(here), visit.take(here)
    table = np.zeros((n, len(ago)), np.float32)
    table[thing, visit] = 1
    counts = table @ counted
    first, last = np.empty(n, np.int64), np.empty(n, np.int64)
    first[thing[::-1]], last[thing] = visit[::-1], visit  # of several the one written last stays
    days = ago.take(last)
    usual = (ago.take(first) - days) / np.maximum(counts[:, 0] - 1, 1)
    phase = days / np.maximum(usual, BASKET_REST_DAYS)
    phase[first == last] = _NEVER
    return counts, days, phase
