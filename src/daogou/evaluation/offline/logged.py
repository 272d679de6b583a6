"""What the shop's list would have earned in front of shoppers, from lists that were logged with their propensities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.ids import Instant, ProductId
from daogou.domain.text import Text
from daogou.evaluation.offline.questions import Question
from daogou.evaluation.offpolicy import Estimates, Places, estimate

if TYPE_CHECKING:
    from daogou.domain.event import Event
    from daogou.evaluation.offline.engine import Engine
    from daogou.evaluation.offline.splits import Split
    from daogou.evaluation.offline.systems import Counts
    from daogou.ports.stores import Events

LIST = "for-you"
"""The list whose first place is estimated: the one that may show anything."""
FIRST = 10
"""The policy in question shows one of the shop's first so many, each as likely as the other."""
ENOUGH = 30.0
"""Effective places below which no estimate is given."""
_READ = 1_000_000
"""Newest entries of the log that are read."""
_ONE_MOMENT = Text(
    zh="只有在同一时刻切分，才有谁都没有训练过的未来",
    en="only a split at one moment has a future that nobody was trained on",
)
_NO_IMPRESSIONS = Text(zh="没有展示记录", en="no impressions are on record")
_NOT_LOGGED = Text(
    zh=f"切分之后，列表 {LIST} 的首位没有带概率的展示记录",
    en=f"no impressions in the first place of {LIST!r} with a propensity after the split",
)


@dataclass(frozen=True, slots=True)
class Logged:
    """Estimates, or the reason why there are none."""

    places: int
    """First places of the list after the split whose propensity was logged."""
    effective: float
    estimates: Estimates | None
    reason: Text = Text()


def logged(events: Events, engine: Engine, split: Split, counts: Counts, *, seed: int) -> Logged:
    """Estimate clicks a showing in the first place. Only what was shown after the split is used."""
    if split.name != "time":
        return Logged(0, 0.0, None, _ONE_MOMENT)
    if not events.counts().get("impression"):
        return Logged(0, 0.0, None, _NO_IMPRESSIONS)
    shown, clicks = _read(events, split.moment)
    shown = [event for event in shown if event.product in engine.shelf.row]
    if not shown:
        return Logged(0, 0.0, None, _NOT_LOGGED)
    places = _places(shown, clicks, engine, counts, split.moment)
    found = estimate(places, seed=seed)
    if found.effective < ENOUGH:
        reason = Text(
            zh=f"在 {found.n} 次有记录的展示中，只有 {found.effective:.1f} 次与现在的做法相符，至少需要 {ENOUGH:.0f} "
            "次：当时很少展示现在会展示的商品。请让部分位置用于探索",
            en=f"of {found.n} logged showings only {found.effective:.1f} speak for this policy, at least {ENOUGH:.0f} "
            "are needed: the shop rarely showed what it would show now. Let some places explore",
        )
        return Logged(found.n, found.effective, None, reason)
    return Logged(found.n, found.effective, found)


def _read(events: Events, moment: Instant) -> tuple[list[Event], set[tuple[object, ...]]]:
    shown, clicks = [], set()
    for event in _newest(events):
        if event.at < moment or event.list != LIST or event.position != 0:
            continue
        if event.type == "impression" and event.propensity:
            shown.append(event)
        elif event.type == "click":
            clicks.add(_key(event))
    return shown, clicks


def _newest(events: Events) -> Iterator[Event]:
    seq = max(0, events.head() - _READ)
    while batch := events.since(seq):
        yield from (recorded.event for recorded in batch)
        seq = batch[-1].seq


def _key(event: Event) -> tuple[object, ...]:
    return event.shopper, event.session, event.product


def _places(
    shown: list[Event], clicks: set[tuple[object, ...]], engine: Engine, counts: Counts, moment: Instant
) -> Places:
    """The reward model is the click rate that a product's fame in the past would suggest: known before the future."""
    actors = {name: number for number, name in enumerate(dict.fromkeys(_actor(event) for event in shown))}
    first = {actor: set(_first(actor, engine, moment)) for actor in actors}
    target = [1 / len(first[a]) if e.product in first[a] else 0.0 for e in shown if (a := _actor(e)) is not None]
    fame = np.log1p(counts.reach())
    fame = fame / max(float(fame.max()), 1.0)
    return Places(
        who=np.array([actors[_actor(event)] for event in shown]),
        reward=np.array([float(_key(event) in clicks) for event in shown]),
        logged=np.array([event.propensity or 0.0 for event in shown]),
        target=np.array(target),
        expected=fame[engine.shelf.rows(_named(shown))],
        expected_of_target=np.array([fame[engine.shelf.rows(first[_actor(event)])].mean() for event in shown]),
    )


def _first(actor: str, engine: Engine, moment: Instant) -> Iterable[ProductId]:
    none = np.empty(0, np.int64)
    question = Question(actor, moment, none, none, none, none, none)
    return [hit.product for hit in engine.hits(question, k=FIRST, seen=True).items]


def _named(shown: Iterable[Event]) -> Iterator[ProductId]:
    return (event.product for event in shown if event.product is not None)


def _actor(event: Event) -> str:
    return event.shopper or f"session:{event.session}"
