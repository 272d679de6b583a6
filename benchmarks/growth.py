"""How cost grows with the size of a shop: takes made shops the whole way of a store. Prints one JSON line a step.

    python benchmarks/growth.py [--sizes 10000x1000000 100000x1000000 100000x10000000] [--folder DIR] [--evaluate 0]
    python benchmarks/growth.py --columns [--sizes …] [--config JSON]

A size is products x events; `benchmarks/made_shop.py` says what is made. The whole way: both files are written, `daogou
import` reads one after the other, `daogou train`, `daogou serve`, then answers of every kind over HTTP with how many of
their products state reasons, and what an event, and a product that is put, do to the next answer. --evaluate N adds
`daogou evaluate --shoppers N`. A folder that is given keeps the shops, and one that is trained there is only served.

With --columns the events are handed to training as columns, without a log: nothing is imported, and histories come with
requests; `us` is an answer of the recommender with its reasons, and seconds are of processor time.

Each step runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
from made_shop import CURRENCY, EVENTS_EACH, products, simulated, write
from whole_way import whole_way

from daogou.adapters.addresses import open_stores
from daogou.domain.event import EVENT_TYPES, EventType, Recorded
from daogou.domain.ids import Instant, ProductId
from daogou.domain.kinds import Kind
from daogou.ingest.records.kinds import KINDS
from daogou.ports.stores import EventColumns, Stores
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.shelf import Shelf
from daogou.training.config import TrainingConfig
from daogou.training.releases import Releases
from daogou.training.train import train

NOW = Instant(1_700_000_000_000)
REQUESTS = 1000
ANSWERED: tuple[Kind, ...] = ("for-you", "similar", "together", "next-basket")
REFIT = ("trust", "sequential", "popularity", "hybrid", "session_knn", "together", "repeat", "weights")
"""Parts of a training that look whom to believe, count, look for neighbours and choose the fusion."""


class Columns:
    """`ports.stores.Events` that holds nothing but columns, and nobody's history."""

    def __init__(self, n_products: int, n_events: int) -> None:
        self._size = n_products, n_events

    def columns(self, types: Sequence[EventType]) -> EventColumns:
        """All of them."""
        n_products, n_events = self._size
        events = simulated(n_products, n_events, end=NOW)
        types_of = np.array([EVENT_TYPES.index(name) for name in ("view", "cart", "purchase")], np.int8)
        return EventColumns(
            shoppers=tuple(f"s{n}" for n in range(max(10, n_events // EVENTS_EACH))),
            products=tuple(f"p{n}" for n in range(n_products)),
            types=EVENT_TYPES,
            shopper=events["shopper"].astype(np.int32),
            product=events["product"].astype(np.int32),
            type=types_of[events["type"]],
            at=events["at"],
            value=np.full(n_events, np.nan, np.float32),
            offered=np.zeros(n_events, np.bool_),
            last_seq=0,
        )

    def head(self) -> int:
        """Nothing ever happens."""
        return 0

    def of(self, **_: object) -> list[Recorded]:
        """Nobody has been here."""
        return []


def opened(size: str) -> Stores:
    """A shop whose events are columns."""
    stores, (n_products, n_events) = open_stores("memory://"), _size(size)
    decode = KINDS["product"].decode
    stores.catalogue.put((decode(said, currency=CURRENCY) for said in products(n_products)), at=NOW)
    return replace(stores, events=Columns(n_products, n_events))


def fit(stores: Stores, folder: Path, config: TrainingConfig) -> dict[str, object]:
    """Train on all of it; `by_part` is what each part took, held-back fit and final fit together."""
    cpu = time.process_time()
    release = train(stores, Releases(folder / "models"), config=config)
    spent = time.process_time() - cpu
    size = sum(path.stat().st_size for path in release.folder.rglob("*") if path.is_file())
    parts = {
        name.removeprefix("cpu_s."): seconds
        for name, seconds in release.manifest.metrics.items()
        if name.startswith("cpu_s.")
    }
    return {
        "cpu_s": round(spent, 1),
        "counts_knn_fusion_cpu_s": round(sum(parts.get(name, 0.0) for name in REFIT), 1),
        "by_part_cpu_s": {name: round(seconds, 1) for name, seconds in parts.items()},
        "release_mb": size // 2**20,
    }


def serve(stores: Stores, folder: Path) -> dict[str, object]:
    """Open and answer."""
    cpu = time.process_time()
    release = Releases(folder / "models").active()
    assert release is not None
    shelf = Shelf(release.items())
    shelf.refresh(stores.catalogue)
    recommender = Recommender(release, shelf, stores.followed, clock=lambda: NOW)
    opened = time.process_time() - cpu
    n = len(shelf)
    return {"open_cpu_s": round(opened, 2), "us": {kind: _micros(recommender, kind, n) for kind in ANSWERED}}


def _micros(recommender: Recommender, kind: Kind, n: int) -> dict[str, int]:
    """Of answers to histories of ten products that lie near one another; nothing is kept of an answer."""
    asked = [
        RecommendRequest(
            product=ProductId(f"p{place * 104_729 % n}"),
            history=tuple(ProductId(f"p{(place * 7919 * 7 + step * step) % n}") for step in range(10)),
            kind=kind,
        )
        for place in range(REQUESTS)
    ]
    found = []
    for request in asked:
        began = time.thread_time_ns()
        recommender.recommend(request)
        found.append((time.thread_time_ns() - began) / 1000)
    return {"p50": round(float(np.quantile(found, 0.5))), "p99": round(float(np.quantile(found, 0.99)))}


def measure(folder: Path, asked: argparse.Namespace, size: str) -> Iterator[tuple[str, object]]:
    """Every step in a process of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, __file__, "--sizes", size, "--folder", str(folder), "--config", asked.config, "--step"]
    if not asked.columns:
        yield from whole_way(folder, [*words, "write"], _size(size), evaluated=asked.evaluate)
        return
    for step in ("train", "serve"):
        done = subprocess.run([*words, step], check=True, stdout=subprocess.PIPE).stdout
        yield step, json.loads(done.splitlines()[-1])


def take(step: str, asked: argparse.Namespace) -> dict[str, object]:
    """One step, with its peak memory."""
    folder, size = asked.folder, asked.sizes[0]
    done: dict[str, object] = {}
    if step == "write":
        write(folder, *_size(size))
    elif step == "train":
        done = fit(opened(size), folder, msgspec.json.decode(asked.config, type=TrainingConfig))
    else:
        done = serve(opened(size), folder)
    return {**done, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def _size(size: str) -> tuple[int, int]:
    n_products, n_events = (int(number) for number in size.split("x"))
    return n_products, n_events


def _folders(asked: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    for size in asked.sizes:
        if asked.folder:
            yield size, asked.folder / size
        else:
            with tempfile.TemporaryDirectory() as scratch:
                yield size, Path(scratch)


def main() -> None:
    """Measure every size, or take one step of one."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sizes", nargs="+", default=["10000x1000000", "100000x1000000", "100000x10000000"])
    arguments.add_argument("--evaluate", type=int, default=0, help="shoppers that `daogou evaluate` asks about")
    arguments.add_argument("--columns", action="store_true", help="train on columns, without importing")
    arguments.add_argument("--config", default="{}", help="training settings as JSON, with --columns")
    arguments.add_argument("--folder", type=Path, help="where the shops are kept")
    arguments.add_argument("--step", choices=("write", "train", "serve"), help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.step:
        print(json.dumps(take(asked.step, asked)))
        return
    for size, folder in _folders(asked):
        n_products, n_events = _size(size)
        line = {"benchmark": "growth", "products": n_products, "events": n_events, "columns": asked.columns}
        for step, figures in measure(folder, asked, size):
            print(json.dumps({**line, "step": step, "figures": figures}), flush=True)


if __name__ == "__main__":
    main()
