"""How cost grows with the size of a shop: imports, trains and serves simulated shops. Prints one JSON line a size.

    python benchmarks/growth.py [--sizes 10000x1000000 100000x1000000 100000x10000000] [--config JSON]

A size is products x events. Shoppers (one for twenty events) keep to their own corner of the catalogue, and three in
ten events are on what is popular everywhere (Zipf). The same seed gives the same events. Each step runs in a process
of its own, so that its peak memory is its own. Seconds are of processor time; `import` and `train` go through the doors
that `daogou import` and `daogou train` use, `us` is an answer of the recommender with its reasons.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import msgspec
import numpy as np

from daogou.adapters.addresses import open_stores
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.ingest.options import ImportOptions
from daogou.ingest.run import import_paths
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import Kind, RecommendRequest
from daogou.retrieval.shelf import Shelf
from daogou.training.config import TrainingConfig
from daogou.training.releases import Releases
from daogou.training.train import Progress, train

DAY_MS = 86_400_000
NOW = Instant(1_700_000_000_000)
EVENTS_EACH = 20
"""Events of a shopper on average."""
REQUESTS = 1000
KINDS: tuple[Kind, ...] = ("for-you", "similar", "together", "next-basket")
STEPS = ("write", "import", "train", "serve")


def write(folder: Path, n_products: int, n_events: int, *, seed: int = 0) -> None:
    """Write products.jsonl and events.parquet."""
    random = np.random.default_rng(seed)
    words = np.minimum(random.zipf(1.3, (n_products, 6)), 20_000)
    with (folder / "products.jsonl").open("w", encoding="utf-8") as lines:
        for n in range(n_products):
            title = " ".join(f"word{word}" for word in words[n].tolist())
            category = [f"department {n // 50 % 20}", f"category {n // 50 % 400}"]
            lines.write(json.dumps({"id": f"p{n}", "title": title, "category": category, "price": 9.9}) + "\n")
    shopper = random.integers(0, max(10, n_events // EVENTS_EACH), n_events)
    corner = shopper * 7919 + (random.pareto(1.2, n_events) * 20).astype(np.int64)
    popular = (np.exp(random.random(n_events) * np.log(n_products))).astype(np.int64) * 104_729
    columns = {
        "id": np.arange(n_events),
        "type": random.choice(3, n_events, p=[0.7, 0.1, 0.2]),
        "shopper": shopper,
        "product": np.where(random.random(n_events) < 0.3, popular, corner) % n_products,
        "at": np.sort(NOW - random.integers(0, 200 * DAY_MS, n_events)),
    }
    with duckdb.connect() as connection:
        connection.register("columns", columns)
        connection.execute(
            f"""COPY (SELECT ['view', 'cart', 'purchase'][type + 1] AS type, 'e' || id AS id, "at",
                             's' || shopper AS shopper, 'p' || product AS product
                      FROM columns) TO '{folder / "events.parquet"}' (FORMAT parquet)"""
        )


def load(folder: Path) -> dict[str, object]:
    """Import both files."""
    stores = open_stores(f"sqlite:///{folder / 'shop.db'}")
    cpu = time.process_time()
    for name in ("products.jsonl", "events.parquet"):
        import_paths([folder / name], stores, options=ImportOptions())
    stores.close()
    return {"cpu_s": round(time.process_time() - cpu, 1)}


def fit(folder: Path, config: TrainingConfig) -> dict[str, object]:
    """Train on all of it."""
    stores = open_stores(f"sqlite:///{folder / 'shop.db'}")
    began: list[tuple[str, float]] = []

    def progress(at: Progress) -> None:
        if at.step not in dict(began) and not {":", "skipped"} & {*at.step, *at.step.split()}:
            began.append((at.step, time.process_time()))

    cpu = time.process_time()
    release = train(stores, Releases(folder / "models"), config=config, progress=progress)
    spent = time.process_time() - cpu
    ends = [*(at for _, at in began[1:]), cpu + spent]
    steps = {name: round(end - at, 1) for (name, at), end in zip(began, ends, strict=True)}
    size = sum(path.stat().st_size for path in release.folder.rglob("*") if path.is_file())
    stores.close()
    return {"cpu_s": round(spent, 1), "steps_cpu_s": steps, "release_mb": size // 2**20}


def serve(folder: Path) -> dict[str, object]:
    """Open and answer."""
    stores = open_stores(f"sqlite:///{folder / 'shop.db'}")
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
    """Of answers to shoppers whose history is in memory; nothing of an answer is kept for the next."""
    asked = [
        RecommendRequest(shopper=ShopperId(f"s{place * 7}"), product=ProductId(f"p{place * 104_729 % n}"), kind=kind)
        for place in range(REQUESTS)
    ]
    for request in asked:
        recommender.recommend(request)
    found = []
    for request in asked:
        began = time.thread_time_ns()
        recommender.recommend(request)
        found.append((time.thread_time_ns() - began) / 1000)
    return {"p50": round(float(np.quantile(found, 0.5))), "p99": round(float(np.quantile(found, 0.99)))}


def measure(folder: Path, size: str, config: str) -> dict[str, object]:
    """Every step in a process of its own."""
    found: dict[str, object] = {}
    for step in STEPS:
        words = [sys.executable, __file__, "--sizes", size, "--folder", str(folder), "--config", config, "--step", step]
        done = subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout
        found[step] = json.loads(done.splitlines()[-1])
    return found


def take(step: str, folder: Path, size: str, config: TrainingConfig) -> dict[str, object]:
    """One step, with its peak memory."""
    n_products, n_events = _size(size)
    match step:
        case "write":
            folder.mkdir(parents=True, exist_ok=True)
            write(folder, n_products, n_events)
            done: dict[str, object] = {}
        case "import":
            done = load(folder)
        case "train":
            done = fit(folder, config)
        case _:
            done = serve(folder)
    return {**done, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def _size(size: str) -> tuple[int, int]:
    products, events = (int(number) for number in size.split("x"))
    return products, events


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
    arguments.add_argument("--config", default="{}", help="training settings as JSON")
    arguments.add_argument("--folder", type=Path, help="where the shops are kept")
    arguments.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.step:
        config = msgspec.json.decode(asked.config, type=TrainingConfig)
        print(json.dumps(take(asked.step, asked.folder, asked.sizes[0], config)))
        return
    for size, folder in _folders(asked):
        products, events = _size(size)
        line = {"benchmark": "growth", "products": products, "events": events}
        print(json.dumps({**line, **measure(folder, size, asked.config)}), flush=True)


if __name__ == "__main__":
    main()
