"""What each source is worth in each kind of list: learnt weights where there are any, and how kinds differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from daogou.recommend.group import LIKES
from daogou.recommend.request import KINDS
from daogou.retrieval.companions import Companions
from daogou.retrieval.completing import BY_CATEGORY, FOLLOWED, believed, completing
from daogou.retrieval.fusion import Fusion
from daogou.retrieval.repeat import REPEAT

if TYPE_CHECKING:
    from daogou.domain.kinds import Kind
    from daogou.recommend.models import Models

BY_OTHERS = frozenset({"similar", "because", "together", "complete"})
"""Kinds that rest on what others did around products: steps that are believed alone count, as of the last training, so
that nobody moves these lists at once."""
COMPANIONS = Companions.name
"""The source that says what is bought with products of the same category."""
GOING_WITH = frozenset({"together", "complete"})
"""Kinds that show what goes with a product, and not what could be bought in its place."""
BASKETS = frozenset({"complete", "next-basket"})
"""Kinds that fill a basket, and may repeat what was bought lately."""
BY_SEGMENT = {"for-you", "next-basket"}
"""Kinds in which what is popular has a say, and so what is popular with shoppers of a label."""
_BY_KIND: Mapping[str, Mapping[str, float]] = {
    "similar": {"hybrid": 1.0, "content": 0.3, FOLLOWED: 0.1},
    "together": {"together": 1.0, FOLLOWED: 0.05, COMPANIONS: BY_CATEGORY, "content": 0.001},
    "trending": {"trending": 1.0},
    "new": {"new": 1.0},
}
"""Worth of the sources for kinds whose order is not learnt; together: partners first, then what is next,
then what goes with the category, then alike."""
_FILL = {"popular": 1e-4, "fresh": 1e-6, "given": 1e-6}
"""What is popular, then what is new (or, of candidates, what was given first), behind everything that was found."""
_LIKES, _LIKES_STEPS = 1.0, 3.0
"""Worth of what a shopper without a history said they like, and after how many steps it is half of that."""


def fusions(models: Models) -> Mapping[tuple[Kind, bool], Fusion]:
    """How sources are weighed for each kind, for somebody who comes back and for everybody else; the same for every
    request that these models answer."""
    return {(kind, back): _fusion(kind, models, back=back) for kind in KINDS for back in (True, False)}


def _fusion(kind: Kind, models: Models, *, back: bool) -> Fusion:
    """Learnt weights where there are any; for the next basket, repeats before everything else."""
    learnt = models.fusion
    if back and kind in BY_SEGMENT and learnt.coming_back is not None:
        learnt = replace(learnt, weights={**learnt.weights, "popularity": learnt.coming_back})
    if kind in _BY_KIND:
        return Fusion({**_BY_KIND[kind], **_FILL}, {FOLLOWED: learnt.scales.get("sequential", 1.0)})
    if kind == "complete":
        learnt = completing(learnt, models.repeat.config)
        return replace(learnt, weights={**learnt.weights, **_FILL})
    if kind in BY_OTHERS:
        learnt = believed(learnt)
    weights = {**learnt.weights, "segment": 2 * learnt.weights.get("popularity", 0.0)}
    if kind == "next-basket":
        repeat = models.repeat.config
        weights = {name: weight * repeat.rest for name, weight in weights.items()}
        weights |= {REPEAT: repeat.weight, "together": repeat.together}
        learnt = replace(learnt, seen=1.0)
    elif kind != "for-you":
        weights[REPEAT] = 0.0
    return replace(learnt, weights={**weights, **_FILL})


def stated(fusion: Fusion, steps: int) -> Fusion:
    """The same with a say for what the shopper said they like, which gives way to what they do."""
    return replace(fusion, weights={**fusion.weights, LIKES: _LIKES / (1 + steps / _LIKES_STEPS)})
