"""Signs that a review is not what a buyer thinks: each named, with a number behind it, and together a score.

The signs are those that Jindal and Liu ("Opinion Spam and Analysis", WSDM 2008) and Mukherjee et al. ("What Yelp Fake
Review Filter Might Be Doing", ICWSM 2013) found to tell: copied texts, bursts, ratings apart from the others', many
reviews by one person on one day, no purchase on record. None proves anything alone; the score is how far they add up,
as independent grounds do, and an operator sees each.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Literal, TypeVar

from daogou.domain.ids import DAY_MS, ProductId, ReviewId
from daogou.opinions.copies import copies
from daogou.opinions.polarity import learn, stars

if TYPE_CHECKING:
    from daogou.domain.review import Review

_Key = TypeVar("_Key")
Sign = Literal["copied", "burst", "busy", "apart", "unverified", "contradicts"]
WEIGHTS: Mapping[Sign, float] = {
    "copied": 0.6,
    "burst": 0.5,
    "busy": 0.4,
    "apart": 0.25,
    "unverified": 0.15,
    "contradicts": 0.3,
}
"""How much each ground alone is worth. A review without a purchase on record is common; a copied text is not."""
MANY_COPIES = 0.8
"""What a text is worth that stands in three reviews or more."""
SHOWN = 0.5
"""Score from which on an operator is shown the review."""
LEFT_OUT = 0.65
"""Score from which on it is not counted in summaries and in search: two strong signs, or one strong and two weak."""
_BURST, _TIMES = 5, 5
"""Reviews of one product in a day, and times its usual number, that make a burst."""
_BUSY = 5
"""Reviews by one person on one day."""
_EVERYWHERE = 0.5
"""Part of all reviewed products from which on a day is that of an import, and an account one that reviews were imported
under: what holds for a shop's reviews alike tells none from the others."""
_OTHERS, _APART = 5, 2.0
"""Rated reviews a product needs, and stars from their median, for a rating to stand apart."""
_SURE = 0.4


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a review is not trusted."""

    review: ReviewId
    product: ProductId
    score: float
    """0 to 1."""
    signs: Mapping[Sign, int]
    """Each with its number: other reviews with the text, reviews that day, stars from the median; else 1."""

    @property
    def left_out(self) -> bool:
        """Is the review kept out of what is counted?"""
        return self.score >= LEFT_OUT


def doubts(reviews: Iterable[Review]) -> list[Doubt]:
    """The reviews that an operator should look at, most doubtful first."""
    read = list(reviews)
    signs: list[dict[Sign, int]] = [{} for _ in read]
    verified_some = any(review.verified for review in read)
    for name, found in (
        ("copied", _copied(read)), ("burst", _bursts(read)), ("busy", _busy(read)), ("apart", _apart(read)),
        ("contradicts", _contradicting(read)),
    ):  # fmt: skip
        for place, n in found.items():
            signs[place][name] = n  # type: ignore[index]
    for each, review in zip(signs, read, strict=True):
        if each and verified_some and not review.verified:
            each["unverified"] = 1
    made = [Doubt(r.id, r.product, score(each), each) for r, each in zip(read, signs, strict=True) if each]
    return sorted((doubt for doubt in made if doubt.score >= SHOWN), key=lambda doubt: (-doubt.score, doubt.review))


def score(signs: Mapping[Sign, int]) -> float:
    """How far the signs add up, as independent grounds do: each takes its part of what is left of trust."""
    trust = 1.0
    for sign, n in signs.items():
        trust *= 1 - (MANY_COPIES if sign == "copied" and n > 1 else WEIGHTS[sign])
    return round(1 - trust, 3)


def _copied(read: Sequence[Review]) -> dict[int, int]:
    """Texts that stand in others too. Of two alike only the later is a copy."""
    groups: dict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(copies([f"{review.title} {review.text}" for review in read])):
        if group >= 0:
            groups[group].append(place)
    found: dict[int, int] = {}
    for places in groups.values():
        by_time = sorted(places, key=lambda place: (read[place].at, place))
        found |= dict.fromkeys(by_time if len(places) > 2 else by_time[1:], len(places) - 1)
    return found


def _bursts(read: Sequence[Review]) -> dict[int, int]:
    """Days on which a product got many times its usual number, nearly all of one opinion."""
    days: dict[ProductId, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, review in enumerate(read):
        days[review.product][review.at // DAY_MS].append(place)
    imported = _everywhere((review.at // DAY_MS, review.product) for review in read)
    found: dict[int, int] = {}
    for by_day in days.values():
        for day, places in by_day.items():
            if day in imported:
                continue
            usual = median([len(other) for at, other in by_day.items() if at != day] or [1])
            if len(places) >= max(_BURST, _TIMES * usual):
                for content in (True, False):
                    agreeing = [place for place in places if stars(read[place]) is content]
                    if len(agreeing) > 0.8 * len(places):
                        found |= dict.fromkeys(agreeing, len(places))
    return found


def _everywhere(pairs: Iterable[tuple[_Key, ProductId]]) -> set[_Key]:
    """The days, or accounts, that stand beside so many of the products that they tell none from the others."""
    products: dict[_Key, set[ProductId]] = defaultdict(set)
    for key, product in pairs:
        products[key].add(product)
    least = max(_BURST, _EVERYWHERE * len(set().union(*products.values())))
    return {key for key, reviewed in products.items() if len(reviewed) >= least}


def _busy(read: Sequence[Review]) -> dict[int, int]:
    imported = _everywhere((review.shopper, review.product) for review in read if review.shopper)
    written = Counter((review.shopper, review.at // DAY_MS) for review in read if review.shopper)
    return {
        place: written[review.shopper, review.at // DAY_MS]
        for place, review in enumerate(read)
        if review.shopper not in imported and review.shopper and written[review.shopper, review.at // DAY_MS] >= _BUSY
    }


def _apart(read: Sequence[Review]) -> dict[int, int]:
    """Ratings far from the median of the product's, of those that bought where enough did."""
    rated: dict[ProductId, list[tuple[bool, float]]] = defaultdict(list)
    for review in read:
        if review.rating is not None:
            rated[review.product].append((review.verified, review.rating))
    middle: dict[ProductId, float] = {}
    for product, ratings in rated.items():
        bought = [rating for verified, rating in ratings if verified]
        every = [rating for _, rating in ratings]
        if len(every) > _OTHERS:
            middle[product] = median(bought if len(bought) >= _OTHERS else every)
    return {
        place: round(abs(review.rating - middle[review.product]))
        for place, review in enumerate(read)
        if review.rating is not None
        and review.product in middle
        and abs(review.rating - middle[review.product]) >= _APART
    }


def _contradicting(read: Sequence[Review]) -> dict[int, int]:
    """Reviews whose words say the opposite of their stars, by what the other half of the reviews taught."""
    found: dict[int, int] = {}
    for half in (0, 1):
        model = learn(read[half::2])
        if model is None:
            return {}
        asked = [place for place in range(1 - half, len(read), 2) if stars(read[place]) is not None]
        said = model.score([f"{read[place].title}\n{read[place].text}" for place in asked])
        for place, content in zip(asked, said.tolist(), strict=True):
            if abs(content - 0.5) >= _SURE and (content > 0.5) != stars(read[place]):
                found[place] = 1
    return found
