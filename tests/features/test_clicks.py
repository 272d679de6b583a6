from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from daogou.features.clicks import Placements, examination, lifts

N_QUERIES, N_PRODUCTS, PLACES = 30, 12, 10
CURVES = {"steep": (1 + np.arange(PLACES)) ** -1.2, "gentle": (1 + np.arange(PLACES)) ** -0.7, "flat": np.ones(PLACES)}


def simulated(
    looked: NDArray[np.float64], *, people: int = 6_000, seed: int = 0
) -> tuple[Placements, NDArray[np.float64]]:
    """A shop that ranks what pleases least first, with some chance, and the true appeal of each (query, product)."""
    rng = np.random.default_rng(seed)
    appeal = rng.beta(1, 3, size=(N_QUERIES, N_PRODUCTS))
    shown, clicked = np.zeros((2, N_QUERIES * N_PRODUCTS, PLACES))
    for query in rng.integers(N_QUERIES, size=people):
        order = np.argsort(3 * appeal[query] - rng.gumbel(size=N_PRODUCTS))[:PLACES]
        pairs = query * N_PRODUCTS + order
        shown[pairs, np.arange(PLACES)] += 1
        clicked[pairs, np.arange(PLACES)] += rng.random(PLACES) < looked * appeal[query, order]
    pair, place = np.nonzero(shown)
    return Placements(pair, place, shown[pair, place], clicked[pair, place]), appeal.ravel()


def of_query() -> NDArray[np.int64]:
    return np.repeat(np.arange(N_QUERIES), N_PRODUCTS)


def ndcg(order: NDArray[np.float64], appeal: NDArray[np.float64]) -> float:
    """Mean over the queries, of all products."""
    found = []
    worth = 1 / np.log2(np.arange(N_PRODUCTS) + 2)
    for each, true in zip(order.reshape(N_QUERIES, -1), appeal.reshape(N_QUERIES, -1), strict=True):
        found.append(true[np.argsort(-each, kind="stable")] @ worth / (np.sort(true)[::-1] @ worth))
    return float(np.mean(found))


@pytest.mark.parametrize("curve", CURVES)
def test_how_much_places_are_looked_at_is_recovered_from_a_log_that_ranks_badly(curve: str) -> None:
    showings, _ = simulated(CURVES[curve])
    looked = examination(showings)
    assert looked is not None
    assert np.abs(looked - CURVES[curve]).max() < 0.1
    naive = np.bincount(showings.place, showings.clicked) / np.bincount(showings.place, showings.shown)
    assert np.abs(naive / naive[0] - CURVES[curve]).mean() > 1.5 * np.abs(looked - CURVES[curve]).mean()


def test_clicks_weighed_by_place_order_products_better_than_counted_ones() -> None:
    showings, appeal = simulated(CURVES["steep"], people=20_000)
    looked = examination(showings)
    assert looked is not None
    weighed = ndcg(lifts(showings, of_query(), looked, 5.0), appeal)
    by_showings = ndcg(lifts(showings, of_query(), np.ones(PLACES), 5.0), appeal)
    by_clicks = ndcg(np.bincount(showings.pair, showings.clicked), appeal)
    assert weighed > by_showings + 0.005
    assert by_showings > by_clicks + 0.05


def test_products_that_were_shown_at_one_place_only_tell_nothing_of_places() -> None:
    one_place = Placements(np.arange(3), np.arange(3), np.full(3, 100.0), np.array([50.0, 20.0, 10.0]))
    assert examination(one_place) is None
    nothing = Placements(*np.zeros((2, 0), np.int64), *np.zeros((2, 0)))
    assert examination(nothing) is None
    unclicked = Placements(np.zeros(2, np.int64), np.arange(2), np.ones(2), np.zeros(2))
    assert examination(unclicked) is None


CELLS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(1, 50), st.floats(0, 1)), min_size=1, max_size=40
)


@given(CELLS)
def test_whatever_was_clicked_the_curve_begins_at_one_and_never_rises(
    cells: list[tuple[int, int, int, float]],
) -> None:
    pair, place, shown, part = (np.array(column) for column in zip(*cells, strict=True))
    showings = Placements(pair, place, shown.astype(float), np.floor(shown * part))
    looked = examination(showings)
    if looked is not None:
        assert looked[0] == 1
        assert (np.diff(looked) <= 1e-12).all()
        assert (looked > 0).all()
    found = lifts(showings, np.zeros(pair.max() + 1, np.int64), np.ones(5) if looked is None else looked, 20.0)
    assert ((found >= 0) & (found < 1)).all()


@given(st.integers(0, 30), st.integers(30, 60))
def test_a_click_more_never_lowers_a_product(clicked: int, shown: int) -> None:
    def lift(clicks: int) -> float:
        showings = Placements(
            np.array([0, 1]), np.zeros(2, np.int64), np.array([shown, 50.0]), np.array([clicks, 5.0], float)
        )
        return float(lifts(showings, np.zeros(2, np.int64), np.ones(1), 20.0)[0])

    assert lift(clicked + 1 if clicked < shown else clicked) >= lift(clicked) - 1e-12


def test_the_rarer_a_place_is_looked_at_the_more_its_clicks_say() -> None:
    showings = Placements(np.array([0, 1]), np.array([0, 1]), np.full(2, 100.0), np.full(2, 10.0))
    assert lifts(showings, np.zeros(2, np.int64), np.array([1.0, 0.25]), 20.0).argmax() == 1
