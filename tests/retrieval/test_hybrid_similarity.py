from __future__ import annotations

import numpy as np
import pytest

from daogou.retrieval.hybrid import Hybrid, HybridConfig, behaviour
from daogou.retrieval.neighbours import Neighbours


def test_the_table_of_behaviour_holds_the_cosines() -> None:
    shoppers, rows = np.tile(np.arange(3), 2), np.repeat(np.arange(2, dtype=np.int32), 3)
    table = behaviour(shoppers, rows, np.array([10, 5, 2, 5, 10, 3], np.float32), 2, config=HybridConfig())
    assert table.of(0)[0].tolist() == [1]
    assert table.of(0)[1][0] == pytest.approx(106 / (129 * 134) ** 0.5)


def test_only_the_products_that_are_asked_for_get_neighbours() -> None:
    shoppers, rows = np.tile(np.arange(4), 5), np.repeat(np.arange(5, dtype=np.int32), 4)
    strength = np.random.default_rng(0).random(20).astype(np.float32)
    whole = behaviour(shoppers, rows, strength, 5, config=HybridConfig())
    few = behaviour(shoppers, rows, strength, 5, config=HybridConfig(), only=np.array([1, 4]))
    assert [len(few.of(row)[0]) for row in range(5)] == [0, 4, 0, 0, 4]
    for row in (1, 4):
        assert [column.tolist() for column in few.of(row)] == [column.tolist() for column in whole.of(row)]


def test_the_mixture_weighs_both_tables() -> None:
    def pair(value: float) -> Neighbours:
        return Neighbours(np.array([0, 1, 2]), np.array([1, 0], np.int32), np.array([value] * 2, np.float32))

    mixed = Hybrid.mix(pair(0.8), pair(0.4), alpha=0.25, config=HybridConfig())
    assert mixed.table.of(0)[1][0] == pytest.approx(0.25 * 0.8 + 0.75 * 0.4)
