"""What clicks after searches teach where the truth is known; prints JSON.

    python benchmarks/clicks.py

The showcase. `places`: how much each place is looked at, as the simulated shoppers do, as it is learnt from the log,
and as clicks for each showing say. Its shoppers see lists in a random order and type many different queries.

`frequent` adds 400 visits to each of its 40 largest kinds of goods: a visitor types the name, is shown the shop's own
answer with some neighbours swapped, looks at place k (from 0) with a chance of (1 + k) ** -1 and clicks what pleases
there, by an appeal that was drawn for each query and product. nDCG@10 by that appeal of what search answers before and
after the training, and with the same weight where clicks were divided by showings, as if each place were looked at
alike.

`weights`: what pleases depends on how new a product is, on its brand and on chance. The visits are to every second of
the 80 largest kinds; asked is what search answers for the others, which nobody has clicked after. `by_chance` are the
weights that the visits of `frequent` teach, where what pleases depends on nothing: none should be kept.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from daogou.domain.event import Event
from daogou.domain.ids import Instant, ProductId, SessionId
from daogou.domain.text import Text
from daogou.evaluation.showcase import build
from daogou.evaluation.simulator import choice
from daogou.search.chosen import Chosen
from daogou.shop.choosing import learn
from daogou.shop.create import create
from daogou.shop.shop import Shop, open_shop
from daogou.training.releases import Release

_KINDS, _VISITS, _SHOWN, _DECAY = 40, 400, 10, 1.0
_MOVED = 4.0
"""Places by which a product is moved at most from one visit to the next."""

Appeal = Mapping[str, Mapping[ProductId, float]]


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        build.write(Path(folder) / "files")
        create(Path(folder) / "shop", name=Text(en="Panorama"), currency="CNY", rates={"USD": 7.1, "EUR": 7.8})
        shop = open_shop(Path(folder) / "shop")
        shop.import_files(build.paths(Path(folder) / "files"))
        release = shop.train()
        shutil.copytree(Path(folder) / "shop", Path(folder) / "again")
        looked = Chosen.load(release.path("clicks")).looked
        report = {"places": _places(shop, looked), "used": _used(release), "frequent": _frequent(shop)}
        shop.close()
        report["weights"] = _weighed(Path(folder) / "again")
    print(json.dumps({"benchmark": "clicks", **report}, ensure_ascii=False))


def _weighed(folder: Path) -> dict[str, object]:
    shop, rng = open_shop(folder), np.random.default_rng(1)
    appeal = _by_features(shop, rng)
    clicked, others = (dict(list(appeal.items())[start::2]) for start in (0, 1))
    before = {"clicked after": _ndcg(shop, clicked), "never clicked after": _ndcg(shop, others)}
    shop.record(list(_visits(shop, clicked, rng)))
    began = time.process_time()
    release = shop.train(only=["weights"])
    spent = round(time.process_time() - began, 1)
    searcher = shop.engine._lexical.searcher
    searcher.chosen = Chosen()
    found = {
        "used": _used(release, "weights"),
        "said": searcher.worth.said().en,
        "cpu_s": spent,
        "ndcg@10": {
            "before": before,
            "after": {"clicked after": _ndcg(shop, clicked), "never clicked after": _ndcg(shop, others)},
        },
    }
    shop.close()
    return found


def _by_features(shop: Shop, rng: np.random.Generator) -> Appeal:
    """Newer products please more, and so do those of some brands."""
    products = {product.id: product for product in shop.stores.catalogue.scan()}
    newest = max(product.released or 0 for product in products.values())
    taste = {brand: rng.normal() for brand in sorted({product.brand or "" for product in products.values()})}

    def pleases(id: ProductId) -> float:
        age = (newest - (products[id].released or 0)) / (182 * 86_400_000)
        return float(1 / (1 + np.exp(2.5 - 2 * 2**-age - taste[products[id].brand or ""] - 0.5 * rng.normal())))

    return {kind: {id: pleases(id) for id in every} for kind, every in _appeal(shop, rng, 2 * _KINDS).items()}


def _places(shop: Shop, looked: tuple[float, ...]) -> dict[str, list[float]]:
    places = shop.stores.queries.places(since=Instant(0))[: len(looked)]
    rates = np.array([(place.clicks or 0) / max(place.shown or 1, 1) for place in places])
    return {
        "true": np.round(choice.examination(len(looked)), 3).tolist(),
        "learnt": np.round(looked, 3).tolist(),
        "clicks for each showing": np.round(rates / rates[0], 3).tolist(),
    }


def _used(release: Release, name: str = "clicks") -> dict[str, object]:
    manifest = release.manifest
    figures = {key: value for key, value in manifest.metrics.items() if key.startswith(f"{name}.")}
    return figures | {"skipped": manifest.skipped.get(name)}


def _frequent(shop: Shop) -> dict[str, object]:
    rng = np.random.default_rng(0)
    appeal = _appeal(shop, rng)
    before = _ndcg(shop, appeal)
    start = shop.stores.events.head()
    shop.record(list(_visits(shop, appeal, rng)))
    release = shop.train(only=["clicks"])  # what is popular stays as it was
    learnt = Chosen.load(release.path("clicks"))
    after = _ndcg(shop, appeal)
    seen = shop.stores.lists.seen(since=Instant(0), limit=1_000_000)
    naive = learn(seen, np.ones(_SHOWN), shop.settings.training.clicks)
    shop.engine._lexical.searcher.chosen = replace(learnt, lifts=naive)
    return {
        "events": shop.stores.events.head() - start,
        "true": np.round((1 + np.arange(_SHOWN)) ** -_DECAY, 3).tolist(),
        "learnt": np.round(learnt.looked, 3).tolist(),
        "used": _used(release),
        "by_chance": _used(release, "weights"),
        "ndcg@10": {"before": before, "after": after, "as if each place were looked at alike": _ndcg(shop, appeal)},
    }


def _appeal(shop: Shop, rng: np.random.Generator, n: int = _KINDS) -> Appeal:
    """How likely each product of the largest kinds is clicked where it is looked at."""
    kinds: dict[str, list[ProductId]] = {}
    for product in shop.stores.catalogue.scan():
        if product.category and product.available:
            kinds.setdefault(product.category[-1].en, []).append(product.id)
    largest = sorted(kinds, key=lambda kind: (-len(kinds[kind]), kind))[:n]
    return {kind: {id: float(rng.beta(1, 4)) for id in kinds[kind]} for kind in largest}


def _visits(shop: Shop, appeal: Appeal, rng: np.random.Generator) -> Iterator[Event]:
    for kind, pleases in appeal.items():
        answer = [hit.product for hit in shop.search(kind, k=3 * _SHOWN)]
        for visit in range(_VISITS):
            at, who = Instant(shop.clock() - visit), SessionId(f"{kind}-{visit}")
            yield Event("search", at, session=who, query=kind)
            moved = np.argsort(np.arange(len(answer)) + _MOVED * rng.random(len(answer)), kind="stable")
            for place, row in enumerate(moved[:_SHOWN].tolist()):
                shown = Event("impression", at, session=who, product=answer[row], query=kind, position=place)
                yield shown
                if rng.random() < (1 + place) ** -_DECAY * pleases.get(answer[row], 0.0):
                    yield replace(shown, type="click")


def _ndcg(shop: Shop, appeal: Appeal) -> float:
    worth = 1 / np.log2(np.arange(_SHOWN) + 2)
    found = []
    for kind, pleases in appeal.items():
        answer = [pleases.get(hit.product, 0.0) for hit in shop.search(kind, k=_SHOWN)]
        best = np.sort(list(pleases.values()))[::-1][:_SHOWN]
        found.append(float(np.array(answer) @ worth[: len(answer)] / (best @ worth[: len(best)])))
    return round(float(np.mean(found)), 4)


if __name__ == "__main__":
    main()
