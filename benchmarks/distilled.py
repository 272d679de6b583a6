"""What is left of the ranker when it is distilled into one table: quality, size and speed beside the original's.

Of the Amazon sets protocol and data are those of benchmarks/beauty.py, strict and masked. Of a demonstration shop the
newest product that was new to a shopper is asked for (`--shoppers` of them, drawn), from what they had done before; the
release is trained on what all had done before theirs. Its trees, where it has any, are told that the history is a visit
that goes on, as whoever reads the table believes too; another line has what the shop answers where it is asked about
the shopper at that moment instead. Quality has 95 % intervals of the difference to the ranker over shoppers; sizes are
those of the release's files that answer histories, and of the table as it is written and gzipped; microseconds are of
processor time, the ranker's with reasons.
--against sets beside it whole rankers of other settings, each trained anew, such as fewer neighbours of a product.
--held 2 asks for the step before that, on which settings are chosen, and --recency LIST prints what each value reaches.

    python benchmarks/distilled.py [--set beauty] [--data ../shared/data/amazon14] [--config JSON] [--against JSON …]
                                   [--held 2] [--recency 0.5 0.6]
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import beauty
import msgspec
import numpy as np

from daogou.adapters.addresses import open_stores
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.evaluation import groceries
from daogou.evaluation.offline.bootstrap import differences
from daogou.evaluation.offline.past import past_of
from daogou.evaluation.offline.questions import questions
from daogou.evaluation.offline.splits import READ, leave_one_out, only
from daogou.evaluation.showcase import build
from daogou.ingest.options import ImportOptions
from daogou.ingest.run import import_paths
from daogou.recommend.distilled import LEVELS, Distilled, distil, newest_histories, turned_to
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.metrics import place_in
from daogou.retrieval.shelf import Shelf
from daogou.training.config import TrainingConfig
from daogou.training.releases import Release, Releases
from daogou.training.train import train

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.ports.stores import Stores

TABLES = ((100, 1_000_000), (100, LEVELS), (50, LEVELS), (20, LEVELS), (10, LEVELS))
"""Answers kept for a product, and levels of their scores."""
SOURCES = ("sequential", "content", "ease", "als", "session_knn", "transformer", "popularity", "fusion")
K = 10
STEPS = 50
"""Newest steps of a history."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What did somebody turn to after this history?"""

    history: tuple[ProductId, ...]
    """Oldest first."""
    target: ProductId
    shopper: ShopperId | None = None
    at: Instant | None = None


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, default=Path(__file__).parents[1] / "../shared/data/amazon14")
    arguments.add_argument("--set", default="beauty", choices=["beauty", "sports", "showcase", "groceries"])
    arguments.add_argument("--shoppers", type=int, default=2_000, help="asked at most, of a demonstration shop")
    arguments.add_argument("--config", type=json.loads, default={}, help="training settings as JSON")
    arguments.add_argument("--against", type=json.loads, nargs="+", default=[], help="further settings, each as JSON")
    arguments.add_argument("--held", type=int, default=1, choices=[1, 2], help="which step from the end is asked")
    arguments.add_argument("--recency", type=float, nargs="+", default=[], help="values to compare")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        amazon = asked.set in {"beauty", "sports"}
        stores, wanted = of_amazon(asked) if amazon else of_shop(asked, Path(folder))
        settings = {"refit": not amazon, **asked.config}
        release, shelf, recommender = trained(stores, Path(folder) / "models", settings)
        trees = (release.path("fusion") / "ranking").is_dir()
        about = {"set": asked.set, "held": asked.held, "questions": len(wanted), "trees": trees}
        print(json.dumps(about), flush=True)
        whole, micros = gains(lambda each: ranked(recommender, of_history(each)), wanted)
        show("the whole ranker", whole, whole, us_per_request=micros, mb=megabytes(release))
        if not amazon:
            found, micros = gains(lambda each: ranked(recommender, of_shopper(each)), wanted)
            show("the whole ranker, asked about the shopper", found, whole, us_per_request=micros)
        for number, changed in enumerate(asked.against):
            other, _, changes = trained(stores, Path(folder) / str(number), {**settings, **changed})
            found, micros = gains(lambda each, by=changes: ranked(by, of_history(each)), wanted)
            name = f"the whole ranker with {json.dumps(changed)}"
            show(name, found, whole, us_per_request=micros, mb=megabytes(other))
        started = time.process_time()
        k, levels = TABLES[0]
        lines = list(distil(recommender, list(shelf.ids), newest_histories(stores.events), k=k, levels=levels))
        print(json.dumps({"distilling_cpu_s": round(time.process_time() - started, 1)}))
    for k, levels in TABLES:
        text = cut(lines, k, levels)
        table = Distilled.read(text.splitlines())
        found, micros = gains(lambda each, table=table: table.recommend(each.history, k=K), wanted)
        sizes = {"mb": len(text) / 1e6, "gzipped_mb": len(gzip.compress(text)) / 1e6}
        show(f"{k} answers, {levels} levels", found, whole, us_per_request=micros, recency=table.recency, **sizes)
    for recency in asked.recency:
        other = replace(Distilled.read(cut(lines, 20, LEVELS).splitlines()), recency=recency)
        found, _ = gains(lambda each, table=other: table.recommend(each.history, k=K), wanted)
        show(f"20 answers, {LEVELS} levels, recency {recency}", found, whole)


def trained(stores: Stores, folder: Path, settings: Mapping[str, Any]) -> tuple[Release, Shelf, Recommender]:
    """A release, its shelf, and what answers from both."""
    release = train(stores, Releases(folder), config=msgspec.convert(settings, TrainingConfig))
    shelf = Shelf(release.items())
    shelf.refresh(stores.catalogue)
    return release, shelf, Recommender(release, shelf, stores.followed)


def megabytes(release: Release) -> float:
    """What the files that answer histories take."""
    files = [file for name in SOURCES for file in release.path(name).rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


def of_amazon(asked: argparse.Namespace) -> tuple[Stores, list[Asked]]:
    """Stores that hold all but the last step of everybody; the models are fitted without the last two."""
    raw = (asked.data / f"{asked.set}_sequences.txt.gz").read_bytes()
    users = [line.split() for line in gzip.decompress(raw).decode().splitlines()]
    stores = beauty.shop(asked.data / f"{asked.set}_items.jsonl.gz", users)
    ended = [list(map(ProductId, items[: len(items) + 1 - asked.held])) for _, *items in users]
    return stores, [Asked(tuple(before), target) for *before, target in ended]


def of_shop(asked: argparse.Namespace, folder: Path) -> tuple[Stores, list[Asked]]:
    """The past of a demonstration shop, and the newest product that was new to each shopper."""
    stores = open_stores(f"sqlite:///{folder / 'shop.db'}")
    if asked.set == "showcase":
        build.write(folder)
        import_paths(build.paths(folder), stores, options=ImportOptions())
    else:
        groceries.write(folder)
        import_paths([folder / "products.jsonl", folder / "events.parquet"], stores, options=ImportOptions())
    columns = stores.events.columns(READ)
    for _ in range(asked.held - 1):
        columns = only(columns, leave_one_out(columns).past)
    split = leave_one_out(columns)
    past = past_of(stores, split)
    shelf = Shelf([])
    shelf.refresh(stores.catalogue)
    row = {str(id): place for id, place in shelf.row.items()}
    drawn = questions(split, row, shelf.available, limit=asked.shoppers, seed=0)
    return past, [
        Asked(
            turned_to(past.events.of(shopper=question.shopper, limit=10**6))[-STEPS:],
            shelf.ids[question.new[0]],
            question.shopper,
            question.at,
        )
        for question in drawn
        if len(question.new) and question.shopper is not None
    ]


def history(past: Stores, shopper: ShopperId) -> tuple[ProductId, ...]:
    """The newest steps of a shopper."""
    return turned_to(past.events.of(shopper=shopper, limit=10**6))[-STEPS:]


def of_history(asked: Asked) -> RecommendRequest:
    """The question as it is put to the table."""
    return RecommendRequest(history=asked.history, kind="for-you", k=K, at=asked.at, exclude_seen=True)


def of_shopper(asked: Asked) -> RecommendRequest:
    """The question with all that the shop knows of the shopper."""
    return RecommendRequest(shopper=asked.shopper, kind="for-you", k=K, at=asked.at, exclude_seen=True)


def ranked(recommender: Recommender, request: RecommendRequest) -> list[tuple[str, float]]:
    """The whole ranker's answer."""
    return [(hit.product, hit.score) for hit in recommender.recommend(request).items]


def cut(lines: Sequence[bytes], k: int, levels: int) -> bytes:
    """The table with the k best of each line alone, in so many levels."""
    head, *rest = lines
    found = [head]
    for each in map(json.loads, rest):
        best = list(each["next"].items())[:k]  # they fall in score
        unit = each["unit"] * best[0][1] / levels
        scores = {product: round(level * each["unit"] / unit) for product, level in best}
        kept = {product: level for product, level in scores.items() if level > 0}
        found.append(msgspec.json.encode({"product": each["product"], "unit": unit, "next": kept}))
    return b"\n".join(found)


def gains(
    answer: Callable[[Asked], list[tuple[str, float]]], asked: Sequence[Asked]
) -> tuple[NDArray[np.float64], float]:
    """(questions, 2) Recall@10 and NDCG@10; microseconds a request."""
    started = time.process_time()
    answers = [answer(each) for each in asked]
    micros = 1e6 * (time.process_time() - started) / len(asked)
    places = [place_in([id for id, _ in found], each.target) for found, each in zip(answers, asked, strict=True)]
    gained = [(1.0, 1 / np.log2(place + 2)) if place is not None else (0.0, 0.0) for place in places]
    return np.array(gained), micros


def show(name: str, found: NDArray[np.float64], whole: NDArray[np.float64], **measured: float) -> None:
    """Print one system's line."""
    line: dict[str, Any] = {"system": name}
    apart = [each.interval for each in differences(found - whole, seed=0)]
    for label, mean, interval in zip(("recall@10", "ndcg@10"), found.mean(0), apart, strict=True):
        line |= {label: round(float(mean), 4), f"{label}_apart_95": [round(interval.low, 4), round(interval.high, 4)]}
    print(json.dumps(line | {key: float(f"{value:.3g}") for key, value in measured.items()}), flush=True)


if __name__ == "__main__":
    main()
