from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import daogou
from daogou.cli.main import cli
from daogou.domain.errors import BadRequest, NotReady
from daogou.recommend.distilled import Distilled
from daogou.shop.batch import recommend_lines

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
    assert all(with_nothing_after[product] == pytest.approx(0.6 * score) for product, score in alone.items())


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
