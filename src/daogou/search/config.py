"""How search weighs and how far it looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from daogou.search.facets import FacetConfig
from daogou.search.scoring import Weights


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """How search weighs and how far it looks."""

    fields: Mapping[str, float] = field(
        default_factory=lambda: {"title": 2.0, "brand": 1.0, "category": 1.5, "attributes": 1.0, "description": 1.0}
    )
    """What a word is worth where it stands. The title says what a product is, the description what it is not, too."""
    enough: int = 20
    """Where fewer products contain all the words, products with some of them follow."""
    tail: float = 0.2
    """Of these, such as score less than this share of the best are left out: “iphone x” is not every “x”."""
    titles: int = 60
    """Of so many of the best the titles are read for what they name, where no product has all the words."""
    nearest: int = 40
    """Products near in meaning that are added where a word is unknown and fewer than `enough` match."""
    nearness: float = 0.2
    """Cosine, taken from the mean of the shop's products, below which nothing is near."""
    facets: FacetConfig = FacetConfig()
    weights: Weights = Weights()
