"""Next-item recommendation on the Amazon 2014 5-core sets, through the public doors: train, then the batch path.

Protocol S3-Rec, strict: the last item is the test, the one before it chooses hyper-parameters, the models are fitted
without both; at test the history includes the validation item. Ranking is over all items. Prints one JSON line, with
--both one for seen products masked and one for not masked, from one training. "cold" are the users whose test item has
no event in what the models were fitted on.
The files carry no dates: steps are taken to be a day apart, so only gaps matter.

    python benchmarks/beauty.py --data ../shared/data/amazon14 --set beauty [--refit] [--unmasked | --both]
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import resource
import tempfile
import time
from itertools import chain
from pathlib import Path

import msgspec

from daogou.adapters.addresses import open_stores
from daogou.domain.event import Event
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.recommend.batch import histories
from daogou.recommend.recommender import Recommender
from daogou.retrieval.metrics import ndcg, place_in, recall
from daogou.retrieval.shelf import Shelf
from daogou.training.config import TrainingConfig
from daogou.training.releases import Releases
from daogou.training.train import train

DAY_MS = 86_400_000


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
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, default=Path(__file__).parents[1] / "../shared/data/amazon14")
    arguments.add_argument("--set", default="beauty", choices=["beauty", "sports"])
    arguments.add_argument("--refit", action="store_true")
    arguments.add_argument("--unmasked", action="store_true")
    arguments.add_argument("--both", action="store_true")
    arguments.add_argument("--config", type=json.loads, default={}, help="training settings as JSON")
    asked = arguments.parse_args()
    sequences_file = asked.data / f"{asked.set}_sequences.txt.gz"
    sequences = [line.split() for line in gzip.decompress(sequences_file.read_bytes()).decode().splitlines()]
    items = gzip.decompress((asked.data / f"{asked.set}_items.jsonl.gz").read_bytes()).splitlines()

    stores = open_stores("memory://")
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
    config = msgspec.convert({"refit": asked.refit, **asked.config}, TrainingConfig)
    with tempfile.TemporaryDirectory() as folder:
        cpu = time.process_time()
        release = train(stores, Releases(Path(folder)), config=config)
        fit_cpu = time.process_time() - cpu
        shelf = Shelf(release.items())
        shelf.refresh(stores.catalogue)
        recommender = Recommender(release, shelf, stores.events)
        for unmasked in (False, True) if asked.both else (asked.unmasked,):
            found = measure(recommender, sequences, exclude_seen=not unmasked, unseen=1 if asked.refit else 2)
            print(
                json.dumps(
                    {
                        "benchmark": f"amazon14-{asked.set}",
                        "protocol": f"{'refit' if asked.refit else 'strict'} {'unmasked' if unmasked else 'masked'}",
                        "data_sha256": hashlib.sha256(sequences_file.read_bytes()).hexdigest()[:16],
                        **found,
                        "validation": {name: round(value, 4) for name, value in release.manifest.metrics.items()},
                        "skipped": dict(release.manifest.skipped),
                        "fusion": msgspec.json.decode((release.path("fusion") / "fusion.json").read_bytes()),
                        "train_cpu_s": round(fit_cpu, 2),
                        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                    }
                ),
                flush=True,
            )


def measure(
    recommender: Recommender, sequences: list[list[str]], *, exclude_seen: bool, unseen: int
) -> dict[str, float]:
    """Recall and NDCG of the last items, from the histories before them; the models have not seen the last `unseen`."""
    started = time.perf_counter()
    lines = ({"id": user, "history": history[:-1], "exclude_seen": exclude_seen} for user, *history in sequences)
    answers = list(histories(lines, recommender, 10))
    micros = 1e6 * (time.perf_counter() - started) / len(sequences)
    ranks = [
        place_in([item["product"] for item in answer["items"]], history[-1])
        for answer, (_, *history) in zip(answers, sequences, strict=True)
    ]
    known = {item for _, *history in sequences for item in history[:-unseen]}
    cold = [rank for rank, (_, *history) in zip(ranks, sequences, strict=True) if history[-1] not in known]
    return {
        "users": len(sequences),
        "recall@10": round(recall(ranks, 10), 4),
        "ndcg@10": round(ndcg(ranks, 10), 4),
        "cold_users": len(cold),
        "cold_recall@10": round(recall(cold, 10), 4),
        "us_per_request": round(micros),
    }


if __name__ == "__main__":
    main()
