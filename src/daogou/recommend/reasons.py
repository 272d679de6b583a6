"""From the entries that made up a score to the reasons a shopper reads."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import nlargest
from operator import itemgetter
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
_NAMED = {"segment", "likes", GROUP}
"""Sources whose cause is not a step of the trail."""
_LEAST_SHARE = 0.005
_sum = itemgetter(1)


@dataclass(frozen=True)
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
        steps = self._steps
        whole = 0.0
        lowered: list[Contribution] = []
        sums: dict[Hashable, float] = {}
        first: dict[Hashable, Contribution] = {}  # a request has hundreds of parts: this loop is most of its cost
        for part in parts:
            source, cause, value = part
            if value < 0:
                lowered.append(part)
                continue
            whole += value
            by_step = cause >= 0 and source not in _NAMED
            key: Hashable = steps[cause] if by_step else GROUP if source == GROUP else (source, cause)
            if key in sums:
                sums[key] += value
            else:
                sums[key], first[key] = value, part
        if whole <= 0:
            return ()
        largest = [pair for pair in nlargest(most, sums.items(), key=_sum) if pair[1] >= _LEAST_SHARE * whole]
        suited = self._suiting(parts) if GROUP in first else None
        said = [self._reason(first[key], row, min(1.0, value / whole), suited) for key, value in largest]
        said += [self._reason(part, row, 0.0) for part in lowered]
        if drawn is not None and drawn.explored:
            said.append(Reason("exploration", wording.EXPLORED, 0.0, (), "exploration"))
        return tuple(said)

    @cached_property
    def _steps(self) -> list[int]:
        """The row of each step."""
        rows: list[int] = self.situation.trail.rows.tolist()
        return rows

    def _row(self, part: Contribution) -> int:
        """The row of the step that caused it."""
        return self._steps[part.cause]

    def _reason(self, part: Contribution, row: int, share: float, suited: Text | None = None) -> Reason:
        if part.source in _UNCAUSED:
            kind, text = _UNCAUSED[part.source]
            return Reason(kind, text, share, (self.shelf.ids[row],) if kind == "repeat" else (), part.source)
        if part.source in self.situation.rules:
            return self.situation.rules[part.source].stated(share)
        if part.source == "segment":
            return Reason("segment", wording.segment(self.situation.labels[part.cause]), share, (), part.source)
        if suited is not None and part.source == GROUP:
            return Reason("group", suited, share, (), part.source)
        if part.source == "likes":
            return Reason("stated", wording.stated(self.situation.likes[part.cause].words), share, (), part.source)
        if part.cause == NO_CAUSE:
            return Reason("history", wording.RECENT, share, (), part.source)
        kind, text = self._caused(part, row)
        return Reason(kind, text, share, (self.shelf.ids[self._row(part)],), part.source)

    def _suiting(self, parts: Sequence[Contribution]) -> Text:
        """How many it suits, without a word of anyone's history: the others will read it."""
        members = self.situation.members
        known = (part.value for part in parts if part.source == GROUP and len(members[part.cause].trail))
        return wording.group(suited(known), len(members))

    def _caused(self, part: Contribution, row: int) -> tuple[ReasonKind, Text]:
        cause = self._row(part)
        if part.source == "together":
            return "together", wording.together(self.shelf.title(cause), self.models.together.shoppers(cause, row))
        key = (part.source, part.cause)
        if key not in self._said:
            self._said[key] = self._sentence(part, self.shelf.title(cause))
        return self._said[key]

    def _sentence(self, part: Contribution, title: Text) -> tuple[ReasonKind, Text]:
        if self.situation.kind in {"for-you", "next-basket"}:
            return "history", wording.because(self.situation.types[part.cause], title)
        if part.source == "sequential":
            return "history", wording.next_after(title)
        return ("similar" if part.source == "hybrid" else "content"), wording.similar(title)
