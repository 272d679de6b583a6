from __future__ import annotations

import numpy as np
import pytest

from daogou.retrieval import together
from daogou.retrieval.evidence import Trail
from daogou.retrieval.together import Together, TogetherConfig


def fitted(*baskets: tuple[int, int, list[int]], n: int = 4, min_shoppers: int = 2) -> Together:
    """Baskets as (shopper, day, rows)."""
    lines = [(actor, day, row) for actor, day, rows in baskets for row in rows]
    actor, day, row = (np.array(column) for column in zip(*lines, strict=True))
    config = TogetherConfig(min_shoppers=min_shoppers)
    return Together.fit(actor.astype(np.int32), day, row.astype(np.int32), n, config=config)


def test_distinct_shoppers_of_a_pair_are_counted() -> None:
    found = fitted((0, 1, [0, 1]), (0, 9, [0, 1]), (1, 1, [0, 1]), (2, 5, [0]), (3, 6, [2]))
    assert found.shoppers(0, 1) == found.shoppers(1, 0) == 2
    assert found.shoppers(0, 2) == 0


def test_one_shopper_alone_makes_no_pair() -> None:
    found = fitted(*[(0, day, [0, 1]) for day in range(50)], (1, 1, [0]))
    assert len(found.evidence(Trail.of([0]))) == 0


def test_different_days_are_different_baskets() -> None:
    found = fitted((0, 1, [0]), (0, 2, [1]), (1, 1, [0]), (1, 2, [1]))
    assert found.shoppers(0, 1) == 0


def test_the_pair_more_shoppers_bought_comes_first() -> None:
    found = fitted(*[(actor, 1, [0, 1, 2] if actor < 4 else [0, 1]) for actor in range(9)])
    assert found.evidence(Trail.of([0])).best(2).rows.tolist() == [1, 2]


def test_blocks_do_not_change_the_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    baskets = [(actor, 1, [actor % 4, (actor + 1) % 4, 3]) for actor in range(20)]
    whole = fitted(*baskets)
    monkeypatch.setattr(together, "_BLOCK_LINES", 3)
    parts = fitted(*baskets)
    assert [parts.shoppers(i, j) for i in range(4) for j in range(4)] == [
        whole.shoppers(i, j) for i in range(4) for j in range(4)
    ]


def test_no_purchases_no_partners() -> None:
    empty = np.empty(0, np.int32)
    found = Together.fit(empty, np.empty(0, np.int64), empty, 3, config=TogetherConfig())
    assert len(found.evidence(Trail.of([0, 2]))) == 0
