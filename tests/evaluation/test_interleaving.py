"""Team-draft interleaving: fair lists, and the better ranking wins."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from daogou.evaluation.interleaving import sign_test, team_draft, winner

lists = st.lists(st.integers(0, 30), unique=True, max_size=15)


@given(lists, lists, st.integers(1, 12), st.integers(0, 100))
def test_a_draft_is_a_list_without_repeats_as_long_as_it_can_be(a: list[int], b: list[int], k: int, seed: int) -> None:
    drafted = team_draft(a, b, k, np.random.default_rng(seed))
    items = [item for item, _ in drafted]
    assert len(items) == len(set(items)) == min(k, len(set(a) | set(b)))
    assert all(item in (a if team == "a" else b) for item, team in drafted)


@given(lists, st.integers(1, 12), st.integers(0, 100))
def test_each_team_picks_in_its_own_order(a: list[int], k: int, seed: int) -> None:
    drafted = team_draft(a, a[::-1], k, np.random.default_rng(seed))
    for team, ranking in (("a", a), ("b", a[::-1])):
        places = [ranking.index(item) for item, picked in drafted if picked == team]
        assert places == sorted(places)


@given(st.integers(0, 200), st.integers(1, 6))
def test_teams_are_of_equal_size_after_whole_rounds(seed: int, rounds: int) -> None:
    drafted = team_draft(list(range(20)), list(range(20, 40)), 2 * rounds, np.random.default_rng(seed))
    assert [team for _, team in drafted].count("a") == rounds


def test_the_winner_has_more_of_the_clicks() -> None:
    drafted = team_draft([1, 2], [3, 4], 4, np.random.default_rng(0))
    assert winner(drafted, [1, 2, 3]) == "a"
    assert winner(drafted, [4]) == "b"
    assert winner(drafted, [2, 4]) is None
    assert winner(drafted, []) is None


def test_the_better_ranking_wins_and_equals_do_not() -> None:
    rng = np.random.default_rng(1)
    worth = 1 / (1 + np.arange(50))

    def duel(a: list[int], b: list[int]) -> float:
        winners = []
        for _ in range(150):
            drafted = team_draft(a, b, 10, rng)
            winners.append(winner(drafted, [item for item, _ in drafted if rng.random() < worth[item]]))
        found = sign_test(winners)
        assert found.a + found.b + found.ties == 150
        return found.p if found.a > found.b else 1.0

    good, poor = list(range(50)), list(range(50))[::-1]
    assert duel(good, poor) < 0.001
    assert duel(good, good) > 0.01


def test_nothing_but_ties_says_nothing() -> None:
    found = sign_test([None, None])
    assert (found.a, found.b, found.ties, found.p) == (0, 0, 2, 1.0)
