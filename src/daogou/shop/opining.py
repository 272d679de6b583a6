"""What reviewers say, kept with a release: what their stars taught, and every opinion in columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from daogou.opinions.aspects import lexicon
from daogou.opinions.bought_for import purposes
from daogou.opinions.doubts import Doubt, doubts
from daogou.opinions.mining import opinions
from daogou.opinions.targets import TargetModel, learn
from daogou.opinions.voices import Voices

if TYPE_CHECKING:
    from daogou.domain.ids import ReviewId
    from daogou.domain.review import Review
    from daogou.opinions.aspects import Lexicon
    from daogou.ports.stores import Stores
    from daogou.training.releases import Release

_MODEL, _VOICES, _DOUBTS, _READ = "model", "voices", "doubts.json", "read.json"


def write_opinions(stores: Stores, folder: Path, words: Lexicon) -> Mapping[str, float]:
    """Learn from the shop's reviews, read and doubt them, and write all of it as an artifact of a release."""
    change, _ = stores.reviews.changes(0)  # before they are read: one that is put meanwhile is then read again
    doubted = doubts(stores.reviews.scan())
    left_out = {doubt.review for doubt in doubted if doubt.left_out}

    def believed() -> Iterator[Review]:
        return (review for review in stores.reviews.scan() if review.id not in left_out)

    model = learn(believed(), words)
    if model is not None:
        model.save(folder / _MODEL)
    voices = Voices.gather(
        (review, (*judged, *purposes(review, judged)))
        for review in believed()
        for judged in (opinions(review, model, words),)
    )
    voices.save(folder / _VOICES)
    (folder / _DOUBTS).write_bytes(msgspec.json.encode(doubted))
    (folder / _READ).write_bytes(msgspec.json.encode(change))
    return {
        "found": float(len(voices.good)),
        "learnt": float(model is not None),
        "doubted": float(len(doubted)),
        "left_out": float(len(left_out)),
    }


@dataclass(frozen=True)
class Opinions:
    """What a release knows of reviews; each part is read when it is first asked for."""

    folder: Path | None
    words: Lexicon = field(default_factory=lexicon)
    """The words of the shop."""

    @classmethod
    def of(cls, release: Release | None, words: Lexicon) -> Opinions:
        """Those of a release; nothing where there is none, or where it was made before there were any."""
        return cls(release.path("opinions") if release and release.path("opinions").exists() else None, words)

    @cached_property
    def model(self) -> TargetModel | None:
        """What the shop's reviews taught; None where there were too few when the release was made."""
        kept = self.folder and self.folder / _MODEL
        return TargetModel.load(kept) if kept and kept.exists() else None

    @cached_property
    def voices(self) -> Voices | None:
        """Every opinion of the reviews; None where there is no release."""
        return Voices.load(self.folder / _VOICES) if self.folder else None

    @cached_property
    def doubts(self) -> Sequence[Doubt]:
        """The reviews that an operator should look at, most doubtful first."""
        return msgspec.json.decode((self.folder / _DOUBTS).read_bytes(), type=list[Doubt]) if self.folder else ()

    @cached_property
    def read(self) -> int | None:
        """The change of reviews up to which they are read; None where there is no release, or it does not say."""
        kept = self.folder and self.folder / _READ
        return msgspec.json.decode(kept.read_bytes(), type=int) if kept and kept.exists() else None

    @cached_property
    def left_out(self) -> frozenset[ReviewId]:
        """The reviews that are not counted."""
        return frozenset(doubt.review for doubt in self.doubts if doubt.left_out)
