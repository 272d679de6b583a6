"""What the shop's list would have earned in front of shoppers, from lists that were logged with their propensities."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

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
"""The list whose places are estimated: the one that may show anything. Where it stands may be said before it, as in
"home:for-you"."""
FIRST = 10
"""The policy in question fills so many places with the shop's first so many, in any order."""
ENOUGH = 30.0
"""Effective places below which no estimate is given."""
_EXPLORE = 0.1
"""What a list is advised to explore: in the simulator a thousand showings then say as much as eleven to fifteen of the
list itself, at .02 as two or three."""
_CLICKED = 0.03
"""What the reward model takes for the click rate of a place: a guess, as good as any until the log corrects it."""
_READ = 1_000_000
"""Newest entries of the log that are read."""
_ONE_MOMENT = Text(
    zh="只有在同一时刻切分，才有谁都没有训练过的未来",
    en="only a split at one moment has a future that nobody was trained on",
)
_NO_IMPRESSIONS = Text(zh="没有展示记录", en="no impressions are on record")
_NOT_LOGGED = Text(
    zh=f"切分之后，列表 {LIST} 没有带概率的展示记录；在 daogou.toml 的 [recommend.explore] 里写 {LIST} = {_EXPLORE}，"
    "展示时就会带上概率",
    en=f"no impressions of the list {LIST!r} with a propensity after the split; with {LIST} = {_EXPLORE} under "
    "[recommend.explore] in daogou.toml, what is shown carries one",
)
_NO_CLICKS = Text(
    zh="在与现在的做法相符的展示中，没有一次点击：有多少会被点击，无从估计",
    en="none of the showings that speak for this policy was clicked, so how many would be cannot be told",
)


@dataclass(frozen=True, slots=True)
class Logged:
    """Estimates, or the reason why there are none."""

    places: int
    """Places of the list after the split whose propensity was logged, with all places above them."""
    effective: float
    estimates: Estimates | None
    reason: Text = Text()


def logged(events: Events, engine: Engine, split: Split, counts: Counts) -> Logged:
    """Estimate clicks a place. Only what was shown after the split is used."""
    if split.name != "time":
        return Logged(0, 0.0, None, _ONE_MOMENT)
    if not events.counts().get("impression"):
        return Logged(0, 0.0, None, _NO_IMPRESSIONS)
    shown = [place for place in _read(events, split.moment) if place.event.product in engine.shelf.row]
    if not shown:
        return Logged(0, 0.0, None, _NOT_LOGGED)
    places = _places(shown, engine, counts, split.moment)
    found = estimate(places)
    if found.effective < ENOUGH:
        return Logged(found.n, found.effective, None, _too_few(found))
    if not found.ips.mean:
        return Logged(found.n, found.effective, None, _NO_CLICKS)
    return Logged(found.n, found.effective, found)


def _too_few(found: Estimates) -> Text:
    """Why there is no estimate, and how many showings like these would do."""
    zh = (
        f"在 {found.n} 次有记录的展示中，只有 {found.effective:.1f} 次与现在的做法相符，至少需要 {ENOUGH:.0f} "
        f"次：当时很少展示现在会展示的商品。请让部分位置用于探索（[recommend.explore] {LIST} = {_EXPLORE}）"
    )
    en = (
        f"of {found.n} logged showings only {found.effective:.1f} speak for this policy, at least {ENOUGH:.0f} "
        f"are needed: the shop rarely showed what it would show now. Let some places explore ([recommend.explore] "
        f"{LIST} = {_EXPLORE})"
    )
    if found.effective > 0:
        wanted = math.ceil(found.n * ENOUGH / found.effective / 100) * 100
        zh, en = f"{zh}，或者积累约 {wanted} 次这样的展示", f"{en}, or log about {wanted} showings like these"
    return Text(zh=zh, en=en)


class _Place(NamedTuple):
    """A showing, and what stood above it in the same list: the propensity is that of a place given those."""

    event: Event
    above: tuple[ProductId | None, ...]
    clicked: bool = False


def _read(events: Events, moment: Instant) -> list[_Place]:
    """A click is that of the newest showing it can be of: a page that was opened four times and clicked once earned
    one click."""
    shown: list[_Place] = []
    lists: dict[tuple[object, ...], list[ProductId | None]] = {}  # the newest of each visit, as far as it was logged
    newest: dict[tuple[object, ...], int] = {}
    told = (event for event in _newest(events) if event.at >= moment and _counts(event))
    for event in sorted(told, key=lambda event: (event.at, event.type == "click")):
        if event.type == "click":
            if (place := newest.pop(_key(event), None)) is not None:
                shown[place] = shown[place]._replace(clicked=True)
            continue
        visit = event.shopper, event.session, event.list
        above = [] if event.position == 0 else lists.get(visit, [])
        if event.position == len(above):
            lists[visit] = [*above, event.product]
            if event.propensity:  # what a rule pinned has none
                newest[_key(event)] = len(shown)
                shown.append(_Place(event, tuple(above)))
    return shown


def _counts(event: Event) -> bool:
    kind = (event.list or "").rpartition(":")[2]
    return (
        event.type in {"impression", "click"} and kind == LIST and event.position is not None and event.position < FIRST
    )


def _newest(events: Events) -> Iterator[Event]:
    seq = max(0, events.head() - _READ)
    while batch := events.since(seq):
        yield from (recorded.event for recorded in batch)
        seq = batch[-1].seq


def _key(event: Event) -> tuple[object, ...]:
    return event.shopper, event.session, event.list, event.product, event.position


def _places(shown: list[_Place], engine: Engine, counts: Counts, moment: Instant) -> Places:
    """The reward model is a product's fame in the past, known before the future, on the scale of a click rate."""
    actors = {name: number for number, name in enumerate(dict.fromkeys(_actor(place.event) for place in shown))}
    first = {actor: list(_first(actor, engine, moment)) for actor in actors}
    fame = np.log1p(counts.reach())
    fame *= _CLICKED / max(float(fame.mean()), 1e-9)
    target, expected = [], []
    for event, above, _ in shown:
        left = [product for product in first[_actor(event)] if product not in above]
        target.append(1 / len(left) if event.product in left else 0.0)
        expected.append(float(fame[engine.shelf.rows(left)].mean()) if left else 0.0)
    return Places(
        who=np.array([actors[_actor(place.event)] for place in shown]),
        reward=np.array([float(place.clicked) for place in shown]),
        logged=np.array([place.event.propensity or 0.0 for place in shown]),
        target=np.array(target),
        expected=fame[engine.shelf.rows(_named(shown))],
        expected_of_target=np.array(expected),
    )


def _first(actor: str, engine: Engine, moment: Instant) -> Iterable[ProductId]:
    none = np.empty(0, np.int64)
    question = Question(actor, moment, none, none, none, none, none)
    return [engine.shelf.ids[row] for row in engine.listed(question, k=FIRST, seen=True).rows.tolist()]


def _named(shown: Iterable[_Place]) -> Iterator[ProductId]:
    return (place.event.product for place in shown if place.event.product is not None)


def _actor(event: Event) -> str:
    return event.shopper or f"session:{event.session}"
