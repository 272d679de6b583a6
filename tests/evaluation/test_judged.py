"""Lists against what shoppers turned to and were glad of: figures worked out by hand on a shop of five products."""

from __future__ import annotations

import math

import numpy as np
import pytest

from daogou.domain.ids import Instant, ProductId
from daogou.evaluation.interleaving import Preference
from daogou.evaluation.offline.beyond import Nature
from daogou.evaluation.offline.judging import Measured, judge
from daogou.evaluation.offline.questions import Question
from daogou.evaluation.offline.satisfaction import Satisfaction, satisfaction
from daogou.evaluation.offline.systems import Ranked
from daogou.testing.builders import product

GOODS = [product(f"p{n}", category=["a" if n < 3 else "b"]) for n in range(5)]
REACH = np.array([9.0, 4.0, 1.0, 0.0, 0.0])
"""p0 is well known, p1 and p2 little, p3 and p4 have no events."""


def rows(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def asked(actor: str, history: np.ndarray, touched: np.ndarray, *, glad: int = 99, regretted: int = 99) -> Question:
    kept, back = (rows(*(row for row in [each] if row != 99)) for each in (glad, regretted))
    return Question(actor, Instant(0), history, touched, kept, back, rows())


QUESTIONS = [
    asked("a", rows(), rows(1, 3), glad=1, regretted=3),
    asked("b", rows(0, 1), rows(2), glad=2),
    asked("c", rows(0, 1, 2, 3), rows(4)),
    asked("d", rows(0), rows(1)),
]


def ranked(*lists: list[int], scores: list[float] | None = None) -> Ranked:
    found = Ranked.blank(len(lists))
    for place, each in enumerate(lists):
        found.fill(place, np.array(each, np.int64), np.array(scores or range(len(each), 0, -1), float)[: len(each)])
    return found


OURS = ranked([3, 1], [2, 4], [0, 2], [4, 1])
THEIRS = ranked([0, 1], [0, 1], [0, 1], [0, 1])


@pytest.fixture(scope="module")
def measured() -> Measured:
    nature = Nature.of(GOODS, REACH, 9)
    return judge(
        "new products",
        {"ours": OURS, "theirs": THEIRS},
        QUESTIONS,
        nature,
        targets=[question.new for question in QUESTIONS],
        ours="ours",
        usual=THEIRS,
        ks=(2, 1),
        seed=0,
    )


def test_accuracy_is_the_mean_over_shoppers(measured: Measured) -> None:
    ours = {name: interval.mean for name, interval in measured.accuracy["ours"].items()}
    second = 1 / math.log2(3)
    assert ours["recall@2"] == pytest.approx((1 + 1 + 0 + 1) / 4)
    assert ours["precision@2"] == pytest.approx((1 + 0.5 + 0 + 0.5) / 4)
    assert ours["hit rate@1"] == pytest.approx((1 + 1 + 0 + 0) / 4)
    assert ours["ndcg@2"] == pytest.approx((1 + 1 + 0 + second) / 4)
    assert ours["mrr@2"] == pytest.approx((1 + 1 + 0 + 0.5) / 4)
    assert ours["map@2"] == pytest.approx((1 + 1 + 0 + 0.5) / 4)


def test_what_one_system_has_over_another_is_shopper_by_shopper(measured: Measured) -> None:
    gap = measured.against["theirs"]["recall@2"]
    assert gap.interval.mean == pytest.approx((0.5 + 1 + 0 + 0) / 4)
    assert 0.4 < gap.p < 0.6  # of the four ways to flip the two gaps, two lie as far from nothing


def test_slices_tell_new_shoppers_and_new_products_apart(measured: Measured) -> None:
    found = {(part.kind, part.name): (part.n, part.recall["ours"].mean) for part in measured.slices}
    assert found == {
        ("shoppers", "no history"): (1, 1.0),
        ("shoppers", "1 to 4 products"): (3, pytest.approx(2 / 3)),
        ("products", "no events yet"): (2, 0.5),
        ("products", "little known"): (3, 1.0),
    }


def test_places_go_to_tenths_of_the_products_by_fame(measured: Measured) -> None:
    assert measured.exposure["theirs"][:5] == (0.5, 0.5, 0, 0, 0)
    assert measured.exposure["ours"][:5] == pytest.approx((1 / 8, 2 / 8, 2 / 8, 1 / 8, 2 / 8))


def test_luck_with_equal_scores_is_shown() -> None:
    equal = ranked([0, 1], scores=[1.0, 1.0])
    found = judge(
        "new products",
        {"ours": equal},
        [QUESTIONS[3]],
        Nature.of(GOODS, REACH, 9),
        targets=[rows(1)],
        ours="ours",
        usual=THEIRS,
        ks=(2,),
        seed=0,
    ).ties["ours"]
    assert (found.unlucky, found.lucky) == (pytest.approx(1 / math.log2(3)), 1)


# --- satisfaction --------------------------------------------------------------------------------------------------


class Tastes:
    """What `satisfaction` asks of a truth: shoppers a and b love p2 and cannot stand the rest."""

    def __init__(self) -> None:
        self.products = {ProductId(f"p{n}"): n for n in range(5)}
        self.shoppers = {"a": 0, "b": 1}

    def clicks(self, shopper: str, at: Instant) -> np.ndarray:
        return np.array([0.0, 0.0, 1.0, 0.0, 0.0])


def felt(*, truth: Tastes | None = None) -> Satisfaction:
    ids = [item.id for item in GOODS]
    lists = {"ours": OURS, "theirs": THEIRS}
    return satisfaction(lists, QUESTIONS, ids, ours="ours", truth=truth, k=2, seed=0)  # type: ignore[arg-type]


def test_glad_and_regretted_are_parts_of_the_shoppers() -> None:
    found = felt()
    assert (found.glad["ours"].mean, found.glad["theirs"].mean) == (2 / 4, 1 / 4)
    assert (found.regretted["ours"].mean, found.regretted["theirs"].mean) == (1 / 4, 0)
    assert found.truth == {}


def test_true_taste_is_measured_where_it_is_known() -> None:
    found = felt(truth=Tastes())
    assert found.truth["ours"].mean == pytest.approx(1 / 2)  # all of it for b, nothing for a; c and d are not known
    assert found.truth["theirs"].mean == pytest.approx(0)
    assert found.preferred["theirs"] == Preference(1, 0, 1, 1.0)  # b clicks p2, which is ours; a clicks nothing
