"""The held-out events as questions: what did this shopper turn to after the split, and were they glad of it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from daogou.domain.ids import DAY_MS, Instant, SessionId, ShopperId
from daogou.features.history import STRENGTH, rated_purchases

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.evaluation.offline.splits import Split

Sign = Literal["purchase", "return", "rating", "thumb", "reading"]
"""What may tell whether a shopper was glad; reading is a view with the time it took."""
SIGNS: tuple[Sign, ...] = get_args(Sign)
GLAD_S = 30.0
"""Seconds on a product's page that count as interest kept; the threshold of web search's satisfied clicks
(Fox et al., "Evaluating implicit measures to improve web search", 2005)."""


@dataclass(frozen=True, slots=True)
class Question:
    """One shopper at the end of their past. Rows are those of the catalogue."""

    actor: str
    at: Instant
    history: NDArray[np.int64]
    """Rows touched before, each once, in order of first touch."""
    touched: NDArray[np.int64]
    """Rows turned to afterwards, each once; of a split by steps those of its moment alone. Products that are not on
    sale today are not asked for. A rating of what was bought before the split is no turn to it: whoever always showed
    the last purchases would be right for it."""
    glad: NDArray[np.int64]
    """Those of `touched` that were kept, rated 4 or more, thumbed up, or read for `GLAD_S`, and not regretted."""
    regretted: NDArray[np.int64]
    """Those of `touched` that were sent back, rated 2 or less, or thumbed down."""
    basket: NDArray[np.int64]
    """What was bought on the first day with a purchase after the split."""
    signs: Mapping[Sign, int] = field(default_factory=dict)
    """Of how many products each sign was logged after the split, whatever it says."""

    @property
    def new(self) -> NDArray[np.int64]:
        """Those of `touched` that are not in the history."""
        return self.touched[~np.isin(self.touched, self.history)]

    @property
    def shopper(self) -> ShopperId | None:
        return None if self.actor.startswith("session:") else ShopperId(self.actor)

    @property
    def session(self) -> SessionId | None:
        return SessionId(self.actor.removeprefix("session:")) if self.actor.startswith("session:") else None


def questions(
    split: Split, row: Mapping[str, int], available: NDArray[np.bool_], *, limit: int, seed: int
) -> list[Question]:
    """The shoppers who turned to something after the split, at most `limit` of them, drawn with the seed."""
    columns = split.columns
    rows = np.array([row.get(product, -1) for product in columns.products], np.int64)[columns.product]
    order = np.argsort(columns.shopper, kind="stable")
    order = order[rows[order] >= 0]
    future, rated = ~split.known, rated_purchases(columns)
    asked = np.unique(columns.shopper[order[future[order] & available[rows[order]]]])
    drawn = _drawn([columns.shoppers[actor] for actor in asked.tolist()], asked, limit, seed)
    starts = np.searchsorted(columns.shopper[order], drawn)
    ends = np.searchsorted(columns.shopper[order], drawn, side="right")
    found = (
        _question(split, rows, order[start:end], available, future=future, rated=rated)
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    )
    return [question for question in found if len(question.touched)]


def _drawn(names: Sequence[str], actors: NDArray[np.int32], limit: int, seed: int) -> NDArray[np.int32]:
    """A sample that does not depend on how the log numbers its actors."""
    by_name = actors[np.argsort(np.array(names, dtype=object))] if names else actors
    if len(by_name) > limit:
        by_name = np.random.default_rng(seed).choice(by_name, limit, replace=False)
    return np.sort(by_name)


def _question(
    split: Split,
    rows: NDArray[np.int64],
    places: NDArray[np.int64],
    available: NDArray[np.bool_],
    *,
    future: NDArray[np.bool_],
    rated: NDArray[np.bool_],
) -> Question:
    columns = split.columns
    before, after = places[~future[places]], places[future[places]]
    after = after[available[rows[after]]]
    type = np.array(columns.types)[columns.type[after]]
    value = columns.value[after]
    regret = (type == "return") | ((type == "rating") & (value <= 2)) | ((type == "thumb") & (value < 0))
    joy = (
        (type == "purchase")
        | ((type == "rating") & (value >= 4))
        | ((type == "thumb") & (value > 0))
        | ((type == "view") & (value >= GLAD_S))
    )
    end = int(split.until[columns.shopper[places[0]]])
    asked = columns.at[after] == end if split.name == "next-step" else np.ones(len(after), np.bool_)
    touched = _once(rows[after[asked & np.isin(type, list(STRENGTH)) & ~regret & ~rated[after]]])
    regretted = np.intersect1d(rows[after[regret]], touched)
    reading = (type == "view") & ~np.isnan(value)
    signed = {sign: after[reading if sign == "reading" else type == sign] for sign in SIGNS}
    bought = after[type == "purchase"]
    day = columns.at[bought] // DAY_MS
    return Question(
        actor=columns.shoppers[columns.shopper[places[0]]],
        at=Instant(end),
        history=_once(rows[before]),
        touched=touched,
        glad=np.setdiff1d(np.intersect1d(rows[after[joy]], touched), regretted),
        regretted=regretted,
        basket=_once(rows[bought[day == day[0]]]) if len(bought) else np.empty(0, np.int64),
        signs={sign: len(np.unique(rows[found])) for sign, found in signed.items()},
    )


def _once(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each row once, in order of first appearance."""
    _, first = np.unique(rows, return_index=True)
    return rows[np.sort(first)]
