"""What is left of the ranker when it is distilled into one table: quality, size and speed beside the original's.

Protocol and data are those of benchmarks/beauty.py, strict and masked. Quality is that of the test steps, with 95 %
intervals of the difference to the ranker over users; sizes are those of the release's files that answer histories, and
of the table as it is written and gzipped; microseconds are of processor time, the ranker's with reasons.
--recency LIST prints instead what each value reaches on the validation steps, which is where the default is from.

    python benchmarks/distilled.py [--data ../shared/data/amazon14] [--set beauty] [--config JSON] [--recency 0.5 0.6]
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import beauty
import msgspec
import numpy as np

from daogou.evaluation.offline.bootstrap import intervals
from daogou.recommend.batch import histories
from daogou.recommend.distilled import LEVELS, Distilled, distil
from daogou.recommend.recommender import Recommender
from daogou.retrieval.metrics import place_in
from daogou.retrieval.shelf import Shelf
from daogou.training.config import TrainingConfig
from daogou.training.releases import Releases
from daogou.training.train import train

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

TABLES = ((100, 1_000_000), (100, LEVELS), (50, LEVELS), (20, LEVELS), (10, LEVELS))
"""Answers kept for a product, and levels of their scores."""
SOURCES = ("sequential", "content", "ease", "als", "session_knn", "transformer", "popularity")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, default=Path(__file__).parents[1] / "../shared/data/amazon14")
    arguments.add_argument("--set", default="beauty", choices=["beauty", "sports"])
    arguments.add_argument("--config", type=json.loads, default={}, help="training settings as JSON")
    arguments.add_argument("--recency", type=float, nargs="+", help="values to compare on validation")
    asked = arguments.parse_args()
    raw = (asked.data / f"{asked.set}_sequences.txt.gz").read_bytes()
    users = [line.split() for line in gzip.decompress(raw).decode().splitlines()]
    stores = beauty.shop(asked.data / f"{asked.set}_items.jsonl.gz", users)
    sequences = [items for _, *items in users]
    with tempfile.TemporaryDirectory() as folder:
        config = msgspec.convert({"refit": False, **asked.config}, TrainingConfig)
        release = train(stores, Releases(Path(folder)), config=config)
        shelf = Shelf(release.items())
        shelf.refresh(stores.catalogue)
        recommender = Recommender(release, shelf, stores.events)
        if asked.recency:
            table = Distilled.read(distil(recommender, list(shelf.ids), k=max(k for k, _ in TABLES)))
            for recency in asked.recency:
                found, _ = gains(replace(table, recency=recency).recommend, [items[:-1] for items in sequences])
                print(json.dumps({"recency": recency, "validation_ndcg@10": round(float(found[:, 1].mean()), 4)}))
            return
        whole, micros = gains(ranked(recommender), sequences)
        files = [file for name in SOURCES for file in release.path(name).rglob("*") if file.is_file()]
        show(
            "the whole ranker", whole, whole, us_per_request=micros, mb=sum(file.stat().st_size for file in files) / 1e6
        )
        for k, levels in TABLES:
            started = time.process_time()
            lines = list(distil(recommender, list(shelf.ids), k=k, levels=levels))
            took = time.process_time() - started
            text = b"\n".join(lines)
            found, micros = gains(Distilled.read(lines).recommend, sequences)
            sizes = {"mb": len(text) / 1e6, "gzipped_mb": len(gzip.compress(text)) / 1e6}
            show(f"{k} answers, {levels} levels", found, whole, us_per_request=micros, distilling_cpu_s=took, **sizes)


def ranked(recommender: Recommender) -> Callable[..., list[tuple[str, float]]]:
    """The whole ranker as a function of a history."""

    def answer(history: Sequence[str], *, k: int) -> list[tuple[str, float]]:
        ((_, items),) = [
            (each["id"], each["items"]) for each in histories([{"id": 0, "history": history}], recommender, k)
        ]
        return [(item["product"], item["score"]) for item in items]

    return answer


def gains(
    answer: Callable[..., list[tuple[str, float]]], sequences: Sequence[Sequence[str]]
) -> tuple[NDArray[np.float64], float]:
    """(users, 2) Recall@10 and NDCG@10 of each last product after those before it; microseconds a request."""
    started = time.process_time()
    answers = [answer(items[:-1], k=10) for items in sequences]
    micros = 1e6 * (time.process_time() - started) / len(sequences)
    places = [
        place_in([product for product, _ in found], items[-1]) for found, items in zip(answers, sequences, strict=True)
    ]
    gained = [(1.0, 1 / np.log2(place + 2)) if place is not None else (0.0, 0.0) for place in places]
    return np.array(gained), micros


def show(name: str, found: NDArray[np.float64], whole: NDArray[np.float64], **measured: float) -> None:
    """Print one system's line."""
    line: dict[str, Any] = {"system": name}
    apart = intervals(found - whole, seed=0)
    for label, mean, interval in zip(("recall@10", "ndcg@10"), found.mean(0), apart, strict=True):
        line |= {label: round(float(mean), 4), f"{label}_apart_95": [round(interval.low, 4), round(interval.high, 4)]}
    print(json.dumps(line | {key: float(f"{value:.3g}") for key, value in measured.items()}), flush=True)


if __name__ == "__main__":
    main()
