"""Does the shop narrow when it learns from what it showed itself? Ten rounds of showing, clicking and training anew.

A simulated showcase (3/10 of the usual size) is imported and trained, without the transformer. In each round 600
shoppers, drawn at random, look at "for you": they examine, click, read and buy as the simulator's choice model says,
from tastes that are known and what they bought so far, and a week goes by. What was shown and what was done is on
record at once, as in a shop that reports impressions. Then everything is trained anew. Printed are, for each round,
how unevenly the ten places were spread over the products on sale (Gini), the part of the products that anyone was
shown, and how well the lists met true tastes (1 is the best there could be). What is to be feared is a Gini that
grows; beside it stands that of the lists which true tastes would choose. There are no other events in these weeks:
nobody searches. --estimate, with lists that explore, says in a last line what `daogou evaluate` makes of the log:
what a place of the shop as of the second round would have earned in that round and later ones, beside what it truly
would.

    python benchmarks/closed_loop.py [--rounds 10] [--explore 0.0] [--variety 0.0] [--trusting] [--most 2] [--estimate]
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from daogou.adapters.addresses import open_stores
from daogou.domain.event import Event
from daogou.domain.hit import Hit
from daogou.domain.ids import Instant, ProductId, SessionId, ShopperId
from daogou.domain.kinds import Kind
from daogou.evaluation.offline.engine import Engine
from daogou.evaluation.offline.logged import logged
from daogou.evaluation.offline.past import past_of
from daogou.evaluation.offline.questions import Question
from daogou.evaluation.offline.splits import READ, only, time_split
from daogou.evaluation.offline.systems import Counts
from daogou.evaluation.showcase import build
from daogou.evaluation.simulator import choice
from daogou.evaluation.simulator.truth import Truth
from daogou.features.exposure import ExposureConfig
from daogou.ingest.options import ImportOptions
from daogou.ingest.run import import_paths
from daogou.ports.stores import Stores
from daogou.recommend.config import RecommendConfig
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.recommend.showings import Exposure
from daogou.retrieval.arrange import Variety
from daogou.retrieval.metrics import gini
from daogou.retrieval.shelf import Shelf
from daogou.training.config import TrainingConfig
from daogou.training.releases import Releases
from daogou.training.train import train

SCALE = 0.3
SHOPPERS = 600
K = 10
LIST: Kind = "for-you"
WEEK_MS = 7 * 86_400_000


def main() -> None:
    """Print one JSON line a round."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--explore", type=float, default=0.0, help="the part of the places that explores")
    parser.add_argument("--variety", type=float, default=0.0, help="the dial of variety")
    parser.add_argument("--most", type=float, help="[recommend.exposure] most; default: no limit")
    parser.add_argument("--trusting", action="store_true", help="learn from every click alike ([training.exposure])")
    parser.add_argument("--estimate", action="store_true", help="estimate off-policy what is known to be true")
    parser.add_argument("--seed", type=int, help="of the simulated world; default: the showcase's")
    asked = parser.parse_args()
    arranged = RecommendConfig(
        explore={"for-you": asked.explore}, variety=Variety(dial=asked.variety), exposure=Exposure(asked.most)
    )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.mkdir()
        build.write(source, scale=SCALE, seed=build.SEED if asked.seed is None else asked.seed)
        stores = open_stores("memory://")
        import_paths(build.paths(source), stores, options=ImportOptions())
        truth = Truth.load(source)
        rng = np.random.default_rng(0)
        pages: list[Page] = []
        for number in range(1, asked.rounds + 1):
            began = time.process_time()
            at = Instant(truth.end + number * WEEK_MS)
            recommender, on_sale = opened(stores, Path(folder) / str(number), arranged, by_looks=not asked.trusting)
            shoppers = rng.choice(list(truth.shoppers), SHOPPERS, replace=False).tolist()
            lists: dict[str, list[str]] = {}
            events: list[Event] = []
            for who in shoppers:
                shown = recommender.recommend(_request(who, at)).items
                lists[who] = [hit.product for hit in shown]
                pages.append(Page(who, at, lists[who]))
                done = reactions(who, lists[who], truth, at, rng)
                stores.events.append([*impressions(who, shown, at), *done])
                events += done
            counts = showings(lists, truth)
            line = {
                "benchmark": "closed_loop",
                "round": number,
                "explore": asked.explore,
                "variety": asked.variety,
                "trusting": asked.trusting,
                "most": asked.most,
                "on_sale": len(on_sale),
                "gini": round(gini(counts[[truth.products[id] for id in on_sale]]), 4),
                "gini_of_true_tastes": round(wished(shoppers, on_sale, truth, at), 4),
                f"coverage@{K}": round(float(np.count_nonzero(counts) / len(on_sale)), 4),
                "true_taste": round(float(np.mean([truth.satisfaction(w, s, at) for w, s in lists.items()])), 4),
                "new_events": len(events),
                "cpu_s": round(time.process_time() - began, 1),
            }
            print(json.dumps(line), flush=True)
            truth = truth.after(events)
        if asked.estimate:
            moment = Instant(truth.end + 2 * WEEK_MS)
            line = {"benchmark": "closed_loop", "explore": asked.explore}
            print(json.dumps(line | estimated(stores, Path(folder) / "then", truth, pages, moment)))


class Page(NamedTuple):
    """What somebody was shown."""

    who: str
    at: Instant
    products: list[str]


def estimated(stores: Stores, folder: Path, truth: Truth, pages: Sequence[Page], moment: Instant) -> dict[str, object]:
    """Clicks a place of the shop as of a moment in any order, on the pages since: the estimates, and the truth."""
    columns = stores.events.columns(READ)
    split = time_split(columns, at=moment)
    past = past_of(stores, split)
    release = train(past, Releases(folder), config=untransformed(TrainingConfig()))
    engine = Engine(release, past, config=RecommendConfig(), seconds=0.0, tell=lambda done: None)
    row = {str(id): place for id, place in engine.shelf.row.items()}
    found = logged(stores.events, engine, split, Counts.of(only(columns, split.past), row, engine.shelf.available))
    since = [page for page in pages if page.at >= moment]
    line: dict[str, object] = {"places": found.places, "effective": round(found.effective, 1)}
    line["truth"] = round(float(np.mean([worth for page in since for worth in _worth(page, engine, truth, moment)])), 4)
    if found.estimates is not None:
        for name, each in (("ips", found.estimates.ips), ("snips", found.estimates.snips), ("dr", found.estimates.dr)):
            line[name] = None if each is None else [round(value, 4) for value in (each.mean, each.low, each.high)]
    return line


def _worth(page: Page, engine: Engine, truth: Truth, moment: Instant) -> list[float]:
    """At each place the chance of a click on one of the shop's first that was not shown above."""
    none = np.empty(0, np.int64)
    question = Question(page.who, moment, none, none, none, none, none)
    first = [str(hit.product) for hit in engine.hits(question, k=K, seen=True).items]
    clicks, looks = truth.clicks(page.who, page.at), choice.examination(K)
    chances = {id: float(clicks[truth.products[id]]) for id in first}
    left = [[id for id in first if id not in page.products[:place]] for place in range(len(page.products))]
    return [float(looks[place]) * float(np.mean([chances[id] for id in ids])) for place, ids in enumerate(left) if ids]


def untransformed(config: TrainingConfig) -> TrainingConfig:
    """The same without the transformer."""
    return replace(config, transformer=replace(config.transformer, enabled=False))


def opened(stores: Stores, folder: Path, arranged: RecommendConfig, *, by_looks: bool) -> tuple[Recommender, list[str]]:
    """Train on everything so far; the recommender, and what is on sale."""
    config = untransformed(TrainingConfig(exposure=ExposureConfig(enabled=by_looks)))
    release = train(stores, Releases(folder), config=config)
    shelf = Shelf(release.items())
    shelf.refresh(stores.catalogue)
    recommender = Recommender(release, shelf, stores.events, shoppers=stores.shoppers, config=arranged)
    return recommender, [str(shelf.ids[row]) for row in np.flatnonzero(shelf.available).tolist()]


def showings(lists: Mapping[str, Sequence[str]], truth: Truth) -> np.ndarray:
    """How often each product was shown, in the order of the truth."""
    counts = np.zeros(len(truth.products))
    for shown in lists.values():
        counts[[truth.products[id] for id in shown]] += 1
    return counts


def wished(shoppers: Sequence[str], on_sale: Sequence[str], truth: Truth, at: Instant) -> float:
    """The Gini of the lists that these shoppers would like best."""
    rows = np.array([truth.products[id] for id in on_sale])
    counts = np.zeros(len(truth.products))
    for who in shoppers:
        counts[rows[np.argsort(-truth.utilities(who, at)[rows])[:K]]] += 1
    return gini(counts[rows])


def impressions(who: str, shown: Sequence[Hit], at: Instant) -> list[Event]:
    """What a page reports of a list it shows."""
    return [
        Event(
            "impression",
            at,
            **_visit(who, at),
            product=hit.product,
            list=LIST,
            position=place,
            propensity=hit.propensity,
        )
        for place, hit in enumerate(shown)
    ]


def reactions(who: str, shown: list[str], truth: Truth, at: Instant, rng: np.random.Generator) -> list[Event]:
    """What a shopper does about a list: `simulator.choice`, place by place; a bought product was clicked and carted."""
    utilities = truth.utilities(who, at)
    looked = rng.random(len(shown)) < choice.examination(len(shown))
    events: list[Event] = []
    for place, (id, seen) in enumerate(zip(shown, looked.tolist(), strict=True)):
        worth = float(utilities[truth.products[id]])
        steps = (("click", choice.CLICK), ("cart", choice.CART), ("purchase", choice.BUY))
        for type, threshold in steps if seen else ():
            if rng.random() >= choice.chance(worth, threshold):
                break
            when = Instant(at + 60_000 * (len(events) + 1))
            origin = {"list": LIST, "position": place} if type == "click" else {}
            events.append(Event(type, when, **_visit(who, at), product=ProductId(id), **origin))
    return events


def _visit(who: str, at: Instant) -> dict[str, Any]:
    return {"shopper": ShopperId(who), "session": SessionId(f"{who}.{at}")}


def _request(who: str, at: Instant) -> RecommendRequest:
    return RecommendRequest(shopper=ShopperId(who), kind=LIST, k=K, at=at)


if __name__ == "__main__":
    main()
