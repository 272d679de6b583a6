"""How cost grows with the size of a shop: imports, trains and serves simulated shops. Prints one JSON line a size.

    python benchmarks/growth.py [--sizes 10000x1000000 100000x1000000 100000x10000000] [--columns] [--config JSON]

A size is products x events. Shoppers (one for twenty events) keep to their own corner of the catalogue, and three in
ten events are on what is popular everywhere (Zipf). The same seed gives the same events. Each step runs in a process
of its own, so that its peak memory is its own. Seconds are of processor time; `import` and `train` go through the doors
that `daogou import` and `daogou train` use, `us` is an answer of the recommender with its reasons. With --columns the
events are handed to training as columns, without a log: nothing is imported, and histories come with requests.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import numpy as np

from daogou.adapters.addresses import open_stores
from daogou.domain.event import EVENT_TYPES, EventType, Recorded
from daogou.domain.ids import Instant, ProductId
from daogou.domain.kinds import Kind
from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.ingest.options import ImportOptions
from daogou.ingest.run import import_paths
from daogou.ports.stores import EventColumns, Stores
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.shelf import Shelf
from daogou.training.config import TrainingConfig
from daogou.training.releases import Releases
from daogou.training.train import train

DAY_MS = 86_400_000
NOW = Instant(1_700_000_000_000)
EVENTS_EACH = 20
"""Events of a shopper on average."""
REQUESTS = 1000
KINDS: tuple[Kind, ...] = ("for-you", "similar", "together", "next-basket")
REFIT = ("sequential", "popularity", "hybrid", "session_knn", "together", "repeat", "weights")
"""Parts of a training that count, look for neighbours and choose the fusion."""
STEPS = ("write", "import", "train", "serve")


def simulated(n_products: int, n_events: int, *, seed: int = 0) -> dict[str, np.ndarray]:
    """Type, shopper, product and moment of every event, by moment."""
    random = np.random.default_rng(seed)
    shopper = random.integers(0, max(10, n_events // EVENTS_EACH), n_events)
    corner = shopper * 7919 + (random.pareto(1.2, n_events) * 20).astype(np.int64)
    popular = (np.exp(random.random(n_events) * np.log(n_products))).astype(np.int64) * 104_729
    return {
        "type": random.choice(3, n_events, p=[0.7, 0.1, 0.2]),
        "shopper": shopper,
        "product": np.where(random.random(n_events) < 0.3, popular, corner) % n_products,
        "at": np.sort(NOW - random.integers(0, 200 * DAY_MS, n_events)),
    }


def products(n_products: int, *, seed: int = 0) -> Iterator[dict[str, object]]:
    """Products with six words each and two steps of category."""
    random = np.random.default_rng(seed)
    words = np.minimum(random.zipf(1.3, (n_products, 6)), 20_000)
    for n in range(n_products):
        title = " ".join(f"word{word}" for word in words[n].tolist())
        yield {"id": f"p{n}", "title": title, "category": [f"department {n // 50 % 20}", f"category {n // 50 % 400}"]}


def write(folder: Path, n_products: int, n_events: int) -> None:
    """Write products.jsonl and events.parquet."""
    with (folder / "products.jsonl").open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(product) + "\n" for product in products(n_products))
    with duckdb.connect() as connection:
        connection.register("columns", simulated(n_products, n_events) | {"id": np.arange(n_events)})
        connection.execute(
            f"""COPY (SELECT ['view', 'cart', 'purchase'][type + 1] AS type, 'e' || id AS id, "at",
                             's' || shopper AS shopper, 'p' || product AS product
                      FROM columns) TO '{folder / "events.parquet"}' (FORMAT parquet)"""
        )


class Columns:
    """`ports.stores.Events` that holds nothing but columns, and nobody's history."""

    def __init__(self, n_products: int, n_events: int) -> None:
        self._size = n_products, n_events

    def columns(self, types: Sequence[EventType]) -> EventColumns:
        """All of them."""
        n_products, n_events = self._size
        events = simulated(n_products, n_events)
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


def opened(folder: Path, size: str, *, columns: bool) -> Stores:
    """The imported shop, or one whose events are columns."""
    if not columns:
        return open_stores(f"sqlite:///{folder / 'shop.db'}")
    stores, (n_products, n_events) = open_stores("memory://"), _size(size)
    stores.catalogue.put((_product(said) for said in products(n_products)), at=NOW)
    return replace(stores, events=Columns(n_products, n_events))


def _product(said: Mapping[str, Any]) -> Product:
    category = tuple(Text(en=step) for step in said["category"])
    return Product(ProductId(said["id"]), Text(en=said["title"]), category=category)


def load(folder: Path) -> dict[str, object]:
    """Import both files."""
    stores = open_stores(f"sqlite:///{folder / 'shop.db'}")
    cpu = time.process_time()
    for name in ("products.jsonl", "events.parquet"):
        import_paths([folder / name], stores, options=ImportOptions())
    stores.close()
    return {"cpu_s": round(time.process_time() - cpu, 1)}


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
    recommender = Recommender(release, shelf, stores.events, clock=lambda: NOW)
    opened = time.process_time() - cpu
    n = len(shelf)
    return {"open_cpu_s": round(opened, 2), "us": {kind: _micros(recommender, kind, n) for kind in KINDS}}


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


def measure(folder: Path, asked: argparse.Namespace, size: str) -> dict[str, object]:
    """Every step in a process of its own."""
    found: dict[str, object] = {}
    for step in ("train", "serve") if asked.columns else STEPS:
        words = [sys.executable, __file__, "--sizes", size, "--folder", str(folder), "--config", asked.config]
        words += ["--step", step, *(["--columns"] if asked.columns else [])]
        done = subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout
        found[step] = json.loads(done.splitlines()[-1])
    return found


def take(step: str, asked: argparse.Namespace) -> dict[str, object]:
    """One step, with its peak memory."""
    folder, size = asked.folder, asked.sizes[0]
    folder.mkdir(parents=True, exist_ok=True)
    done: dict[str, object] = {}
    match step:
        case "write":
            write(folder, *_size(size))
        case "import":
            done = load(folder)
        case "train":
            config = msgspec.json.decode(asked.config, type=TrainingConfig)
            done = fit(opened(folder, size, columns=asked.columns), folder, config)
        case _:
            done = serve(opened(folder, size, columns=asked.columns), folder)
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
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", nargs="+", default=["10000x1000000", "100000x1000000", "100000x10000000"])
    arguments.add_argument("--columns", action="store_true", help="train on columns, without importing")
    arguments.add_argument("--config", default="{}", help="training settings as JSON")
    arguments.add_argument("--folder", type=Path, help="where the shops are kept")
    arguments.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.step:
        print(json.dumps(take(asked.step, asked)))
        return
    for size, folder in _folders(asked):
        n_products, n_events = _size(size)
        line = {"benchmark": "growth", "products": n_products, "events": n_events, "columns": asked.columns}
        print(json.dumps({**line, **measure(folder, asked, size)}), flush=True)


if __name__ == "__main__":
    main()
