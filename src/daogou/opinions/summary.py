"""What the reviews of a product say together: aspects with counts, sentences, and the quotes behind each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from daogou.domain.ids import ProductId, ReviewId
from daogou.domain.text import Text
from daogou.opinions.aspects import lexicon
from daogou.opinions.bought_for import FOR, purpose_labels, purposes
from daogou.opinions.counted import counted
from daogou.opinions.judges import By
from daogou.opinions.mining import Polarity, opinions
from daogou.opinions.quotes import Quote, representative

if TYPE_CHECKING:
    from daogou.domain.review import Review
    from daogou.opinions.aspects import Aspect, Lexicon
    from daogou.opinions.judges import Judges
    from daogou.opinions.mining import Opinion

LEAST = 2
"""Reviews that must speak of an aspect before it is summed up."""
DIVIDED = 0.25
"""From this part of the fewer voices on, opinions are said to be divided."""
_QUOTES, _QUOTES_IN_ALL = 2, 3
"""Quotes of each side where opinions are divided, and of both together where they are not."""
_NAMED = 3
"""Aspects that the sentence over all names of each kind."""


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
    """Those that stand for the others; of both kinds where there are both, and as many of each where opinions are
    divided."""
    by: Mapping[By, int] = field(default_factory=dict)
    """How many of the opinions rest on a word of opinion, on what the shop's reviews taught, on their meaning too."""

    @property
    def inferred(self) -> int:
        """How many have no word of opinion."""
        return sum(n for by, n in self.by.items() if by != "word")

    @property
    def divided(self) -> bool:
        """Do a good part of the voices contradict the others?"""
        return min(self.good, self.bad) >= DIVIDED * (self.good + self.bad)


@dataclass(frozen=True, slots=True)
class BoughtFor:
    """A person or an occasion that reviewers bought the product for."""

    purpose: str
    """Such as father, gift or camping: the value of a recipient or an occasion in a query."""
    label: Text
    reviews: int
    quote: Quote
    """What one of them says."""


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """The aspects most spoken of first."""

    product: ProductId
    reviews: int
    """How many were read and counted."""
    aspects: tuple[AspectSummary, ...]
    said: Text = Text()
    """What is liked and what is not, as a sentence over the aspects below; empty where there are none."""
    left_out: int = 0
    """Reviews that are not counted, because they are probably not what a buyer thinks."""
    bought_for: tuple[BoughtFor, ...] = ()
    """Whom and what reviewers bought it for, and were glad; most often said first."""


def summarise(
    product: ProductId,
    reviews: Iterable[Review],
    *,
    judges: Judges | None = None,
    doubted: Container[ReviewId] = frozenset(),
    words: Lexicon | None = None,
) -> ReviewSummary:
    """Count the opinions of a product's reviews. One review counts once for an aspect and polarity.

    `judges`: what the shop's reviews have taught, for clauses without a word of opinion. `doubted`: reviews that are
    not counted, and said to be left out. `words`: those in which opinions are found, if not those that ship with
    Daogou.
    """
    words = words or lexicon()
    every = sorted(reviews, key=lambda review: (-review.helpful, -review.at, review.id))
    read = [review for review in every if review.id not in doubted]
    said: dict[str, dict[Polarity, list[Quote]]] = defaultdict(lambda: {"good": [], "bad": []})
    bought: dict[str, list[Quote]] = defaultdict(list)
    for review in read:
        judged = opinions(review, judges, words)
        for found in judged:
            said[found.aspect][found.polarity].append(_quoted(review, found))
        for found in purposes(review, judged):
            if found.polarity == "good":
                bought[found.aspect.removeprefix(FOR)].append(_quoted(review, found))
    aspects = [_summed(words.aspects[aspect], quotes["good"], quotes["bad"]) for aspect, quotes in said.items()]
    aspects = [each for each in aspects if each.good + each.bad >= LEAST]
    aspects.sort(key=lambda each: (-(each.good + each.bad), each.aspect))
    return ReviewSummary(
        product,
        len(read),
        tuple(aspects),
        _headline(aspects),
        len(every) - len(read),
        tuple(
            BoughtFor(purpose, purpose_labels()[purpose], len(quotes), representative(quotes, 1)[0])
            for purpose, quotes in sorted(bought.items(), key=lambda each: (-len(each[1]), each[0]))
        ),
    )


def _quoted(review: Review, found: Opinion) -> Quote:
    return Quote(review.id, found.quote, found.polarity, review.verified, review.helpful, found.by)


def _summed(aspect: Aspect, good: list[Quote], bad: list[Quote]) -> AspectSummary:
    n, fewer = len(good) + len(bad), min(len(good), len(bad))
    divided = fewer >= DIVIDED * n
    of_fewer = min(fewer, _QUOTES if divided else 1)
    of_more = _QUOTES if divided else _QUOTES_IN_ALL - of_fewer
    more, less = (good, bad) if len(good) >= len(bad) else (bad, good)
    quotes = (*representative(more, of_more), *representative(less, of_fewer))
    said = counted(aspect.label, len(good), len(bad))
    by = Counter(quote.by for quote in (*good, *bad))
    return AspectSummary(aspect.id, aspect.label, len(good), len(bad), said, quotes, dict(by))


def _headline(aspects: Sequence[AspectSummary]) -> Text:
    """The aspects that are surely liked, disliked and divided, most spoken of first."""
    liked = [each for each in aspects if each.good > each.bad and not each.divided][:_NAMED]
    disliked = [each for each in aspects if each.bad > each.good and not each.divided][:_NAMED]
    divided = [each for each in aspects if each.divided][:_NAMED]
    parts = [
        (zh, en, found)
        for zh, en, found in (
            ("满意", "liked", liked),
            ("不满意", "disliked", disliked),
            ("看法不一", "divided", divided),
        )
        if found
    ]
    en = "; ".join(f"{said}: {', '.join(each.label.show('en').lower() for each in found)}" for _, said, found in parts)
    return Text(
        zh="；".join(f"{said}：{'、'.join(each.label.show('zh') for each in found)}" for said, _, found in parts),
        en=en[:1].upper() + en[1:],
    )
