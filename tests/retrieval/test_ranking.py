from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from daogou.recommend.ranking import RANKING, Ranking
from daogou.retrieval.evidence import NO_CAUSE, Evidence, Trail
from daogou.retrieval.fusion import Fused, Fusion
from daogou.retrieval.ranking import NAMES, QUESTIONS, Asker, Ranker, RankingConfig, described
from daogou.retrieval.repeat import NOTHING_BOUGHT, Bought
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import product
from daogou.testing.rankers import OrderBehaviour, untaught

DAY_MS = 86_400_000
NOW = 1_700_000_000_000


def found() -> Mapping[str, Evidence]:
    def entries(*cells: tuple[int, float, int]) -> Evidence:
        rows, values, causes = zip(*cells, strict=True)
        return Evidence(np.array(rows, np.int32), np.array(values, np.float32), np.array(causes, np.int32))

    return {
        "sequential": entries((0, 1.0, 0), (2, 0.5, 0), (2, 0.25, 1), (5, 0.3, 1)),
        "popularity": entries((2, 0.1, NO_CAUSE), (3, 0.9, NO_CAUSE), (4, 0.2, NO_CAUSE)),
    }


def fusion() -> Fusion:
    return Fusion({"sequential": 1.0, "popularity": 0.5}, {"sequential": 0.8}, seen=0.5)


ASKER = Asker(
    Trail.of([1, 5], [1.0, 2.0]),
    np.array([NOW - DAY_MS, NOW - 40 * DAY_MS]),
    Bought.of(np.array([5, 5, 7], np.int32), np.array([NOW - 40 * DAY_MS, NOW - 90 * DAY_MS, NOW - DAY_MS])),
    NOW,
)


@pytest.fixture
def shelf() -> Shelf:
    """Six products; brands Ma, Bo, Ma, …, prices 1 to 6, the first two and the last of one kind."""
    made = Shelf()
    made.put(
        product(
            f"p{n}", price=n + 1, brand="Ma" if n % 2 else "Bo", category=["Tea" if n in {0, 1, 5} else "Shoes"],
            released=NOW - n * DAY_MS if n else None,
        )
        for n in range(6)
    )  # fmt: skip
    return made


class TestFusion(OrderBehaviour):
    @pytest.fixture
    def made(self):
        return fusion

    @pytest.fixture
    def load(self):
        return Fusion.load

    @pytest.fixture
    def order(self):
        return lambda fusion: fusion.fuse(found(), np.arange(4.0), ASKER.trail.rows)


class TestRanker(OrderBehaviour):
    @pytest.fixture
    def made(self):
        return lambda: untaught(["sequential", "popularity"])

    @pytest.fixture
    def load(self):
        return Ranker.load

    @pytest.fixture
    def order(self, shelf: Shelf):
        fused = fusion().fuse(found(), np.arange(4.0), ASKER.trail.rows)
        return lambda ranker: Ranking(ranker, shelf).applied(fused, ASKER, np.arange(4.0))


def told(shelf: Shelf, asker: Asker = ASKER) -> dict[str, list[float]]:
    rows, scores = np.array([0, 1, 5], np.int32), np.array([2.0, 1.0, 4.0], np.float32)
    table = described(rows, scores, scores[None] / 2, asker, goods=shelf, events=np.array([0.0, 3.0]))
    return dict(zip([*NAMES, "sequential"], table.tolist(), strict=True))


def test_what_the_trees_are_told(shelf: Shelf) -> None:
    usual = (np.log(200) + np.log(600)) / 2
    assert told(shelf) == {
        "score": [0.5, 0.25, 1.0],
        "events": pytest.approx([0, np.log(4), 0]),
        "age": [-1, 1, 5],
        "price": pytest.approx(np.log([100, 200, 600]) - usual),
        "brand": [0, 1, 1],
        "newest brand": [0, 1, 1],
        "category": [1, 1, 1],
        "newest category": [1, 1, 1],
        "back": [-1, 0, 1],
        "bought": [0, 0, 2],
        "days since": [-1, -1, 40],
        "steps": [2, 2, 2],
        "pause": [1, 1, 1],
        "newest step": [1, 1, 1],
        "sequential": pytest.approx([0.25, 0.125, 0.5]),
    }


def test_what_is_not_known_is_neither_alike_nor_dear() -> None:
    bare = Shelf()
    bare.put(product(f"p{n}", brand=None, category=[], price=None) for n in range(6))
    found = told(bare)
    assert [found[name] for name in ("price", "brand", "category", "age")] == [[0] * 3, [0] * 3, [0] * 3, [-1] * 3]


def test_what_comes_later_is_as_new_as_what_comes_now() -> None:
    later = Shelf()
    later.put(product(f"p{n}", released=NOW + n * DAY_MS - DAY_MS) for n in range(6))
    assert told(later)["age"] == [1, 0, 0]


def one_question(feature: str, limit: float, *, yes: float, no: float, first: int = 50) -> Ranker:
    """One tree: it says this to products for which the feature is at most the limit, and that to the others."""
    features = np.full((1, QUESTIONS), NAMES.index(feature), np.int32)
    limits = np.full((1, QUESTIONS), limit, np.float32)
    says = np.where(np.arange(1 << QUESTIONS) & 1, np.log(yes), np.log(no)).astype(np.float32)[None]
    return Ranker(["sequential"], features, limits, says, RankingConfig(first=first))


def ranked(
    shelf: Shelf, ranker: Ranker, asker: Asker = ASKER, events: Sequence[float] = (1, 1, 1, 1, 1, 1)
) -> dict[int, float]:
    fused = Ranking(ranker, shelf).applied(Fusion({"sequential": 1.0}).fuse(found()), asker, np.array(events))
    return dict(zip(*(column.tolist() for column in fused.totals), strict=True))


def test_a_tree_multiplies_the_score_by_what_it_answers(shelf: Shelf) -> None:
    found = ranked(shelf, one_question("price", 0.0, yes=2.0, no=0.5))
    assert found == pytest.approx({0: 2.0, 2: 1.5, 5: 0.15})


def test_what_has_no_event_yet_is_put_higher_and_never_lower(shelf: Shelf) -> None:
    ranker = one_question("price", 0.0, yes=2.0, no=0.5)
    assert ranked(shelf, ranker, events=[0, 1, 1, 1, 1, 0]) == pytest.approx({0: 2.0, 2: 1.5, 5: 0.3})


def test_only_the_first_are_put_in_another_order(shelf: Shelf) -> None:
    found = ranked(shelf, one_question("steps", 99, yes=2.0, no=1.0, first=2))
    assert found == pytest.approx({0: 2.0, 2: 1.5, 5: 0.3})


def test_what_was_turned_to_last_is_left_where_it_is(shelf: Shelf) -> None:
    newest = Asker(Trail.of([2]), np.array([NOW]), ASKER.bought, NOW)
    found = ranked(shelf, one_question("steps", 99, yes=2.0, no=1.0), newest)
    assert found == pytest.approx({0: 2.0, 2: 0.75, 5: 0.6})


def test_someone_without_a_history_is_told_what_the_fusion_says(shelf: Shelf) -> None:
    asker = Asker(Trail.of([]), np.empty(0, np.int64), NOTHING_BOUGHT, NOW)
    assert ranked(shelf, one_question("steps", 99, yes=2.0, no=1.0), asker) == pytest.approx({0: 1, 2: 0.75, 5: 0.3})


def test_who_comes_back_later_than_it_is_known_for_is_told_what_the_fusion_says(shelf: Shelf, tmp_path: Path) -> None:
    ranker = one_question("price", 0.0, yes=2.0, no=0.5)
    for days, found in ((1.0, {0: 2.0, 2: 1.5, 5: 0.15}), (0.9, {0: 1.0, 2: 0.75, 5: 0.3})):  # the newest is a day ago
        ranker.within_days = days
        ranker.save(tmp_path)
        assert ranked(shelf, Ranker.load(tmp_path)) == pytest.approx(found)


def test_what_a_ranker_adds_is_an_entry_of_its_own(shelf: Shelf) -> None:
    fused: Fused = Ranking(one_question("steps", 99, yes=2.0, no=1.0), shelf).applied(
        Fusion({"sequential": 1.0}).fuse(found()), ASKER, np.zeros(6)
    )
    assert [(part.source, part.cause, part.value) for part in fused.contributions(2)] == [
        (RANKING, NO_CAUSE, pytest.approx(0.75)), ("sequential", 0, 0.5), ("sequential", 1, 0.25)
    ]  # fmt: skip
