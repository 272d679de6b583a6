"""Teaches the second judge of a shop's reviews, what its text encoder makes of clauses, and lets it read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daogou.domain.errors import NotReady
from daogou.opinions.judges import Judges
from daogou.opinions.mining import undecided
from daogou.opinions.senses import SenseModel, Verdicts, text_of
from daogou.opinions.targets import TargetModel, few, starred
from daogou.retrieval.kept_vectors import KeptVectors
from daogou.retrieval.meaning import hash_of
from daogou.shop.fifths import surely
from daogou.training.lesson import Skip

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.review import Review
    from daogou.opinions.aspects import Lexicon
    from daogou.opinions.context import Target
    from daogou.opinions.targets import Starred
    from daogou.ports.encoder import Encoder
    from daogou.training.config import SensesConfig

_KEPT = "kept.json"
_TOGETHER = 512
"""Texts that are encoded in one go, a second of work: what an interruption costs."""
_FIFTHS = 5


@dataclass(frozen=True, slots=True)
class Senses:
    """The second judge of a release, and what it says of the mentions it has read."""

    model: SenseModel
    verdicts: Verdicts

    def save(self, folder: Path) -> None:
        """Write both."""
        self.model.save(folder)
        self.verdicts.save(folder)
        (folder / _KEPT).write_bytes(b"true")

    @classmethod
    def load(cls, folder: Path) -> Senses | None:
        """Read what `save` wrote; None where there is nothing, or a note that nothing was kept."""
        kept = folder / _KEPT
        if not kept.exists() or not msgspec.json.decode(kept.read_bytes()):
            return None
        return cls(SenseModel.load(folder), Verdicts.load(folder))


@dataclass(frozen=True, slots=True)
class Sensing:
    """What the teaching is given."""

    encoder: Encoder | None
    """That of the settings, not one tuned to queries: what it made of a clause holds until next time."""
    config: SensesConfig
    words: Lexicon
    kept: Path
    """A file that keeps the vectors of mentions, so that none is made twice."""
    tell: Callable[[float], None]

    def learn(self, folder: Path, reviews: Sequence[Review]) -> Mapping[str, float]:
        """Teach, read, and write it as an artifact of a release. Raises Skip with the reason where there is none."""
        (folder / _KEPT).write_bytes(b"false")  # else a training of this part alone would take over what was before
        if self.encoder is None:
            raise Skip("no text encoder: [encoder] address is empty")
        if not self.config.enabled:
            raise Skip("switched off: [training.senses] enabled = false")
        every = starred(reviews, self.words)
        taught = every[:: max(1, -(-len(every) // self.config.taught))]
        if few([each.content for each in taught]):
            raise Skip(f"{len(taught)} mentions in reviews with stars, too few of those content or of the others")
        vectors, waiting = self._vectors([each.target for each in taught], reviews)
        taught = [each for each in taught if hash_of(text_of(each.target)) in vectors]
        if few([each.content for each in taught]):
            raise Skip(f"{len(taught)} mentions encoded so far; the next training goes on")
        before, after = self._exam(taught, vectors)
        model = self._fit(taught, vectors)
        odds = model.odds(np.array([*vectors.values()]))
        Senses(model, Verdicts.of(dict(zip(vectors, odds.tolist(), strict=True)))).save(folder)
        return {
            "taught": float(len(taught)),
            "read": float(len(vectors)),
            "waiting": float(waiting),
            "agrees": after,
            "agrees.before": before,
        }

    def _vectors(
        self, taught: Sequence[Target], reviews: Sequence[Review]
    ) -> tuple[dict[int, NDArray[np.float16]], int]:
        """Vectors by hash, of what teaches and of what no word of opinion decides, newest first; and how many of these
        are left for the next training."""
        assert self.encoder is not None
        wanted = {hash_of(text): text for text in map(text_of, taught)}
        for review in sorted(reviews, key=lambda review: -review.at):
            wanted |= {hash_of(text): text for text in map(text_of, undecided(review, self.words))}
        file = KeptVectors(self.kept, self.encoder.name, self.encoder.dim)
        known = file.read()
        if known.keys() - wanted.keys():
            file.keep(wanted)
        new = [hash for hash in wanted if hash not in known]
        affordable = new[: self.config.mentions]
        for low in range(0, len(affordable), _TOGETHER):
            self.tell(low / len(affordable))
            block = affordable[low : low + _TOGETHER]
            try:
                made = self.encoder.queries([wanted[hash] for hash in block]).astype(np.float16)
            except NotReady as error:
                raise Skip(f"{error.message}; the next training goes on") from None
            file.add(np.array(block, np.uint64), made)
            known |= zip(block, made, strict=True)
        self.tell(1.0)
        return {hash: known[hash] for hash in wanted if hash in known}, len(new) - len(affordable)

    def _fit(self, taught: Sequence[Starred], vectors: Mapping[int, NDArray[np.float16]]) -> SenseModel:
        assert self.encoder is not None
        read = np.array([vectors[hash_of(text_of(each.target))] for each in taught], np.float32)
        return SenseModel.fit(self.encoder.name, read, [each.content for each in taught])

    def _exam(self, taught: Sequence[Starred], vectors: Mapping[int, NDArray[np.float16]]) -> tuple[float, float]:
        """Of mentions in a fifth of the reviews that no word of opinion decides: how often the words around agree with
        the stars, and how often both judges do. Raises Skip where they do not surely agree more often."""
        learnt = [each for each in taught if each.review % _FIFTHS]
        held = [each for each in taught if not each.review % _FIFTHS and self._undecided(each.target)]
        judged = [each.content for each in learnt]
        if few(judged) or not held:
            raise Skip(f"{len(learnt)} mentions to learn from and {len(held)} to judge by, too few")
        words = TargetModel.fit([each.target for each in learnt], judged, words=self.words)
        model = self._fit(learnt, vectors)
        read = {(hash := hash_of(text_of(each.target))): vectors[hash] for each in held}
        odds = dict(zip(read, model.odds(np.array([*read.values()])).tolist(), strict=True))
        right = np.array(
            [
                [(judges.content(each.target, self.words)[0] > 0.5) == each.content for each in held]
                for judges in (Judges(words), Judges(words, Verdicts.of(odds)))
            ],
            np.float64,
        )
        gained = np.bincount([each.review for each in held], right[1] - right[0])
        before, after = (round(float(share), 4) for share in right.mean(1))
        if not surely(float(gained.sum()), float(np.sqrt((gained**2).sum()))):
            raise Skip(f"agrees with {after} of held-back stars, not surely more than the {before} of words alone")
        return before, after

    def _undecided(self, target: Target) -> bool:
        return not any(map(self.words.sign, self.words.find(target.clause)))
