from __future__ import annotations

import numpy as np
import pytest

from daogou.retrieval.hybrid import Hybrid, HybridConfig, behaviour, cosine, hybrid
from daogou.retrieval.neighbours import Neighbours

X = ((10, 5, 2), (5, 10, 3))
Y = ((4, 6, 8), (6, 4, 10))


def test_the_worked_example() -> None:
    assert cosine(*X) == pytest.approx(0.806, abs=5e-4)
    assert cosine(*Y) == pytest.approx(0.964, abs=5e-4)
    assert hybrid(*X, *Y, alpha=0.5) == pytest.approx(0.885, abs=5e-4)


def test_a_zero_vector_is_like_nothing() -> None:
    assert cosine((0, 0), (1, 2)) == 0


def test_the_table_of_behaviour_holds_the_cosines() -> None:
    shoppers, rows = np.tile(np.arange(3), 2), np.repeat(np.arange(2, dtype=np.int32), 3)
    table = behaviour(shoppers, rows, np.array(X, np.float32).ravel(), 2, config=HybridConfig())
    assert table.of(0)[0].tolist() == [1]
    assert table.of(0)[1][0] == pytest.approx(cosine(*X), abs=1e-5)


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

    mixed = Hybrid.mix(pair(cosine(*X)), pair(cosine(*Y)), alpha=0.5, config=HybridConfig())
    assert mixed.table.of(0)[1][0] == pytest.approx(0.885, abs=5e-4)
