"""What reviewers say, kept with a release: what their stars taught, and every opinion in columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from daogou.opinions.mining import opinions
from daogou.opinions.polarity import PolarityModel, learn
from daogou.opinions.voices import Voices

if TYPE_CHECKING:
    from daogou.ports.stores import Stores
    from daogou.training.releases import Release

_POLARITY, _VOICES = "polarity", "voices"


def write_opinions(stores: Stores, folder: Path) -> Mapping[str, float]:
    """Learn from the shop's reviews, read them, and write both as an artifact of a release."""
    model = learn(stores.reviews.scan())
    if model is not None:
        model.save(folder / _POLARITY)
    voices = Voices.gather(stores.reviews.scan(), lambda review: opinions(review, model))
    voices.save(folder / _VOICES)
    return {"found": float(len(voices.good)), "polarity_learnt": float(model is not None)}


@dataclass(frozen=True)
class Opinions:
    """What a release knows of reviews; each part is read when it is first asked for."""

    folder: Path | None

    @classmethod
    def of(cls, release: Release | None) -> Opinions:
        """Those of a release; nothing where there is none, or where it was made before there were any."""
        return cls(release.path("opinions") if release and release.path("opinions").exists() else None)

    @cached_property
    def polarity(self) -> PolarityModel | None:
        """What the shop's reviews taught; None where there were too few when the release was made."""
        kept = self.folder and self.folder / _POLARITY
        return PolarityModel.load(kept) if kept and kept.exists() else None

    @cached_property
    def voices(self) -> Voices | None:
        """Every opinion of the reviews; None where there is no release."""
        return Voices.load(self.folder / _VOICES) if self.folder else None
