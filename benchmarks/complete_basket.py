"""The rest of a basket, of whose products half is given, in a demonstration shop: `complete`, beside simple baselines.

The newest fifth of the events is the future, which the shop knows nothing of; with --held 2 the fifth of the time
before that, on which settings are chosen. Of each shopper the first later basket (purchases less than 2.4 hours apart)
of two products or more is asked about, `--shoppers` of them drawn: half of it is given, drawn too, and the rest is to
be found among all products. Each is asked twice, as the basket of that shopper and as one of nobody that the shop
knows. Baselines: what most shoppers bought, item-kNN (cosine over baskets), and for known shoppers what they bought
most often, then what is popular; none of these shows what lies in the basket. Prints one JSON line a system, with
recall@10, recall@20 and NDCG@10, and 95 % bootstrap intervals of what `complete` has over it on the same baskets; of
the shop's own lists also how much of their first ten is of a category that lies in the basket, and milliseconds a
request (p50, p99), each asked twice and the second time counted.

    python benchmarks/complete_basket.py [--set showcase] [--held 2] [--shoppers 1000] [--config JSON]
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import scipy.sparse as sp

from daogou.adapters.addresses import open_stores
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.evaluation import groceries
from daogou.evaluation.offline.bootstrap import differences
from daogou.evaluation.offline.past import past_of
from daogou.evaluation.offline.splits import READ, Split, only, time_split
from daogou.evaluation.showcase import build
from daogou.ingest.options import ImportOptions
from daogou.ingest.run import import_paths
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.habits import visits
from daogou.retrieval.metrics import listwise
from daogou.retrieval.shelf import Shelf
from daogou.training.config import TrainingConfig
from daogou.training.releases import Releases
from daogou.training.train import train

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.kinds import Kind
    from daogou.ports.stores import EventColumns, Stores

K = 20
_LARGEST = 60
"""Products of one basket of which item-kNN counts pairs."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What lies beside the given half of a basket?"""

    shopper: ShopperId
    at: Instant
    given: tuple[int, ...]
    """Rows."""
    wanted: frozenset[int]


@dataclass(frozen=True, slots=True)
class Purchases:
    """Purchases of the past, one entry a line."""

    who: NDArray[np.int64]
    row: NDArray[np.int64]
    basket: NDArray[np.int64]
    """What one shopper bought in one go has one number."""
    shoppers: Mapping[str, int]
    n: int
    """How many products there are."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--set", default="groceries", choices=["groceries", "showcase"])
    options.add_argument("--held", type=int, default=1, choices=[1, 2], help="which fifth of the time is asked about")
    options.add_argument("--shoppers", type=int, default=1_000, help="asked at most")
    options.add_argument("--config", type=json.loads, default={}, help="training settings as JSON")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stores = shop(chosen.set, Path(folder))
        split = held_back(stores.events.columns(READ), chosen.held)
        past = past_of(stores, split)
        started = time.process_time()
        release = train(past, Releases(Path(folder) / "models"), config=msgspec.convert(chosen.config, TrainingConfig))
        cpu = round(time.process_time() - started, 1)
        shelf = Shelf(release.items())
        shelf.refresh(stores.catalogue)
        asked = baskets(split, shelf, limit=chosen.shoppers)
        about = {"benchmark": "complete_basket", "set": chosen.set, "held": chosen.held, "baskets": len(asked)}
        print(json.dumps(about | {"train_cpu_s": cpu, "config": chosen.config}), flush=True)
        report(Recommender(release, shelf, past.followed), shelf, asked, purchases(split, shelf))
        stores.close()


def shop(name: str, folder: Path) -> Stores:
    """The whole shop."""
    stores = open_stores(f"sqlite:///{folder / 'shop.db'}")
    if name == "showcase":
        build.write(folder)
        import_paths(build.paths(folder), stores, options=ImportOptions())
    else:
        groceries.write(folder)
        import_paths([folder / "products.jsonl", folder / "events.parquet"], stores, options=ImportOptions())
    return stores


def held_back(columns: EventColumns, held: int) -> Split:
    """The newest fifth of the events as the future, or the newest fifth of what was before it."""
    for _ in range(held - 1):
        columns = only(columns, time_split(columns).past)
    return time_split(columns)


def baskets(split: Split, shelf: Shelf, *, limit: int) -> list[Asked]:
    """Of each shopper the first basket after the split that has two products or more which the shop still offers."""
    columns = split.columns
    rows = _rows(columns, shelf)
    later = _bought(columns) & ~split.known & (rows >= 0) & shelf.available[rows]
    who, at, row, basket = _in_baskets(columns, rows, later)
    first: dict[int, tuple[int, list[int]]] = {}
    for begin, end in itertools.pairwise([*np.flatnonzero(np.diff(basket, prepend=-1)).tolist(), len(basket)]):
        products = np.unique(row[begin:end]).tolist()
        if len(products) > 1:
            first.setdefault(int(who[begin]), (int(at[begin]), products))
    random = np.random.default_rng(0)
    asked = []
    for shopper in random.permutation(sorted(first))[:limit].tolist():
        begun, products = first[shopper]
        mixed = random.permutation(products).tolist()
        half = len(mixed) // 2
        name = ShopperId(columns.shoppers[shopper])
        asked.append(Asked(name, Instant(begun), tuple(mixed[:half]), frozenset(mixed[half:])))
    return asked


def purchases(split: Split, shelf: Shelf) -> Purchases:
    """What was bought before the split."""
    columns = split.columns
    rows = _rows(columns, shelf)
    who, _, row, basket = _in_baskets(columns, rows, _bought(columns) & split.past & (rows >= 0))
    return Purchases(who, row, basket, {name: place for place, name in enumerate(columns.shoppers)}, len(shelf))


def report(recommender: Recommender, shelf: Shelf, asked: Sequence[Asked], past: Purchases) -> None:
    """Ask every system and print what each finds."""
    wanted = [each.wanted for each in asked]
    popular = _table(past.who, past.row, past.n).astype(bool).sum(0).A1.astype(float)
    popular[~shelf.available] = -1
    neighbours, often = _item_knn(past, popular), _frequency(past, popular)
    for known in (True, False):
        systems: dict[str, tuple[list[list[int]], dict[str, Any]]] = {
            "complete": _answers(recommender, shelf, asked, "complete", known=known),
            "together": _answers(recommender, shelf, asked, "together", known=known),
            "most popular": ([_best(popular.copy(), each.given) for each in asked], {}),
            "item-kNN over baskets": ([_best(neighbours(each), each.given) for each in asked], {}),
        }
        if known:
            systems["personal frequency"] = ([_best(often(each), each.given) for each in asked], {})
        scored = {name: scores(lists, wanted) for name, (lists, _) in systems.items()}
        for name, values in scored.items():
            line: dict[str, Any] = {"shopper": "known" if known else "nobody", "system": name}
            over = [each.interval for each in differences(scored["complete"] - values, seed=0)]
            for label, mean, interval in zip(("recall@10", "recall@20", "ndcg@10"), values.mean(0), over, strict=True):
                line[label] = round(float(mean), 4)
                if name != "complete":
                    line[f"complete_over_{label}_95"] = [round(interval.low, 4), round(interval.high, 4)]
            print(json.dumps(line | systems[name][1]), flush=True)


def scores(lists: Sequence[Sequence[int]], wanted: Sequence[frozenset[int]]) -> NDArray[np.float64]:
    """(baskets, 3) recall@10, recall@20 and NDCG@10."""
    hits = np.zeros((len(lists), K), np.bool_)
    for place, (rows, right) in enumerate(zip(lists, wanted, strict=True)):
        hits[place, : len(rows)] = [row in right for row in rows[:K]]
    relevant = np.array([len(right) for right in wanted])
    ten, twenty = listwise(hits, relevant, 10), listwise(hits, relevant, 20)
    return np.stack([ten["recall"], twenty["recall"], ten["ndcg"]], axis=1)


def _answers(
    recommender: Recommender, shelf: Shelf, asked: Sequence[Asked], kind: Kind, *, known: bool
) -> tuple[list[list[int]], dict[str, Any]]:
    """The shop's lists as rows, and what they take."""
    lists, took, same = [], [], []
    for each in asked:
        basket = tuple(ProductId(shelf.ids[row]) for row in each.given)
        shopper = each.shopper if known else None
        request = RecommendRequest(shopper=shopper, basket=basket, kind=kind, k=K, at=each.at)
        recommender.recommend(request)  # who asks is looked up in the log the first time
        started = time.perf_counter()
        hits = recommender.recommend(request)
        took.append(1000 * (time.perf_counter() - started))
        rows = [shelf.row[hit.product] for hit in hits.items]
        kinds = set(shelf.sorts[list(each.given), 1].tolist()) - {0}
        same += [int(shelf.sorts[row, 1]) in kinds for row in rows[:10]]
        lists.append(rows)
    p50, p99 = np.quantile(took, (0.5, 0.99))
    return lists, {"own_kind": round(float(np.mean(same)), 3), "ms": [round(float(p50), 2), round(float(p99), 2)]}


def _item_knn(past: Purchases, popular: NDArray[np.float64]) -> Callable[[Asked], NDArray[np.float64]]:
    """Cosine between the columns of the 0/1 table of baskets and products; what is popular comes after all."""
    table = _table(past.basket, past.row, past.n).astype(bool).astype(float)
    table = table[np.flatnonzero(table.sum(1).A1 <= _LARGEST)]
    norms = np.maximum(np.sqrt(table.sum(0).A1), 1)
    unit = table.multiply(1 / norms).tocsc()
    by_product, behind = unit.T.tocsr(), 1e-9 * popular / max(popular.max(), 1)

    def scored(asked: Asked) -> NDArray[np.float64]:
        found = (by_product[list(asked.given)].sum(0) @ unit).A1
        return np.where(popular < 0, -1, found + behind)

    return scored


def _frequency(past: Purchases, popular: NDArray[np.float64]) -> Callable[[Asked], NDArray[np.float64]]:
    """How often the shopper bought each, then what is popular."""
    own = _table(past.who, past.row, past.n)
    behind = 0.5 * popular / max(popular.max(), 1)

    def scored(asked: Asked) -> NDArray[np.float64]:
        who = past.shoppers[asked.shopper]
        times = own[who].toarray().ravel() if who < own.shape[0] else np.zeros(past.n)
        return np.where(popular < 0, -1, times + behind)

    return scored


def _best(values: NDArray[np.float64], given: Sequence[int]) -> list[int]:
    """The rows of the highest values that do not lie in the basket, ties in order of row."""
    values[list(given)] = -2
    first = np.flatnonzero(values >= np.partition(values, len(values) - K)[len(values) - K])
    found: list[int] = first[np.argsort(-values[first], kind="stable")][:K].tolist()
    return found


def _table(lines: NDArray[np.int64], rows: NDArray[np.int64], n: int) -> Any:
    """(lines, products) how often each has each, in CSR."""
    return sp.csr_matrix((np.ones(len(rows)), (lines, rows)), (int(lines.max(initial=-1)) + 1, n))


def _rows(columns: EventColumns, shelf: Shelf) -> NDArray[np.int64]:
    """(events,) The product of each by row, -1 where the shop has none."""
    return np.array([shelf.row.get(ProductId(id), -1) for id in columns.products], np.int64)[columns.product]


def _in_baskets(
    columns: EventColumns, rows: NDArray[np.int64], kept: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """(lines,) each: shopper, moment, row and number of the basket of the purchases kept, basket after basket."""
    places = np.flatnonzero(kept)
    places = places[np.lexsort((columns.at[places], columns.shopper[places]))]
    who, at = columns.shopper[places].astype(np.int64), columns.at[places]
    new = visits(at) | (np.diff(who, prepend=-1) != 0) | (np.diff(at, prepend=0) < 0)
    return who, at, rows[places], new.cumsum() - 1


def _bought(columns: EventColumns) -> NDArray[np.bool_]:
    """(events,) Which are purchases."""
    return np.array([type == "purchase" for type in columns.types], np.bool_)[columns.type]


if __name__ == "__main__":
    main()
