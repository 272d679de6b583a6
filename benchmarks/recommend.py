"""Cost of training and of answering in process, at the size of a small and of a large shop. Prints one JSON line each.

Answers are measured in processor time, each request the best of three rounds over all of them, since other programs
that empty the caches can triple the time of a single one; an answer after an event can be asked for once only.

python benchmarks/recommend.py [--products 1500 100000] [--events-per-product 10] [--config '{"transformer": {…}}']
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

import msgspec
import numpy as np

from daogou.adapters.addresses import open_stores
from daogou.domain.event import Event
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import KINDS, RecommendRequest
from daogou.retrieval.shelf import Shelf
from daogou.training.config import TrainingConfig
from daogou.training.releases import Releases
from daogou.training.train import train

DAY_MS = 86_400_000
NOW = Instant(1_700_000_000_000)
_WORDS = [f"word{n}" for n in range(5_000)]


def shop(n_products: int, n_events: int, *, seed: int = 0) -> tuple:
    """A shop whose shoppers each keep to a few neighbouring departments, with Zipf-like popularity."""
    random = np.random.default_rng(seed)
    stores = open_stores("memory://")
    words = np.minimum(random.zipf(1.3, (n_products, 8)), len(_WORDS)) - 1
    stores.catalogue.put(
        (
            Product(
                ProductId(f"p{n}"),
                Text(en=" ".join(_WORDS[word] for word in words[n]), zh=f"商品{n % 977}"),
                category=(Text(en=f"department {n % 20}"), Text(en=f"category {n % 400}")),
            )
            for n in range(n_products)
        ),
        at=NOW,
    )
    n_shoppers = max(10, n_events // 20)
    shopper = random.integers(0, n_shoppers, n_events)
    offset = (random.pareto(1.2, n_events) * 20).astype(np.int64)
    product = (shopper * 7 + offset) % n_products
    at = NOW - random.integers(0, 200 * DAY_MS, n_events)
    kinds = random.choice(["view", "cart", "purchase"], n_events, p=[0.7, 0.1, 0.2])
    stores.events.append(
        [
            Event(kind, Instant(int(when)), shopper=ShopperId(f"s{who}"), product=ProductId(f"p{what}"))
            for kind, when, who, what in zip(kinds.tolist(), at, shopper, product, strict=True)
        ]
    )
    return stores, n_shoppers


def measure(n_products: int, n_events: int, requests: int, config: TrainingConfig) -> dict:
    """Train, then ask for each kind."""
    stores, n_shoppers = shop(n_products, n_events)
    with tempfile.TemporaryDirectory() as folder:
        cpu, started = time.process_time(), time.perf_counter()
        release = train(stores, Releases(Path(folder)), config=config)
        fit = {"seconds": time.perf_counter() - started, "cpu_s": time.process_time() - cpu}
        size = sum(path.stat().st_size for path in release.folder.rglob("*") if path.is_file())
        shelf = Shelf(release.items())
        shelf.refresh(stores.catalogue)
        recommender = Recommender(release, shelf, stores.events, clock=lambda: NOW)
        times = {kind: answer_times(recommender, kind, n_shoppers, n_products, requests) for kind in KINDS}
        live = live_times(recommender, stores, requests)
    return {
        "benchmark": "recommend",
        "products": n_products,
        "events": n_events,
        "skipped": dict(release.manifest.skipped),
        "train": {name: round(value, 2) for name, value in fit.items()},
        "release_mb": round(size / 2**20, 1),
        "us": times,
        "event_to_answer_us": live,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def answer_times(recommender: Recommender, kind: str, n_shoppers: int, n_products: int, requests: int) -> dict:
    """Microseconds for answers with reasons, of shoppers and products that are already in memory."""
    shopper = [ShopperId(f"s{n * 7 % n_shoppers}") for n in range(103)]
    asked = [
        RecommendRequest(
            shopper=shopper[n],
            product=ProductId(f"p{n * 13 % n_products}"),
            group=tuple(shopper[n : n + 3]) if kind == "group" else (),
            kind=kind,
        )
        for n in range(100)
    ]
    return quantiles(best_of_three(recommender, [asked[n % 100] for n in range(requests)]))


def best_of_three(recommender: Recommender, asked: list[RecommendRequest]) -> list[float]:
    """Microseconds of each request, asked in three rounds; what the first loads from disk is not counted."""
    for request in asked[:100]:
        recommender.recommend(request)
    rounds = [[timed(lambda r=request: recommender.recommend(r)) for request in asked] for _ in range(3)]
    return np.min(rounds, 0).tolist()


def live_times(recommender: Recommender, stores, requests: int) -> dict:
    """Microseconds for an answer that first takes in one new event of the shopper."""
    found = []
    for n in range(min(requests, 300)):
        shopper = ShopperId(f"s{n % 50 * 7}")
        stores.events.append([Event("view", Instant(NOW + n), shopper=shopper, product=ProductId(f"p{n}"))])
        found.append(timed(lambda s=shopper: recommender.recommend(RecommendRequest(shopper=s))))
    return quantiles(found)


def timed(call) -> float:
    started = time.thread_time_ns()
    call()
    return (time.thread_time_ns() - started) / 1000


def quantiles(micros: list[float]) -> dict:
    return {"p50": round(float(np.quantile(micros, 0.5))), "p99": round(float(np.quantile(micros, 0.99)))}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--products", type=int, nargs="+", default=[1_500, 100_000])
    arguments.add_argument("--events-per-product", type=int, default=10)
    arguments.add_argument("--requests", type=int, default=1_000)
    arguments.add_argument("--config", type=json.loads, default={}, help="training settings as JSON")
    asked = arguments.parse_args()
    config = msgspec.convert(asked.config, TrainingConfig)
    for n in asked.products:
        print(json.dumps(measure(n, n * asked.events_per_product, asked.requests, config)), flush=True)


if __name__ == "__main__":
    main()
