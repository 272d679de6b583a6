"""[recommend]: what a shop may say of how its answers are arranged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from daogou.domain.bounds import Count, Part, Weight
from daogou.domain.kinds import Kind
from daogou.recommend.freshness import Freshness
from daogou.recommend.showings import Exposure
from daogou.retrieval.arrange import Variety
from daogou.retrieval.repeat import BASKET_REST_DAYS


@dataclass(frozen=True, slots=True)
class RecommendConfig:
    """How answers are arranged."""

    rest_days: Weight | None = None
    """A product bought within these days is not recommended, except for a basket, the next one or one at hand. Unless
    given 30, and 365 for products that are bought again less readily than is usual in the shop; or `basket_rest_days`
    for shoppers where training found that people buy the same again before."""
    basket_rest_days: Weight = BASKET_REST_DAYS
    """The same for baskets, whose point is to repeat; some people shop twice a day."""
    basket_days: Weight = 14.0
    """What was put in the basket within these days and not bought lies there: it is completed, and not recommended.
    What was left there longer ago is recommended like anything else."""
    steps: Count = 50
    """Newest steps of the history an answer rests on."""
    variety: Variety = field(default_factory=Variety)
    """Default: rank by score alone."""
    exposure: Exposure = field(default_factory=Exposure)
    """Default: what was shown often is shown again."""
    freshness: Freshness = field(default_factory=Freshness)
    """Default: a product's age says nothing, except in lists of what is new."""
    explore: Mapping[Kind, Part] = field(default_factory=lambda: {"new": 0.1})
    """By kind of list: the part of its places that go to a product drawn from the next best, so that what nobody could
    see can be learnt. Each place then carries its propensity, which belongs into the impression that is reported."""
