"""Content kNN: from the words of all products to their nearest others. Steps only say what a word is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from daogou.retrieval.content import ContentKnn, bag_of
from daogou.training.recipes import words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.features.history import Sequences
    from daogou.training.config import TrainingConfig


def fit(products: Sequence[Product], steps: Sequences, config: TrainingConfig) -> ContentKnn:
    """Cut, weigh and compare the words of every product."""

    def worth(matrix: Any) -> NDArray[np.float32] | None:
        if not config.words.enabled:
            return None
        return words.learn(matrix, steps, config.words, content=config.content, seed=config.seed)

    return ContentKnn.fit((bag_of(product, config.content) for product in products), config=config.content, worth=worth)
