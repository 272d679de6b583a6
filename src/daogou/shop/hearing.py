"""Reviews that were put since a release was made: read a few at a time, so that they count in search at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from daogou.opinions.bought_for import purposes
from daogou.opinions.doubts import Doubt, doubts
from daogou.opinions.mining import opinions, undecided
from daogou.opinions.voices import Voices

if TYPE_CHECKING:
    from daogou.domain.ids import ProductId, ReviewId
    from daogou.domain.review import Review
    from daogou.opinions.context import Target
    from daogou.opinions.mining import Opinion
    from daogou.ports.stores import Reviews
    from daogou.shop.opining import Opinions
    from daogou.shop.rereading import Rereading

_OF_A_PRODUCT = 5_000
"""Reviews of one product that are read, most helpful first."""
_DOUBTED = 500
"""Of these, how many are looked at for signs of a fake; the others are believed until the next training."""


class Hearing:
    """The opinions of a release, with those of every product whose reviews have changed read anew.

    What only all reviews of the shop can tell, a text copied from another product's or one person's many reviews, is
    found out by the next training. With `rereading`, what no word of opinion decides is judged by the words around it
    first, and once more when its meaning has been read.
    """

    def __init__(self, release: Opinions, reviews: Reviews, rereading: Rereading | None = None) -> None:
        self.release = release
        self._reviews = reviews
        self._rereading = rereading
        self._after = release.read
        self._waiting: dict[ProductId, None] = {}
        self._reading: ProductId | None = None
        self._later: dict[ProductId, Voices] = {}
        self._doubts: dict[ProductId, list[Doubt]] = {}
        self._work = self._read()
        self._together: Voices | None = None

    def listen(self, steps: int) -> list[ProductId]:
        """Look for changed reviews and read on, a review a step; returns the products that are read to the end."""
        if self._after is None:  # no release, or one that does not say which reviews it has read
            return []
        self._after, changed = self._reviews.changes(self._after)
        self._waiting |= dict.fromkeys(changed)
        if self._rereading is not None:
            self._waiting |= dict.fromkeys(self._rereading.answered())
        try:
            done = [product for _, product in zip(range(steps), self._work, strict=False) if product is not None]
        except BaseException:  # the store could not be read: what was being read waits again
            if self._reading is not None:
                self._waiting[self._reading] = None
                self._reading = None
            self._work = self._read()
            raise
        if done:
            self._together = None
        return done

    @property
    def behind(self) -> bool:
        """Are there reviews that have been noticed but not read?"""
        return bool(self._waiting) or self._reading is not None

    def said_of(self, product: ProductId) -> dict[str, tuple[int, int]]:
        """How many of the reviews read since the release like each side of a product, and how many do not."""
        heard = self._later[product]
        return {
            aspect: (int(good.sum()), int(bad.sum()))
            for aspect in heard.aspects
            for good, bad in [heard.counts(aspect)]
        }

    @property
    def voices(self) -> Voices | None:
        """Every opinion; None where there is no release."""
        if self.release.voices is None or not self._later:
            return self.release.voices
        if self._together is None:
            self._together = self.release.voices.with_anew(self._later)
        return self._together

    @property
    def doubts(self) -> Sequence[Doubt]:
        """The reviews that an operator should look at, most doubtful first."""
        worst = {doubt.review: doubt for doubt in self.release.doubts}
        for found in self._doubts.values():
            for doubt in found:
                known = worst.get(doubt.review)
                if known is None or known.score < doubt.score:
                    worst[doubt.review] = doubt
        return sorted(worst.values(), key=lambda doubt: (-doubt.score, doubt.review))

    def left_out(self, product: ProductId) -> frozenset[ReviewId]:
        """The reviews of the product that are not counted."""
        later = {doubt.review for doubt in self._doubts.get(product, ()) if doubt.left_out}
        return self.release.left_out | later if later else self.release.left_out

    def _read(self) -> Iterator[ProductId | None]:
        """Read what waits, for ever: None after each review and while nothing waits, a product once it is done."""
        while True:
            if not self._waiting:
                yield None
                continue
            self._reading = product = next(iter(self._waiting))
            del self._waiting[product]  # one that changes meanwhile waits again
            written = self._reviews.of(product, limit=_OF_A_PRODUCT)
            newest = sorted(written, key=lambda review: -review.at)[:_DOUBTED]
            self._doubts[product] = doubts(newest)
            left_out = self.left_out(product)
            said: list[tuple[Review, list[Opinion]]] = []
            unsure: list[Target] = []
            for review in written:
                if review.id not in left_out:
                    judged = opinions(review, self.release.judges, self.release.words)
                    said.append((review, [*judged, *purposes(review, judged)]))
                    if self._rereading is not None:
                        unsure += undecided(review, self.release.words)
                yield None
            if self._rereading is not None:
                self._rereading.ask(product, unsure)
            self._later[product] = Voices.gather(said)
            self._reading = None
            yield product
