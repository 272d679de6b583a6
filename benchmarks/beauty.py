"""Next-item recommendation on the Amazon 2014 5-core sets, through the public doors: train, then the batch path.

Protocol S3-Rec, strict: the last item is the test, the one before it chooses hyper-parameters, the models are fitted
without both; at test the history includes the validation item. Ranking is over all items. Prints one JSON line a
variant: --both seen products masked and not, from one training; --all these two strict and refitted. "cold" are the
users whose test item has no event in what the models were fitted on. Each mean has its 95 % interval over users.
The files carry no dates: steps are taken to be a day apart, so only gaps matter, and which steps share a day, so that
their order is chance, is not known.

    python benchmarks/beauty.py --data ../shared/data/amazon14 --set beauty [--refit] [--unmasked | --both | --all]
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from daogou.adapters.addresses import open_stores
from daogou.domain.event import Event
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.evaluation.offline.bootstrap import intervals
from daogou.recommend.batch import histories
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.metrics import place_in
from daogou.retrieval.shelf import Shelf
from daogou.training.config import TrainingConfig
from daogou.training.releases import Releases
from daogou.training.train import train

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.ports.stores import Stores

DAY_MS = 86_400_000
SPEED_OF = 2_000
"""Users whose requests are measured one by one."""


def product(line: dict) -> Product:
    """A product with what the file says of it."""
    title = line.get("title") or line.get("idgenrec_phrase") or ""
    attributes = line.get("attributes") or []
    brand = line.get("brand")
    return Product(
        ProductId(str(line["id"])),
        Text(en=title),
        brand=brand if brand and brand != "Unknown" else None,
        category=tuple(Text(en=step) for step in dict.fromkeys(chain.from_iterable(line.get("categories") or []))),
        attributes={"feature": tuple(Text(en=value) for value in attributes if value != "Unknown")},
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, default=Path(__file__).parents[1] / "../shared/data/amazon14")
    arguments.add_argument("--set", default="beauty", choices=["beauty", "sports"])
    arguments.add_argument("--refit", action="store_true")
    arguments.add_argument("--unmasked", action="store_true")
    arguments.add_argument("--both", action="store_true")
    arguments.add_argument("--all", action="store_true")
    arguments.add_argument("--config", type=json.loads, default={}, help="training settings as JSON")
    asked = arguments.parse_args()
    sequences_file = asked.data / f"{asked.set}_sequences.txt.gz"
    sequences = [line.split() for line in gzip.decompress(sequences_file.read_bytes()).decode().splitlines()]
    stores = shop(asked.data / f"{asked.set}_items.jsonl.gz", sequences)
    for refit in (False, True) if asked.all else (asked.refit,):
        for unmasked, found in measures(
            stores,
            sequences,
            config=msgspec.convert({"refit": refit, **asked.config}, TrainingConfig),
            unmasked=(False, True) if asked.both or asked.all else (asked.unmasked,),
        ):
            about = {
                "benchmark": f"amazon14-{asked.set}",
                "protocol": f"{'refit' if refit else 'strict'} {'unmasked' if unmasked else 'masked'}",
                "same_day_ties": "dates unknown",
                "data_sha256": hashlib.sha256(sequences_file.read_bytes()).hexdigest()[:16],
            }
            print(json.dumps(about | found), flush=True)


def shop(items_file: Path, sequences: list[list[str]]) -> Stores:
    """Stores with the products and all steps but each user's last."""
    stores = open_stores("memory://")
    items = gzip.decompress(items_file.read_bytes()).splitlines()
    stores.catalogue.put((product(msgspec.json.decode(line)) for line in items), at=Instant(0))
    stores.events.append(
        [
            Event(
                "rating", Instant(1_400_000_000_000 + place * DAY_MS), shopper=ShopperId(user), product=ProductId(item)
            )
            for user, *history in sequences
            for place, item in enumerate(history[:-1])
        ]
    )
    return stores


def measures(
    stores: Stores, sequences: list[list[str]], *, config: TrainingConfig, unmasked: Sequence[bool]
) -> Iterator[tuple[bool, dict[str, Any]]]:
    """What one training reaches, with seen products masked or not, and what it took."""
    with tempfile.TemporaryDirectory() as folder:
        cpu = time.process_time()
        release = train(stores, Releases(Path(folder)), config=config)
        fit_cpu = time.process_time() - cpu
        shelf = Shelf(release.items())
        shelf.refresh(stores.catalogue)
        recommender = Recommender(release, shelf, stores.events)
        for each in unmasked:
            found = measure(recommender, sequences, exclude_seen=not each, unseen=1 if config.refit else 2)
            yield (
                each,
                found
                | {
                    "validation": {name: round(value, 4) for name, value in release.manifest.metrics.items()},
                    "skipped": dict(release.manifest.skipped),
                    "fusion": msgspec.json.decode((release.path("fusion") / "fusion.json").read_bytes()),
                    "train_cpu_s": round(fit_cpu, 2),
                    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                },
            )


def measure(recommender: Recommender, sequences: list[list[str]], *, exclude_seen: bool, unseen: int) -> dict[str, Any]:
    """Recall and NDCG of the last items, from the histories before them; the models have not seen the last `unseen`."""
    started = time.process_time()
    lines = ({"id": user, "history": history[:-1], "exclude_seen": exclude_seen} for user, *history in sequences)
    answers = list(histories(lines, recommender, 10))
    micros = 1e6 * (time.process_time() - started) / len(sequences)
    places = [
        place_in([item["product"] for item in answer["items"]], history[-1])
        for answer, (_, *history) in zip(answers, sequences, strict=True)
    ]
    gains = np.array([(1.0, 1 / np.log2(place + 2)) if place is not None else (0.0, 0.0) for place in places])
    known = {item for _, *history in sequences for item in history[:-unseen]}
    cold = np.array([history[-1] not in known for _, *history in sequences])
    return {
        "users": len(sequences),
        **means(("recall@10", "ndcg@10"), gains),
        "cold_users": int(cold.sum()),
        **means(("cold_recall@10", "cold_ndcg@10"), gains[cold]),
        "us_per_request": round(micros),
        "us": speed(recommender, sequences[:SPEED_OF], exclude_seen=exclude_seen),
    }


def speed(recommender: Recommender, sequences: list[list[str]], *, exclude_seen: bool) -> dict[str, int]:
    """Microseconds of processor time of an answer with its reasons, each the best of three rounds over all of them:
    programs beside this one empty the caches, which can triple the time of a single answer."""
    requests = [
        RecommendRequest(history=tuple(map(ProductId, history[:-1])), kind="for-you", exclude_seen=exclude_seen)
        for _, *history in sequences
    ]
    rounds = np.zeros((3, len(requests)))
    for line in rounds:
        for place, request in enumerate(requests):
            started = time.thread_time_ns()
            recommender.recommend(request)
            line[place] = (time.thread_time_ns() - started) / 1000
    p50, p99 = np.quantile(rounds.min(0), [0.5, 0.99])
    return {"p50": round(p50), "p99": round(p99)}


def means(names: Sequence[str], values: NDArray[np.float64]) -> dict[str, Any]:
    """The mean of each column of (users, measures), and its 95 % interval."""
    found: dict[str, Any] = {}
    for name, interval in zip(names, intervals(values, seed=0), strict=True):
        found |= {name: round(interval.mean, 4), f"{name}_95": [round(interval.low, 4), round(interval.high, 4)]}
    return found


if __name__ == "__main__":
    main()
