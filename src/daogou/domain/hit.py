"""Answers: products in an order, each with the reasons that produced it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from daogou.domain.ids import ProductId
from daogou.domain.query import Understood
from daogou.domain.text import Text

ReasonKind = Literal[
    "history", "basket", "similar", "together", "content", "popular", "trending", "new", "words", "attribute",
    "graph", "promotion", "rule", "exploration", "segment", "repeat", "relaxed", "stated", "given", "group", "reviews",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """One computed cause of a hit; never written afterwards."""

    kind: ReasonKind
    text: Text
    """Why, in words for the shopper."""
    share: float = 0.0
    """This reason's part of the hit's score; the shares of a hit's reasons add up to at most 1."""
    products: tuple[ProductId, ...] = ()
    """The products (of the history, the basket, the path) that caused it."""
    source: str = ""
    """The component that found it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One product of an answer."""

    product: ProductId
    score: float
    because: tuple[Reason, ...] = ()
    propensity: float | None = None
    """Where the list explores: the probability with which this product got this place, given those before it."""
    chance: float | None = None
    """Of a list that was given to be ranked: how likely it is that the shopper turns to this product next, of all there
    are. Unlike scores, chances can be compared between shoppers."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet and how many matching products have it."""

    value: str
    label: Text
    n: int


@dataclass(frozen=True, slots=True)
class Hits:
    """An answer to a search or recommendation request."""

    items: tuple[Hit, ...]
    release: str
    """The one release that produced the answer; empty before the first training."""
    total: int | None = None
    """How many products match, where that was counted."""
    understood: Understood | None = None
    facets: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    degraded: str | None = None
    """Says what was missing when an answer is less than it should be."""
    relaxed: tuple[str, ...] = ()
    """Conditions that were dropped to find anything at all."""
    suggestion: str | None = None
    """Did you mean."""
