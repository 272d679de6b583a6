"""Builds the demonstration shops and measures them: seconds of each step, microseconds an answer, resident memory.

    python benchmarks/shops.py [showcase] [groceries] [--keep FOLDER]

Prints one JSON line a shop. Microseconds are of processor time in this process, reasons included.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

import daogou
from daogou.domain.ids import ProductId
from daogou.recommend.request import RecommendRequest
from daogou.shop.demo import build
from daogou.shop.shop import Shop

REQUESTS = 1000
SHOPPERS = 200
QUERIES = {
    "showcase": ["我想找一款运动鞋", "running shoes under $80, not leather", "500元以下透气的跑步鞋", "blue backpack"],
    "groceries": ["whole milk", "冷冻披萨", "coffee under $5", "yogurt"],
}


def measure(name: str, folder: Path) -> dict[str, object]:
    """Build one shop in a process of its own and answer from it in another, so that memory is that of serving."""
    words = [sys.executable, __file__, "--folder", str(folder), "--step"]
    built = json.loads(subprocess.run([*words, "build", name], check=True, capture_output=True).stdout)
    alone = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # as `daogou serve` answers
    served = json.loads(subprocess.run([*words, "serve", name], check=True, capture_output=True, env=alone).stdout)
    return {"benchmark": "shops", "shop": name, **built, **served}


def build_step(name: str, folder: Path) -> dict[str, object]:
    """Seconds of each step of the build."""
    began: dict[str, float] = {}
    ended: dict[str, float] = {}

    def progress(step: str, done: float) -> None:
        began.setdefault(step, time.perf_counter())
        ended[step] = time.perf_counter()

    started = time.perf_counter()
    build(name, folder, progress=progress)
    seconds = {step.split()[0]: round(ended[step] - began[step], 1) for step in began}
    return {"build_s": round(time.perf_counter() - started, 1), "steps_s": seconds, "build_peak_mb": _peak_mb()}


def serve_step(name: str, folder: Path) -> dict[str, object]:
    """Start, then answer."""
    started = time.perf_counter()
    shop = daogou.open_shop(folder)
    release = shop.engine.release_id
    ready = time.perf_counter() - started
    shoppers = [shopper.id for shopper, _ in zip(shop.stores.shoppers.scan(), range(SHOPPERS), strict=False)]
    newest = (recorded.event.product for id in shoppers for recorded in shop.stores.events.of(shopper=id, limit=20))
    products = list(dict.fromkeys(product for product in newest if product))
    for shopper in shoppers:
        shop.recommend(shopper=shopper)
    figures = {
        "ready_s": round(ready, 2),
        "recommend_us": _micros(lambda n: shop.recommend(shopper=shoppers[n % len(shoppers)])),
        "by_kind_us": {kind: _micros(answer) for kind, answer in _kinds(shop, shoppers, products).items()},
        "search_us": _micros(lambda n: shop.search(QUERIES[name][n % len(QUERIES[name])])),
        "serve_peak_mb": _peak_mb(),
        "counts": _counts(shop),
        "release": release,
        "validation": {key: round(value, 4) for key, value in shop.releases.list()[-1].metrics.items() if "@" in key},
    }
    shop.close()
    return figures


def _kinds(shop: Shop, shoppers: Sequence[str], products: Sequence[str]) -> dict[str, Callable[[int], object]]:
    """What a page asks for; the n-th question of each. Nothing of an answer is kept for the next."""

    def some(n: int, count: int) -> list[str]:
        return [products[(n + place * 7) % len(products)] for place in range(count)]

    def who(n: int) -> str:
        return shoppers[n % len(shoppers)]

    def visit(n: int) -> RecommendRequest:
        return RecommendRequest(history=tuple(ProductId(id) for id in some(n, 5)), at=shop.clock())

    return {
        "for-you": lambda n: shop.recommend(shopper=who(n)),
        "similar": lambda n: shop.recommend(product=some(n, 1)[0]),
        "because": lambda n: shop.recommend(product=some(n, 1)[0], kind="because"),
        "together": lambda n: shop.recommend(basket=some(n, 3)),
        "complete": lambda n: shop.recommend(shopper=who(n), basket=some(n, 2), kind="complete"),
        "next-basket": lambda n: shop.recommend(shopper=who(n), kind="next-basket"),
        "session": lambda n: shop.engine.recommend(visit(n)),
        "nobody": lambda n: shop.recommend(),
    }


def _counts(shop: Shop) -> dict[str, int]:
    return {"products": shop.stores.catalogue.count(), "events": sum(shop.stores.events.counts().values())}


def _micros(answer: Callable[[int], object]) -> dict[str, int]:
    found = []
    for n in range(REQUESTS):
        started = time.process_time_ns()
        answer(n)
        found.append((time.process_time_ns() - started) / 1000)
    return {"p50": round(float(np.quantile(found, 0.5))), "p99": round(float(np.quantile(found, 0.99)))}


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Measure the shops that are named, or both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shops", nargs="*", default=["showcase", "groceries"])
    parser.add_argument("--folder", type=Path, help="the shop's folder; where it is kept")
    parser.add_argument("--step", choices=["build", "serve"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        step = build_step if asked.step == "build" else serve_step
        print(json.dumps(step(asked.shops[0], asked.folder)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        for name in asked.shops:
            print(json.dumps(measure(name, (asked.folder or Path(scratch)) / name), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
