"""From the entries that made up a score to the reasons a shopper reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from daogou.domain.hit import Reason, ReasonKind
from daogou.domain.text import Text
from daogou.recommend import wording
from daogou.recommend.group import SOURCE as GROUP
from daogou.recommend.group import suited
from daogou.recommend.showings import EXPOSURE
from daogou.retrieval.evidence import NO_CAUSE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.recommend.exploring import Placed
    from daogou.recommend.models import Models
    from daogou.recommend.situation import Situation
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
    EXPOSURE: ("rule", wording.EXPOSURE),
}
"""Sources that rest on no step of the trail."""
_NAMED = {"segment", "likes", GROUP}
"""Sources whose cause is not a step of the trail."""
_LEAST_SHARE = 0.005


class Cause(NamedTuple):
    """Through what a reason adds to a score."""

    source: str
    cause: int
    """Index of the step in the trail (or of the label, the like, the person), or NO_CAUSE."""


@dataclass(frozen=True)
class Reasoner:
    """Turns what made up the scores of an answer into reasons."""

    situation: Situation
    shelf: Shelf
    models: Models
    names: Sequence[str]
    """The sources, in the order of the table."""
    _said: dict[tuple[str, int], tuple[ReasonKind, Text]] = field(default_factory=dict)
    """Sentences by source and step; the same step speaks for many products."""

    def reasons(
        self,
        table: NDArray[np.float64],
        rows: Sequence[int],
        *,
        most: int = _SHOWN,
        drawn: Mapping[int, Placed] = MappingProxyType({}),
    ) -> list[tuple[Reason, ...]]:
        """The reasons of each row, the largest first; `table` is `Fused.table(rows)`.

        What several sources say because of one product is one reason, named by the largest. A rule that lowers the
        score and a place won by lot are said last, with a share of 0.
        """
        found = [
            [self._reason(part, row, min(1.0, share), parts) for part, share in largest]
            for row, parts, largest in zip(rows, table, self._largest(table, most), strict=True)
        ]
        for place, source in np.argwhere((table < 0).any(2)).tolist():
            found[place].append(self._reason(Cause(self.names[source], NO_CAUSE), rows[place], 0.0))
        for place, row in enumerate(rows):
            if row in drawn and drawn[row].explored:
                found[place].append(Reason("exploration", wording.EXPLORED, 0.0, (), "exploration"))
        return [tuple(reasons) for reasons in found]

    def _largest(self, table: NDArray[np.float64], most: int) -> list[list[tuple[Cause, float]]]:
        """For each row its reasons as their largest part and their share of all that speaks for the row."""
        lines, sources, causes = table.shape
        of_cell = self._of_cell(sources, causes)
        n = int(of_cell.max(initial=0)) + 1
        cells = np.flatnonzero(table.ravel() > 0)[::-1]  # backwards: of equal parts the first is named
        line, cell = np.divmod(cells, sources * causes)
        values, reason = table.ravel().take(cells), line * n + of_cell.take(cell)
        sums = np.bincount(reason, values, lines * n).reshape(lines, n)
        named = np.zeros(lines * n, np.int64)
        rising = values.argsort(kind="stable")
        named[reason.take(rising)] = cell.take(rising)  # the largest is written last
        shares = sums / np.maximum(sums.sum(1, keepdims=True), 1e-30)
        order = (-shares).argsort(axis=1, kind="stable")[:, :most]
        chosen = zip(
            np.take_along_axis(named.reshape(lines, n), order, 1).tolist(),
            np.take_along_axis(shares, order, 1).tolist(),
            strict=True,
        )
        return [
            [(self._part(cell, causes), share) for cell, share in zip(*line, strict=True) if share >= _LEAST_SHARE]
            for line in chosen
        ]

    def _of_cell(self, sources: int, causes: int) -> NDArray[np.int64]:
        """(sources * causes,) which reason each cell of a row counts for: steps on one product are one reason."""
        met: dict[int, int] = {}
        step = [met.setdefault(row, len(met)) for row in self._steps[: causes - 1]]
        n = len(met)
        of_cell = np.zeros((sources, causes), np.int64)
        of_cell[:, 1 : 1 + len(step)] = step
        of_cell[:, 0] = np.arange(n, n + sources)
        n += sources
        for number, name in enumerate(self.names):
            if name == GROUP:
                of_cell[number] = n
                n += 1
            elif name in _NAMED:
                of_cell[number] = np.arange(n, n + causes)
                n += causes
        return of_cell.ravel()

    def _part(self, cell: int, causes: int) -> Cause:
        source, cause = divmod(cell, causes)
        return Cause(self.names[source], cause - 1)

    @cached_property
    def _steps(self) -> list[int]:
        """The row of each step."""
        rows: list[int] = self.situation.trail.rows.tolist()
        return rows

    def _row(self, part: Cause) -> int:
        """The row of the step that caused it."""
        return self._steps[part.cause]

    def _reason(self, part: Cause, row: int, share: float, parts: NDArray[np.float64] | None = None) -> Reason:
        """`parts`: the row's line of the table."""
        if part.source in _UNCAUSED:
            kind, text = _UNCAUSED[part.source]
            return Reason(kind, text, share, (self.shelf.ids[row],) if kind == "repeat" else (), part.source)
        if part.source in self.situation.rules:
            return self.situation.rules[part.source].stated(share)
        if part.source == "segment":
            return Reason("segment", wording.segment(self.situation.labels[part.cause]), share, (), part.source)
        if part.source == GROUP and parts is not None:
            return Reason("group", self._suiting(parts), share, (), part.source)
        if part.source == "likes":
            return Reason("stated", wording.stated(self.situation.likes[part.cause].words), share, (), part.source)
        if part.cause == NO_CAUSE:
            return Reason("history", wording.RECENT, share, (), part.source)
        kind, text = self._caused(part, row)
        return Reason(kind, text, share, (self.shelf.ids[self._row(part)],), part.source)

    def _suiting(self, parts: NDArray[np.float64]) -> Text:
        """How many it suits, without a word of anyone's history: the others will read it."""
        members = self.situation.members
        by_member = parts[self.names.index(GROUP), 1:].tolist()
        known = (value for value, member in zip(by_member, members, strict=False) if len(member.trail))
        return wording.group(suited(known), len(members))

    def _caused(self, part: Cause, row: int) -> tuple[ReasonKind, Text]:
        cause = self._row(part)
        if part.source == "together":
            return "together", wording.together(self.shelf.title(cause), self.models.together.shoppers(cause, row))
        key = (part.source, part.cause)
        if key not in self._said:
            self._said[key] = self._sentence(part, self.shelf.title(cause))
        return self._said[key]

    def _sentence(self, part: Cause, title: Text) -> tuple[ReasonKind, Text]:
        if self.situation.kind in {"for-you", "next-basket"}:
            return "history", wording.because(self.situation.types[part.cause], title)
        if part.source == "sequential":
            return "history", wording.next_after(title)
        return ("similar" if part.source == "hybrid" else "content"), wording.similar(title)
