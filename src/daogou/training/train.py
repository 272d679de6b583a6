"""Turns the shop's facts into a release: fit, choose on held-back steps, fit again on everything, write, activate."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daogou.domain.errors import BadRequest, CorruptRelease
from daogou.domain.ids import Instant, current_instant
from daogou.retrieval.chance import APART
from daogou.training import data as facts
from daogou.training import retrievers
from daogou.training.config import TrainingConfig
from daogou.training.lesson import Encode, Lesson, Skip
from daogou.training.recipes import (
    chance,
    content,
    fusion,
    habits,
    hybrid,
    popularity,
    ranking,
    repeat,
    sequential,
    together,
)
from daogou.training.releases import Manifest, Release, Releases
from daogou.training.validation import Case, cases
from daogou.version import __version__

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.features.history import Sequences
    from daogou.features.trust import Trust
    from daogou.ports.index import LexicalIndex
    from daogou.ports.stores import Stores
    from daogou.retrieval.content import ContentKnn
    from daogou.retrieval.neighbours import Neighbours
    from daogou.retrieval.popularity import Popularity
    from daogou.retrieval.repeat import Repeat
    from daogou.retrieval.retriever import Retriever
    from daogou.retrieval.sequential import SequentialKnn

RECIPES = (
    "popularity", "sequential", "content", "hybrid", "together", *retrievers.TABLE, "fusion", "chance", "ranking",
    "habits", "lexical",
)  # fmt: skip
COUNTERS = frozenset({"popularity", "sequential"})
"""Recipes whose counters live events move; they are rebuilt together, so that no event counts twice or never."""
ORDER = frozenset({"fusion", "chance", "ranking", "habits"})
"""Likewise: what the rankers correct and chances rest on is the order of this fusion, and of repeats as it has them,
and no other."""

IndexFactory = Callable[[Iterable["Product"]], "LexicalIndex"]
"""Builds and commits a full-text index over the products."""
Artifact = Callable[[Path, Sequence["Product"]], Mapping[str, float]]
"""Writes an artifact into a folder and returns its metrics."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training has come."""

    step: str
    done: int
    total: int


@dataclass
class _Run:
    """Reports steps and collects metrics."""

    total: int
    report: Callable[[Progress], None] | None
    done: int = 0
    metrics: dict[str, float] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def step(self, name: str) -> None:
        """Begin a step."""
        self.tell(name)
        self.done += 1

    def tell(self, name: str) -> None:
        """Say more of the step that has begun."""
        if self.report is not None:
            self.report(Progress(name, self.done, self.total))

    @contextmanager
    def spending(self, part: str) -> Iterator[None]:
        """Add the processor seconds of a block to the metric of its part."""
        cpu = time.process_time()
        yield
        key = f"cpu_s.{part}"
        self.metrics[key] = round(self.metrics.get(key, 0.0) + time.process_time() - cpu, 3)

    @contextmanager
    def trying(self, name: str) -> Iterator[None]:
        """Spend a block on a component that is left out of the release, with the reason, where it raises Skip."""
        try:
            with self.spending(name):
                yield
        except Skip as skip:
            self.skip(name, str(skip))

    def skip(self, name: str, reason: str) -> None:
        """Record and say that a component is not part of the release."""
        self.skipped[name] = reason
        self.metrics[f"{name}.skipped"] = 1.0
        self.tell(f"{name} skipped: {reason}")


def train(
    stores: Stores,
    releases: Releases,
    *,
    config: TrainingConfig | None = None,
    index_factory: IndexFactory | None = None,
    progress: Callable[[Progress], None] | None = None,
    only: Collection[str] = (),
    extra_artifacts: Mapping[str, Artifact] | None = None,
    on_read: Callable[[Sequence[Product]], None] = lambda products: None,
    encode: Encode | None = None,
    now: Callable[[], Instant] = current_instant,
) -> Release:
    """Make a release and activate it.

    `only` names the recipes to run; the other artifacts are taken from the active release. `on_read` is given the
    products before any recipe runs; `encode` makes vectors of them, where a text encoder is set. Raises BadRequest for
    an unknown recipe, or where there is no active release to take the rest from; CorruptRelease where that is damaged.
    """
    config = config or TrainingConfig()
    extra_artifacts = extra_artifacts or {}
    wanted = _wanted(only, [*RECIPES, *extra_artifacts])
    before = _active(releases) if only else None
    started, created = time.perf_counter(), now()
    run = _Run(total=12 + len(retrievers.TABLE) + len(extra_artifacts), report=progress)
    run.step("read")
    with run.spending("read"):
        read = facts.read(stores, by_looks=config.exposure.enabled)
    id = _new_id(created, read.hash, releases.names())
    with releases.writer(id) as draft:
        on_read(read.products)
        _fit_and_save(read, config, wanted, draft.folder, run, encode=encode)
        run.step("lexical")
        if "lexical" in wanted and index_factory is not None:
            with run.spending("lexical"):
                index_factory(read.products).save(_made(draft.folder / "lexical"))
        for name, write in extra_artifacts.items():
            run.step(name)
            if name in wanted:
                with run.spending(name):
                    run.metrics |= _written(name, write, _made(draft.folder / name), read.products, run)
        (draft.folder / "items.json").write_bytes(msgspec.json.encode([product.id for product in read.products]))
        last_seq = read.last_seq
        if before is not None:
            _take_over(before, draft.folder, wanted, run)
            last_seq = read.last_seq if wanted >= COUNTERS else before.manifest.last_seq
        run.step("write")
        manifest = Manifest(
            id=id,
            created=created,
            code=__version__,
            data_hash=read.hash,
            last_seq=last_seq,
            seconds=round(time.perf_counter() - started, 3),
            config=msgspec.to_builtins(config),
            metrics=run.metrics,
            skipped=run.skipped,
        )
        releases.finish(draft, manifest)
    return releases.activate(id)


@dataclass(frozen=True, slots=True)
class _Behaviour:
    """The components that are learnt from steps."""

    sequential: SequentialKnn
    popularity: Popularity
    behaviour: Neighbours


def _fit_and_save(
    read: facts.TrainingData,
    config: TrainingConfig,
    wanted: Collection[str],
    folder: Path,
    run: _Run,
    *,
    encode: Encode | None,
) -> None:
    """Run the wanted recipes. Choices are made on components that have not seen the held-back steps."""
    further = [name for name in retrievers.TABLE if {name, "fusion"} & set(wanted)]
    by_words = None
    with run.spending("trust"):
        trusted = together.trust(read.lines, config)
    steps, held = read.steps.newest_left_out()
    run.step("content")
    if further or {"content", "hybrid", "fusion"} & set(wanted):
        with run.spending("content"):
            by_words = content.fit(read.products, steps, config)
    choosing = {"hybrid", "fusion"} & set(wanted)
    run.step("held-back fit")
    learning = choosing or further or not config.refit
    fitted, whole, questions = _fit_held_back(steps, held, read, config, run, trusted=trusted, learning=bool(learning))
    firsts = [case for case in questions if not case.again]
    learnt: dict[str, Retriever] = {}
    if by_words is not None:
        learnt = _fit_further(further, Lesson(steps, read, by_words, firsts, None, config, run.tell, encode), run)
    if fitted is not None and by_words is not None and choosing:
        run.step("choose")
        with run.spending("weights"):
            again = repeat.fit_steps(steps, read.n, config)
        order = folder / "fusion" if "fusion" in wanted else None
        alpha = _choose(
            fitted, learnt, by_words, questions, again=again, read=read, config=config, run=run, folder=order
        )
    run.step("fit")
    if fitted is None or config.refit:
        fitted = _fit_behaviour(whole, read.steps, read, config, run, trusted=trusted)
    for name, retriever in learnt.items():
        if name in wanted and by_words is not None:
            everything = Lesson(read.steps, read, by_words, (), retriever, config, run.tell)
            with run.spending(name):
                _refitted(name, retriever, everything).save(_made(folder / name))
    if "sequential" in wanted:
        fitted.sequential.save(_made(folder / "sequential"))
    if "popularity" in wanted:
        fitted.popularity.save(_made(folder / "popularity"))
    if by_words is not None and "content" in wanted:
        by_words.save(_made(folder / "content"))
    run.step("hybrid")
    if by_words is not None and "hybrid" in wanted:
        with run.spending("hybrid"):
            hybrid.mix(fitted.behaviour, by_words.table, alpha, config).save(_made(folder / "hybrid"))
    run.step("habits")
    if "fusion" in wanted:
        _know_repeats(read, config, run, folder)
    run.step("together")
    if "together" in wanted:
        with run.spending("together"):
            run.metrics |= _go_together(read, trusted, config, _made(folder / "together"))
    run.metrics |= {"products": read.n, "steps": len(read.steps), "purchases": len(read.lines.row)}


def _know_repeats(read: facts.TrainingData, config: TrainingConfig, run: _Run, folder: Path) -> None:
    """Write how readily products are bought again, and the ranker of what somebody buys again where there is one."""
    with run.spending("repeat"):
        repeat.fit(read.lines, read.n, config).save(folder / "repeat")
    with run.trying("habits"):
        ranker, gained = habits.fit(read.steps, read.products, config=config)
        ranker.save(_made(folder / "fusion" / "habits"))
        run.metrics |= gained


def _go_together(read: facts.TrainingData, trusted: Trust, config: TrainingConfig, folder: Path) -> dict[str, float]:
    """Write what goes together by the acts of others; returns the part of the steps that counts there, and how many
    accounts were set aside."""
    together.fit(read.lines, read.n, config, trusted=trusted).save(folder)
    heard = together.hear(read.steps, read.n, config, trusted=trusted)
    together.follow(read.steps, heard, read.n, config).save(_made(folder / "followed"))
    heard_part = float(heard.counted.mean()) if len(read.steps) else 1.0
    return {"together.believed": heard_part, "together.set_aside": float(trusted.aside.sum())}


def _fit_held_back(
    steps: Sequences,
    held: NDArray[np.int64],
    read: facts.TrainingData,
    config: TrainingConfig,
    run: _Run,
    *,
    trusted: Trust,
    learning: bool,
) -> tuple[_Behaviour | None, SequentialKnn, list[Case]]:
    """Where there is something to choose, what has not seen the held-back steps and the questions they make; and the
    pair counts of all steps, which are counted along with those."""
    if not learning:
        with run.spending("sequential"):
            return None, sequential.fit(read.steps, read.n, config), []
    questions = cases(read.steps, held, limit=config.validation_shoppers, seed=config.seed)
    with run.spending("sequential"):
        without, whole = sequential.fit_both(read.steps, held, read.n, config)
    only = hybrid.asked(questions) if config.refit else None
    return _fit_behaviour(without, steps, read, config, run, trusted=trusted, only=only), whole, questions


def _fit_behaviour(
    followed: SequentialKnn,
    steps: Sequences,
    read: facts.TrainingData,
    config: TrainingConfig,
    run: _Run,
    *,
    trusted: Trust,
    only: NDArray[np.int64] | None = None,
) -> _Behaviour:
    with run.spending("popularity"):
        counted = popularity.fit(steps, read.n, read.labels, config)
    with run.spending("hybrid"):
        heard = together.hear(steps, read.n, config, trusted=trusted)
        return _Behaviour(followed, counted, together.resemble(steps, heard, read.n, config, only=only))


def _fit_further(names: Iterable[str], lesson: Lesson, run: _Run) -> dict[str, Retriever]:
    """Fit the components of the table; what cannot be is skipped with its reason."""
    learnt: dict[str, Retriever] = {}
    for name in names:
        run.step(name)
        with run.spending(name):
            found = retrievers.fit(name, lesson)
        if isinstance(found, str):
            run.skip(name, found)
        else:
            learnt[name] = found
            run.metrics[f"{name}.cpu_s"] = run.metrics[f"cpu_s.{name}"]
    return learnt


def _refitted(name: str, held_back: Retriever, everything: Lesson) -> Retriever:
    if not everything.config.refit:
        return held_back
    found = retrievers.fit(name, everything)
    return held_back if isinstance(found, str) else found


def _choose(
    fitted: _Behaviour,
    learnt: Mapping[str, Retriever],
    by_words: ContentKnn,
    questions: Sequence[Case],
    *,
    again: Repeat,
    read: facts.TrainingData,
    config: TrainingConfig,
    run: _Run,
    folder: Path | None,
) -> float:
    """Choose the mixture and the weights of all sources; returns the former's alpha. The fusion, and the ranker that
    corrects it where there is one, are written into the folder."""
    firsts = [case for case in questions if not case.again]
    sources: dict[str, fusion.Source] = {
        "sequential": fitted.sequential, "content": by_words, "popularity": fitted.popularity, **learnt,
    }  # fmt: skip
    events = fitted.sequential.degree
    with run.spending("weights"):
        alpha = hybrid.choose_alpha(fitted.behaviour, by_words.table, firsts, config)
        chosen, pool = fusion.fit(sources, questions, repeat=again, events=events, config=config)
    run.metrics |= {"ndcg@10": chosen.ndcg, "recall@10": chosen.recall, "alpha": alpha}
    run.step("chance")
    if folder is not None:
        chosen.fusion.save(_made(folder))
        known = chance.Known(
            {name: source for name, source in sources.items() if name not in APART},
            chosen.fusion,
            again,
            fitted.popularity,
            events,
            read.n,
        )
        with run.trying("chance"):
            chance.fit(known, questions, config=config.chance, seed=config.seed).save(folder)
    run.step("ranking")
    if folder is not None:
        held = ranking.HeldBack(pool, chosen.fusion, questions, read.products, events)
        with run.trying("ranking"):
            ranker, gained = ranking.fit(held, config=config.ranking, seed=config.seed)
            ranker.save(folder / "ranking")
            run.metrics |= gained
    return alpha


def _written(name: str, write: Artifact, folder: Path, products: Sequence[Product], run: _Run) -> dict[str, float]:
    """Write an artifact; returns its metrics. One that skips may leave what the active release had in the folder."""
    try:
        return {f"{name}.{key}": value for key, value in write(folder, products).items()}
    except Skip as skip:
        run.skip(name, str(skip))
        if not any(folder.iterdir()):
            folder.rmdir()
        return {}


def _wanted(only: Collection[str], known: Collection[str]) -> frozenset[str]:
    for name in only:
        if name not in known:
            raise BadRequest(f"no recipe {name!r}; there are: {', '.join(known)}", where=name)
    wanted = frozenset(only or known)
    return wanted.union(*(group for group in (COUNTERS, ORDER) if wanted & group))


def _active(releases: Releases) -> Release:
    """The release to take artifacts from."""
    try:
        found = releases.active()
    except CorruptRelease as error:
        raise CorruptRelease(f"{error}; train without --only, which takes nothing from it", where=error.where) from None
    if found is None:
        raise BadRequest("no active release to take the other artifacts from: train without --only first")
    return found


def _take_over(before: Release, folder: Path, wanted: Collection[str], run: _Run) -> None:
    """Copy the artifacts of the active release that were not made anew, with what was measured of them and why others
    are not there."""
    for path in sorted(before.folder.iterdir()):
        if path.is_dir() and not (folder / path.name).exists():
            shutil.copytree(path, folder / path.name)
    kept = {name: value for name, value in before.manifest.metrics.items() if _about(name) not in wanted}
    run.metrics = kept | run.metrics
    run.skipped = {name: why for name, why in before.manifest.skipped.items() if name not in wanted} | run.skipped


def _about(metric: str) -> str:
    """The recipe that a metric is about; what a training spent on a part is about that part."""
    first, _, rest = metric.partition(".")
    return rest if first == "cpu_s" else first


def _new_id(created: Instant, data_hash: str, taken: Collection[str]) -> str:
    """A name that sorts by time: 20260131-235959-1a2b3c."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(created / 1000))
    name = f"{stamp}-{data_hash[:6]}"
    return next(id for id in (name, *(f"{name}-{n}" for n in range(2, len(taken) + 3))) if id not in taken)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
