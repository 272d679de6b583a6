from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.adapters.addresses import open_stores
from daogou.domain.event import EventType
from daogou.features.history import STEP_TYPES, STRENGTH, History, Sequences, sequences
from daogou.testing.builders import event

TYPES = ["view", "click", "cart", "purchase", "rating", "thumb", "return", "remove_from_cart", "impression"]


def test_events_on_one_product_in_a_row_are_one_step_of_the_strongest_type() -> None:
    history = History()
    took = [history.take(1, type, at) for type, at in [("view", 5), ("cart", 6), ("view", 7)]]
    assert [(taken.began, taken.gained) for taken in took] == [(True, 1.0), (False, 0.5), (False, 0.0)]
    assert [(step.row, step.at, step.type) for step in history.steps] == [(1, 5, "cart")]


def test_a_purchase_leaves_the_basket() -> None:
    history = History()
    history.take(1, "cart", 5)
    assert history.basket == {1: 5}
    history.take(1, "purchase", 6)
    history.take(1, "purchase", 7)
    assert history.basket == {}
    assert [column.tolist() for column in history.bought.columns()] == [[1, 1], [6, 7]]


def test_purchases_are_told_by_product_and_time_in_whatever_order_they_came() -> None:
    history = History()
    for row, at in ((4, 9), (1, 8), (4, 3)):
        history.take(row, "purchase", at)
    assert [column.tolist() for column in history.bought.columns()] == [[1, 4, 4], [8, 3, 9]]
    history.take(1, "purchase", 2)
    assert [column.tolist() for column in history.bought.columns()] == [[1, 1, 4, 4], [2, 8, 3, 9]]


def test_what_was_returned_or_disliked_is_rejected_and_no_step() -> None:
    history = History()
    history.take(1, "return", 1)
    history.take(2, "rating", 2, 1.0)
    history.take(3, "thumb", 3, -1.0)
    history.take(4, "rating", 4, 5.0)
    assert history.rejected == {1, 2, 3}
    assert [step.row for step in history.steps] == [4]


@pytest.mark.parametrize(
    ("then", "value", "rejected"),
    [("thumb", 1.0, False), ("rating", 4.0, False), ("cart", None, False), ("purchase", None, False),
     ("view", None, True), ("rating", 2.0, True)],
)  # fmt: skip
def test_a_dislike_is_taken_back_by_praise_or_by_choosing_again(
    then: EventType, value: float | None, rejected: bool
) -> None:
    history = History()
    history.take(1, "thumb", 1, -1.0)
    history.take(2, "view", 2)
    history.take(1, then, 3, value)
    assert history.rejected == ({1} if rejected else set())


def test_what_was_put_in_the_basket_long_ago_does_not_lie_there() -> None:
    history = History()
    for row, at in ((1, 5), (2, 6), (3, 4), (3, 7)):
        history.take(row, "cart", at)
    assert history.lying(6) == [2, 3]


def test_what_is_bought_or_taken_out_lies_in_the_basket_no_longer() -> None:
    history = History()
    for row in (1, 2, 3):
        history.take(row, "cart", row)
    steps = list(history.steps)
    history.take(2, "remove_from_cart", 10)
    assert list(history.steps) == steps  # taking out is no step, and takes none back
    history.take(1, "purchase", 11)
    assert history.lying(0) == [3]
    assert history.rejected == set()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(TYPES), st.sampled_from(["a", "b"]), st.integers(0, 3), st.sampled_from([None, -1.0, 5.0])
        ),
        max_size=30,
    )
)
def test_training_sees_the_steps_that_live_serving_sees(log: list[tuple[str, str, int, float | None]]) -> None:
    stores = open_stores("memory://")
    stores.events.append(
        [
            event(type, f"p{row}", shopper=shopper, at=1_000 + place, value=value)
            for place, (type, shopper, row, value) in enumerate(log)
        ]
    )
    rows = {f"p{row}": row for row in range(3)}  # p3 is not on the shelf
    built = sequences(stores.events.columns(STEP_TYPES), rows)
    live = {"a": History(), "b": History()}
    for place, (type, shopper, row, value) in enumerate(log):
        if row < 3:
            live[shopper].take(row, type, 1_000 + place, value)
    for place, shopper in enumerate(built.actors):
        here = slice(built.offsets[place], built.offsets[place + 1])
        steps = live.pop(shopper).steps
        assert built.rows[here].tolist() == [step.row for step in steps]
        assert built.at[here].tolist() == [step.at for step in steps]
        assert built.strength[here].tolist() == [STRENGTH[step.type] for step in steps]
    assert all(not history.steps for history in live.values())


def test_only_the_newest_steps_of_a_robot_are_kept() -> None:
    stores = open_stores("memory://")
    stores.events.append([event("view", f"p{n % 3}", shopper="robot", at=n) for n in range(50)])
    built = sequences(stores.events.columns(STEP_TYPES), {f"p{n}": n for n in range(3)}, newest=7)
    assert built.at.tolist() == list(range(43, 50))


def test_the_lines_of_an_order_are_in_no_order_that_could_be_learnt() -> None:
    """A file has them by product number, so that the last of each would be its highest; nor are all of one moment."""

    def built(lines: list[int]) -> Sequences:
        stores = open_stores("memory://")
        stores.events.append(
            [event("purchase", f"p{n}", shopper=f"s{who}", at=1_000) for who in range(80) for n in lines]
        )
        return sequences(stores.events.columns(STEP_TYPES), {f"p{n}": n for n in range(5)})

    ascending, descending = built([0, 1, 2, 3, 4]), built([4, 3, 2, 1, 0])
    assert ascending.rows.tolist() == descending.rows.tolist()
    orders = ascending.rows.reshape(-1, 5)
    assert all(sorted(order) == [0, 1, 2, 3, 4] for order in orders.tolist())
    last = np.bincount(orders[:, -1], minlength=5)
    assert last.min() > 5  # of 80


def test_the_newest_step_is_held_back_where_three_are_there() -> None:
    stores = open_stores("memory://")
    stores.events.append([event("view", f"p{n}", shopper="a", at=n) for n in range(3)])
    stores.events.append([event("view", f"p{n}", shopper="b", at=10 + n) for n in range(2)])
    built = sequences(stores.events.columns(STEP_TYPES), {f"p{n}": n for n in range(3)})
    held = built.newest
    kept = built.without(held)
    assert kept.rows.tolist() == [0, 1, 0, 1]
    assert kept.offsets.tolist() == [0, 2, 4]
    assert built.rows[held].tolist() == [2]
    assert np.diff(kept.offsets).tolist() == [2, 2]


def test_the_steps_of_some_actors_are_those_of_each() -> None:
    stores = open_stores("memory://")
    stores.events.append([event("view", f"p{n}", shopper=who, at=n) for who in "abcd" for n in range(ord(who) - 96)])
    built = sequences(stores.events.columns(STEP_TYPES), {f"p{n}": n for n in range(4)})
    some = built.between(1, 3)
    assert some.actors == ("b", "c")
    assert some.offsets.tolist() == [0, 2, 5]
    assert some.rows.tolist() == some.at.tolist() == [0, 1, 0, 1, 2]
    assert np.shares_memory(some.rows, built.rows)
