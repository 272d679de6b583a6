"""What fake accounts can do: the rank of a product that they push, in the lists that a client gets.

"together" (groceries, `demo` extra): the lines of the last 120 days of the Complete Journey. For each of 20 pairs of an
anchor, one of the 300 products with most buyers, and a target, a product of at most ten buyers that nobody bought with
the anchor, fake accounts buy both in one go, with five popular products beside them. Their number is a part of the
households. Hasty accounts do it on one day, the last; patient ones were opened 60 days before and do it on six days;
careful ones buy on six days of their own and the pair on one of them.
Three ways of counting see the same lines: the shop's own; the same without its trust in accounts; and a plain cosine
over buyers, as a textbook has it. Ranks are those of the target among the anchor's partners.

"for-you" (Amazon Beauty, default settings without the transformer): each of three targets with at most five steps gets
its own fake accounts, whose histories are eight of the 200 most popular products and then the target. Printed is how
many of 2,000 real shoppers, drawn at random, are shown a target among ten products.

"shown" (showcase, default settings without the transformer): what is answered beside 20 anchors, half of them of the
100 products with most steps and half with one to five, when fake accounts for each push a product of another
category with at most five steps. Visitors look at both, five times in turn, on the last day. Hasty, aged-once,
once and returning accounts buy: both today; something else 60 days ago and both today; both in one order 60 days ago;
something else 60 and 40 days ago and both today. Ranks before ("live") and after another training.

"detector": how many of the fake accounts of "together" the shop sets aside, and how many real households with them;
and what is found by `lockstep` alone, cut so that it takes one in a hundred of the real ones. The same for Beauty,
whose histories have no days: each counts as one basket, so that the shop's own limit says nothing there. Fake ones hold
a popular anchor, a target of the fewest buyers and six products, of the popular ones or of any.

    python benchmarks/shilling.py [together] [for-you] [shown] [detector] [--data ../shared/data/amazon14]
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import duckdb
import msgspec
import numpy as np
from beauty import DAY_MS, product

from daogou.adapters.addresses import open_stores
from daogou.domain.event import Event, EventType
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.domain.kinds import Kind
from daogou.domain.text import Text
from daogou.evaluation.groceries.source import find_source
from daogou.evaluation.showcase import build
from daogou.features.lockstep import lockstep
from daogou.ports.stores import Stores
from daogou.recommend.batch import histories
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.shelf import Shelf
from daogou.retrieval.together import Together, TogetherConfig
from daogou.shop.create import create
from daogou.shop.shop import open_shop
from daogou.training import data as facts
from daogou.training.config import TrainingConfig
from daogou.training.data import Lines
from daogou.training.recipes import together
from daogou.training.releases import Release, Releases
from daogou.training.train import train

LISTS = ["together", "for-you", "shown", "detector"]
START_MS = 1_400_000_000_000
SHARES = (0.001, 0.0033, 0.01, 0.03)
"""Fake accounts, as a part of the real ones."""
DAYS = 120
PAIRS = 20
BESIDE = 5
"""Popular products in each fake basket."""
Manner = Literal["hasty", "patient", "careful"]
PLAIN = TogetherConfig(min_shoppers=1, from_power=0.5, to_power=0.5, shrink=0.0, neighbours=1_000)


@dataclass(frozen=True)
class Attack:
    """Anchors and targets by row; the popular products that make fake baskets look ordinary."""

    anchors: np.ndarray
    targets: np.ndarray
    popular: np.ndarray


# --- bought together -----------------------------------------------------------------------------------------------


def groceries() -> tuple[Lines, int]:
    """The last lines of the till, and the number of products."""
    with duckdb.connect() as connection:
        connection.read_parquet(str(find_source() / "transactions.parquet")).create_view("transactions")
        found = connection.sql(
            """SELECT dense_rank() OVER (ORDER BY household_id) - 1 AS actor,
                      dense_rank() OVER (ORDER BY product_id) - 1 AS row,
                      epoch_ms(transaction_timestamp) // 86400000 AS day
               FROM transactions"""
        ).fetchnumpy()
    late = found["day"] > found["day"].max() - DAYS
    _, actor = np.unique(found["actor"][late], return_inverse=True)
    kept, row = np.unique(found["row"][late], return_inverse=True)
    return Lines(actor=actor.astype(np.int32), day=found["day"][late].astype(np.int64), row=row.astype(np.int32)), len(
        kept
    )


def plan(lines: Lines, n: int) -> Attack:
    """Draw the pairs with a fixed seed."""
    rng = np.random.default_rng(0)
    buyers = np.bincount(np.unique(lines.row.astype(np.int64) * 10**6 + lines.actor) // 10**6, minlength=n)
    popular = np.argsort(-buyers, kind="stable")[:300]
    anchors = rng.choice(popular, PAIRS, replace=False)
    basket = lines.actor.astype(np.int64) * 10**6 + lines.day
    rare = rng.permutation(np.flatnonzero((buyers > 0) & (buyers <= 10)))
    targets: list[int] = []
    for anchor in anchors.tolist():
        beside = np.unique(lines.row[np.isin(basket, basket[lines.row == anchor])])
        targets.append(next(row for row in rare.tolist() if row not in beside and row not in targets))
    return Attack(anchors, np.array(targets), popular)


def attacked(lines: Lines, attack: Attack, share: float, *, manner: Manner) -> Lines:
    """The lines with those of the fake accounts."""
    rng = np.random.default_rng(1)
    real = int(lines.actor.max()) + 1
    accounts = math.ceil(share * real)
    last = int(lines.day.max())
    days = [last] if manner == "hasty" else [last - 60, last - 45, last - 30, last - 20, last - 10, last]
    actor, day, row = [lines.actor], [lines.day], [lines.row]
    for place, (anchor, target) in enumerate(zip(attack.anchors, attack.targets, strict=True)):
        for account in range(accounts):
            if manner == "careful":
                days = [last - 60, *np.sort(last - rng.choice(60, 5, replace=False))]
            for visit, when in enumerate(days):
                pushed = [anchor, target] if manner != "careful" or visit == 3 else []
                basket = np.unique([*pushed, *rng.choice(attack.popular, BESIDE, replace=False)])
                actor.append(np.full(len(basket), real + place * accounts + account, np.int32))
                day.append(np.full(len(basket), when))
                row.append(basket.astype(np.int32))
    return Lines(actor=np.concatenate(actor), day=np.concatenate(day), row=np.concatenate(row))


def believing_everybody(config: TogetherConfig) -> Callable[[Lines, int], Together]:
    """Pairs in which every account counts alike."""
    return lambda lines, n: Together.fit(lines.actor, lines.day, lines.row, n, config=config)


WAYS: Mapping[str, Callable[[Lines, int], Together]] = {
    "the shop": lambda lines, n: together.fit(
        lines, n, TrainingConfig(), trusted=together.trust(lines, TrainingConfig())
    ),
    "without trust in accounts": believing_everybody(TogetherConfig()),
    "plain cosine": believing_everybody(PLAIN),
}


def ranks(found: Together, attack: Attack) -> list[int | None]:
    """Place of each target among its anchor's partners, from 1; None where it is not among them."""
    places: list[int | None] = []
    for anchor, target in zip(attack.anchors.tolist(), attack.targets.tolist(), strict=True):
        partners, values = found.table.of(anchor)
        own = values[partners == target]
        places.append(int(np.count_nonzero(values > own[0])) + 1 if len(own) else None)
    return places


def bought_together() -> None:
    """Print a line for each way of counting and each attack."""
    lines, n = groceries()
    attack = plan(lines, n)
    attacks = [("none", 0.0, lines)]
    attacks += [
        (manner, share, attacked(lines, attack, share, manner=manner))
        for manner in get_args(Manner)
        for share in SHARES
    ]
    for way, fit in WAYS.items():
        for name, share, seen in attacks:
            began = time.process_time()
            places = ranks(fit(seen, n), attack)
            print(
                json.dumps({
                    "benchmark": "shilling", "list": "together", "counting": way, "accounts": name, "share": share,
                    "accounts_each": math.ceil(share * (int(lines.actor.max()) + 1)), "pairs": len(places),
                    "best_rank": min((place for place in places if place), default=None),
                    "median_rank": float(np.median([place or 1_001 for place in places])),
                    "first": sum(place == 1 for place in places),
                    "among_10": sum(place is not None and place <= 10 for place in places),
                    "lines": len(seen.row), "cpu_s": round(time.process_time() - began, 1),
                }),
                flush=True,
            )  # fmt: skip


# --- who is set aside ----------------------------------------------------------------------------------------------


def detector(data: Path, shares: Sequence[float]) -> None:
    """Print a line for each attack."""
    lines, n = groceries()
    attack = plan(lines, n)
    for manner in get_args(Manner):
        for share in shares:
            _found(
                "groceries", manner, share, attacked(lines, attack, share, manner=manner), int(lines.actor.max()) + 1
            )
    sequences = [
        line.split()[1:]
        for line in gzip.decompress((data / "beauty_sequences.txt.gz").read_bytes()).decode().splitlines()
    ]
    names, row = np.unique([item for history in sequences for item in history], return_inverse=True)
    actor = np.repeat(np.arange(len(sequences)), [len(history) for history in sequences])
    buyers = np.bincount(row)
    popular = np.argsort(-buyers, kind="stable")[:300]
    rng = np.random.default_rng(0)
    targets = rng.choice(np.flatnonzero(buyers == buyers.min()), PAIRS, replace=False)
    pairs = list(zip(rng.choice(popular, PAIRS, replace=False), targets, strict=True))
    for manner, beside in (("popular", popular), ("any", np.arange(len(names)))):
        for share in shares:
            each = math.ceil(share * len(sequences))
            fakes = [np.array([*pair, *rng.choice(beside, 6, replace=False)]) for pair in pairs for _ in range(each)]
            who = np.concatenate([actor, len(sequences) + np.repeat(np.arange(len(fakes)), 8)]).astype(np.int32)
            rows = np.concatenate([row, *fakes]).astype(np.int32)
            _found("Beauty", manner, share, Lines(who, np.zeros(len(rows), np.int64), rows), len(sequences))


def _found(shop: str, manner: str, share: float, seen: Lines, real: int) -> None:
    """Accounts from `real` on are fakes."""
    began = time.process_time()
    surprise = lockstep(seen.actor, seen.day, seen.row)
    spent = time.process_time() - began
    aside = together.trust(seen, TrainingConfig()).aside
    print(
        json.dumps({
            "benchmark": "shilling", "list": "detector", "shop": shop, "accounts": manner, "share": share,
            "fakes": len(surprise) - real, "set_aside": round(float(aside[real:].mean()), 4),
            "real_set_aside": round(float(aside[:real].mean()), 4),
            "recall_at_1pct": round(float(np.mean(surprise[real:] > np.quantile(surprise[:real], 0.99))), 4),
            "cpu_s": round(spent, 1),
        }),
        flush=True,
    )  # fmt: skip


# --- for you -------------------------------------------------------------------------------------------------------


def for_you(data: Path, shares: Sequence[float]) -> None:
    """Print a line for each attack, and before them one without."""
    sequences = [
        line.split()[1:]
        for line in gzip.decompress((data / "beauty_sequences.txt.gz").read_bytes()).decode().splitlines()
    ]
    items = gzip.decompress((data / "beauty_items.jsonl.gz").read_bytes()).splitlines()
    rng = np.random.default_rng(0)
    names, counts = np.unique([item for history in sequences for item in history], return_counts=True)
    popular = names[np.argsort(-counts, kind="stable")[:200]]
    targets = rng.choice(names[counts == counts.min()], 3, replace=False).tolist()
    asked = [sequences[place] for place in rng.choice(len(sequences), 2_000, replace=False)]
    for share in (0.0, *shares):
        accounts = math.ceil(share * len(sequences))
        fakes = [
            [*rng.choice(popular, 8, replace=False).tolist(), target] for target in targets for _ in range(accounts)
        ]
        shown = _shown(items, [*sequences, *fakes], asked, set(targets))
        print(
            json.dumps({
                "benchmark": "shilling", "list": "for-you", "share": share, "accounts_each": accounts,
                "targets": len(targets), "shoppers": len(asked), "shown_to": shown,
            }),
            flush=True,
        )  # fmt: skip


def _shown(
    items: Sequence[bytes], sequences: Sequence[Sequence[str]], asked: Sequence[Sequence[str]], targets: set[str]
) -> int:
    """Of the asked histories, how many lists of ten hold a target; the shop is trained on all sequences."""
    stores = open_stores("memory://")
    stores.catalogue.put((product(msgspec.json.decode(line)) for line in items), at=Instant(0))
    stores.events.append([
        Event("purchase", Instant(START_MS + place * DAY_MS), shopper=ShopperId(str(who)), product=ProductId(item))
        for who, history in enumerate(sequences)
        for place, item in enumerate(history)
    ])  # fmt: skip
    config = TrainingConfig()
    config = replace(config, transformer=replace(config.transformer, enabled=False))
    with tempfile.TemporaryDirectory() as folder:
        release = train(stores, Releases(Path(folder)), config=config)
        shelf = Shelf(release.items())
        shelf.refresh(stores.catalogue)
        lines = ({"id": place, "history": list(history)} for place, history in enumerate(asked))
        answers = histories(lines, Recommender(release, shelf, stores.events), 10)
        return sum(any(item["product"] in targets for item in answer["items"]) for answer in answers)


# --- what a client is shown ----------------------------------------------------------------------------------------

ASKED: tuple[Kind, ...] = ("together", "because", "similar", "complete")
Acts = Sequence[tuple[EventType, float, Sequence[str]]]
"""What an account does: how, how many days ago, and with what, where "?" is any popular product."""
FAKES: Mapping[str, Acts] = {
    "visitors": [("view", 0.01, ["anchor", "target"] * 5)],
    "hasty": [("purchase", 0.01, ["anchor", "target"])],
    "aged once": [("purchase", 60, ["?"]), ("purchase", 0.01, ["anchor", "target"])],
    "once": [("purchase", 60, ["anchor", "target"])],
    "returning": [("purchase", 60, ["?"]), ("purchase", 40, ["?"]), ("purchase", 0.01, ["anchor", "target"])],
}


def shown(accounts: Sequence[int]) -> None:
    """Print a line for each attack and list, live and after a training."""
    with tempfile.TemporaryDirectory() as folder:
        build.write(Path(folder) / "files")
        create(Path(folder) / "shop", name=Text(en="Panorama"), currency="CNY", rates={"USD": 7.1, "EUR": 7.8})
        shop = open_shop(Path(folder) / "shop")
        shop.import_files(build.paths(Path(folder) / "files"))
        read = facts.read(shop.stores)
        pairs, popular = _pushed(read)
        now = int(read.steps.at.max())
        releases = Releases(Path(folder) / "models")
        honest = _copied(shop.stores, [])
        clean = train(honest, releases, config=_without_transformer())
        for name, each in [("none", 0), *((name, each) for name in FAKES for each in accounts)]:
            fakes = _fakes(FAKES[name], pairs, popular, each, now) if each else []
            stores = _copied(shop.stores, fakes)
            _report(name, each, "live", stores, clean, pairs, now)
            _report(name, each, "trained", stores, train(stores, releases, config=_without_transformer()), pairs, now)
        shop.close()


def _pushed(read: facts.TrainingData) -> tuple[list[tuple[str, str]], list[str]]:
    """The anchors, each with what is pushed beside it, and the popular products."""
    rng = np.random.default_rng(0)
    steps = np.bincount(read.steps.rows, minlength=read.n)
    popular = np.argsort(-steps, kind="stable")[:100]
    few = np.flatnonzero((steps > 0) & (steps <= 5))
    anchors = [*rng.choice(popular, PAIRS // 2, replace=False), *rng.choice(few, PAIRS // 2, replace=False)]
    pairs = []
    for anchor in anchors:
        own = read.products[anchor].category
        other = [row for row in rng.permutation(few).tolist() if read.products[row].category[:1] != own[:1]]
        pairs.append((str(read.products[anchor].id), str(read.products[other[0]].id)))
    return pairs, [str(read.products[row].id) for row in popular.tolist()]


def _fakes(acts: Acts, pairs: Sequence[tuple[str, str]], popular: Sequence[str], each: int, now: int) -> list[Event]:
    rng = np.random.default_rng(1)
    return [
        Event(
            type,
            Instant(int(now - ago * DAY_MS) + account * 1_000 + place),
            shopper=ShopperId(f"fake-{anchor}-{account}"),
            product=ProductId({"anchor": anchor, "target": target}.get(what) or str(rng.choice(popular))),
        )
        for anchor, target in pairs
        for account in range(each)
        for type, ago, products in acts
        for place, what in enumerate(products)
    ]


def _copied(stores: Stores, fakes: Sequence[Event]) -> Stores:
    """The shop's catalogue, events and orders in memory, and the events of fake accounts after them."""
    copy = open_stores("memory://")
    copy.catalogue.put(stores.catalogue.scan(), at=Instant(0))
    copy.orders.put(list(stores.orders.scan()))
    seq = 0
    while batch := stores.events.since(seq):
        copy.events.append([recorded.event for recorded in batch])
        seq = batch[-1].seq
    copy.events.append(fakes)
    return copy


def _without_transformer() -> TrainingConfig:
    config = TrainingConfig()
    return replace(config, transformer=replace(config.transformer, enabled=False))


def _report(
    name: str, each: int, when: str, stores: Stores, release: Release, pairs: Sequence[tuple[str, str]], now: int
) -> None:
    shelf = Shelf(release.items())
    shelf.refresh(stores.catalogue)
    recommender = Recommender(release, shelf, stores.events)
    for kind in ASKED:
        places = []
        for anchor, target in pairs:
            named = {"basket": (ProductId(anchor),)} if kind == "complete" else {"product": ProductId(anchor)}
            hits = recommender.recommend(RecommendRequest(kind=kind, k=50, at=Instant(now), **named)).items
            places.append(next((place for place, hit in enumerate(hits, 1) if hit.product == target), None))
        for anchors, half in (("popular", places[: PAIRS // 2]), ("rare", places[PAIRS // 2 :])):
            print(
                json.dumps({
                    "benchmark": "shilling", "list": kind, "accounts": name, "accounts_each": each, "when": when,
                    "anchors": anchors, "pairs": len(half), "first": sum(place == 1 for place in half),
                    "among_10": sum(place is not None and place <= 10 for place in half),
                }),
                flush=True,
            )  # fmt: skip


def main() -> None:
    """Measure the lists that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", nargs="*", choices=LISTS, default=LISTS)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[1] / "../shared/data/amazon14")
    parser.add_argument("--shares", type=float, nargs="+", default=SHARES, help='of the attacks on "for you"')
    parser.add_argument("--accounts", type=int, nargs="+", default=(10, 30), help='of the attacks on what is "shown"')
    asked = parser.parse_args()
    if "together" in asked.lists:
        bought_together()
    if "shown" in asked.lists:
        shown(asked.accounts)
    if "detector" in asked.lists:
        detector(asked.data, asked.shares)
    if "for-you" in asked.lists:
        for_you(asked.data, asked.shares)


if __name__ == "__main__":
    main()
