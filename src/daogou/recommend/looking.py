"""Brings together what a request rests on: histories, labels, rules, and how sources are weighed for its kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from daogou.domain.ids import DAY_MS
from daogou.features.history import STRENGTHS, History, StepColumns
from daogou.recommend.freshness import Ages
from daogou.recommend.fusions import BASKETS, BY_OTHERS, BY_SEGMENT, stated
from daogou.recommend.situation import Situation
from daogou.retrieval.evidence import Trail
from daogou.retrieval.repeat import BASKET_REST_DAYS, NOTHING_BOUGHT, OWNED_DAYS, REST_DAYS, Bought

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.ids import Instant, SessionId, ShopperId
    from daogou.domain.kinds import Kind
    from daogou.recommend.config import RecommendConfig
    from daogou.recommend.live import Live
    from daogou.recommend.models import Models
    from daogou.recommend.ranking import Reordering
    from daogou.recommend.request import RecommendRequest
    from daogou.retrieval.fusion import Fusion
    from daogou.retrieval.repeat import Repeat
    from daogou.retrieval.rules import Rulebook
    from daogou.retrieval.shelf import Shelf

_NO_ROWS: NDArray[np.int32] = np.empty(0, np.int32)
_NO_STEPS = StepColumns.done(_NO_ROWS, "view", 0)
_BY_AGE = {"new", "next-basket"}
"""Kinds whose order rests on age already, or whose point is to repeat."""


def look(
    request: RecommendRequest,
    at: Instant,
    *,
    shelf: Shelf,
    live: Live,
    models: Models,
    rules: Rulebook,
    fusions: Mapping[tuple[Kind, bool], Fusion],
    reorderings: Mapping[Kind, Sequence[Reordering]],
    config: RecommendConfig,
) -> Situation:
    """Bring together what a request rests on."""
    kind = request.chosen()
    actors = _actors(request)
    histories = [live.history(**actor, until=request.at) for actor in actors]
    steps = _steps(request, shelf, histories, at)
    bought = _bought(histories)
    fusion = fusions[kind, _back(steps, at)]
    rest = _rest_days(kind, fusion, config)
    since = int(at - config.basket_days * DAY_MS)
    lying = [row for history in histories for row in history.lying(since)]
    named = [*request.basket, *([request.product] if request.product is not None else [])]
    laid = shelf.rows(named).tolist() or lying
    out: list[NDArray[np.int32]] = []
    if request.candidates is None:
        out += [shelf.rows(named), bought.since(int(at - rest * DAY_MS))]
        if config.rest_days is None and fusion.rests and kind not in BASKETS:
            out.append(_owned(bought, at, models.repeat))
        out += [np.array(lying, np.int32), *(np.fromiter(history.rejected, np.int32) for history in histories)]
    if request.exclude_seen:
        out += [steps.rows, bought.products]
        remembered = zip(histories, actors, strict=True)
        out += [live.touched(history, **actor, until=request.at) for history, actor in remembered]
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
        reorderings=reorderings.get(kind, ()) if request.candidates is None and (laid or kind != "complete") else (),
        ages=Ages(config.freshness, shelf.released, at) if config.freshness.gain and kind not in _BY_AGE else None,
    )


def _back(steps: StepColumns, at: Instant) -> bool:
    """Does somebody come back, whose last step was not in this visit?"""
    return bool(len(steps.at)) and int(at - steps.at[0]) > BASKET_REST_DAYS * DAY_MS


def look_for_group(request: RecommendRequest, look: Callable[[RecommendRequest], Situation]) -> Situation:
    """Bring together what an answer for several people rests on. What one of them must not be shown, nobody is."""
    asker = look(request)
    alone = replace(request, group=(), kind="for-you", session=None, history=None, likes=(), context={})
    members = tuple(look(replace(alone, shopper=member)) for member in dict.fromkeys(request.group))
    excluded = np.concatenate([asker.excluded, *(member.excluded for member in members)])
    return replace(asker, members=members, excluded=excluded)


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


def _owned(bought: Bought, at: Instant, repeat: Repeat) -> NDArray[np.int32]:
    """What was bought in the last year and fewer buy again than is usual here: a chair, where creams are sold too."""
    rows = bought.since(int(at - OWNED_DAYS * DAY_MS))
    return rows.compress(repeat.rates(rows) < 1)


def _rest_days(kind: Kind, fusion: Fusion, config: RecommendConfig) -> float:
    """For how long what was bought is not recommended."""
    if kind in BASKETS or (kind == "for-you" and config.rest_days is None and not fusion.rests):
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
