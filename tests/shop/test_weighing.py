"""Weights of the parts of a search's score, learnt from clicks and asked of queries that were held back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shop_world import build_shop

from daogou.domain.ids import ProductId
from daogou.features.clicks import ClicksConfig
from daogou.ports.stores import Seen
from daogou.search.scoring import Weights
from daogou.search.worth import LEARNT, Worth
from daogou.shop.weighing import Find, Found, write_worth
from daogou.training.lesson import Skip

LOOKED = 1 / (1 + np.arange(8))
WORDS = [
    "amber",
    "birch",
    "cedar",
    "dune",
    "elm",
    "fern",
    "glen",
    "heath",
    "iris",
    "jade",
    "kelp",
    "lark",
    "moss",
    "nut",
]
NEW, BRAND = LEARNT.index("new"), LEARNT.index("brand")


def found(query: str) -> Found:
    """Twelve products of three brands, told apart by words, by how new they are and by nothing else."""
    draw = np.random.default_rng(list(query.encode()))
    parts = np.zeros((12, len(LEARNT)), np.float32)
    parts[:, NEW] = draw.random(12)
    products = [ProductId(f"{query}-{n}") for n in range(12)]
    return Found(products, ["Alta", "Brio", "Caro"] * 4, draw.random(12).astype(np.float32), parts)


def visits(*, newness: float, alta: float, queries: int = 120, people: int = 25) -> list[Seen]:
    draw = np.random.default_rng(0)
    seen = []
    names = [f"{WORDS[n % 14]} {WORDS[n // 14]}" for n in range(queries)]
    for query in names:
        answer = found(query)
        order = np.argsort(-answer.base)
        for person in range(people):
            shown = order[np.argsort(np.arange(12) + 4 * draw.random(12), kind="stable")][:8]
            for place, row in enumerate(shown.tolist()):
                liking = newness * answer.parts[row, NEW] + alta * (answer.brands[row] == "Alta")
                clicked = bool(draw.random() < LOOKED[place] / (1 + np.exp(2 - liking)))
                seen.append(Seen(f"{query}/{person}", query, answer.products[row], place, clicked))
    return seen


def learnt(folder: Path, seen: list[Seen], find: Find = found) -> Worth:
    write_worth(folder, seen, LOOKED, config=ClicksConfig(), find=find)
    return Worth.load(folder)


def test_shoppers_who_turn_to_what_is_new_and_to_a_brand_move_both_weights(tmp_path: Path) -> None:
    worth = learnt(tmp_path, visits(newness=2.0, alta=2.0))
    assert worth.weights["new"] > 10 * Weights().new
    assert worth.weights["brand"] > 0.1
    assert set(worth.brands) == {"Alta"}
    assert worth.weights["kind"] == pytest.approx(Weights().kind, abs=0.01)  # no list tells anything of it
    assert "being new counts" in worth.said().en
    assert "顾客常选的品牌" in worth.said().zh


def test_clicks_that_depend_on_nothing_change_nothing(tmp_path: Path) -> None:
    with pytest.raises(Skip, match="held-back queries do not say"):
        learnt(tmp_path, visits(newness=0.0, alta=0.0))
    assert Worth.load(tmp_path) == Worth()
    assert Worth().said().en == ""


def test_few_queries_teach_nothing(tmp_path: Path) -> None:
    with pytest.raises(Skip, match="clicks after 20 families of queries are too few"):
        learnt(tmp_path, visits(newness=2.0, alta=2.0, queries=20))


def test_queries_of_one_family_are_held_back_together(tmp_path: Path) -> None:
    """Sixty longer forms of each of two queries are two families, too few to ask by."""
    seen = [
        Seen(one.who, f"{'shoes' if n % 2 else 'packs'} {one.query}", one.product, one.position, one.clicked)
        for n, one in enumerate(visits(newness=2.0, alta=2.0))
    ]
    seen += [Seen("a", word, ProductId(f"{word}-1"), 0, clicked=True) for word in ("shoes", "packs")]
    with pytest.raises(Skip, match="clicks after 2 families"):
        learnt(tmp_path, seen)


def test_a_brand_that_few_people_click_is_not_a_brand_that_is_chosen(tmp_path: Path) -> None:
    seen = visits(newness=2.0, alta=2.0)
    narrow = [Seen(f"p{hash_of(one.who)}", one.query, one.product, one.position, one.clicked) for one in seen]
    assert learnt(tmp_path, narrow).brands == {}


def hash_of(who: str) -> int:
    """One of four people."""
    return sum(map(ord, who)) % 4


def test_what_was_learnt_ranks_and_says_why(tmp_path: Path) -> None:
    shop = build_shop(tmp_path / "shop")
    release = shop.train()
    assert "clicks on products that a search showed" in release.manifest.skipped["weights"]
    assert shop.weights_said.en == ""
    before = [hit.product for hit in shop.search("boots", k=6)]
    searcher = shop.engine._lexical.searcher
    searcher.worth = Worth({"brand": 0.8}, {"Brio": 0.6})
    searcher._brands = searcher.worth.by_row(searcher.shelf.products)
    hits = shop.search("boots", k=6)
    assert [hit.product for hit in hits][:3] == ["boots-3", "boots-4", "boots-5"] != before[:3]
    (said,) = [reason for reason in hits.items[0].because if reason.source == "search.brand"]
    assert said.text.en == "A brand that is often chosen here"
    assert said.share > 0
    searcher.worth = Worth({"cheap": 0.8})
    assert shop.search("boots", k=1).items[0].product == "boots-0"
    assert any(reason.source == "search.cheap" for reason in shop.search("boots", k=1).items[0].because)
    shop.close()
