"""Reviews that say about each aspect what the stars mean, in the reviewer's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from daogou.domain.event import Event
from daogou.domain.ids import DAY_MS, Instant, ReviewId, ShopperId
from daogou.domain.review import Review
from daogou.domain.shopper import Shopper
from daogou.domain.text import Language
from daogou.evaluation.showcase.products import Good
from daogou.evaluation.showcase.vocabulary import table, vocabulary
from daogou.evaluation.simulator import choice

GOOD = {1: 0.05, 2: 0.15, 3: 0.45, 4: 0.85, 5: 0.97}
"""Probability that an aspect is praised in a review of so many stars; delivery and service follow the stars less."""
MIDDLING = 0.12
WRITTEN = 0.75
"""Share of ratings that come with words."""


@dataclass(frozen=True, slots=True)
class _Author:
    shopper: ShopperId | None
    language: Language
    verified: bool


def build_reviews(
    goods: Sequence[Good],
    events: Iterable[Event],
    shoppers: Iterable[Shopper],
    rng: Random,
    *,
    n: int,
    end: Instant,
) -> Iterator[Review]:
    """Yield `n` reviews: those of simulated buyers first, the rest by visitors whom the shop does not know."""
    by_id = {good.product.id: good for good in goods}
    languages: dict[ShopperId, Language] = {shopper.id: shopper.language or "en" for shopper in shoppers}
    number = 0
    for event in events:
        if event.type == "rating" and event.product and event.shopper and event.value and rng.random() < WRITTEN:
            if number == n:
                return
            author = _Author(event.shopper, languages[event.shopper], verified=True)
            yield _review(number, by_id[event.product], author, rng, stars=int(event.value), at=event.at)
            number += 1
    weights = [3.0 ** min(2.0, max(-2.0, good.quality)) for good in goods]
    for good in rng.choices(goods, weights, k=n - number):
        author = _Author(None, "zh" if rng.random() < 0.65 else "en", verified=rng.random() < 0.5)
        stars = choice.stars(1.0, good.quality, noise=rng.gauss(0.3, 1), luck=rng.random())
        since = min(700, (end - (good.product.released or end)) // DAY_MS)
        yield _review(number, good, author, rng, stars=stars, at=Instant(end - int(rng.random() * since * DAY_MS) - 1))
        number += 1


def _review(number: int, good: Good, author: _Author, rng: Random, *, stars: int, at: Instant) -> Review:
    language, tone = author.language, _tone(stars)
    phrases = _phrases()
    said = [_say(phrases, aspect, stars, language, rng) for aspect in _aspects(good, rng)]
    words = [
        rng.choice(phrases["opening"][language]),
        _joined(said, language),
        rng.choice(phrases["closing"][tone][language]),
    ]
    return Review(
        product=good.product.id,
        rating=float(stars),
        at=at,
        id=ReviewId(f"r{number:05d}"),
        shopper=author.shopper,
        title=rng.choice(phrases["title"][tone][language]) if rng.random() < 0.6 else "",
        text="".join(words).strip(),
        verified=author.verified,
        helpful=int(rng.expovariate(0.5)) if rng.random() < 0.6 else 0,
    )


def _aspects(good: Good, rng: Random) -> list[str]:
    """Two to four aspects that a product of this kind has."""
    phrases = _phrases()
    owned = list(phrases["departments"][vocabulary().drawers[good.kind.id]])
    has = {*(value.key for value in good.product.attributes.get("feature", ())), *good.product.attributes}
    owned += [aspect for feature, aspect in phrases["features"].items() if feature in has]
    return rng.sample(owned, rng.choice((2, 2, 3, 4)))


def _say(phrases: Mapping[str, Any], aspect: str, stars: int, language: Language, rng: Random) -> str:
    likely = GOOD[stars] if aspect not in ("delivery", "service") else 0.5 * GOOD[stars] + 0.45
    if rng.random() < MIDDLING:
        tone = "middling"
    else:
        tone = "good" if rng.random() < likely else "poor"
    return str(rng.choice(phrases["aspect"][aspect][tone][language]))


def _joined(said: Sequence[str], language: Language) -> str:
    if language == "zh":
        return "，".join(said) + "。"
    return " ".join(f"{each[0].upper()}{each[1:]}." for each in said) + " "


def _tone(stars: int) -> str:
    return "good" if stars >= 4 else "poor" if stars <= 2 else "middling"


@cache
def _phrases() -> dict[str, Any]:
    return table("reviews")
