"""Who the simulated shoppers are: tastes drawn from stated distributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from daogou.domain.ids import DAY_MS, Instant, ShopperId
from daogou.domain.shopper import Shopper
from daogou.evaluation.simulator import SIMULATED
from daogou.evaluation.simulator.names import NAMES
from daogou.evaluation.simulator.world import Floats, World

OFTEN = 0.25
"""How much more is wanted of a kind that lasts an e-th of a year: shampoo is looked for more often than a sofa."""
YEAR_DAYS = 365.0


@dataclass(frozen=True, slots=True)
class Person:
    """A shopper whose tastes are given rather than drawn."""

    id: str
    name: str
    language: str
    gender: str
    likes: tuple[str, ...]
    """Kinds they like most."""


@dataclass(frozen=True)
class Tastes:
    """Everything that decides what the shoppers want. Rows are shoppers."""

    shoppers: tuple[Shopper, ...]
    kinds: Floats  # (shoppers, topics)
    drift: Floats  # (shoppers, topics): how far a taste moves in a year
    brands: Floats  # (shoppers, brands)
    colors: Floats  # (shoppers, colors + 1); the last one, no colour, is 0
    price: Floats  # (shoppers,): loss of utility when the price is e times the usual one
    quality: Floats  # (shoppers,): gain for a standard deviation of quality
    activity: Floats  # (shoppers,): expected visits


def draw_tastes(world: World, n: int, *, seed: int, end: Instant, people: Sequence[Person] = ()) -> Tastes:
    """Draw `n` shoppers, the given people first. Numbers are rounded to hundredths, as the truth file keeps them."""
    rng = np.random.default_rng((seed, 2))
    departments = sorted({topic.department for topic in world.topics})
    column = np.array([departments.index(topic.department) for topic in world.topics])
    affinity = np.log(rng.dirichlet(np.full(len(departments), 0.6), size=n) + 0.02)  # (n, departments)
    often = OFTEN * np.log([YEAR_DAYS / topic.lasts for topic in world.topics])
    kinds = 0.95 + often + 0.55 * affinity[:, column] + 0.8 * rng.normal(size=(n, len(world.topics)))
    drift = np.where(rng.random((n, len(world.topics))) < 0.05, rng.normal(0.0, 1.2, (n, len(world.topics))), 0.0)
    brands = 0.45 * rng.normal(size=(n, len(world.brands)))
    colors = np.hstack([0.4 * rng.normal(size=(n, len(world.colors))), np.zeros((n, 1))])
    price = np.abs(0.9 + 0.5 * rng.normal(size=n))
    quality = np.abs(0.35 + 0.25 * rng.normal(size=n))
    activity = rng.gamma(1.2, 4.5, size=n) + 1.5
    genders, joined = rng.random(n), rng.integers(30, 900, size=n)
    chinese, named = rng.random(n) < 0.65, rng.integers(0, 1 << 30, size=n)
    shoppers = []
    for row in range(n):
        if row < len(people):
            person = people[row]
            kinds[row, [world.number[kind] for kind in person.likes]] += 2.0
            activity[row] = 25
            shoppers.append(_person(person, end))
            continue
        language = "zh" if chinese[row] else "en"
        first, second = NAMES[language]
        name = _name(language, first[named[row] % len(first)], second[named[row] // 64 % len(second)])
        gender = "women" if genders[row] < 0.5 else "men"
        likes = [world.topics[index].id for index in np.argsort(-kinds[row])[:3]]
        labels = {"gender": gender, "likes": ", ".join(likes), "budget": _budget(price[row])}
        shoppers.append(_shopper(f"s{row:04d}", name, language, labels, Instant(end - int(joined[row]) * DAY_MS)))
    return Tastes(
        tuple(shoppers), *(np.round(each, 2) for each in (kinds, drift, brands, colors, price, quality, activity))
    )


def _person(person: Person, end: Instant) -> Shopper:
    labels = {"gender": person.gender, "likes": ", ".join(person.likes), "budget": "middle", "demo": "true"}
    return _shopper(person.id, person.name, person.language, labels, Instant(end - 500 * DAY_MS))


def _shopper(id: str, name: str, language: str, labels: dict[str, str], joined: Instant) -> Shopper:
    return Shopper(
        ShopperId(id), name=name, language="zh" if language == "zh" else "en", joined=joined, labels=labels | SIMULATED
    )


def _budget(sensitivity: float) -> str:
    """What a shopper would answer when asked about money on joining."""
    return "careful" if sensitivity > 1.3 else "generous" if sensitivity < 0.5 else "middle"


def _name(language: str, first: str, second: str) -> str:
    return first + second if language == "zh" else f"{first} {second}"
