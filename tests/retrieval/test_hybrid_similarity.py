from __future__ import annotations

import numpy as np
import pytest

from daogou.retrieval.hybrid import Hybrid, HybridConfig, behaviour
from daogou.retrieval.neighbours import Neighbours


def test_the_table_of_behaviour_holds_the_cosines() -> None:
    shoppers, rows = np.tile(np.arange(3), 2), np.repeat(np.arange(2, dtype=np.int32), 3)
    strength = np.array([10, 5, 2, 5, 10, 3], np.float32)
    table = behaviour(shoppers, rows, strength, 2, config=HybridConfig(prior=0.0))
    assert table.of(0)[0].tolist() == [1]
    assert table.of(0)[1][0] == pytest.approx(106 / (129 * 134) ** 0.5)


def test_one_visitor_in_common_is_little_likeness_beside_many() -> None:
    thin, much = np.array([[0, 0], [0, 1]]), np.array([[who, row] for who in range(1, 41) for row in (2, 3)])
    actor, rows = np.concatenate([thin, much]).T
    ones = np.ones(len(rows), np.float32)
    plain = behaviour(actor, rows.astype(np.int32), ones, 4, config=HybridConfig(prior=0.0))
    found = behaviour(actor, rows.astype(np.int32), ones, 4, config=HybridConfig(prior=10.0))
    assert [plain.of(row)[1][0] for row in (0, 2)] == pytest.approx([1, 1])
    assert [found.of(row)[1][0] for row in (0, 2)] == pytest.approx([1 / 11, 40 / 50])


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
