"""Evaluating a shop: what the numbers are, and that the future cannot get into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from daogou.adapters.memory.stores import open_memory
from daogou.domain.errors import BadRequest, NotReady
from daogou.domain.event import Event
from daogou.domain.ids import Instant, ShopperId
from daogou.domain.kinds import Kind
from daogou.domain.text import Text
from daogou.evaluation.offline.engine import Engine
from daogou.evaluation.offline.past import Unfolding, past_of
from daogou.evaluation.offline.questions import Question, questions
from daogou.evaluation.offline.run import Evaluation, Plan, evaluate
from daogou.evaluation.offline.splits import READ, leave_one_out, next_step, time_split
from daogou.evaluation.offline.systems import DEPTH, NOTHING, OURS, Counts, Scoring, baselines
from daogou.ports.stores import Stores
from daogou.recommend.config import RecommendConfig
from daogou.retrieval.arrange import Variety
from daogou.testing.builders import event, order, product
from daogou.training.config import TrainingConfig
from daogou.training.releases import Releases
from daogou.training.train import train

DAY = 86_400_000
ROUNDING = 1e-9
START = 1_700_000_000_000
SPLIT = Instant(START + 40 * DAY)
CONFIG = replace(TrainingConfig(), transformer=replace(TrainingConfig().transformer, enabled=False))


def shop_of(events: Sequence[Event], *, n: int = 30) -> Stores:
    stores = open_memory()
    goods = [product(f"p{i}", f"thing {i} of {i % 3}", price=10 + i, category=[f"c{i % 3}"]) for i in range(n)]
    stores.catalogue.put(goods, at=Instant(START))
    stores.events.append(events)
    return stores


def visits(*, future: int = 0, shoppers: int = 60, n: int = 30) -> list[Event]:
    """Shoppers who walk through one of three groups of products; `future` changes what they do after the split."""
    found = []
    for who in range(shoppers):
        for day in range(12):
            late = day >= 8
            step = day + (future if late else 0)
            row = (who % 3 + 3 * (who // 3 + step)) % n
            at = START + (day * 5 + who % 5) * DAY
            found.append(event("purchase" if day % 4 == 0 else "view", f"p{row}", shopper=f"s{who}", at=at))
    return found


def run(stores: Stores, folder: Path, plan: Plan | None = None) -> Evaluation:
    return evaluate(stores, folder, config=CONFIG, plan=plan or Plan(at=SPLIT, ks=(5, 10)))


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    return run(shop_of(visits()), tmp_path_factory.mktemp("evaluated"))


def test_the_table_holds_the_shop_its_sources_and_every_baseline(measured: Evaluation) -> None:
    new, everything = measured.tables
    always = {
        OURS,
        "sequential alone",
        "session_knn alone",
        "ease alone",
        "als alone",
        "content alone",
        "popularity alone",
        "most popular",
        "popular recently",
    }
    always |= {"item-kNN", "random"}
    assert set(new.accuracy) == always
    assert set(everything.accuracy) == always | {"personal frequency"}
    assert set(new.against) == always - {OURS}


def test_measures_are_between_0_and_1_and_means_lie_in_their_intervals(measured: Evaluation) -> None:
    for table in measured.tables:
        for figures in table.accuracy.values():
            for interval in figures.values():
                assert (
                    -ROUNDING
                    <= interval.low - ROUNDING
                    <= interval.mean
                    <= interval.high + ROUNDING
                    <= 1 + 2 * ROUNDING
                )


def test_what_follows_a_pattern_is_found_better_than_by_chance(measured: Evaluation) -> None:
    table = measured.tables[0]
    assert table.accuracy[OURS]["recall@5"].low > table.accuracy["random"]["recall@5"].high
    assert table.against["random"]["recall@5"].p < 0.01


def test_a_list_in_another_tie_order_bounds_the_score(measured: Evaluation) -> None:
    table = measured.tables[0]
    for name, ties in table.ties.items():
        assert ties.unlucky <= table.accuracy[name]["ndcg@5"].mean + 1e-12 <= ties.lucky + 2e-12


def test_slices_of_shoppers_cover_each_question_once(measured: Evaluation) -> None:
    table = measured.tables[0]
    assert sum(part.n for part in table.slices if part.kind == "shoppers") == table.n


def test_the_fit_of_every_source_is_timed_but_that_of_a_label(measured: Evaluation) -> None:
    assert set(measured.fit_s) == set(measured.tables[1].accuracy) - {"segment alone"}


def test_exposure_adds_up(measured: Evaluation) -> None:
    for parts in measured.tables[0].exposure.values():
        assert sum(parts) == pytest.approx(1)


def test_the_same_seed_measures_the_same(measured: Evaluation, tmp_path: Path) -> None:
    again = run(shop_of(visits()), tmp_path)
    assert again.tables == measured.tables
    assert again.examples == measured.examples


def test_next_baskets_are_measured_against_what_each_shopper_buys_most(measured: Evaluation) -> None:
    assert measured.baskets is not None
    assert measured.baskets.n >= 20
    gap = measured.baskets.shop.mean - measured.baskets.frequency.mean
    assert measured.baskets.difference.interval.mean == pytest.approx(gap)


def test_how_much_of_the_next_baskets_was_bought_before(tmp_path: Path) -> None:
    later = SPLIT + DAY
    buys = [
        event("purchase", f"p{n}", shopper=f"s{who}", at=at + n)
        for who in range(50)
        for at, rows in ((START + who * DAY // 2, [who % 9]), (later, [who % 9, 10 + who % 7, 20][: 1 + who % 2 * 2]))
        for n in rows
    ]
    found = run(shop_of(buys), tmp_path).baskets
    assert found is not None
    assert found.n == 50
    assert found.repeated == pytest.approx((1 + 1 / 3) / 2)


def test_what_people_buy_again_is_a_row_of_all_products_and_none_of_the_new(tmp_path: Path) -> None:
    habits = [
        event("purchase", f"p{(who + 7 * (day * who % 3)) % 30}", shopper=f"s{who}", at=START + day * 5 * DAY)
        for who in range(60)
        for day in range(12)
    ]
    new = [event("view", f"p{(who + 5) % 30}", shopper=f"s{who}", at=SPLIT + 60 * DAY) for who in range(60)]
    fresh, everything = run(shop_of([*habits, *new]), tmp_path).tables
    assert "repeat alone" in everything.accuracy
    assert "repeat alone" not in fresh.accuracy


def test_lists_are_arranged_as_the_shop_arranges_them(tmp_path: Path) -> None:
    """With one product of each category at most, five places of three categories hold three."""
    found = [
        evaluate(shop_of(visits()), tmp_path / name, config=CONFIG, answers=answers, plan=Plan(at=SPLIT, ks=(5, 10)))
        for name, answers in (("as-found", RecommendConfig()), ("apart", RecommendConfig(variety=Variety(most=1))))
    ]
    as_found, apart = (each.tables[0].accuracy[OURS]["recall@5"].mean for each in found)
    assert apart < as_found  # everybody keeps to one of the categories


# --- the future stays out ------------------------------------------------------------------------------------------


def lists(stores: Stores, folder: Path) -> list[list[tuple[str, float]]]:
    split = time_split(stores.events.columns(READ), at=SPLIT)
    past = past_of(stores, split)
    engine = Engine(
        train(past, Releases(folder), config=CONFIG), past, config=RecommendConfig(), seconds=0, tell=lambda done: None
    )
    none = np.empty(0, np.int64)
    asked = [Question(f"s{who}", SPLIT, none, none, none, none, none) for who in range(20)]
    return [[(hit.product, hit.score) for hit in engine.hits(q, kind=k).items] for q in asked for k in KINDS]


KINDS: tuple[Kind, ...] = ("for-you", "next-basket", "trending")  # those that rest on what shoppers did


def test_nothing_after_the_split_changes_a_recommendation(tmp_path: Path) -> None:
    one, other = visits(), visits(future=7)
    newcomers = [event("purchase", "p29", shopper=f"x{i}", at=SPLIT + i) for i in range(50)]
    unhappy = [event("rating", f"p{i}", shopper="s0", at=SPLIT + i, value=1.0) for i in range(20)]
    changed = shop_of([*other, *newcomers, *unhappy])
    changed.orders.put([order(f"late{i}", ["p28"], shopper=f"s{i}", at=SPLIT + 1) for i in range(5)])
    assert lists(shop_of(one), tmp_path / "a") == lists(changed, tmp_path / "b")


def test_what_happens_between_the_training_and_a_question_is_taken_in_and_nothing_later(tmp_path: Path) -> None:
    trained = Instant(START + 20 * DAY)
    none = np.empty(0, np.int64)
    asked = [Question("s4", at, none, none, none, none, none) for at in (trained, SPLIT)]

    def told(name: str, events: Sequence[Event], places: Sequence[int]) -> list[list[tuple[str, float]]]:
        stores = shop_of(events)
        columns = stores.events.columns(READ)
        past = past_of(stores, time_split(columns, at=trained))
        release = train(past, Releases(tmp_path / name), config=CONFIG)
        engine = Engine(
            release, past, config=RecommendConfig(), seconds=0, tell=lambda done: None, later=Unfolding(columns)
        )
        found = [engine.hits(asked[place], kind=kind).items for place in places for kind in KINDS]
        return [[(hit.product, hit.score) for hit in hits] for hits in found]

    crowd = [event("purchase", "p29", shopper=f"x{i}", at=SPLIT + i) for i in range(50)]
    early, late = told("a", visits(), [0])[:3], told("a2", visits(), [1])
    assert told("b", [*visits(future=7), *crowd], [0, 1]) == early + late
    assert told("c", visits(), [1, 0]) == late + early  # what came later is forgotten again
    assert all(one != other for one, other in zip(early, late, strict=True))


def test_what_became_of_an_old_order_is_not_known_yet(tmp_path: Path) -> None:
    def with_order(status: str) -> Stores:
        stores = shop_of(visits())
        stores.orders.put([order("o1", ["p1", "p2"], shopper="s1", at=SPLIT - DAY, status=status)])
        return stores

    assert lists(with_order("delivered"), tmp_path / "a") == lists(with_order("cancelled"), tmp_path / "b")


def test_the_past_takes_no_writes() -> None:
    stores = shop_of(visits())
    past = past_of(stores, time_split(stores.events.columns(READ), at=SPLIT))
    before = stores.events.head()
    for write in (past.events.append, past.plain_events.append_plain):
        with pytest.raises(TypeError, match="past cannot be changed"):
            write([])
    with pytest.raises(TypeError, match="past cannot be changed"):
        past.orders.put([])
    assert stores.events.head() == before


def test_the_past_remembers_an_actor_as_the_log_did_then() -> None:
    stores = shop_of(visits())
    past = past_of(stores, time_split(stores.events.columns(READ), at=SPLIT))
    then = [r.event for r in stores.events.of(shopper=ShopperId("s4"), limit=1000) if r.event.at < SPLIT]
    seen = [r.event for r in past.events.of(shopper=ShopperId("s4"))]
    assert [(e.type, e.at, e.product, e.shopper) for e in seen] == [(e.type, e.at, e.product, e.shopper) for e in then]
    assert len(past.events.of(shopper=ShopperId("s4"), limit=3)) == 3
    assert past.events.of(shopper=ShopperId("nobody")) == []


def test_leave_one_out_holds_out_the_newest_product_of_each_shopper() -> None:
    events = [event("view", f"p{i}", shopper="a", at=START + i) for i in (1, 2, 3)]
    events += [event("rating", "p1", shopper="a", at=START + 9, value=5.0)]
    events += [event("view", f"p{i}", shopper="b", at=START + i) for i in (1, 2)]
    stores = shop_of(events)
    split = leave_one_out(stores.events.columns(READ))
    rows = {f"p{i}": i for i in range(30)}
    (asked,) = questions(split, rows, np.ones(30, bool), limit=10, seed=0)
    assert (asked.actor, asked.history.tolist(), asked.new.tolist()) == ("a", [1, 2], [3])
    assert len(past_of(stores, split).events.of(shopper=ShopperId("b"))) == 2


def test_each_step_after_a_moment_is_as_likely_to_be_asked_for() -> None:
    later = [event("view", f"p{i}", shopper=f"s{who}", at=SPLIT + i) for who in range(400) for i in (1, 2, 3, 4)]
    again = [event("click", "p4", shopper=f"s{who}", at=SPLIT + 5) for who in range(400)]  # the same step
    rated = [event("rating", "p0", shopper=f"s{who}", at=SPLIT + 6, value=5.0) for who in range(400)]
    before = [event("purchase", "p0", shopper=f"s{who}", at=SPLIT - DAY) for who in range(401)]  # s400 is not asked
    split = next_step(shop_of([*before, *later, *again, *rated]).events.columns(READ), at=SPLIT)
    asked = questions(split, {f"p{i}": i for i in range(30)}, np.ones(30, bool), limit=1000, seed=0)
    assert all(question.touched.tolist() == [question.at - SPLIT] for question in asked)
    assert all(question.history.tolist() == list(range(question.at - SPLIT)) for question in asked)
    times = np.bincount([question.at - SPLIT for question in asked], minlength=7)
    assert times.sum() == 400
    assert (times[1:5] > 70).all()
    assert split.past.sum() == 401
    assert split.moment == SPLIT


def test_a_split_that_leaves_too_little_says_what_is_missing(tmp_path: Path) -> None:
    at_once = [event("view", f"p{n}", shopper=f"s{who}", at=START) for who in range(60) for n in range(4)]
    few = [event("view", f"p{n}", shopper=f"s{who}", at=START + n * DAY) for who in range(5) for n in range(9)]
    for events, plan, said in (
        ([], Plan(), "nothing on record to evaluate"),
        (at_once, Plan(), "of 240 events, from 2023-11-14 22:13 to 2023-11-14 22:13 UTC, none lies before the split"),
        (few, Plan(), "5 shoppers did something after the split .* --share"),
        (few, Plan(split="next-step"), "5 shoppers did something after the split .* --share"),
        (few, Plan(split="leave-one-out"), "5 shoppers turned to at least three products"),
    ):
        with pytest.raises(NotReady, match=said):
            run(shop_of(events), tmp_path, plan)


def test_every_part_says_how_far_it_is(tmp_path: Path) -> None:
    told: dict[str, list[float]] = {}
    evaluate(
        shop_of(visits()),
        tmp_path,
        config=CONFIG,
        plan=Plan(at=SPLIT, ks=(5, 10)),
        tell=lambda step, done: told.setdefault(step, []).append(done),
    )
    assert list(told) == [
        "training on the past", "ranking new products", "ranking all products", "ranking next-basket", "judging",
    ]  # fmt: skip
    for said in told.values():
        assert said == sorted(said)
        assert said[-1] == 1.0


def test_leave_one_out_runs_to_the_end(tmp_path: Path) -> None:
    found = run(shop_of(visits()), tmp_path, Plan(split="leave-one-out", ks=(5, 10)))
    assert found.tables[0].n == 60
    assert found.logged.estimates is None
    assert "future" in found.logged.reason.en


def test_steps_drawn_by_chance_run_to_the_end(tmp_path: Path) -> None:
    found = run(shop_of(visits()), tmp_path, Plan(split="next-step", at=SPLIT, ks=(5, 10)))
    new, everything = found.tables
    assert 20 < new.n < everything.n == 60  # ten products of each group: some come again
    assert new.accuracy[OURS]["recall@5"].mean > new.accuracy["random"]["recall@5"].high
    assert found.moment == SPLIT
    assert found.past_events + found.future_events == 60 * 12
    assert found.logged.estimates is None


def test_what_people_buy_most_is_told_until_they_are_asked(tmp_path: Path) -> None:
    events = [event("purchase", f"p{i}", shopper=f"s{who}", at=SPLIT - DAY + i) for who in range(80) for i in range(3)]
    events += [event("view", f"p{20 + who % 5}", shopper=f"s{who}", at=SPLIT) for who in range(40)]  # once, and new
    events += [  # now this, now that, and neither before the training
        event("purchase", f"p{10 + i % 2}", shopper=f"s{who}", at=SPLIT + i) for who in range(40, 80) for i in range(40)
    ]
    found = run(shop_of(events), tmp_path, Plan(split="next-step", at=SPLIT, ks=(2, 5)))
    assert found.tables[1].n == 80
    assert found.tables[1].accuracy["personal frequency"]["recall@2"].mean > 0.4


def shown_by_lot(*, places: Sequence[int] = range(10), pinned: Sequence[int] = (), shoppers: int = 60) -> list[Event]:
    """After the split each shopper sees lists of thirty products, each place by lot, and clicks on all of them."""
    random, found = np.random.default_rng(0), []
    for visit in range(10 * shoppers):
        drawn = random.permutation(30)
        for place in places:
            at = SPLIT + DAY + visit * 1000 + place
            where = {"list": "home:for-you", "position": place, "session": f"v{visit}"}
            for type in ("impression", "click"):
                chance = {"propensity": 1 / (30 - place)} if type == "impression" and place not in pinned else {}
                found.append(event(type, f"p{drawn[place]}", shopper=f"s{visit % shoppers}", at=at, **where, **chance))  # type: ignore[arg-type]
    return found


def test_what_a_list_would_have_earned_is_told_from_all_its_places(tmp_path: Path) -> None:
    found = run(shop_of([*visits(), *shown_by_lot()]), tmp_path).logged
    assert found.places == 6_000
    assert found.effective > 1_000
    assert found.estimates is not None
    assert found.estimates.dr is not None
    assert found.estimates.logged.mean == found.estimates.snips.mean == 1
    assert found.estimates.ips.holds(1)  # the weights are those of one policy at each place, given those above it
    assert found.estimates.dr.holds(1)


def test_a_place_counts_only_where_those_above_it_were_logged(tmp_path: Path) -> None:
    found = run(shop_of([*visits(), *shown_by_lot(places=(0, 1, 3))]), tmp_path / "gap").logged
    assert found.places == 1_200
    pinned = run(shop_of([*visits(), *shown_by_lot(places=(0, 1, 2), pinned=[1])]), tmp_path / "pinned").logged
    assert pinned.places == 1_200


def test_a_click_is_that_of_one_showing(tmp_path: Path) -> None:
    """Each visit opens a page four times and clicks once, after the third time; one clicks before it is shown."""
    random, found = np.random.default_rng(0), []
    for visit in range(600):
        where = {"list": "home:for-you", "position": 0, "session": f"v{visit}", "shopper": f"s{visit % 60}"}
        id, start = f"p{random.integers(30)}", SPLIT + DAY + visit * 1000
        found += [event("impression", id, at=start + at, propensity=1 / 30, **where) for at in (1, 2, 3, 5)]  # type: ignore[arg-type]
        found.append(event("click", id, at=start + (3 if visit else 0), **where))  # type: ignore[arg-type]
    logged = run(shop_of([*visits(), *found[::-1]]), tmp_path).logged
    assert logged.places == 2_400
    assert logged.estimates is not None
    assert logged.estimates.logged.mean == pytest.approx(599 / 2_400)


def test_where_too_few_showings_speak_for_it_nothing_is_estimated(tmp_path: Path) -> None:
    found = run(shop_of([*visits(), *shown_by_lot(places=[0], shoppers=6)]), tmp_path).logged
    assert found.places == 60
    assert 0 < found.effective < 30
    assert found.estimates is None
    assert "at least 30" in found.reason.en
    wanted = -(-60 * 30 // (100 * found.effective)) * 100
    assert f"or log about {wanted:.0f} showings like these" in found.reason.en


def test_where_nobody_clicked_on_what_would_be_shown_nothing_is_estimated(tmp_path: Path) -> None:
    unclicked = [each for each in shown_by_lot() if each.type == "impression"]
    found = run(shop_of([*visits(), *unclicked]), tmp_path).logged
    assert found.effective > 1_000
    assert found.estimates is None
    assert "clicked" in found.reason.en


# --- what is asked -------------------------------------------------------------------------------------------------


def test_gladness_and_regret_are_read_from_the_log() -> None:
    def then(type: str, id: str, value: float | None = None) -> Event:
        return event(type, id, shopper="a", at=SPLIT + int(id[1:]), value=value)  # type: ignore[arg-type]

    events = [
        event("view", "p0", shopper="a", at=SPLIT - 1),
        event("purchase", "p8", shopper="a", at=SPLIT - 1), then("rating", "p8", 5.0),
        event("purchase", "p9", shopper="a", at=SPLIT - 1), then("rating", "p9", 5.0), then("view", "p9", 60.0),
        then("purchase", "p1"),
        then("purchase", "p2"), event("return", "p2", shopper="a", at=SPLIT + 99),
        then("view", "p3", 45.0),
        then("view", "p4", 3.0),
        then("rating", "p5", 5.0),
        then("purchase", "p6"), event("rating", "p6", shopper="a", at=SPLIT + 99, value=1.0),
        then("thumb", "p7", -1.0),
    ]  # fmt: skip
    stores = shop_of(events)
    rows = {f"p{i}": i for i in range(30)}
    available = np.ones(30, bool)
    split = time_split(stores.events.columns(READ), at=SPLIT)
    (asked,) = questions(split, rows, available, limit=10, seed=0)
    assert asked.touched.tolist() == [1, 2, 3, 4, 5, 6, 9]  # rating what was bought before is no turn to it
    assert asked.glad.tolist() == [1, 3, 5, 9]
    assert asked.regretted.tolist() == [2, 6]
    assert asked.basket.tolist() == [1, 2, 6]
    assert asked.signs == {"purchase": 3, "return": 1, "rating": 4, "thumb": 1, "reading": 3}
    available[1] = False
    assert 1 not in questions(split, rows, available, limit=10, seed=0)[0].touched


def test_at_most_so_many_shoppers_are_drawn_and_the_same_ones_each_time() -> None:
    split = time_split(shop_of(visits()).events.columns(READ), at=SPLIT)
    rows = {f"p{i}": i for i in range(30)}
    drawn = [[q.actor for q in questions(split, rows, np.ones(30, bool), limit=7, seed=3)] for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 7


def test_a_tiny_shop_is_told_so(tmp_path: Path) -> None:
    for events in ([], visits(shoppers=5)):
        with pytest.raises(NotReady, match="on record to evaluate"):
            run(shop_of(events), tmp_path, Plan())


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0])
def test_a_share_must_leave_a_past_and_a_future(share: float) -> None:
    with pytest.raises(BadRequest, match="part of the events"):
        time_split(shop_of(visits()).events.columns(READ), share=share)


# --- the baselines -------------------------------------------------------------------------------------------------


def ranked(name: str, events: Sequence[Event], actor: str, *, seen: bool = False) -> list[str]:
    columns = shop_of(events).events.columns(READ)
    rows = {f"p{i}": i for i in range(30)}
    counts = Counts.of(columns, rows, np.arange(30) < 20)
    own = np.unique([rows[e.product or ""] for e in events if e.shopper == actor]).astype(np.int64)
    none = np.empty(0, np.int64)
    asked = Question(actor, SPLIT, own, none, none, none, none)
    (system,) = (system for system in baselines(counts, counts, seed=0) if system.name == name)
    found = system.rank([asked], seen=seen)[name]
    assert found.rows.shape == (1, DEPTH)
    return [f"p{row}" for row, score in zip(found.rows[0], found.scores[0], strict=True) if score > 0]


def seen(who: str, *ids: str, day: int = 0) -> list[Event]:
    return [event("view", id, shopper=who, at=START + day * DAY + n) for n, id in enumerate(ids)]


def test_popularity_counts_shoppers_not_clicks() -> None:
    events = [*seen("a", "p1", "p2", "p1", "p1"), *seen("b", "p2"), *seen("c", "p3", "p25")]
    assert ranked("most popular", events, "nobody") == ["p2", "p1", "p3"]
    assert ranked("most popular", events, "a") == ["p3"]


def test_recent_popularity_forgets_what_is_a_month_old() -> None:
    events = [*seen("a", "p1"), *seen("b", "p1"), *seen("c", "p2", day=60)]
    assert ranked("popular recently", events, "nobody")[0] == "p2"


def test_item_knn_is_the_plain_cosine() -> None:
    events = [*seen("a", "p1", "p2"), *seen("b", "p1", "p2", "p3"), *seen("c", "p3", "p4"), *seen("d", "p1")]
    # 2 / sqrt(3 * 2), then 1 / sqrt(3 * 2); no neighbours, but known to somebody
    assert ranked("item-kNN", events, "d") == ["p2", "p3", "p4"]


def test_who_has_no_neighbours_is_shown_what_is_popular_and_not_what_stands_first_in_the_catalogue() -> None:
    events = [*seen("a", "p7", "p9"), *seen("b", "p9"), *seen("d", "p4")]
    assert ranked("item-kNN", events, "nobody") == ["p9", "p4", "p7"]
    assert ranked("item-kNN", events, "b") == ["p7", "p4"]  # a neighbour before all that is popular


def test_personal_frequency_counts_the_shoppers_own() -> None:
    events = [*seen("a", "p5", "p6", "p5", "p7", "p5", "p6"), *seen("b", "p9"), *seen("c", "p9")]
    assert ranked("personal frequency", events, "a", seen=True)[:3] == ["p5", "p6", "p7"]


@given(st.data())
def test_a_baseline_ranks_as_if_every_score_were_written_out(data: st.DataObject) -> None:
    n, levels = data.draw(st.integers(1, 300)), st.integers(0, 3).map(float)  # few levels: most are tied
    usual, own = data.draw(arrays(np.float64, n, elements=levels)), data.draw(arrays(np.float64, n, elements=levels))
    available, differs, history = (data.draw(arrays(bool, n)) for _ in range(3))
    rows = np.flatnonzero(differs)
    baseline = Scoring("it", 0.0, available, usual, lambda questions: [(rows, own[rows]) for _ in questions])
    none = np.empty(0, np.int64)
    question = Question("a", SPLIT, np.flatnonzero(history), none, none, none, none)
    for seen in (False, True):
        found = baseline.rank([question], seen=seen)["it"]
        scores = np.where(available & (seen | ~history), np.where(differs, own, usual), -np.inf)
        first = np.lexsort((np.arange(n), -scores))[: min(DEPTH, np.isfinite(scores).sum())]
        assert found.rows[0, : len(first)].tolist() == first.tolist()
        assert found.scores[0, : len(first)].tolist() == scores[first].tolist()
        assert (found.rows[0, len(first) :] == NOTHING).all()


def test_titles_of_examples_are_products_of_the_shop(measured: Evaluation) -> None:
    titles = {Text.of(f"thing {i} of {i % 3}") for i in range(30)}
    assert measured.examples
    for example in measured.examples:
        assert {entry.title for entries in example.lists.values() for entry in entries} <= titles
        assert all(entry.because.en for entry in example.lists[OURS])
