"""Turns the shop's facts into a release: fit, choose on held-back steps, fit again on everything, write, activate."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daogou.domain.errors import BadRequest
from daogou.domain.ids import Instant
from daogou.retrieval.evidence import NO_CAUSE, Evidence
from daogou.retrieval.fusion import Chosen
from daogou.retrieval.repeat import Repeat
from daogou.training import data as facts
from daogou.training.config import TrainingConfig
from daogou.training.recipes import content, fusion, hybrid, popularity, sequential, together
from daogou.training.releases import Manifest, Release, Releases
from daogou.training.validation import cases
from daogou.version import __version__

if TYPE_CHECKING:
    from daogou.domain.product import Product
    from daogou.features.history import Sequences
    from daogou.ports.index import LexicalIndex
    from daogou.ports.stores import Stores
    from daogou.retrieval.content import ContentKnn
    from daogou.retrieval.neighbours import Neighbours
    from daogou.retrieval.popularity import Popularity
    from daogou.retrieval.sequential import SequentialKnn

RECIPES = ("popularity", "sequential", "content", "hybrid", "together", "fusion", "lexical")
COUNTERS = frozenset({"popularity", "sequential"})
"""Recipes whose counters live events move; they are rebuilt together, so that no event counts twice or never."""

IndexFactory = Callable[[Iterable["Product"]], "LexicalIndex"]
"""Builds and commits a full-text index over the products."""
Artifact = Callable[[Path], Mapping[str, float]]
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

    def step(self, name: str) -> None:
        """Begin a step."""
        if self.report is not None:
            self.report(Progress(name, self.done, self.total))
        self.done += 1


def train(
    stores: Stores,
    releases: Releases,
    *,
    config: TrainingConfig | None = None,
    index_factory: IndexFactory | None = None,
    progress: Callable[[Progress], None] | None = None,
    only: Collection[str] = (),
    extra_artifacts: Mapping[str, Artifact] | None = None,
    now: Callable[[], Instant] = lambda: Instant(time.time_ns() // 1_000_000),
) -> Release:
    """Make a release and activate it.

    `only` names the recipes to run; the other artifacts are taken from the active release. Raises BadRequest for an
    unknown recipe, or where there is no active release to take the rest from.
    """
    config = config or TrainingConfig()
    extra_artifacts = extra_artifacts or {}
    wanted = _wanted(only, [*RECIPES, *extra_artifacts])
    before = releases.active() if only else None
    if only and before is None:
        raise BadRequest("no active release to take the other artifacts from: train without --only first")
    started, created = time.perf_counter(), now()
    run = _Run(total=9 + len(extra_artifacts), report=progress)
    run.step("read")
    read = facts.read(stores)
    id = _new_id(created, read.hash, {manifest.id for manifest in releases.list()})
    with releases.writer(id) as draft:
        _fit_and_save(read, config, wanted, draft.folder, run)
        run.step("lexical")
        if "lexical" in wanted and index_factory is not None:
            index_factory(read.products).save(_made(draft.folder / "lexical"))
        for name, write in extra_artifacts.items():
            run.step(name)
            if name in wanted:
                found = write(_made(draft.folder / name))
                run.metrics |= {f"{name}.{key}": value for key, value in found.items()}
        (draft.folder / "items.json").write_bytes(msgspec.json.encode([product.id for product in read.products]))
        last_seq = read.last_seq
        if before is not None:
            _take_over(before, draft.folder)
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
    read: facts.TrainingData, config: TrainingConfig, wanted: Collection[str], folder: Path, run: _Run
) -> None:
    """Run the wanted recipes. Choices are made on components that have not seen the held-back steps."""
    by_words = None
    run.step("content")
    if {"content", "hybrid", "fusion"} & set(wanted):
        by_words = content.fit(read.products, config)
    steps, held = read.steps.newest_left_out()
    choosing = {"hybrid", "fusion"} & set(wanted)
    run.step("held-back fit")
    fitted = _fit_behaviour(steps, read, config, wanted) if choosing or not config.refit else None
    if fitted is not None and by_words is not None and choosing:
        run.step("choose")
        chosen, alpha = _choose(fitted, by_words, read, held, config)
        run.metrics |= {"ndcg@10": chosen.ndcg, "recall@10": chosen.recall, "alpha": alpha}
    run.step("fit")
    if fitted is None or config.refit:
        fitted = _fit_behaviour(read.steps, read, config, wanted)
    if "sequential" in wanted:
        fitted.sequential.save(_made(folder / "sequential"))
    if "popularity" in wanted:
        fitted.popularity.save(_made(folder / "popularity"))
    if by_words is not None and "content" in wanted:
        by_words.save(_made(folder / "content"))
    run.step("hybrid")
    if by_words is not None and "hybrid" in wanted:
        hybrid.mix(fitted.behaviour, by_words.table, alpha, config).save(_made(folder / "hybrid"))
    if "fusion" in wanted:
        Repeat(config.repeat).save(folder / "repeat")
        (_made(folder / "fusion") / "fusion.json").write_bytes(msgspec.json.encode(chosen.fusion))
    run.step("together")
    if "together" in wanted:
        together.fit(read.lines, read.n, config).save(_made(folder / "together"))
    run.metrics |= {"products": read.n, "steps": len(read.steps), "purchases": len(read.lines.row)}


def _fit_behaviour(
    steps: Sequences, read: facts.TrainingData, config: TrainingConfig, wanted: Collection[str]
) -> _Behaviour:
    return _Behaviour(
        sequential.fit(steps, read.n, config),
        popularity.fit(steps, read.n, read.labels, config),
        hybrid.fit_behaviour(steps, read.n, config),
    )


def _choose(
    fitted: _Behaviour, by_words: ContentKnn, read: facts.TrainingData, held: np.ndarray, config: TrainingConfig
) -> tuple[Chosen, float]:
    questions = cases(read.steps, held, limit=config.validation_shoppers, seed=config.seed)
    alpha = hybrid.choose_alpha(fitted.behaviour, by_words.table, questions, config)
    pool = fitted.popularity.popular.pool()
    popular = Evidence(pool.rows, pool.scores, np.full(len(pool), NO_CAUSE, np.int32))
    sources: dict[str, fusion.Source] = {"sequential": fitted.sequential, "content": by_words}
    return fusion.fit(sources, popular, questions, config), alpha


def _wanted(only: Collection[str], known: Collection[str]) -> frozenset[str]:
    for name in only:
        if name not in known:
            raise BadRequest(f"no recipe {name!r}; there are: {', '.join(known)}", where=name)
    wanted = frozenset(only or known)
    return wanted | COUNTERS if wanted & COUNTERS else wanted


def _take_over(before: Release, folder: Path) -> None:
    """Copy the artifacts of the active release that were not made anew."""
    for path in sorted(before.folder.iterdir()):
        if path.is_dir() and not (folder / path.name).exists():
            shutil.copytree(path, folder / path.name)


def _new_id(created: Instant, data_hash: str, taken: Collection[str]) -> str:
    """A name that sorts by time: 20260131-235959-1a2b3c."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(created / 1000))
    name = f"{stamp}-{data_hash[:6]}"
    return next(id for id in (name, *(f"{name}-{n}" for n in range(2, len(taken) + 3))) if id not in taken)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
