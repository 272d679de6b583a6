"""What the reviews of a product say together: aspects with counts, sentences, and the quotes behind each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.domain.ids import ProductId, ReviewId
from daogou.domain.text import Text
from daogou.opinions.aspects import lexicon
from daogou.opinions.mining import Polarity, opinions

if TYPE_CHECKING:
    from daogou.domain.review import Review
    from daogou.opinions.polarity import PolarityModel

LEAST = 2
"""Reviews that must speak of an aspect before it is summed up."""
DIVIDED = 0.25
"""From this part of the fewer voices on, opinions are said to be divided."""
_QUOTES = 3


@dataclass(frozen=True, slots=True)
class Quote:
    """A reviewer's own words."""

    review: ReviewId
    text: str
    polarity: Polarity


@dataclass(frozen=True, slots=True)
class AspectSummary:
    """What is said of one side of a product."""

    aspect: str
    label: Text
    good: int
    """Reviews that like it."""
    bad: int
    said: Text
    """The counts as a sentence."""
    quotes: tuple[Quote, ...]
    """The most helpful and then newest; of both kinds where opinions are divided."""

    @property
    def divided(self) -> bool:
        """Do a good part of the voices contradict the others?"""
        return min(self.good, self.bad) >= DIVIDED * (self.good + self.bad)


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """The aspects most spoken of first."""

    product: ProductId
    reviews: int
    """How many were read."""
    aspects: tuple[AspectSummary, ...]


def summarise(product: ProductId, reviews: Iterable[Review], *, model: PolarityModel | None = None) -> ReviewSummary:
    """Count the opinions of a product's reviews. One review counts once for an aspect and polarity.

    `model`: what the shop's reviews have taught, for clauses without a word of opinion.
    """
    read = sorted(reviews, key=lambda review: (-review.helpful, -review.at, review.id))
    said: dict[str, dict[Polarity, list[Quote]]] = defaultdict(lambda: {"good": [], "bad": []})
    for review in read:
        for opinion in opinions(review, model):
            said[opinion.aspect][opinion.polarity].append(Quote(review.id, opinion.quote, opinion.polarity))
    found = [_summed(aspect, quotes["good"], quotes["bad"]) for aspect, quotes in said.items()]
    found = [each for each in found if each.good + each.bad >= LEAST]
    found.sort(key=lambda each: (-(each.good + each.bad), each.aspect))
    return ReviewSummary(product, len(read), tuple(found))


def _summed(aspect: str, good: list[Quote], bad: list[Quote]) -> AspectSummary:
    label = lexicon().aspects[aspect].label
    more, fewer = (_different(good), _different(bad)) if len(good) >= len(bad) else (_different(bad), _different(good))
    quotes = more[: _QUOTES - 1] + fewer[:1] if fewer else more[:_QUOTES]
    return AspectSummary(aspect, label, len(good), len(bad), _sentence(label, len(good), len(bad)), tuple(quotes))


def _different(quotes: list[Quote]) -> list[Quote]:
    """Each wording once."""
    return list({quote.text: quote for quote in reversed(quotes)}.values())[::-1]


def _sentence(label: Text, good: int, bad: int) -> Text:
    n = good + bad
    en, zh = label.show("en"), label.show("zh")
    if not bad:
        return Text(zh=f"{n} 条评价提到{zh}，都满意", en=f"{en}: all {n} reviews that mention it like it")
    if not good:
        return Text(zh=f"{n} 条评价提到{zh}，都不满意", en=f"{en}: none of the {n} reviews that mention it like it")
    return Text(zh=f"{n} 条评价提到{zh}，{good} 条满意", en=f"{en}: {good} of {n} reviews that mention it like it")
