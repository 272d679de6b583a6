"""Build the showcase: a folder of records, pictures and the truth behind them.

The same seed, scale and end give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from daogou.domain.ids import Instant
from daogou.evaluation.lines import write_lines
from daogou.evaluation.showcase.articles import build_articles
from daogou.evaluation.showcase.offers import build_promotions
from daogou.evaluation.showcase.orders import build_orders
from daogou.evaluation.showcase.people import PEOPLE, scripted_purchases
from daogou.evaluation.showcase.pictures import draw
from daogou.evaluation.showcase.prices import history_of
from daogou.evaluation.showcase.products import CURRENCY, Good, build_products
from daogou.evaluation.showcase.reviews import build_reviews
from daogou.evaluation.showcase.vocabulary import Vocabulary, vocabulary
from daogou.evaluation.simulator import NOTICE
from daogou.evaluation.simulator.sessions import simulate
from daogou.evaluation.simulator.tastes import draw_tastes
from daogou.evaluation.simulator.truth import Truth
from daogou.evaluation.simulator.world import Item, Topic, World
from daogou.ingest import records

SEED = 20260901
END = Instant(1_788_220_800_000)
"""1 September 2026, the end of the data where the caller names none; a demo passes the start of the current day."""
SHOPPERS = 3000
REVIEWS = 8000
RECORDS = (
    "products.jsonl", "shoppers.jsonl", "prices.jsonl", "promotions.jsonl", "articles.jsonl", "policies.jsonl",
    "orders.jsonl", "events.jsonl", "reviews.jsonl",
)  # fmt: skip
"""The files to import, in the order that finds every product known. `pictures/` and `truth.json` are not records."""


def write(folder: Path, *, seed: int = SEED, scale: float = 1.0, end: Instant | None = None) -> None:
    """Write the showcase into `folder`, which is made if need be; files of the same names are replaced.

    `scale` shrinks goods, shoppers and reviews alike, for tests.
    """
    folder.mkdir(parents=True, exist_ok=True)
    end = END if end is None else end
    words = vocabulary()
    goods = build_products(words, Random(f"{seed} goods"), scale=scale, end=end)
    world = _world(goods, words, seed)
    tastes = draw_tastes(world, max(len(PEOPLE), round(SHOPPERS * scale)), seed=seed, end=end, people=PEOPLE)
    truth = Truth.of(world, tastes, end)
    scripted = list(scripted_purchases(world, truth, end))
    truth = truth.after(scripted)
    visits = [event for visit in simulate(world, tastes, truth, seed=seed) for event in visit]
    truth.after(visits).save(folder, NOTICE.en)
    events = sorted([*visits, *scripted], key=lambda event: event.at)
    orders = list(build_orders(events, Random(f"{seed} orders"), end=end))
    reviews = build_reviews(
        goods, events, tastes.shoppers, Random(f"{seed} reviews"), n=round(REVIEWS * scale), end=end
    )
    articles, policies = build_articles(goods, end=end)
    _write_all(
        folder,
        products=map(records.encode_product, (good.product for good in goods)),
        shoppers=map(records.encode_shopper, tastes.shoppers),
        prices=map(records.encode_price, _prices(goods, Random(f"{seed} prices"), end)),
        promotions=map(records.encode_promotion, build_promotions(goods, end=end)),
        articles=map(records.encode_article, articles),
        policies=map(records.encode_policy, policies),
        orders=map(records.encode_order, orders),
        events=map(records.encode_event, events),
        reviews=map(records.encode_review, reviews),
    )
    _write_pictures(folder / "pictures", goods, words)
    (folder / "README").write_text(f"{NOTICE.zh}\n{NOTICE.en}\n", "utf-8")


def paths(folder: Path) -> list[Path]:
    """The files of a written showcase that are to be imported."""
    return [folder / name for name in RECORDS]


def _write_all(folder: Path, **kinds: Iterable[dict[str, Any]]) -> None:
    for name, lines in kinds.items():
        write_lines(folder / f"{name}.jsonl", lines)


def _prices(goods: Sequence[Good], rng: Random, end: Instant) -> Iterator[Any]:
    for good in goods:
        yield from history_of(good.product, rng, end=end)


def _write_pictures(folder: Path, goods: Sequence[Good], words: Vocabulary) -> None:
    folder.mkdir(exist_ok=True)
    for good in goods:
        fill = words.colors[good.colors[0]].fill
        (folder / f"{good.product.id}.svg").write_text(draw(good.kind.picture, fill), "utf-8")


def _world(goods: Sequence[Good], words: Vocabulary, seed: int) -> World:
    topics = [
        Topic(
            kind.id, kind.department.en, kind.name, kind.words, kind.goes_with, lasts=kind.lasts, used_up=kind.used_up
        )
        for kind in words.kinds.values()
    ]
    return World.of([_item(good) for good in goods], topics, currency=CURRENCY, seed=seed)


def _item(good: Good) -> Item:
    product = good.product
    return Item(
        id=product.id,
        kind=good.kind.id,
        department=good.kind.department.en,
        brand=good.brand.id,
        colors=() if good.kind.tinted else good.colors,
        price=product.price.minor if product.price else 0,
        quality=good.quality,
        gender=good.who if good.who in ("men", "women") else None,
        season=good.season,
        released=product.released or Instant(0),
        available=product.available,
        variants=tuple(variant.id for variant in product.variants if variant.stock),
    )
