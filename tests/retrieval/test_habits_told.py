from __future__ import annotations

import numpy as np
import pytest

from daogou.recommend.ranking import Habits
from daogou.retrieval import habits
from daogou.retrieval.evidence import NO_CAUSE, Evidence, Trail
from daogou.retrieval.fusion import Fused, Fusion
from daogou.retrieval.habits import HABITS, NAMES, described
from daogou.retrieval.ranking import QUESTIONS, Asker, Ranker, RankingConfig
from daogou.retrieval.repeat import REPEAT, Bought, Repeat, RepeatConfig
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import product
from daogou.testing.rankers import OrderBehaviour, untaught

DAY_MS = 86_400_000
NOW = 1_700_000_000_000
LOG = ((0, 40), (1, 40), (0, 30), (2, 20), (0, 20), (1, 5))
"""Row and days ago of each purchase, oldest first: four visits."""


def asker(log: tuple[tuple[int, float], ...] = LOG) -> Asker:
    rows = np.array([row for row, _ in log], np.int32)
    at = np.array([NOW - int(days * DAY_MS) for _, days in log], np.int64)
    return Asker(Trail.of(rows[::-1].tolist()), at[::-1], Bought.of(rows, at), NOW)


@pytest.fixture
def shelf() -> Shelf:
    """Yoghurts 0 and 1, tea 2, and two products of no kind."""
    made = Shelf()
    kinds = (["Yoghurt"], ["Yoghurt"], ["Tea"], [], [])
    made.put(product(f"p{n}", price=n + 1, category=kind) for n, kind in enumerate(kinds))
    return made


@pytest.fixture
def repeat() -> Repeat:
    """Of two shoppers one bought 0 again after four days, and the other 1 after nine."""
    actor, day, row = np.array([[0, 0, 0], [0, 4, 0], [1, 0, 0], [1, 0, 1], [1, 9, 1]]).T
    return Repeat.fit(actor, day, row, 5, config=RepeatConfig(shrink=1e-9))


def told(shelf: Shelf, repeat: Repeat, who: Asker) -> dict[str, list[float]]:
    rows, scores = who.bought.products, np.array([1.0, 0.5, 0.25], np.float32)
    table = described(rows, scores, who.bought, who.at, repeat=repeat, goods=shelf)
    return dict(zip(NAMES, table.tolist(), strict=True))


def test_what_the_trees_are_told() -> None:
    made = Shelf()
    made.put(product(f"p{n}", price=n + 1, category=["Tea"] if n == 2 else ["Yoghurt"]) for n in range(3))
    actor, day, row = np.array([[0, 0, 0], [0, 4, 0], [1, 0, 0], [1, 0, 1], [1, 9, 1], [1, 0, 2], [1, 1, 2]]).T
    repeat = Repeat.fit(actor, day, row, 3, config=RepeatConfig(shrink=1e-9))
    faded = [2 ** (-days / 14) for days in (40, 30, 20, 5)]
    assert told(made, repeat, asker()) == {
        "score": [1.0, 0.5, 0.25],
        "times": [3, 2, 1],
        "last 3": [2, 1, 1],
        "last 10": [3, 2, 1],
        "days since": [20, 5, 20],
        "phase": pytest.approx([20 / 10, 5 / 35, -1]),
        "lately": pytest.approx([sum(faded[:3]), faded[0] + faded[3], faded[2]]),
        "rate": pytest.approx([0.5 / 0.75, 1 / 0.75, 1 / 0.75]),
        "usual days": pytest.approx([4, 9, 1]),
        "kind times": [4, 4, 1],
        "kind days": [5, 5, 20],
        "kind phase": pytest.approx([5 / (35 / 3), 5 / (35 / 3), -1]),
        "kind share": [0.75, 0.5, 1],
        "price": [100, 200, 300],
    }


def test_purchases_may_come_in_any_order(shelf: Shelf, repeat: Repeat) -> None:
    for seed in range(5):
        mixed = asker(tuple(LOG[place] for place in np.random.default_rng(seed).permutation(len(LOG))))
        assert str(told(shelf, repeat, mixed)) == str(told(shelf, repeat, asker()))


def test_twice_in_one_visit_is_once(shelf: Shelf, repeat: Repeat) -> None:
    again = asker((*LOG[:5], (0, 20 - 0.05), *LOG[5:]))
    assert str(told(shelf, repeat, again)) == str(told(shelf, repeat, asker()))


def test_products_of_no_kind_are_not_alike(shelf: Shelf, repeat: Repeat) -> None:
    found = told(shelf, repeat, asker(((2, 50), (3, 40), (4, 30), (3, 20))))
    assert found["kind times"] == [1, 2, 1]
    assert found["kind days"] == [50, 20, 30]
    assert found["kind share"] == [1, 1, 1]


def test_a_product_that_the_release_does_not_know_is_bought_again_as_all_are(repeat: Repeat) -> None:
    assert repeat.usual_days(np.array([0, 1, 99], np.int32)).tolist() == pytest.approx([4, 9, 6])
    assert repeat.rates(np.array([99], np.int32)).tolist() == [1]


def test_without_any_purchase_nothing_is_usual() -> None:
    none = np.empty(0, np.int64)
    untold = Repeat.fit(none.astype(np.int32), none, none.astype(np.int32), 3, config=RepeatConfig())
    assert untold.usual_days(np.array([0, 9], np.int32)).tolist() == [0, 0]


def fused() -> Fused:
    bought, values = np.array([0, 1, 2], np.int32), np.array([1.0, 0.5, 0.25], np.float32)
    none = np.full(3, NO_CAUSE, np.int32)
    other = Evidence(np.array([1, 3, 4], np.int32), np.array([0.1, 0.9, 0.2], np.float32), none)
    return Fusion({REPEAT: 1.0, "popularity": 0.5}).fuse({REPEAT: Evidence(bought, values, none), "popularity": other})


class TestHabits(OrderBehaviour):
    @pytest.fixture
    def made(self):
        return lambda: untaught([], names=NAMES)

    @pytest.fixture
    def load(self):
        return Ranker.load

    @pytest.fixture
    def order(self, shelf: Shelf, repeat: Repeat):
        return lambda ranker: Habits(ranker, repeat, shelf).applied(fused(), asker(), np.zeros(5))


def doubling(*, first: int = 50) -> Ranker:
    says = np.full((1, 1 << QUESTIONS), np.log(2), np.float32)
    none = np.zeros((1, QUESTIONS), np.int32)
    return Ranker([], none, none.astype(np.float32), says, RankingConfig(first=first))


def scores(shelf: Shelf, repeat: Repeat, ranker: Ranker, who: Asker) -> list[float]:
    found: list[float] = Habits(ranker, repeat, shelf).applied(fused(), who, np.zeros(5)).totals[1].tolist()
    return found


def test_only_what_was_bought_changes_its_place(shelf: Shelf, repeat: Repeat) -> None:
    assert scores(shelf, repeat, doubling(), asker()) == pytest.approx([2, 1.1, 0.5, 0.45, 0.1])
    assert scores(shelf, repeat, doubling(first=2), asker()) == pytest.approx([2, 1.1, 0.25, 0.45, 0.1])


def test_someone_who_bought_nothing_is_told_what_the_fusion_says(shelf: Shelf, repeat: Repeat) -> None:
    other = fused().silenced(REPEAT)
    assert Habits(doubling(), repeat, shelf).applied(other, asker(()), np.zeros(5)) is other


def test_what_habits_add_is_an_entry_of_its_own(shelf: Shelf, repeat: Repeat) -> None:
    found = Habits(doubling(), repeat, shelf).applied(fused(), asker(), np.zeros(5)).contributions(1)
    assert [(part.source, part.value) for part in found] == [
        (HABITS, pytest.approx(0.55)), (REPEAT, 0.5), ("popularity", pytest.approx(0.05))
    ]  # fmt: skip


def test_a_visit_ends_where_nothing_is_bought_for_some_hours() -> None:
    hours = np.array([0, 1, 3, 6, 6, 30]) * 3_600_000
    assert habits.visits(hours).tolist() == [True, False, False, True, False, True]
