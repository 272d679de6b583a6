"""The components of one release, opened for serving."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from daogou.retrieval.chance import Chance
from daogou.retrieval.companions import Companions
from daogou.retrieval.completing import COMPLETING
from daogou.retrieval.content import ContentKnn
from daogou.retrieval.fusion import Fusion
from daogou.retrieval.hybrid import Hybrid
from daogou.retrieval.neighbours import Neighbours
from daogou.retrieval.popularity import Fading, Popularity, PopularityConfig
from daogou.retrieval.ranking import Ranker
from daogou.retrieval.repeat import Repeat, RepeatConfig
from daogou.retrieval.retriever import Retriever, open_retrievers
from daogou.retrieval.sated import Sated
from daogou.retrieval.sequential import SequentialKnn
from daogou.retrieval.together import Together

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from daogou.domain.ids import ProductId

P = TypeVar("P")


class Opened(Protocol):
    """What serving needs of a release that training opened and checked."""

    @property
    def id(self) -> str: ...

    @property
    def last_seq(self) -> int:
        """The newest event it contains."""

    def items(self) -> Sequence[ProductId]:
        """Products by row."""

    def path(self, name: str) -> Path:
        """The folder of one artifact."""


@dataclass(frozen=True, slots=True)
class Models:
    """What an answer is made from; live events move the counters of `sequential` and `popularity`."""

    release: str
    """Empty before the first training."""
    last_seq: int
    n: int
    """How many products the release knows; later rows are new to it."""
    sequential: SequentialKnn
    content: ContentKnn | None
    hybrid: Hybrid
    together: Together
    followed: SequentialKnn
    """What shoppers turned to next in steps that are believed, as of the release: live events do not move it."""
    beside: SequentialKnn
    """The same as far as its category is bought with the product's."""
    companions: Companions
    popularity: Popularity
    repeat: Repeat
    fusion: Fusion
    further: Mapping[str, Retriever] = field(default_factory=dict)
    """Retrievers that the release was trained with beyond those above, by name."""
    ranker: Ranker | None = None
    """None where none ranks better than the fusion."""
    habits: Ranker | None = None
    """The same for what somebody buys again."""
    completing: Ranker | None = None
    """The same for what completes a basket."""
    sated: Sated | None = None
    """None where people come back for more of what they have bought."""
    chance: Chance | None = None
    """None where there were too few steps to learn it."""

    @classmethod
    def open(cls, release: Opened) -> Models:
        """Load the components from a release's folder. One of an earlier version may have but one table, or none, of
        what others turned to next: until the next training it serves for both, or lists are filled up by what is
        alike."""
        followed = _part(SequentialKnn.load, release.path("together") / "followed") or SequentialKnn.empty()
        return cls(
            release=release.id,
            last_seq=release.last_seq,
            n=len(release.items()),
            sequential=SequentialKnn.load(release.path("sequential")),
            content=ContentKnn.load(release.path("content")),
            hybrid=Hybrid.load(release.path("hybrid")),
            together=Together.load(release.path("together")),
            followed=followed,
            beside=_part(SequentialKnn.load, release.path("together") / "beside") or followed,
            companions=_part(Companions.load, release.path("together") / "companions") or Companions.empty(),
            popularity=Popularity.load(release.path("popularity")),
            repeat=Repeat.load(release.path("repeat")),
            fusion=Fusion.load(release.path("fusion")),
            further=open_retrievers(release.path),
            ranker=_part(Ranker.load, release.path("fusion") / "ranking"),
            habits=_part(Ranker.load, release.path("fusion") / "habits"),
            completing=_part(Ranker.load, release.path("fusion") / COMPLETING),
            sated=_part(Sated.load, release.path("fusion") / "sated"),
            chance=Chance.load(release.path("fusion")),
        )

    @classmethod
    def untrained(cls, last_seq: int) -> Models:
        """Empty components, which learn from live events after `last_seq` alone."""
        counted = PopularityConfig()
        popular, trending = (
            Fading(np.zeros(0), half_life_days=days, base=0, pool=counted.pool)
            for days in (counted.popular_days, counted.trending_days)
        )
        return cls(
            release="",
            last_seq=last_seq,
            n=0,
            sequential=SequentialKnn.empty(),
            content=None,
            hybrid=Hybrid(Neighbours.empty()),
            together=Together.empty(),
            followed=SequentialKnn.empty(),
            beside=SequentialKnn.empty(),
            companions=Companions.empty(),
            popularity=Popularity(popular, trending, {}, counted),
            repeat=Repeat(RepeatConfig()),
            fusion=Fusion({"sequential": 1.0, "popularity": 0.01}),
        )


def _part(load: Callable[[Path], P], folder: Path) -> P | None:
    """What not every release has: one of an earlier version, or one whose shop had nothing to learn it from."""
    return load(folder) if folder.is_dir() else None
