"""A basket that is to be completed: the sources that speak, what each is worth, and how trees put the first of them in
another order.

What others did around the products counts as far as the accounts are believed, so nobody moves these lists at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from daogou.retrieval.companions import Companions
from daogou.retrieval.ranking import RankingConfig
from daogou.retrieval.repeat import REPEAT
from daogou.retrieval.together import Together

if TYPE_CHECKING:
    from daogou.retrieval.fusion import Fusion
    from daogou.retrieval.repeat import RepeatConfig

V = TypeVar("V")

COMPLETING = "completing"
"""What the trees are called where a release keeps them."""
FOLLOWED = "followed"
"""The source that says what shoppers turned to next, in steps that are believed."""
SOURCES = (FOLLOWED, "content", Together.name, Companions.name, REPEAT)
"""All that speak for a basket."""
BY_CATEGORY = 0.01
"""Worth of what goes with the category in lists of what goes with a product."""
_BESIDE = 0.1
"""Worth of words for a basket that is to be completed, in parts of their worth in other answers: what is alike stands
in the place of what lies in the basket, not beside it."""


@dataclass(frozen=True, slots=True)
class CompletingConfig(RankingConfig):
    """How what completes a basket is put in order by trees; in place of steps there are baskets, half of each given."""


def believed(learnt: Fusion) -> Fusion:
    """Learnt weights with believed steps in the place of everybody's, from which what is popular and further retrievers
    are learnt as well: what is popular comes behind all else."""
    kept = {"sequential": FOLLOWED, "content": "content"}

    def renamed(named: Mapping[str, V]) -> dict[str, V]:
        return {kept[name]: value for name, value in named.items() if name in kept}

    return replace(
        learnt,
        weights=renamed(learnt.weights),
        scales=renamed(learnt.scales),
        by_band=renamed(learnt.by_band),
        fading=renamed(learnt.fading),
    )


def completing(learnt: Fusion, repeat: RepeatConfig) -> Fusion:
    """What each source is worth for a basket."""
    kept = believed(learnt)
    weights = {name: weight * repeat.rest for name, weight in kept.weights.items()}
    weights["content"] = _BESIDE * weights.get("content", 0.0)
    worth = repeat.rare if learnt.rests else repeat.weight
    own = {REPEAT: worth, Together.name: repeat.completing, Companions.name: BY_CATEGORY}
    return replace(kept, weights={**weights, **own}, seen=1.0)
