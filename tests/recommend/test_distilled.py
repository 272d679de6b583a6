from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, cast

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import daogou
from daogou.adapters.memory.stores import open_memory
from daogou.cli.main import cli
from daogou.domain.errors import BadRequest, NotReady
from daogou.domain.hit import Hit, Hits
from daogou.domain.ids import ProductId
from daogou.recommend.distilled import ENOUGH, RECENCIES, RECENCY, Distilled, distil, newest_histories
from daogou.recommend.request import RecommendRequest
from daogou.shop.batch import recommend_lines
from daogou.testing.builders import event

if TYPE_CHECKING:
    from daogou.recommend.recommender import Recommender

PRODUCTS = "\n".join(
    ["product_id,product_name,product_description,price,brand,category"]
    + [f"p{n},thing {n},made of stuff {n // 4},{n + 1},brand{n % 3},Things" for n in range(12)]
)
EVENTS = "\n".join(
    ["user_id,product_id,type,timestamp"]
    + [f"s{s},p{(s + n) % 12},view,2026-03-0{n + 1}T10:00:00Z" for s in range(24) for n in range(5)]
)

HEAD = '{"release": "r", "recency": 0.6, "steps": 10}'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shops") / "shop"
    run("init", folder, "--currency", "USD")
    (folder / "products.csv").write_text(PRODUCTS)
    (folder / "events.csv").write_text(EVENTS)
    run("import", folder / "products.csv", folder / "events.csv", "--shop", folder)
    run("train", "--shop", folder)
    return folder


def run(*arguments: object) -> str:
    result = CliRunner().invoke(cli, [str(each) for each in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def table(folder: Path) -> Distilled:
    run("distil", "--k", 8, "--out", folder / "next.jsonl", "--shop", folder)
    return Distilled.read((folder / "next.jsonl").read_bytes().splitlines())


class Summing:
    """A ranker whose older steps say so much of what the newest does, of lines drawn with a seed."""

    release = "r"

    def __init__(self, recency: float) -> None:
        random = Random(0)
        self.products = [ProductId(f"p{n}") for n in range(60)]
        lines = {id: {other: 1 + random.random() for other in random.sample(self.products, 30)} for id in self.products}
        self._table = Distilled("r", recency, 10, {id: (1.0, line) for id, line in lines.items()})  # type: ignore[arg-type]
        self.histories = [tuple(random.sample(self.products, 6)) for _ in range(ENOUGH)]

    def recommend(self, request: RecommendRequest) -> Hits:
        assert request.history is not None
        found = self._table.recommend(request.history, k=request.k)
        return Hits(tuple(Hit(ProductId(id), score, ()) for id, score in found), "r")


def test_after_one_product_the_table_answers_as_the_ranker_does(folder: Path, table: Distilled) -> None:
    shop = daogou.open_shop(folder)
    try:
        assert table.release == shop.engine.recommender.release
        for n in range(12):
            (answer,) = recommend_lines(shop, [b'{"id": 1, "history": ["p%d"]}' % n], k=5)
            best = [item["score"] for item in json.loads(answer)["items"]]
            given = table.recommend([f"p{n}"], k=5)
            assert [score for _, score in given] == pytest.approx(best, abs=max(best) / 255)  # a step of 8 bits
    finally:
        shop.close()


@given(st.lists(st.sampled_from([f"p{n}" for n in range(12)] + ["unknown"]), max_size=15))
def test_answers_fall_in_score_and_hold_nothing_of_the_history(table: Distilled, history: list[str]) -> None:
    found = table.recommend(history, k=5)
    assert all(before[1] >= after[1] for before, after in pairwise(found))
    assert not {product for product, _ in found} & set(history)
    assert bool(found) == bool(set(history[-10:]) - {"unknown"})


def test_an_older_step_says_less(table: Distilled) -> None:
    alone = dict(table.recommend(["p1"], k=12))
    with_nothing_after = dict(table.recommend(["p1", "unknown"], k=12))
    assert all(with_nothing_after[product] == pytest.approx(table.recency * score) for product, score in alone.items())


@pytest.mark.parametrize("recency", RECENCIES)
def test_how_much_older_steps_say_is_what_makes_the_table_most_like_the_ranker(recency: float) -> None:
    ranker = Summing(recency)
    lines = distil(cast("Recommender", ranker), ranker.products, ranker.histories, k=30)
    assert Distilled.read(lines).recency == recency


def test_with_few_histories_older_steps_say_what_is_usual() -> None:
    ranker = Summing(0.3)
    lines = distil(cast("Recommender", ranker), ranker.products, ranker.histories[1:], k=30)
    assert Distilled.read(lines).recency == RECENCY


def test_histories_are_those_of_whoever_did_something_last() -> None:
    stores = open_memory()
    did = [("a", "p1"), ("b", "p1"), ("b", "p1"), ("a", "p2"), ("a", "p2"), ("c", "p1"), ("c", "p3"), ("a", "p1")]
    stores.events.append([event("view", product, shopper=who, at=at) for at, (who, product) in enumerate(did)])
    assert newest_histories(stores.events) == [("p1", "p2", "p1"), ("p1", "p3")]


def test_a_shop_without_a_release_has_nothing_to_distil(tmp_path: Path) -> None:
    run("init", tmp_path / "shop", "--currency", "USD")
    with pytest.raises(NotReady, match="run `daogou train`"):
        run("distil", "--shop", tmp_path / "shop")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "line 1, the line"),
        (
            ['{"release": "r", "recency": 0.6, "steps": 10}', '{"product": "a", "unit": 1.0}'],
            "line 2, the line: .*next",
        ),
        (['{"release": "r", "recency": 0.6, "steps": 10}', "{"], "line 2"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(lines: list[str], message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        Distilled.read(lines)
