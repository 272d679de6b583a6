"""Runs an evaluation from the stores to the numbers: split, train on the past, rank, judge."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.errors import NotReady
from daogou.domain.ids import Instant
from daogou.evaluation.offline.baskets import Baskets, baskets
from daogou.evaluation.offline.beyond import Nature
from daogou.evaluation.offline.engine import Engine
from daogou.evaluation.offline.examples import Example, examples
from daogou.evaluation.offline.judging import Measured, judge, targets_of
from daogou.evaluation.offline.logged import Logged, logged
from daogou.evaluation.offline.past import Unfolding, past_of
from daogou.evaluation.offline.questions import Question, questions
from daogou.evaluation.offline.satisfaction import Satisfaction, satisfaction
from daogou.evaluation.offline.splits import READ, Split, SplitName, leave_one_out, next_step, only, time_split
from daogou.evaluation.offline.systems import OURS, Counts, Ranked, System, baselines
from daogou.recommend.config import RecommendConfig
from daogou.training.releases import Release, Releases
from daogou.training.train import train

if TYPE_CHECKING:
    from daogou.evaluation.simulator.truth import Truth
    from daogou.ports.stores import EventColumns, Stores
    from daogou.training.config import TrainingConfig
    from daogou.training.run import Progress

Tell = Callable[[str, float], None]
ENOUGH = 20
"""Shoppers with something to find, below which the numbers would say nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be measured, with the values we would run ourselves."""

    split: SplitName = "time"
    share: float = 0.2
    """Part of the events, the newest, that come after the moment of a split by time or by steps."""
    at: Instant | None = None
    """This moment, in place of `share`."""
    shoppers: int = 2_000
    """At most so many are asked about, drawn with the seed: intervals shrink little beyond."""
    ks: tuple[int, ...] = (10, 20)
    """Lengths of lists; slices, tests and everything beyond accuracy use the first."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was measured."""

    plan: Plan
    moment: Instant
    """The end of the past; of a leave-one-out split the newest one."""
    products: int
    past_events: int
    future_events: int
    tables: tuple[Measured, ...]
    """New products first, then all products with what was seen before."""
    fit_s: Mapping[str, float]
    """CPU seconds of each system's fit, where it was timed."""
    answer_ms: float
    """CPU milliseconds of one answer of the shop with its reasons."""
    satisfaction: Satisfaction
    baskets: Baskets | None
    logged: Logged
    examples: tuple[Example, ...]
    code: str
    """The version of Daogou."""
    data: str
    """Hash of the products and of the past, as in the manifest of a release."""
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Components that were not trained, each with the reason."""


def evaluate(
    stores: Stores,
    folder: Path,
    *,
    config: TrainingConfig,
    answers: RecommendConfig | None = None,
    plan: Plan | None = None,
    truth: Truth | None = None,
    tell: Tell = lambda step, done: None,
) -> Evaluation:
    """Evaluate a shop. Trains a release in `folder`, which must be empty; the stores are only read. `answers`: how the
    shop arranges its lists.

    Raises NotReady where too little is on record to say anything.
    """
    plan = plan or Plan()
    columns = stores.events.columns(READ)
    split = _split(columns, plan)
    _check(split)
    past = past_of(stores, split)
    release, seconds = _trained(past, folder, config, tell)
    engine = Engine(
        release,
        past,
        config=answers or RecommendConfig(),
        seconds=seconds,
        tell=lambda what, done: tell(f"ranking {what}", done),
        later=None if split.trained is None else Unfolding(columns),
    )
    shelf = engine.shelf
    row = {str(id): place for id, place in shelf.row.items()}
    asked = questions(split, row, shelf.available, limit=plan.shoppers, seed=plan.seed)
    fresh = [question for question in asked if len(question.new)]
    if len(fresh) < ENOUGH:
        raise NotReady(_too_little(len(fresh), split))
    known = only(columns, split.past)
    counts = Counts.of(known, row, shelf.available)
    nature = Nature.of(shelf.products, counts.reach(), len(counts.actor))
    told = only(columns, split.told)
    systems: list[System] = [engine, *baselines(counts, Counts.of(told, row, shelf.available), seed=plan.seed)]
    new_lists = _ranked(systems, fresh, seen=False)
    all_lists = _ranked(systems, asked, seen=True)
    bought = Counts.of(told, row, shelf.available, ("purchase",))
    again = baskets(engine, asked, bought, seed=plan.seed)
    tell("judging", 0.0)
    tables = _judged(new_lists, fresh, nature, plan, seen=False), _judged(all_lists, asked, nature, plan, seen=True)
    found = Evaluation(
        plan=plan,
        moment=split.moment,
        products=len(shelf),
        past_events=int(split.past.sum()),
        future_events=int((~split.past).sum()),
        tables=tables,
        fit_s={name: s for system in systems for name, s in system.fit_s.items() if name in all_lists},
        answer_ms=engine.answer_ms,
        satisfaction=satisfaction(new_lists, fresh, shelf.ids, ours=OURS, truth=truth, k=plan.ks[0], seed=plan.seed),
        baskets=again,
        logged=logged(stores.events, engine, split, counts),
        examples=examples(engine, new_lists, fresh, seed=plan.seed),
        code=release.manifest.code,
        data=release.manifest.data_hash,
        skipped=release.manifest.skipped,
    )
    tell("judging", 1.0)
    return found


def _split(columns: EventColumns, plan: Plan) -> Split:
    match plan.split:
        case "time":
            return time_split(columns, share=plan.share, at=plan.at)
        case "next-step":
            return next_step(columns, share=plan.share, at=plan.at, seed=plan.seed)
        case "leave-one-out":
            return leave_one_out(columns)


def _trained(past: Stores, folder: Path, config: TrainingConfig, tell: Tell) -> tuple[Release, float]:
    """A release of the past, and the CPU seconds it took; active in `folder` alone."""

    def progress(seen: Progress) -> None:
        tell("training on the past", seen.done / seen.total)

    started = time.process_time()
    release = train(past, Releases(folder), config=config, progress=progress)
    tell("training on the past", 1.0)
    return release, time.process_time() - started


def _ranked(systems: Sequence[System], asked: Sequence[Question], *, seen: bool) -> dict[str, Ranked]:
    return {name: ranked for system in systems for name, ranked in system.rank(asked, seen=seen).items()}


def _judged(
    rankings: Mapping[str, Ranked], asked: Sequence[Question], nature: Nature, plan: Plan, *, seen: bool
) -> Measured:
    return judge(
        "all products" if seen else "new products",
        rankings,
        asked,
        nature,
        targets=targets_of(asked, seen=seen),
        ours=OURS,
        usual=rankings["most popular"],
        ks=plan.ks,
        seed=plan.seed,
    )


def _check(split: Split) -> None:
    past = split.past
    if not past.any():
        raise NotReady(_no_past(split))
    future = np.unique(split.columns.shopper[~split.known])
    if len(future) < ENOUGH:
        raise NotReady(_too_little(len(future), split))


def _no_past(split: Split) -> str:
    n = len(split.columns.at)
    if not n:
        return "nothing on record to evaluate: no shopper did anything yet. Import events or orders (`daogou import`)"
    first, last = (
        datetime.fromtimestamp(int(at) / 1000, UTC).strftime("%Y-%m-%d %H:%M")
        for at in (split.columns.at.min(), split.columns.at.max())
    )
    return (
        f"no past to learn from: of {n} events, from {first} to {last} UTC, none lies before the split. Do all have "
        "the moment of the import in place of their own? Import them with the moment they happened at"
    )


def _too_little(n: int, split: Split) -> str:
    said = f"too little on record to evaluate: {n} shoppers "
    if split.name == "leave-one-out":
        return (
            f"{said}turned to at least three products, and at least {ENOUGH} are needed. Import more events or orders "
            "(`daogou import`)"
        )
    return (
        f"{said}did something after the split that can be compared, and at least {ENOUGH} are needed. Import events or "
        "orders (`daogou import`), or hold out more with --share"
    )
