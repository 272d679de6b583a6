"""What fake accounts can do: the rank of a product that they push, in "bought together" and in "for you".

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

    python benchmarks/shilling.py [together] [for-you] [--data ../shared/data/amazon14]
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
from daogou.domain.event import Event
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.evaluation.groceries.source import find_source
from daogou.recommend.batch import histories
from daogou.recommend.recommender import Recommender
from daogou.retrieval.shelf import Shelf
from daogou.retrieval.together import Together, TogetherConfig
from daogou.training.config import TrainingConfig
from daogou.training.data import Lines
from daogou.training.recipes import together
from daogou.training.releases import Releases
from daogou.training.train import train

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
    "the shop": lambda lines, n: together.fit(lines, n, TrainingConfig()),
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


def main() -> None:
    """Measure the lists that are named, or both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", nargs="*", choices=["together", "for-you"], default=["together", "for-you"])
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[1] / "../shared/data/amazon14")
    parser.add_argument("--shares", type=float, nargs="+", default=SHARES, help='of the attacks on "for you"')
    asked = parser.parse_args()
    if "together" in asked.lists:
        bought_together()
    if "for-you" in asked.lists:
        for_you(asked.data, asked.shares)


if __name__ == "__main__":
    main()
