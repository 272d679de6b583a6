"""What reviewers say, kept with a release: what their stars taught, and every opinion in columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from daogou.opinions.aspects import lexicon
from daogou.opinions.bought_for import purposes
from daogou.opinions.doubts import Doubt, doubts
from daogou.opinions.judges import Judges
from daogou.opinions.mining import opinions
from daogou.opinions.targets import TargetModel, learn
from daogou.opinions.voices import Voices
from daogou.shop.sensing import Senses

if TYPE_CHECKING:
    from daogou.domain.ids import ReviewId
    from daogou.domain.product import Product
    from daogou.domain.review import Review
    from daogou.opinions.aspects import Lexicon
    from daogou.ports.stores import Stores
    from daogou.shop.sensing import Sensing
    from daogou.training.releases import Release

_MODEL, _VOICES, _DOUBTS, _READ = "model", "voices", "doubts.json", "read.json"


class Lessons:
    """Makes the artifacts of a training that come from reviews; who is not believed is found out once for both."""

    def __init__(self, stores: Stores, words: Lexicon, sensing: Sensing) -> None:
        self._stores = stores
        self._words = words
        self._sensing = sensing
        self._senses: Senses | None = None

    def sense(self, folder: Path, products: Sequence[Product]) -> Mapping[str, float]:
        """Teach the second judge. Comes before `read`."""
        metrics = self._sensing.learn(folder, self._believed)
        self._senses = Senses.load(folder)
        return metrics

    def read(self, folder: Path, products: Sequence[Product]) -> Mapping[str, float]:
        """Learn from the shop's reviews, read and doubt them."""
        model = learn(self._believed, self._words)
        if model is not None:
            model.save(folder / _MODEL)
        judges = _judges(model, self._senses)
        voices = Voices.gather(
            (review, (*judged, *purposes(review, judged)))
            for review in self._believed
            for judged in (opinions(review, judges, self._words),)
        )
        voices.save(folder / _VOICES)
        (folder / _DOUBTS).write_bytes(msgspec.json.encode(self._doubted))
        (folder / _READ).write_bytes(msgspec.json.encode(self._written[0]))
        return {
            "found": float(len(voices.good)),
            "learnt": float(model is not None),
            "doubted": float(len(self._doubted)),
            "left_out": float(sum(doubt.left_out for doubt in self._doubted)),
        }

    @cached_property
    def _written(self) -> tuple[int, list[Review]]:
        """How far reviews had come, and then all of them: one put in between is read again rather than never."""
        change, _ = self._stores.reviews.changes(0)
        return change, list(self._stores.reviews.scan())

    @cached_property
    def _doubted(self) -> list[Doubt]:
        return doubts(self._written[1])

    @cached_property
    def _believed(self) -> list[Review]:
        left_out = {doubt.review for doubt in self._doubted if doubt.left_out}
        return [review for review in self._written[1] if review.id not in left_out]


def _judges(model: TargetModel | None, senses: Senses | None) -> Judges | None:
    return None if model is None else Judges(model, None if senses is None else senses.verdicts)


@dataclass(frozen=True)
class Opinions:
    """What a release knows of reviews; each part is read when it is first asked for."""

    folder: Path | None
    words: Lexicon = field(default_factory=lexicon)
    """The words of the shop."""
    sensed: Path | None = None
    """Where the second judge is kept."""

    @classmethod
    def of(cls, release: Release | None, words: Lexicon) -> Opinions:
        """Those of a release; nothing where there is none, or where it was made before there were any."""
        if release is None or not release.path("opinions").exists():
            return cls(None, words)
        return cls(release.path("opinions"), words, release.path("senses"))

    @cached_property
    def model(self) -> TargetModel | None:
        """What the shop's reviews taught; None where there were too few when the release was made."""
        kept = self.folder and self.folder / _MODEL
        return TargetModel.load(kept) if kept and kept.exists() else None

    @cached_property
    def senses(self) -> Senses | None:
        """What the text encoder adds to it; None where the release was made without."""
        return Senses.load(self.sensed) if self.sensed else None

    @cached_property
    def judges(self) -> Judges | None:
        """Both."""
        return _judges(self.model, self.senses)

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
