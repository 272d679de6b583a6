"""Turns the shop's facts into a release: fit, choose on held-back steps, fit again on everything, write, activate."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from daogou.domain.errors import BadRequest, CorruptRelease
from daogou.domain.ids import Instant, current_instant
from daogou.training import data as facts
from daogou.training import retrievers
from daogou.training.config import TrainingConfig
from daogou.training.fitting import Fitting
from daogou.training.lesson import Encode, Skip
from daogou.training.releases import Manifest, Release, Releases
from daogou.training.run import Progress, Run
from daogou.version import __version__

if TYPE_CHECKING:
    from daogou.domain.product import Product
    from daogou.ports.index import LexicalIndex
    from daogou.ports.stores import Stores

FITTED = (
    "popularity", "sequential", "content", "hybrid", "together", *retrievers.TABLE, "fusion", "chance", "ranking",
    "habits", "sated", "completing",
)  # fmt: skip
RECIPES = (*FITTED, "lexical")
COUNTERS = frozenset({"popularity", "sequential"})
"""Recipes whose counters live events move; they are rebuilt together, so that no event counts twice or never."""
ORDER = frozenset({"fusion", "chance", "ranking", "habits", "sated", "completing"})
"""Likewise: what the rankers correct and chances rest on is the order of this fusion, and of repeats as it has them,
and no other."""

IndexFactory = Callable[[Iterable["Product"]], "LexicalIndex"]
"""Builds and commits a full-text index over the products."""
Artifact = Callable[[Path, Sequence["Product"]], Mapping[str, float]]
"""Writes an artifact into a folder and returns its metrics."""


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
    run = Run(total=12 + len(retrievers.TABLE) + len(extra_artifacts), report=progress)
    run.step("read")
    with run.spending("read"):
        read = facts.read(stores, by_looks=config.exposure.enabled)
    run.metrics |= {"products": read.n, "steps": len(read.steps), "purchases": len(read.lines.row)}
    id = _new_id(created, read.hash, releases.names())
    with releases.writer(id) as draft:
        on_read(read.products)
        if wanted.intersection(FITTED):
            Fitting(read, config, wanted, draft.folder, run).fit_and_save(encode)
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


def _written(name: str, write: Artifact, folder: Path, products: Sequence[Product], run: Run) -> dict[str, float]:
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


def _take_over(before: Release, folder: Path, wanted: Collection[str], run: Run) -> None:
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
