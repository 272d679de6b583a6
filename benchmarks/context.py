"""Is what is known of a new shopper worth saying? Lists with and without context for their first click; prints JSON.

The showcase, whose simulated shoppers told gender, budget and three kinds of goods they like on joining. The newest
fifth of the steps is left aside (the test part); of what is before it, the newest fifth asks and the rest teaches.
Shoppers are dealt into two halves: a release learns from one half's past and is asked, as for somebody without name or
history, for the first product that each shopper of the other half clicked or viewed in the time that asks. Printed is
NDCG@10 and the part of such products among the first ten, for each context, and what it has over no context, paired by
shopper, with 95 %.

    python benchmarks/context.py [--scale 1.0] [--segments 128] [--test]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

from daogou.adapters.addresses import open_stores
from daogou.domain.event import Event
from daogou.domain.ids import Instant, ShopperId
from daogou.domain.shopper import Shopper
from daogou.evaluation.offline.bootstrap import differences
from daogou.evaluation.showcase import build
from daogou.ingest.options import ImportOptions
from daogou.ingest.run import import_paths
from daogou.ports.stores import Stores
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.popularity import PopularityConfig
from daogou.retrieval.shelf import Shelf
from daogou.training.config import TrainingConfig
from daogou.training.releases import Releases
from daogou.training.train import train

K = 10
CONTEXTS = {
    "none": (), "gender": ("gender",), "budget": ("budget",), "like": ("likes",), "all": ("gender", "budget", "likes"),
}  # fmt: skip
"""By which of their labels new shoppers are known; of what they like the first."""


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--segments", type=int, default=PopularityConfig().segments, help="[training.popularity]")
    parser.add_argument("--test", action="store_true", help="ask the newest fifth, once something was chosen")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.mkdir()
        build.write(source, scale=asked.scale)
        stores = open_stores("memory://")
        import_paths(build.paths(source), stores, options=ImportOptions())
        events = [recorded.event for recorded in stores.events.since(0, limit=10**9)]
        shoppers = {shopper.id: shopper for shopper in stores.shoppers.scan()}
        begin, end = _times(events, test=asked.test)
        config = TrainingConfig(popularity=PopularityConfig(segments=asked.segments))
        places = [
            _places(stores, events, shoppers, half, begin, end, Path(folder) / str(half), config) for half in (0, 1)
        ]  # each (contexts, shoppers), from 0
    print(json.dumps(_told(np.concatenate(places, axis=1))))


def _times(events: list[Event], *, test: bool) -> tuple[int, int]:
    """When asking begins and ends."""
    at = np.array([event.at for event in events])
    cut = int(np.quantile(at, 0.8))
    return (cut, int(at.max()) + 1) if test else (int(np.quantile(at[at < cut], 0.8)), cut)


def _places(
    stores: Stores,
    events: list[Event],
    shoppers: dict[ShopperId, Shopper],
    half: int,
    begin: int,
    end: int,
    home: Path,
    config: TrainingConfig,
) -> np.ndarray:
    """For each context, at which place each shopper of this half finds what they turned to first."""
    asking = {id for number, id in enumerate(sorted(shoppers)) if number % 2 == half}
    past = open_stores("memory://")
    past.catalogue.put(list(stores.catalogue.scan()), at=Instant(begin))
    past.shoppers.put([shopper for id, shopper in shoppers.items() if id not in asking])
    past.events.append([event for event in events if event.at < begin and event.shopper not in asking])
    release = train(past, Releases(home), config=config)
    shelf = Shelf(release.items())
    shelf.refresh(past.catalogue)
    recommender = Recommender(release, shelf, past.followed, shoppers=past.shoppers)
    first: dict[ShopperId, Event] = {}
    for event in events:
        if begin <= event.at < end and event.shopper in asking and event.type in {"click", "view"} and event.product:
            first.setdefault(event.shopper, event)
    return np.array(
        [
            [_place(recommender, event, shoppers[id], names) for id, event in sorted(first.items())]
            for names in CONTEXTS.values()
        ]
    )


def _place(recommender: Recommender, event: Event, shopper: Shopper, names: tuple[str, ...]) -> int:
    context = {name: shopper.labels[name].split(", ")[0] for name in names if name in shopper.labels}
    hits = recommender.recommend(RecommendRequest(kind="for-you", k=K, at=event.at, context=context))
    return next((place for place, hit in enumerate(hits.items) if hit.product == event.product), K)


def _told(places: np.ndarray) -> dict[str, object]:
    ndcg = np.where(places < K, 1 / np.log2(places + 2), 0.0)
    gaps = differences((ndcg[1:] - ndcg[0]).T, seed=0)
    return {
        "shoppers": places.shape[1],
        "ndcg@10": dict(zip(CONTEXTS, ndcg.mean(1).round(4).tolist(), strict=True)),
        "found": dict(zip(CONTEXTS, (places < K).mean(1).round(4).tolist(), strict=True)),
        "gain": {
            name: {"mean": round(gap.interval.mean, 4), "low": round(gap.interval.low, 4),
                   "high": round(gap.interval.high, 4), "p": round(gap.p, 4)}
            for name, gap in zip(list(CONTEXTS)[1:], gaps, strict=True)
        },
    }  # fmt: skip


if __name__ == "__main__":
    main()
