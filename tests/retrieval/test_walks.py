from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.retrieval.evidence import Trail
from daogou.retrieval.walks import Walks, WalksConfig
from daogou.testing.builders import product

N = 6


class Steps(NamedTuple):
    offsets: np.ndarray
    rows: np.ndarray
    at: np.ndarray


def steps(*histories: list[int]) -> Steps:
    rows = np.array([row for history in histories for row in history], np.int32)
    return Steps(np.cumsum([0, *map(len, histories)]), rows, np.arange(len(rows)))


def ends(walks: Walks, row: int = 0) -> dict[int, float]:
    """Where walks from a product end, and how often."""
    found = walks.evidence(Trail.of([row]))
    return dict(zip(found.rows.tolist(), found.values.tolist(), strict=True))


def walked(*histories: list[int], brands: dict[int, str] | None = None, **config: float) -> Walks:
    shelf = [product(f"p{n}", brand=(brands or {}).get(n)) for n in range(N)]
    return Walks.fit(steps(*histories), shelf, config=WalksConfig(**config))  # type: ignore[arg-type]


def test_a_single_hop_is_shared_evenly_among_shoppers_and_then_among_their_products() -> None:
    found = ends(walked([0, 1, 2], [0, 1], facts=0, hops=1))
    # one in two by each shopper; of the walks 1/2 * 1/3 + 1/2 * 1/2 would be back, so the others are parts of 7/12
    assert found == pytest.approx({1: (1 / 6 + 1 / 4) / (7 / 12), 2: (1 / 6) / (7 / 12)})


def test_a_walk_goes_on_to_what_nobody_had_with_the_product() -> None:
    """0 and 1 are bought together; 3, which nobody had, is of the brand of 1."""
    histories, brands = ([0, 1],), {1: "Ma", 3: "Ma"}
    assert set(ends(walked(*histories, brands=brands, facts=0.5, hops=1))) == {1}
    found = ends(walked(*histories, brands=brands, facts=0.5, hops=2))
    assert set(found) == {1, 3}
    assert found[3] < found[1]


def test_what_is_said_of_too_many_products_leads_nowhere() -> None:
    brands = {0: "Ma", 1: "Ma", 2: "Ma"}
    assert set(ends(walked([4, 5], brands=brands, widest=3))) == {1, 2}
    assert ends(walked([4, 5], brands=brands, widest=2)) == {}


def test_damping_puts_what_many_had_behind_what_few_had() -> None:
    histories = ([0, 1], [0, 1], [0, 2], [1, 3], [1, 4], [1, 5])
    plain, damped = (ends(walked(*histories, facts=0, hops=1, damping=power)) for power in (0.0, 2.0))
    assert plain[1] > plain[2]
    assert damped[1] < damped[2]


def test_only_the_newest_steps_of_a_shopper_are_walked_over() -> None:
    assert set(ends(walked([0, 1, 2], facts=0, hops=1, newest=2), 1)) == {2}


@given(
    histories=st.lists(st.lists(st.integers(0, N - 1), max_size=5), min_size=1, max_size=5),
    brands=st.dictionaries(st.integers(0, N - 1), st.sampled_from("ab")),
    hops=st.integers(1, 4),
)
def test_walks_end_elsewhere_and_are_no_more_than_were_begun(
    histories: list[list[int]], brands: dict[int, str], hops: int
) -> None:
    walks = walked(*histories, brands=brands, facts=0.3, hops=hops, onward=0.5)
    for row in range(N):
        found = ends(walks, row)
        assert row not in found
        assert sum(found.values()) <= sum(0.5**hop for hop in range(hops)) + 1e-5
