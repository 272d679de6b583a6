"""Content kNN: from the words of all products to their nearest others. No events are involved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from daogou.retrieval.content import ContentKnn, bag_of

if TYPE_CHECKING:
    from daogou.domain.product import Product
    from daogou.training.config import TrainingConfig


def fit(products: Sequence[Product], config: TrainingConfig) -> ContentKnn:
    """Cut, weigh and compare the words of every product."""
    return ContentKnn.fit([bag_of(product, config.content) for product in products], config=config.content)
