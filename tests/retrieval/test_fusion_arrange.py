from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.retrieval.arrange import Variety, arrange
from daogou.retrieval.evidence import NO_CAUSE, Evidence, Trail, distinct, place_among, times_among
from daogou.retrieval.fusion import Fused, Fusion, band_of
from daogou.retrieval.metrics import ndcg, place_in, rank_of, recall, reciprocal_rank
from daogou.retrieval.pool import Pool, Request
from daogou.retrieval.repeat import DAY_MS, REPEAT, Bought, Repeat, RepeatConfig
from daogou.retrieval.weighing import LATELY, Bands, New, choose, choose_popular, choose_repeat, choose_seen
from daogou.training.config import TrainingConfig
from daogou.training.recipes.fusion import fit as learn_fusion
from daogou.training.validation import Case


def entries(*found: tuple[int, float, int]) -> Evidence:
    rows, values, causes = zip(*found, strict=True)
    return Evidence(np.array(rows, np.int32), np.array(values, np.float32), np.array(causes, np.int32))


def pool_of(asked: Sequence[tuple[Mapping[str, Evidence], int]], seen: Sequence[int] = ()) -> Pool:
    been = np.array(seen, np.int32)
    return Pool.of([Request(found, answer, been, answer in seen) for found, answer in asked], list(asked[0][0]))


def test_fused_scores_are_weighted_sums_that_can_be_taken_apart() -> None:
    fusion = Fusion({"a": 1.0, "b": 0.5}, {"a": 2.0})
    fused = fusion.fuse({"a": entries((7, 4.0, 0), (7, 2.0, 1)), "b": entries((7, 1.0, NO_CAUSE), (9, 1.0, 0))})
    assert [column.tolist() for column in fused.totals] == [[7, 9], [3.5, 0.5]]
    assert [(part.source, part.cause, part.value) for part in fused.contributions(7)] == [
        ("a", 0, 2.0), ("a", 1, 1.0), ("b", NO_CAUSE, 0.5),
    ]  # fmt: skip
    assert fused.silenced("a").totals[1].tolist() == [0.5, 0.5]


def test_a_source_without_a_weight_does_not_speak() -> None:
    assert len(Fusion({"a": 1.0}).fuse({"other": entries((1, 1.0, 0))}).evidence) == 0


def test_the_source_that_finds_the_held_out_product_gets_weight() -> None:
    asked = [({"a": entries((0, 1.0, 0), (1, 0.9, 0)), "b": entries((1, 1.0, 0))}, 1)] * 5
    chosen = choose(pool_of(asked), grid={"a": (1.0,), "b": (0.0, 0.5)}, k=1)
    assert chosen.fusion.weights == {"a": 1.0, "b": 0.5}
    assert chosen.recall == 1.0


def test_sources_that_add_no_more_than_is_asked_of_them_fall_silent() -> None:
    """b answers one question in twenty, c repeats a; b may be missed from a twentieth on."""
    a, other = entries((1, 1.0, 0)), entries((3, 1.0, 0))
    asked = [({"a": a, "b": entries((2, 0.5, 0)), "c": a}, 1)] * 19 + [
        ({"a": other, "b": entries((2, 99.0, 0)), "c": other}, 2)
    ]

    def weights(least: float) -> dict[str, float]:
        tried = (0.1, 0.0)
        chosen = choose(pool_of(asked), grid={"a": (1.0,), "b": tried, "c": tried}, least=least, k=1)
        return dict(chosen.fusion.weights)

    assert weights(0.0) == {"a": 1.0, "b": 0.1, "c": 0.1}
    assert weights(0.049) == {"a": 1.0, "b": 0.1, "c": 0.0}
    assert weights(0.051) == {"a": 1.0, "b": 0.0, "c": 0.0}


@pytest.mark.parametrize(("answers", "spoils", "speaks"), [(2, 1, False), (6, 1, True)])
def test_a_source_that_adds_no_more_than_chance_may_falls_silent(answers: int, spoils: int, speaks: bool) -> None:
    """Two answered for one spoilt are one more, give or take two."""
    a, b = entries((1, 1.0, 0)), entries((2, 99.0, 0))
    asked = [
        *[({"a": a, "b": entries((1, 1.0, 0))}, 1)] * 200,
        *[({"a": a, "b": b}, 2)] * answers,
        *[({"a": a, "b": b}, 1)] * spoils,
    ]
    chosen = choose(pool_of(asked), grid={"a": (1.0,), "b": (0.1, 0.0)}, least=1e-6, k=1)
    assert bool(chosen.fusion.weights["b"]) == speaks
    assert choose(pool_of(asked), grid={"a": (1.0,), "b": (0.1, 0.0)}, k=1).fusion.weights["b"]


def test_a_source_that_must_speak_is_not_silenced() -> None:
    asked = [({"a": entries((1, 1.0, 0)), "b": entries((2, 0.5, 0))}, 1)] * 3
    assert choose(pool_of(asked), grid={"a": (1.0,), "b": (0.1, 0.5)}, least=0.5, k=1).fusion.weights["b"] == 0.1


def test_a_band_weighs_a_source_and_the_score_can_still_be_taken_apart() -> None:
    fusion = Fusion({"a": 1.0, "b": 1.0}, bands=(2, 20), by_band={"a": (2.0, 1.0, 0.5)})
    found = {"a": entries(*((row, 1.0, row) for row in range(5))), "b": entries((0, 1.0, NO_CAUSE), (4, 1.0, 0))}
    fused = fusion.fuse(found, np.array([0, 2, 3, 21]))
    assert [column.tolist() for column in fused.totals] == [[0, 1, 2, 3, 4], [3.0, 2.0, 1.0, 0.5, 3.0]]
    assert [part.value for part in fused.contributions(0)] == [2.0, 1.0]
    assert fusion.fuse(found).totals[1].tolist() == [2.0, 1.0, 1.0, 1.0, 2.0]


def test_a_source_leans_to_products_that_many_know_where_that_gains() -> None:
    """Products 1 and 2 have ten events with the one that each is taken to have, product 0 two; the mean is 22 / 3."""
    found = {"a": entries((0, 1.0, 0), (1, 0.9, 0)), "b": entries((2, 0.1, 0))}
    bands = Bands(np.array([1.0, 9.0, 9.0]), (2,), (-0.3, 0.3))
    grid = {"a": (1.0,), "b": (0.1,)}
    chosen = choose(pool_of([(found, 1)] * 4), grid=grid, bands=bands, k=1)
    assert chosen.fusion.by_band == {"a": pytest.approx(((6 / 22) ** 0.3, (30 / 22) ** 0.3))}
    assert chosen.recall == 1.0
    other = choose(pool_of([(found, 0)] * 4), grid=grid, bands=bands, k=1)
    assert other.fusion == Fusion({"a": 1.0, "b": 0.1}, chosen.fusion.scales)


def test_weights_are_chosen_again_for_sources_that_lean() -> None:
    """What b finds comes before product 0 only once a leans away from it."""
    known = {"a": entries((0, 1.0, 0), (1, 0.9, 0)), "b": entries((2, 1.0, 0))}
    asked = [(known, 1)] * 3 + [({"a": entries((0, 1.0, 0)), "b": entries((3, 1.0, 0))}, 3)] * 2
    bands = Bands(np.array([1.0, 9.0, 1.0, 9.0]), (2,), (0.3,))
    chosen = choose(pool_of(asked), grid={"a": (1.0,), "b": (0.1, 0.8)}, bands=bands, k=1)
    assert chosen.recall == 1.0
    assert chosen.fusion.weights == {"a": 1.0, "b": 0.8}


def test_products_without_an_event_are_raised_as_far_as_the_cost_allows() -> None:
    """Row 0 has no event, row 1 nine; at 2.0 they are equal, and from 3.0 on row 0 takes the first place."""
    found = {"a": entries((0, 0.5, 0), (1, 1.0, 0)), "b": entries((1, 0.1, 0))}
    asked = [(found, 1)] * 9 + [(found, 0)]

    def by_band(cost: float, least: int = 1) -> dict[str, tuple[float, ...]]:
        new = New((1.5, 3.0, 4.0), cost, least)
        bands = Bands(np.array([0.0, 9.0]), (2,), (), new)
        return dict(choose(pool_of(asked), grid={"a": (1.0,), "b": (0.01,)}, bands=bands, k=10).fusion.by_band)

    assert by_band(0.05) == {"a": (1.5, 1.0, 1.0)}
    assert by_band(0.5) == {"a": (4.0, 1.0, 1.0)}
    assert by_band(0.5, least=2) == {}


def test_products_without_an_event_count_as_such_with_few() -> None:
    asked = [({"a": entries((0, 1.0, 0), (1, 0.9, 0)), "b": entries((2, 0.1, 0))}, 1)] * 4
    bands = Bands(np.array([1.0, 9.0, 0.0]), (2,), (0.3,), New((), 0.0, 1))
    fusion = choose(pool_of(asked), grid={"a": (1.0,), "b": (0.1,)}, bands=bands, k=1).fusion
    assert fusion.bands == (0, 2)
    unknown, few, many = fusion.by_band["a"]
    assert unknown == few < 1 < many


@pytest.mark.parametrize(("after_known", "power"), [(2, 0.4), (3, 0.0)])
def test_words_fade_behind_what_people_did_where_that_tells_more(after_known: int, power: float) -> None:
    """Many were at product 0 and nobody at 1; pairs speak for 2 and 4, words for 3 and 5."""

    class Said:
        def __init__(self, after: Mapping[int, tuple[int, float, int]]) -> None:
            self._after = after

        def evidence(self, trail: Trail) -> Evidence:
            return entries(self._after[int(trail.rows[0])])

    sources = {
        "sequential": Said({0: (2, 1.0, 0), 1: (4, 1.0, 0)}),
        "content": Said({0: (3, 1.0, 0), 1: (5, 1.0, 0)}),
        "popularity": Said(dict.fromkeys((0, 1), (0, 0.1, NO_CAUSE))),
    }
    cases = [Case(Trail.of([0]), after_known), Case(Trail.of([1]), 5)] * 3
    events = np.array([99.0, 0, 1, 1, 1, 1])
    repeat = Repeat(RepeatConfig())
    chosen, _ = learn_fusion(sources, cases, repeat=repeat, events=events, config=TrainingConfig())
    assert chosen.fusion.fading == ({"content": power} if power else {})
    assert chosen.ndcg == 1.0


def test_seen_products_count_as_much_as_people_come_back() -> None:
    found = {"a": entries((0, 1.0, 0), (1, 0.5, 0))}
    seen, events = np.array([0], np.int32), np.ones(2)
    fusion, factors = Fusion({"a": 1.0}), (1.0, 0.1)
    to_the_new, to_the_seen = (found, 1), (found, 0)
    assert choose_seen(pool_of([to_the_new, to_the_new, to_the_seen], [0]), fusion, factors, events=events) == 0.1
    assert choose_seen(pool_of([to_the_new, to_the_seen, to_the_seen], [0]), fusion, factors, events=events) == 1.0
    fused = Fusion({"a": 1.0}, seen=0.25).fuse(found, seen=seen)
    assert fused.totals[1].tolist() == [0.25, 0.5]
    assert [part.value for part in fused.contributions(0)] == [0.25]


@pytest.mark.parametrize(("again", "rests"), [(3, False), (0, True)])
def test_what_was_bought_lately_rests_unless_many_buy_it_again_before(again: int, rests: bool) -> None:
    """The shopper bought 0 lately; what else is known speaks for 1."""
    found = {
        "a": entries((1, 1.0, NO_CAUSE)),
        REPEAT: entries((0, 1.0, NO_CAUSE)),
        LATELY: entries((0, 1.0, NO_CAUSE)),
    }
    asked = pool_of([(found, 0)] * again + [(found, 1)] * 4, [0])
    fusion, events = Fusion({"a": 1.0}), np.ones(2)
    chosen = choose_repeat(asked, fusion, (0.0, 0.5), gain=0.1, events=events)
    assert chosen.rests == rests
    assert chosen.weights[REPEAT] == (0.0 if rests else 0.5)
    assert choose_repeat(asked, fusion, (0.0, 0.5), gain=9.0, events=events).rests


@pytest.mark.parametrize(
    ("to_the_near", "to_the_popular", "rests", "weight"),
    [
        (3, 3, True, 1.0),  # costs one as much as it brings the other
        (5, 4, True, 1.0),  # costs less than chance would make of it
        (9, 1, True, 0.2),
        (3, 3, False, None),
    ],
)
def test_what_is_popular_has_as_much_say_as_costs_nothing_sure(
    to_the_near: int, to_the_popular: int, rests: bool, weight: float | None
) -> None:
    """From a weight of 0.5 on what is popular goes before what is near; 0 was bought lately and rests."""
    near, popular = entries((1, 0.5, 0)), entries((2, 1.0, NO_CAUSE), (0, 9.0, NO_CAUSE))
    found = {"near": near, "popularity": popular, LATELY: entries((0, 1.0, NO_CAUSE))}
    asked = pool_of([(found, 1)] * to_the_near + [(found, 2)] * to_the_popular, [0])
    fusion = Fusion({"near": 1.0, "popularity": 0.1}, rests=rests)
    chosen = choose_popular(asked, fusion, (0.05, 0.1, 0.2, 1.0), events=np.ones(3), k=1)
    assert chosen == replace(fusion, coming_back=weight)


ENTRIES = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 9), st.integers(NO_CAUSE, 3)), max_size=12)


@given(a=ENTRIES, b=ENTRIES, allowed=st.lists(st.booleans(), min_size=7, max_size=7))
def test_what_rows_are_made_of_is_the_sum_of_the_entries(
    a: list[tuple[int, int, int]], b: list[tuple[int, int, int]], allowed: list[bool]
) -> None:
    """Against a dictionary, one entry after the other."""
    found = {name: entries(*said) if said else Evidence.none() for name, said in (("a", a), ("b", b))}
    fusion = Fusion({"a": 1.0, "b": 0.5}, bands=(3,), by_band={"a": (1.0, 2.0)}, fading={"a": 1.0}, seen=0.25)
    events = np.arange(6.0)  # row 6 is newer
    fused = fusion.fuse(found, events, np.array([1, 9, 3, 0], np.int32), np.array(allowed))
    known = {0: 2.0, 1: 1.0, 2: 4.0, 3: 1.0, NO_CAUSE: 1.0}  # 1 + the events of rows 1, 9, 3 and 0
    expected: dict[tuple[int, str, int], float] = {}
    for name, said in (("a", a), ("b", b)):
        for row, value, cause in said:
            worth = (
                fusion.weights[name]
                * (2.0 if name == "a" and 3 < row < 6 else 1.0)
                * (0.25 if row in {0, 1, 3} else 1.0)
            )
            worth /= known[cause] if name == "a" else 1.0
            if allowed[row]:
                expected[row, name, cause] = expected.get((row, name, cause), 0.0) + worth * value
    rows = [6, 0, 1, 2, 3, 4, 5]
    made = fused.parts(rows)
    got = {
        (rows[place], fused.names[source], cause): made[place, source, cause]
        for place, source, cause in zip(*made.nonzero(), strict=True)
    }
    last = made.shape[2] - 1
    assert {
        (row, name, NO_CAUSE if cause == last else cause): part for (row, name, cause), part in got.items()
    } == expected
    assert fused.totals[0].tolist() == sorted({row for row, _, _ in expected})
    assert fused.totals[1].tolist() == [made[rows.index(row)].sum() for row in fused.totals[0].tolist()]


@pytest.mark.parametrize("names", [(), ("a",)])
def test_what_nothing_speaks_for_is_made_of_nothing(names: tuple[str, ...]) -> None:
    fused = Fused.of(names, Evidence.none(), np.empty(0, np.int32))
    assert fused.parts([3, 1]).shape == (2, len(names), 1)
    assert not fused.parts([3, 1]).any()
    assert not fused.parts([]).size
    assert fused.contributions(3) == []


def test_a_product_is_in_the_band_of_its_events() -> None:
    events = np.array([0.0, 1.0, 2.0, 2.5, 3.0, 4.0, 1e9])
    assert band_of(np.arange(9, dtype=np.int32), events, (0, 2, 3)).tolist() == [0, 1, 1, 2, 2, 3, 3, 0, 0]
    assert band_of(np.arange(3, dtype=np.int32), events, ()).tolist() == [0, 0, 0]


@given(st.lists(st.integers(0, 30)), st.lists(st.integers(0, 60)))
def test_the_place_among_keys_is_the_first_or_none(keys: list[int], asked: list[int]) -> None:
    found = place_among(np.array(keys, np.int32), np.array(asked, np.int32))
    assert found.tolist() == [keys.index(key) if key in keys else -1 for key in asked]
    times = times_among(np.array(keys, np.int32), np.array(asked, np.int32))
    assert times.tolist() == [keys.count(key) for key in asked]


@given(st.lists(st.integers(0, 40), max_size=60))
def test_distinct_is_what_numpy_says(keys: list[int]) -> None:
    once, place = distinct(np.array(keys, np.int32))
    expected, inverse = np.unique(np.array(keys, np.int32), return_inverse=True)
    assert (once.tolist(), place.tolist()) == (expected.tolist(), inverse.tolist())


@given(st.lists(st.integers(0, 9), max_size=20), st.lists(st.booleans(), min_size=10, max_size=10))
def test_keys_that_are_not_allowed_have_the_place_behind_the_last(keys: list[int], allowed: list[bool]) -> None:
    once, place = distinct(np.array(keys, np.int32), np.array(allowed))
    expected = sorted({key for key in keys if allowed[key]})
    assert once.tolist() == expected
    assert place.tolist() == [expected.index(key) if allowed[key] else len(expected) for key in keys]


def test_what_changes_whole_rows_stays_with_them_where_a_source_falls_silent() -> None:
    fused = Fusion({"a": 1.0, "b": 1.0}).fuse(
        {"a": entries((1, 2.0, 0), (2, 2.0, 0)), "b": entries((2, 1.0, 1), (4, 8.0, 1))},
        allowed=np.array([True, True, True, True, False]),
    )
    doubled = fused.scaled("rule", np.array([2.0, 1.0], np.float32)).scaled("other", np.array([1.0, 2.0], np.float32))
    assert [column.tolist() for column in doubled.totals] == [[1, 2], [4.0, 6.0]]
    assert [(part.source, part.cause, part.value) for part in doubled.contributions(2)] == [
        ("other", NO_CAUSE, 3.0), ("a", 0, 2.0), ("b", 1, 1.0),
    ]  # fmt: skip
    assert [column.tolist() for column in doubled.silenced("a").totals] == [[1, 2], [2.0, 4.0]]
    assert [column.tolist() for column in doubled.silenced("other").silenced("a").totals] == [[1, 2], [2.0, 1.0]]
    assert [column.tolist() for column in doubled.silenced("rule").silenced("a").totals] == [[2], [4.0]]
    assert [column.tolist() for column in doubled.of_source("b")] == [[1], [1.0]]


def test_a_row_that_no_step_speaks_for_has_its_shares_too() -> None:
    """On a thread of its own, which has not written under any key before."""
    found = entries((3, 1.0, NO_CAUSE), (3, 2.0, NO_CAUSE), (4, 1.0, NO_CAUSE), (4, 3.0, 0))
    with ThreadPoolExecutor(1) as fresh:
        assert fresh.submit(found.shares, 3).result() == [(NO_CAUSE, 1.0)]
    assert found.shares(4) == [(0, 0.75), (NO_CAUSE, 0.25)]


def test_best_breaks_ties_in_order_of_row() -> None:
    assert entries((5, 1.0, 0), (2, 1.0, 0), (9, 2.0, 0)).best(3).rows.tolist() == [9, 2, 5]


ROWS, SCORES = np.array([1, 2, 3, 4], np.int32), np.array([1.0, 0.9, 0.8, 0.7], np.float32)


def brand(row: int) -> tuple[str]:
    return ("nike" if row < 4 else "puma",)


@pytest.mark.parametrize(
    ("variety", "expected"),
    [(Variety(), [1, 2, 3]), (Variety(dial=0.5), [1, 4, 2]), (Variety(most=2), [1, 2, 4])],
)
def test_variety_moves_other_groups_up(variety: Variety, expected: list[int]) -> None:
    assert arrange(ROWS, SCORES, 3, variety=variety, groups=brand).rows.tolist() == expected


def test_a_limit_of_one_group_looks_past_the_pool_for_others() -> None:
    variety = Variety(most=1, pool=1)
    assert arrange(ROWS, SCORES, 2, variety=variety, groups=brand).rows.tolist() == [1, 4]
    assert arrange(ROWS, SCORES, 3, variety=variety, groups=brand).rows.tolist() == [1, 4]  # there is no third group


def test_metrics_of_known_rankings() -> None:
    ranks = [0, 1, None, 10]
    assert recall(ranks, 10) == 0.5
    assert ndcg(ranks, 10) == pytest.approx((1 + 1 / np.log2(3)) / 4)
    assert reciprocal_rank(ranks, 10) == pytest.approx(1.5 / 4)
    assert rank_of(np.array([2.0, 3.0, 2.0]), 2) == 2
    assert place_in(["a", "b"], "b") == 1


def test_what_people_buy_again_counts_more_than_what_they_buy_once() -> None:
    milk, paint, rare = 0, 1, 2
    lines = [(who, day, milk) for who in range(9) for day in (1, 2)] + [(who, 1, paint) for who in range(9)]
    lines += [(0, 1, paint), (0, 1, rare)]  # the same line again is no second day
    actor, day, row = (np.array(column, np.int64) for column in zip(*lines, strict=True))
    repeat = Repeat.fit(actor.astype(np.int32), day, row.astype(np.int32), 4, config=RepeatConfig())
    found = repeat.evidence(Bought.of(np.array([milk, paint, rare, 3, 9], np.int32), np.zeros(5, np.int64)), 0)
    worth = dict(zip(found.rows.tolist(), found.values.tolist(), strict=True))
    assert worth[milk] > worth[3] == worth[9] > worth[rare] > worth[paint]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5 * DAY_MS)), min_size=1, max_size=30))
def test_what_was_bought_is_known_by_product(purchases: list[tuple[int, int]]) -> None:
    rows, at = (np.array(column) for column in zip(*purchases, strict=True))
    bought = Bought.of(rows.astype(np.int32), at)
    by_row = {
        row: sorted(at for other, at in purchases if other == row) for row in sorted({row for row, _ in purchases})
    }
    assert bought.products.tolist() == list(by_row)
    assert bought.times.tolist() == [len(moments) for moments in by_row.values()]
    assert bought.last.tolist() == [moments[-1] for moments in by_row.values()]
    assert [bought.days(row) for row in by_row] == [len({at // DAY_MS for at in by_row[row]}) for row in by_row]
    assert bought.since(DAY_MS).tolist() == [row for row in by_row if by_row[row][-1] > DAY_MS]
    assert bought.without({0, 1}).products.tolist() == [row for row in by_row if row > 1]


def test_repeats_count_by_frequency_and_recency() -> None:
    repeat = Repeat(RepeatConfig(half_life_days=10, floor=0.0))
    bought = Bought.of(np.array([5, 3, 5], np.int32), np.array([0, 0, 10 * DAY_MS]))
    found = repeat.evidence(bought, 10 * DAY_MS)
    assert dict(zip(found.rows.tolist(), found.values.tolist(), strict=True)) == pytest.approx({3: 1 / 3, 5: 1.0})
