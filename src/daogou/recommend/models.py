"""The components of one release, opened for serving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daogou.retrieval.content import ContentKnn
from daogou.retrieval.fusion import Fusion
from daogou.retrieval.hybrid import Hybrid
from daogou.retrieval.neighbours import Neighbours
from daogou.retrieval.popularity import Fading, Popularity
from daogou.retrieval.repeat import Repeat
from daogou.retrieval.sequential import SequentialKnn
from daogou.retrieval.together import Together
from daogou.training.config import TrainingConfig

if TYPE_CHECKING:
    from daogou.training.releases import Release


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
    popularity: Popularity
    repeat: Repeat
    fusion: Fusion

    @classmethod
    def open(cls, release: Release) -> Models:
        """Load the components from a release's folder."""
        config = msgspec.convert(release.manifest.config, TrainingConfig)
        return cls(
            release=release.id,
            last_seq=release.manifest.last_seq,
            n=len(release.items()),
            sequential=SequentialKnn.load(release.path("sequential"), config.sequential),
            content=ContentKnn.load(release.path("content"), config.content),
            hybrid=Hybrid.load(release.path("hybrid")),
            together=Together.load(release.path("together")),
            popularity=Popularity.load(release.path("popularity"), config.popularity),
            repeat=Repeat(config.repeat),
            fusion=msgspec.json.decode((release.path("fusion") / "fusion.json").read_bytes(), type=Fusion),
        )

    @classmethod
    def untrained(cls, last_seq: int) -> Models:
        """Empty components, which learn from live events after `last_seq` alone."""
        config = TrainingConfig()
        counted = config.popularity
        popular, trending = (
            Fading(np.zeros(0), half_life_days=days, base=0, pool=counted.pool)
            for days in (counted.popular_days, counted.trending_days)
        )
        return cls(
            release="",
            last_seq=last_seq,
            n=0,
            sequential=SequentialKnn(Neighbours.empty(), np.zeros(0), config.sequential),
            content=None,
            hybrid=Hybrid(Neighbours.empty()),
            together=Together(Neighbours.empty(), np.zeros(0, np.int32), np.zeros(0, np.int32), 0),
            popularity=Popularity(popular, trending, {}, counted),
            repeat=Repeat(config.repeat),
            fusion=Fusion({"sequential": 1.0, "popularity": 0.01}),
        )
