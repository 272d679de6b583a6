"""Off-policy estimates against the truth: on a bandit drawn by hand, and on the simulator's own logging policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from daogou.domain.event import Event
from daogou.evaluation.offpolicy import Places, estimate
from daogou.evaluation.showcase import build as showcase
from daogou.evaluation.showcase.products import build_products
from daogou.evaluation.showcase.vocabulary import vocabulary
from daogou.evaluation.simulator import choice, sessions
from daogou.evaluation.simulator.sessions import simulate
from daogou.evaluation.simulator.tastes import draw_tastes
from daogou.evaluation.simulator.truth import Truth
from daogou.evaluation.simulator.world import World

ARMS = np.array([0.1, 0.3, 0.7])
LOGGING = np.array([0.6, 0.3, 0.1])
TARGET = np.array([0.1, 0.2, 0.7])


def bandit(n: int, seed: int, *, model: np.ndarray | None = None) -> Places:
    rng = np.random.default_rng(seed)
    arm = rng.choice(3, size=n, p=LOGGING)
    places = Places(
        who=rng.integers(n // 3, size=n),
        reward=(rng.random(n) < ARMS[arm]).astype(float),
        logged=LOGGING[arm],
        target=TARGET[arm],
    )
    if model is None:
        return places
    return replace(places, expected=model[arm], expected_of_target=np.full(n, TARGET @ model))


def test_every_estimate_holds_the_truth_and_the_log_does_not() -> None:
    found = estimate(bandit(6_000, 1, model=ARMS + 0.1))
    truth = float(TARGET @ ARMS)
    assert found.dr is not None
    assert found.ips.holds(truth)
    assert found.snips.holds(truth)
    assert found.dr.holds(truth)
    assert not found.logged.holds(truth)
    assert found.logged.holds(float(LOGGING @ ARMS))


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    truth = float(TARGET @ ARMS)
    runs = [estimate(bandit(600, seed)) for seed in range(100)]
    assert 88 <= sum(run.snips.holds(truth) for run in runs) <= 100
    assert 88 <= sum(run.ips.holds(truth) for run in runs) <= 100


def test_intervals_hold_the_truth_as_often_where_few_places_have_most_of_the_weight() -> None:
    """Of 200 logs the percentiles of a bootstrap held it in 187, and all others were too low."""
    logging, target, worth = np.array([0.76, 0.2, 0.04]), np.array([0.02, 0.08, 0.9]), ARMS / 5
    held = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        arm = rng.choice(3, size=900, p=logging)
        reward = (rng.random(900) < worth[arm]).astype(float)
        held += estimate(Places(rng.integers(300, size=900), reward, logging[arm], target[arm])).ips.holds(
            float(target @ worth)
        )
    assert held >= 191


def test_a_good_reward_model_narrows_the_interval_and_a_bad_one_does_not_bias_it() -> None:
    good, bad = (estimate(bandit(3_000, 2, model=model)) for model in (ARMS, np.array([0.9, 0.1, 0.1])))
    assert good.dr is not None
    assert bad.dr is not None
    assert good.dr.high - good.dr.low < good.ips.high - good.ips.low
    assert bad.dr.holds(float(TARGET @ ARMS))


def test_the_logging_policy_itself_is_estimated_exactly() -> None:
    places = bandit(500, 3)
    found = estimate(replace(places, target=places.logged))
    assert found.effective == pytest.approx(500)
    assert found.ips.mean == found.snips.mean == pytest.approx(float(places.reward.mean()))


def test_where_every_place_pleases_the_weights_cancel_out_in_snips_alone() -> None:
    places = bandit(200, 5)
    found = estimate(replace(places, reward=np.ones(200)))
    assert (found.snips.mean, found.snips.low, found.snips.high) == pytest.approx((1, 1, 1))
    assert found.ips.mean == pytest.approx(float((places.target / places.logged).mean()))
    assert found.ips.low < 0.95 < 1.05 < found.ips.high


def test_a_hundred_places_of_one_shopper_are_no_hundred_shoppers() -> None:
    happy = np.repeat(np.arange(20) % 2, 100)  # by shopper: every place pleases, or none does
    places = Places(
        who=np.repeat(np.arange(20), 100), reward=happy.astype(float), logged=np.ones(2_000), target=np.ones(2_000)
    )
    found = estimate(places)
    for interval in (found.ips, found.snips, found.logged):
        assert interval.mean == pytest.approx(0.5)
        assert interval.low < 0.35
        assert interval.high > 0.65


def test_little_overlap_shows_as_few_effective_places() -> None:
    places = bandit(3_000, 4)
    rare = replace(places, target=np.where(places.logged == 0.1, 1.0, 0.0))
    assert estimate(rare).effective < 400


@pytest.mark.parametrize("logged", [[0.0, 0.5], [-0.1, 0.5], []])
def test_a_place_without_a_propensity_is_refused(logged: list[float]) -> None:
    n = len(logged)
    with pytest.raises(ValueError, match="probability above 0"):
        estimate(Places(np.zeros(n, np.int64), np.zeros(n), np.array(logged), np.ones(n)))


# --- the simulator -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def simulated() -> tuple[World, Truth, list[Event]]:
    words = vocabulary()
    goods = build_products(words, Random("off-policy"), scale=0.4, end=showcase.END)
    world = showcase._world(goods, words, 5)
    tastes = draw_tastes(world, 600, seed=5, end=showcase.END)
    truth = Truth.of(world, tastes, showcase.END)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sessions, "LOGGED", 1.0)  # every list, so that a few shoppers are enough
        visits = [event for visit in simulate(world, tastes, truth, seed=5) for event in visit]
    return world, truth.after(visits), visits


def first_places(world: World, truth: Truth, events: list[Event]) -> Iterator[tuple[int, float, float, float, float]]:
    """(shopper, clicked, propensity, what the other policy would give, the true value of the other policy).

    The other policy knows the shoppers: a softmax of their true utility instead of prominence.
    """
    clicked = {(e.session, e.list, e.product) for e in events if e.type == "click" and e.position == 0}
    for event in events:
        if event.type != "impression" or event.position != 0 or not event.list or not event.list.startswith("category"):
            continue
        among = world.of_topic[world.number[event.list.removeprefix("category:")]]
        among = world.released_by(event.at, among)
        utilities = truth.utilities(event.shopper or "", event.at)[among]
        chances = np.exp(utilities) / np.exp(utilities).sum()
        worth = 1 / (1 + np.exp(choice.CLICK - utilities))  # the first place is always looked at
        item = int(np.flatnonzero(among == truth.products[event.product or ""])[0])
        got = float((event.session, event.list, event.product) in clicked)
        who = truth.shoppers[event.shopper or ""]
        yield who, got, event.propensity or 0.0, float(chances[item]), float(chances @ worth)


def test_estimates_from_the_simulators_log_hold_the_true_value(simulated: tuple[World, Truth, list[Event]]) -> None:
    who, reward, logged, target, value = map(np.array, zip(*first_places(*simulated), strict=True))
    rate = np.full(len(reward), 0.3)
    places = Places(who, reward, logged, target, expected=rate, expected_of_target=rate)
    found = estimate(places)
    truth = float(value.mean())
    assert found.n > 900
    assert 100 < found.effective < 0.7 * found.n
    assert found.dr is not None
    assert found.ips.holds(truth)
    assert found.snips.holds(truth)
    assert found.dr.holds(truth)
    assert truth > found.logged.mean  # the better policy is seen to be better
    assert found.snips.mean > found.logged.mean
    assert not found.logged.holds(truth)
