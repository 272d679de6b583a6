"""From the entries that made up a score to the reasons a shopper reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from daogou.domain.hit import Reason, ReasonKind
from daogou.domain.text import Text
from daogou.recommend import wording
from daogou.recommend.group import SOURCE as GROUP
from daogou.recommend.group import suited
from daogou.retrieval.evidence import NO_CAUSE

if TYPE_CHECKING:
    from daogou.recommend.exploring import Placed
    from daogou.recommend.models import Models
    from daogou.recommend.situation import Situation
    from daogou.retrieval.fusion import Contribution
    from daogou.retrieval.shelf import Shelf

_SHOWN = 3
_UNCAUSED: Mapping[str, tuple[ReasonKind, Text]] = {
    "popularity": ("popular", wording.POPULAR),
    "popular": ("popular", wording.POPULAR),
    "trending": ("trending", wording.TRENDING),
    "new": ("new", wording.NEW),
    "fresh": ("new", wording.NEW),
    "repeat": ("repeat", wording.REPEAT),
    "given": ("given", wording.GIVEN),
}
"""Sources that rest on no step of the trail."""
_NAMED = {"segment", "likes"}
"""Sources whose cause is not a step of the trail."""
_LEAST_SHARE = 0.005


@dataclass(frozen=True, slots=True)
class Reasoner:
    """Turns contributions into reasons for one situation."""

    situation: Situation
    shelf: Shelf
    models: Models
    _said: dict[tuple[str, int], tuple[ReasonKind, Text]] = field(default_factory=dict)
    """Sentences by source and step; the same step speaks for many products."""

    def reasons(
        self, parts: Sequence[Contribution], row: int, *, most: int = _SHOWN, drawn: Placed | None = None
    ) -> tuple[Reason, ...]:
        """The largest first. What several sources say because of one product is one reason, named by the largest.

        A rule that lowers the score and a place won by lot are said last, with a share of 0.
        """
        lowered = [part for part in parts if part.value < 0]
        parts = [part for part in parts if part.value >= 0]
        whole = sum(part.value for part in parts)
        if whole <= 0:
            return ()
        merged: dict[tuple[str, int], list[Contribution]] = {}
        for part in parts:
            merged.setdefault(self._merging(part), []).append(part)
        found = ((sum(part.value for part in group) / whole, group) for group in merged.values())
        largest = sorted(((share, group) for share, group in found if share >= _LEAST_SHARE), key=lambda pair: -pair[0])
        said = [self._reason(group, row, min(1.0, share)) for share, group in largest[:most]]
        said += [self._reason([part], row, 0.0) for part in lowered]
        if drawn is not None and drawn.explored:
            said.append(Reason("exploration", wording.EXPLORED, 0.0, (), "exploration"))
        return tuple(said)

    def _merging(self, part: Contribution) -> tuple[str, int]:
        """What is one reason: all of a step, all of a group, or a source's cause."""
        if part.source == GROUP:
            return GROUP, 0
        by_step = part.cause >= 0 and part.source not in _NAMED
        return ("", self._row(part)) if by_step else (part.source, part.cause)

    def _row(self, part: Contribution) -> int:
        """The row of the step that caused it."""
        return int(self.situation.trail.rows[part.cause])

    def _reason(self, parts: Sequence[Contribution], row: int, share: float) -> Reason:
        part = parts[0]
        if part.source in _UNCAUSED:
            kind, text = _UNCAUSED[part.source]
            return Reason(kind, text, share, (self.shelf.ids[row],) if kind == "repeat" else (), part.source)
        if part.source in self.situation.rules:
            return self.situation.rules[part.source].stated(share)
        if part.source == "segment":
            return Reason("segment", wording.segment(self.situation.labels[part.cause]), share, (), part.source)
        if part.source == GROUP:
            return Reason("group", self._suiting(parts), share, (), part.source)
        if part.source == "likes":
            return Reason("stated", wording.stated(self.situation.likes[part.cause].words), share, (), part.source)
        if part.cause == NO_CAUSE:
            return Reason("history", wording.RECENT, share, (), part.source)
        kind, text = self._caused(part, row)
        return Reason(kind, text, share, (self.shelf.ids[self._row(part)],), part.source)

    def _suiting(self, parts: Sequence[Contribution]) -> Text:
        """How many it suits, without a word of anyone's history: the others will read it."""
        members = self.situation.members
        return wording.group(suited(part.value for part in parts if len(members[part.cause].trail)), len(members))

    def _caused(self, part: Contribution, row: int) -> tuple[ReasonKind, Text]:
        cause = self._row(part)
        if part.source == "together":
            return "together", wording.together(self._title(cause), self.models.together.shoppers(cause, row))
        key = (part.source, part.cause)
        if key not in self._said:
            self._said[key] = self._sentence(part, self._title(cause))
        return self._said[key]

    def _sentence(self, part: Contribution, title: Text) -> tuple[ReasonKind, Text]:
        if self.situation.kind in {"for-you", "next-basket"}:
            return "history", wording.because(self.situation.types[part.cause], title)
        if part.source == "sequential":
            return "history", wording.next_after(title)
        return ("similar" if part.source == "hybrid" else "content"), wording.similar(title)

    def _title(self, row: int) -> Text:
        product, id = self.shelf.products[row], self.shelf.ids[row]
        return product.title if product is not None and product.title else wording.untitled(id)
