"""A wish for a well-liked side of a product, as the understander takes it; the shop chooses who finds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AspectWish:
    """Reviewers shall like this side of it: 续航好的, “comfortable”."""

    aspect: str
    start: int
    end: int
    """Characters `start` to `end` of the normalised text."""


AspectReader = Callable[[str], Sequence[AspectWish]]
"""Finds them in a normalised text, from left to right and without overlaps."""


def no_aspects(text: str) -> Sequence[AspectWish]:
    """Find none: for a shop whose reviews say nothing."""
    return ()
