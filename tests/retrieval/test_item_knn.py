from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from daogou.retrieval.evidence import Trail
from daogou.retrieval.item_knn import ItemKnn, ItemKnnConfig


class Steps(NamedTuple):
    offsets: np.ndarray
    rows: np.ndarray
    at: np.ndarray


def alike(*histories: list[int], row: int = 0, **config: object) -> dict[int, float]:
    """The neighbours of a product."""
    rows = np.array([row for history in histories for row in history], np.int32)
    steps = Steps(np.cumsum([0, *map(len, histories)]), rows, np.arange(len(rows)))
    found = ItemKnn.fit(steps, 6, config=ItemKnnConfig(**config)).evidence(Trail.of([row]))  # type: ignore[arg-type]
    return dict(zip(found.rows.tolist(), found.values.tolist(), strict=True))


def test_cosine_is_the_part_of_shoppers_that_two_products_share() -> None:
    """Two of 0, three of 1, two in common; who comes again counts once."""
    found = alike([0, 1, 0], [0, 1], [1, 2], weighting="cosine")
    assert found == pytest.approx({1: 2 / (2 * 3) ** 0.5})


@pytest.mark.parametrize("weighting", ["tf-idf", "bm25"])
def test_who_turned_to_many_products_says_less(weighting: str) -> None:
    histories = [0, 1], [0, 2, 3, 4, 5]
    plain, weighed = (alike(*histories, weighting=each) for each in ("cosine", weighting))
    assert plain[1] == plain[2]
    assert weighed[1] > weighed[2]


def test_bm25_does_not_ask_how_many_had_the_other_product() -> None:
    """Two of three shoppers of 0 had 1, which six more had; the third had 2, and nobody else."""
    histories = [0, 1], [0, 1], [0, 2], *([1] for _ in range(6))
    cosine, bm25 = (alike(*histories, weighting=each) for each in ("cosine", "bm25"))
    assert cosine[1] / cosine[2] == pytest.approx(2 / 8**0.5)
    assert bm25[1] / bm25[2] > cosine[1] / cosine[2]


def test_only_the_newest_steps_of_a_shopper_count() -> None:
    assert set(alike([0, 1, 2], row=1, newest=2)) == {2}
