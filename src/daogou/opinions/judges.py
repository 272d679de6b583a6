"""Who judges a side that is named without a word of opinion: the words around it, and its meaning where it was read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from daogou.opinions.senses import Verdicts

if TYPE_CHECKING:
    from daogou.opinions.aspects import Lexicon
    from daogou.opinions.context import Target
    from daogou.opinions.targets import TargetModel

By = Literal["word", "learnt", "meaning"]
"""What an opinion rests on: a word of opinion, what the shop's reviews taught of words around, or of meaning too."""


@dataclass(frozen=True, slots=True)
class Judges:
    """Both, as far as a shop has them."""

    words: TargetModel
    verdicts: Verdicts | None = None

    def content(self, target: Target, words: Lexicon) -> tuple[float, By]:
        """How likely it is that a mention is liked, and what says so: each adds its evidence."""
        liked = float(self.words.score([target], words)[0, -1])
        odds = None if self.verdicts is None else self.verdicts.get(target)
        if odds is None:
            return liked, "learnt"
        return 1 / (1 + math.exp(-_bounded(_logit(liked) + odds))), "meaning"


def _logit(share: float) -> float:
    share = min(max(share, 1e-9), 1 - 1e-9)
    return math.log(share / (1 - share))


def _bounded(odds: float) -> float:
    return min(max(odds, -50.0), 50.0)
