"""What a recipe of a further retriever is given to learn from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.features.history import Sequences
    from daogou.retrieval.content import ContentKnn
    from daogou.retrieval.retriever import Retriever
    from daogou.training.config import TrainingConfig
    from daogou.training.data import TrainingData
    from daogou.training.validation import Case

Encode = Callable[[Sequence["Product"]], "NDArray[np.floating]"]
"""Vectors (products, dim) of what products say of themselves."""


class Skip(Exception):
    """Raised by a recipe that has a reason not to learn, such as too few steps. The message is shown and recorded."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """The facts, and what was learnt before."""

    steps: Sequences
    """What to learn from: without the held-back steps when choosing, everything when refitting."""
    facts: TrainingData
    words: ContentKnn
    held: Sequence[Case]
    """Held-back steps to stop by; empty when refitting, where `before` has already been stopped."""
    before: Retriever | None
    """The same component fitted without the held-back steps, when refitting: a warm start."""
    config: TrainingConfig
    tell: Callable[[str], None]
    """Shows how far a long fit has come, such as "epoch 3 of 20"."""
    encode: Encode | None = None
    """None where no text encoder is set."""
