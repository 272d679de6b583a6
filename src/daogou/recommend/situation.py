"""What an answer rests on: the trail, the purchases, and what must not come back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from daogou.domain.bounds import Count, Part, Weight
from daogou.domain.ids import DAY_MS
from daogou.domain.kinds import Kind
from daogou.features.history import STEP_TYPES, STRENGTHS, History, StepColumns
from daogou.recommend.freshness import FRESHNESS, Ages, Freshness
from daogou.recommend.fusions import BY_OTHERS, BY_SEGMENT, stated
from daogou.recommend.ranking import Reordering
from daogou.recommend.showings import EXPOSURE, Exposure, Showings
from daogou.retrieval.arrange import Variety
from daogou.retrieval.evidence import Trail
from daogou.retrieval.fusion import Fusion
from daogou.retrieval.ranking import Asker
from daogou.retrieval.repeat import BASKET_REST_DAYS, NOTHING_BOUGHT, REPEAT, REST_DAYS, Bought
from daogou.retrieval.rules import NO_RULING, Rulebook, Ruling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.event import EventType
    from daogou.domain.ids import Instant, SessionId, ShopperId
    from daogou.domain.rule import Rule
    from daogou.recommend.live import Live
    from daogou.recommend.models import Models
    from daogou.recommend.request import Like, RecommendRequest
    from daogou.retrieval.evidence import Evidence
    from daogou.retrieval.fusion import Fused
    from daogou.retrieval.shelf import Shelf

_NO_ROWS: NDArray[np.int32] = np.empty(0, np.int32)
_NO_STEPS = StepColumns.done(_NO_ROWS, "view", 0)
_BY_AGE = {"new", "next-basket"}
"""Kinds whose order rests on age already, or whose point is to repeat."""


@dataclass(frozen=True, slots=True)
class RecommendConfig:
    """How answers are arranged."""

    rest_days: Weight | None = None
    """A product bought within these days is not recommended, except for a basket, the next one or one at hand. Unless
    given 30, or `basket_rest_days` for shoppers where training found that people buy the same again before."""
    basket_rest_days: Weight = BASKET_REST_DAYS
    """The same for baskets, whose point is to repeat; some people shop twice a day."""
    basket_days: Weight = 14.0
    """What was put in the basket within these days and not bought lies there: it is completed, and not recommended.
    What was left there longer ago is recommended like anything else."""
    steps: Count = 50
    """Newest steps of the history an answer rests on."""
    variety: Variety = field(default_factory=Variety)
    """Default: rank by score alone."""
    exposure: Exposure = field(default_factory=Exposure)
    """Default: what was shown often is shown again."""
    freshness: Freshness = field(default_factory=Freshness)
    """Default: a product's age says nothing, except in lists of what is new."""
    explore: Mapping[Kind, Part] = field(default_factory=lambda: {"new": 0.1})
    """By kind of list: the part of its places that go to a product drawn from the next best, so that what nobody could
    see can be learnt. Each place then carries its propensity, which belongs into the impression that is reported."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A request with everything the shop knows for it."""

    kind: Kind
    at: Instant
    trail: Trail
    types: NDArray[np.uint8]
    """What was done at each step of the trail, as a place in STEP_TYPES."""
    times: NDArray[np.int64]
    """The moment of each step of the trail."""
    bought: Bought
    excluded: NDArray[np.int32]
    """Rows that must not be in the answer; a row may stand here several times."""
    labels: tuple[str, ...]
    """The labels that have counters of their own: the shopper's, then those of the request's context."""
    fusion: Fusion
    candidates: NDArray[np.int32] | None = None
    """The only rows that may be in the answer, in the caller's order."""
    likes: tuple[Like, ...] = ()
    """What the shopper said they like."""
    basket: int = 0
    """How many of the newest steps are what lies in the basket."""
    unheard: tuple[str, ...] = ()
    """Facts of the context that say nothing here, as "name=value"."""
    members: tuple[Situation, ...] = ()
    """Of a group: each one's own."""
    ruling: Ruling = NO_RULING
    """What the shop's rules say of this answer."""
    showings: Showings | None = None
    """What has been shown to everybody, where that is to be limited."""
    ages: Ages | None = None
    """When products were released, where that counts."""
    reordering: Reordering | None = None
    """Puts the first products in another order, where the release has a ranker and this kind is its."""

    def did(self, step: int) -> EventType:
        """What was done at a step of the trail."""
        return STEP_TYPES[int(self.types[step])]

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules that weigh, by what they are called in a score."""
        return {rule.source: rule for rule, _ in self.ruling.weighed}

    def fused(self, found: Mapping[str, Evidence], events: NDArray[np.floating], allowed: NDArray[np.bool_]) -> Fused:
        """Every source's entries for the allowed rows, on one scale, and what age, rules and showings add or take.

        `events`: how many events each row has.
        """
        fused = self.fusion.fuse(found, events, self.trail.rows, allowed)
        if self.reordering is not None:
            asker = Asker(self.trail, self.times, self.bought, self.at)
            fused = self.reordering.applied(fused, asker, events)
        return self.ruled(fused)

    def ruled(self, fused: Fused) -> Fused:
        """The same with what age, rules and showings add or take."""
        if self.ages is not None:
            fused = fused.scaled(FRESHNESS, self.ages.factors(fused.totals[0]))
        for rule, rows in self.ruling.weighed:
            fused = fused.weighed(rule.source, rows, rule.factor)
        return fused if self.showings is None else fused.scaled(EXPOSURE, self.showings.factors(fused.totals[0]))

    def tasting(self) -> Situation:
        """The same by taste alone, in which what was bought or looked at counts as anything else does."""
        fusion = replace(self.fusion, seen=1.0, weights={**self.fusion.weights, REPEAT: 0.0})
        return replace(self.unruled(), fusion=fusion)

    def unruled(self) -> Situation:
        """The same by taste alone."""
        return replace(self, ruling=NO_RULING, showings=None, ages=None, reordering=None)


def look(
    request: RecommendRequest,
    at: Instant,
    *,
    shelf: Shelf,
    live: Live,
    models: Models,
    rules: Rulebook,
    fusions: Mapping[Kind, Fusion],
    reorderings: Mapping[Kind, Reordering],
    config: RecommendConfig,
) -> Situation:
    """Bring together what a request rests on."""
    kind = request.chosen()
    histories = [live.history(**actor, until=request.at) for actor in _actors(request)]
    steps = _steps(request, shelf, histories, at)
    bought = _bought(histories)
    fusion = fusions[kind]
    rest = _rest_days(kind, fusion, config)
    since = int(at - config.basket_days * DAY_MS)
    lying = [row for history in histories for row in history.lying(since)]
    named = [*request.basket, *([request.product] if request.product is not None else [])]
    laid = shelf.rows(named).tolist() or lying
    out: list[NDArray[np.int32]] = []
    if request.candidates is None:
        out += [shelf.rows(named), bought.since(int(at - rest * DAY_MS))]
        out += [np.array(lying, np.int32), *(np.fromiter(history.rejected, np.int32) for history in histories)]
    if request.exclude_seen:
        out += [steps.rows, bought.products]
        out += [live.touched(**actor, until=request.at) for actor in _actors(request)]
    if kind in BY_OTHERS and kind != "complete":
        steps = _named(request, shelf, at)
    elif kind == "complete":
        steps = StepColumns.done(np.array(laid, np.int32), "cart", at) if laid else steps
    elif kind == "group":
        steps = _NO_STEPS
    steps = steps.taken(slice(config.steps))
    labels, unheard = _labels(request, live.labels(request.shopper), models.popularity.segments)
    if kind not in BY_SEGMENT:
        unheard = [f"{name}={value}" for name, value in request.context.items()]
    return Situation(
        kind=kind,
        at=at,
        trail=Trail(steps.rows, STRENGTHS.take(steps.types)).at(steps.at),
        types=steps.types,
        times=steps.at,
        bought=bought,
        excluded=np.concatenate(out) if out else _NO_ROWS,
        labels=tuple(labels),
        unheard=tuple(unheard),
        fusion=stated(fusion, len(steps.rows)) if request.likes else fusion,
        candidates=None if request.candidates is None else shelf.rows(dict.fromkeys(request.candidates)),
        likes=request.likes,
        basket=min(len(laid), len(steps.rows)) if kind == "complete" else 0,
        ruling=rules.ruling(at, shown_in=kind),
        showings=live.showings(request.at) if request.candidates is None else None,
        reordering=reorderings.get(kind) if request.candidates is None else None,
        ages=Ages(config.freshness, shelf.released, at) if config.freshness.gain and kind not in _BY_AGE else None,
    )


def look_for_group(request: RecommendRequest, look: Callable[[RecommendRequest], Situation]) -> Situation:
    """Bring together what an answer for several people rests on. What one of them must not be shown, nobody is."""
    asker = look(request)
    alone = replace(request, group=(), kind="for-you", session=None, history=None, likes=(), context={})
    members = tuple(look(replace(alone, shopper=member)) for member in dict.fromkeys(request.group))
    excluded = np.concatenate([asker.excluded, *(member.excluded for member in members)])
    return replace(asker, members=members, excluded=excluded)


def without(situation: Situation, rows: frozenset[int]) -> Situation:
    """The same situation had these steps and purchases never happened."""
    kept = [(place, row) for place, row in enumerate(situation.trail.rows.tolist()) if row not in rows]
    same = [[place for place, _ in places] for _, places in groupby(kept, key=itemgetter(1))]  # in a row: one step
    first = [places[-1] for places in same]
    strongest = [max(reversed(places), key=lambda place: situation.trail.weights[place]) for places in same]
    times = situation.times[first]
    return replace(
        situation,
        trail=Trail(situation.trail.rows[first], situation.trail.weights[strongest]).at(times),
        types=situation.types[strongest],
        times=times,
        bought=situation.bought.without(rows),
    )


def _labels(request: RecommendRequest, own: Sequence[str], counted: Collection[str]) -> tuple[list[str], list[str]]:
    """Which labels speak, and what of the context does not: what shoppers told of themselves goes before it."""
    labels = [label for label in own if label in counted]
    if not request.context:
        return labels, []
    told = {label.partition("=")[0].casefold() for label in own}
    heard = {label.casefold() for label in labels}
    by_key = {label.casefold(): label for label in counted}
    unheard = []
    for name, value in request.context.items():
        fact = f"{name}={value}"
        if name.casefold() not in told and fact.casefold() in by_key:
            labels.append(by_key[fact.casefold()])
        elif fact.casefold() not in heard:
            unheard.append(fact)
    return labels, unheard


def _rest_days(kind: Kind, fusion: Fusion, config: RecommendConfig) -> float:
    """For how long what was bought is not recommended."""
    if kind in {"complete", "next-basket"} or (kind == "for-you" and config.rest_days is None and not fusion.rests):
        return config.basket_rest_days
    return REST_DAYS if config.rest_days is None else config.rest_days


class _Actor(TypedDict, total=False):
    """Whose history it is."""

    shopper: ShopperId
    session: SessionId


def _actors(request: RecommendRequest) -> list[_Actor]:
    """Those whose histories count."""
    if request.history is not None:
        return []
    actors: list[_Actor] = [{"shopper": request.shopper}] if request.shopper is not None else []
    return [*actors, {"session": request.session}] if request.session is not None else actors


def _bought(histories: Sequence[History]) -> Bought:
    columns = [history.bought.columns() for history in histories]
    if len(columns) < 2:
        return Bought(*columns[0]) if columns else NOTHING_BOUGHT
    return Bought.of(*map(np.concatenate, zip(*columns, strict=True)))


def _steps(request: RecommendRequest, shelf: Shelf, histories: Sequence[History], at: int) -> StepColumns:
    """Newest first. A history that a caller gives without moments is taken for a visit that goes on, a step
    every millisecond."""
    if request.history is not None:
        return StepColumns.done(shelf.rows(request.history)[::-1], "view", at)
    if len(histories) == 1:
        return histories[0].steps.columns().taken(slice(None, None, -1))
    if not histories:
        return _NO_STEPS
    merged = _joined(history.steps.columns() for history in histories)
    return merged.taken((-merged.at).argsort(kind="stable"))


def _named(request: RecommendRequest, shelf: Shelf, at: int) -> StepColumns:
    """What the request names: the product, and what is to go together with the basket as well."""
    viewed = [request.product] if request.product is not None else []
    laid = request.basket if request.chosen() == "together" else ()
    return _joined([StepColumns.done(shelf.rows(viewed), "view", at), StepColumns.done(shelf.rows(laid), "cart", at)])


def _joined(parts: Iterable[StepColumns]) -> StepColumns:
    return StepColumns(*map(np.concatenate, zip(*parts, strict=True)))
