from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from daogou.domain.text import Text
from daogou.retrieval.companions import Companions, path_of
from daogou.retrieval.evidence import Trail
from daogou.retrieval.neighbours import Neighbours
from daogou.retrieval.together import TogetherConfig
from daogou.testing.builders import product

WATCHES, CASES, BOOKS, NOWHERE = [0, 1], [2, 3], [4, 5], [6]
PATHS = ["watches", "watches", "cases", "cases", "books", "books", ""]


def fitted(*baskets: list[int]) -> Companions:
    """Each basket is of a shopper of its own."""
    lines = [(actor, 1, row) for actor, rows in enumerate(baskets) for row in rows]
    actor, day, row = np.array(lines or np.empty((0, 3)), np.int64).T
    n = len(baskets)
    return Companions.fit(
        actor.astype(np.int32), day, row.astype(np.int32), PATHS,
        config=TogetherConfig(min_shoppers=2),
        voice=np.ones(n, np.float32), believed=np.ones(n, np.bool_),
    )  # fmt: skip


def everything(n: int = 7) -> Neighbours:
    """A table in which every product has every other."""
    rows = [[other for other in range(n) if other != row] for row in range(n)]
    flat = np.concatenate(rows).astype(np.int32)
    return Neighbours(np.arange(0, n * (n - 1) + 1, n - 1), flat, np.ones(len(flat), np.float32))


def of(factors: np.ndarray, row: int) -> dict[int, float]:
    table = everything()
    here = slice(table.offsets[row], table.offsets[row + 1])
    return dict(zip(table.rows[here].tolist(), factors[here].astype(float).round(3).tolist(), strict=True))


BOUGHT = ([0, 2], [1, 3], [0, 3], [4, 5], [4, 5], [0, 6], [1, 6])


def test_what_is_bought_with_the_category_keeps_all_and_what_never_is_the_floor() -> None:
    factors = fitted(*BOUGHT).factors(everything(), floor=0.1)
    assert of(factors, 0) == {1: 0.1, 2: 1.0, 3: 1.0, 4: 0.1, 5: 0.1, 6: 0.1}


def test_of_a_category_of_which_two_are_bought_in_one_go_others_stand_beside_it() -> None:
    assert of(fitted(*BOUGHT).factors(everything(), floor=0.1), 4)[5] == 1.0


def test_one_product_twice_in_a_basket_is_no_pair_of_its_category() -> None:
    assert of(fitted([0, 0, 2], [0, 0, 2]).factors(everything(), floor=0.1), 0)[1] == pytest.approx(0.1)


def test_where_nothing_is_known_of_the_category_nothing_is_changed() -> None:
    factors = fitted(*BOUGHT).factors(everything(), floor=0.1)
    assert set(of(factors, 6).values()) == {1.0}
    assert set(fitted().factors(everything(), floor=0.1)) == {1.0}
    assert set(fitted([0], [2], [4]).factors(everything(), floor=0.1)) == {1.0}


def test_a_product_nobody_bought_has_what_its_category_is_bought_with() -> None:
    found = fitted([0, 2], [0, 2], [0, 3], [0, 3], [0, 3]).evidence(Trail.of([1])).best(5)
    assert found.rows.tolist() == [3, 2]
    assert found.scores[0] == 1.0


def test_a_basket_has_the_mean_of_its_products() -> None:
    companions = fitted([0, 2], [0, 2])
    alone, both = (companions.evidence(Trail.of(rows)).best(1).scores[0] for rows in ([0], [0, 6]))
    assert both == pytest.approx(alone / 2)


def test_a_new_product_is_placed_by_its_category() -> None:
    companions = fitted([0, 2], [0, 2])
    for row, path in ((9, "watches"), (8, "lamps")):
        companions.place(row, path)
    assert companions.evidence(Trail.of([9])).rows.tolist() == [2]
    assert not len(companions.evidence(Trail.of([8, 7, 12])))


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    fitted(*BOUGHT).save(tmp_path)
    again = Companions.load(tmp_path)
    assert np.array_equal(again.factors(everything(), floor=0.1), fitted(*BOUGHT).factors(everything(), floor=0.1))
    assert again.evidence(Trail.of([1])).rows.tolist() == fitted(*BOUGHT).evidence(Trail.of([1])).rows.tolist()
    again.place(9, "watches")
    assert len(again.evidence(Trail.of([9])))


def test_what_is_for_women_is_a_category_of_its_own() -> None:
    jeans = [
        product(f"p{place}", "jeans", category=["Clothing", "Jeans"], attributes={"gender": (Text.of(whom),)})
        for place, whom in enumerate(("women", "men", "women"))
    ]
    paths = [path_of(each) for each in jeans]
    assert paths[0] == paths[2] != paths[1]
    assert path_of(product("p9", "jeans", attributes={"gender": (Text.of("men"),)})) == ""
