"""From the entries that made up a score to the reasons a shopper reads."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from daogou.domain.hit import Reason, ReasonKind
from daogou.domain.text import Text
from daogou.recommend import wording
from daogou.recommend.freshness import FRESHNESS
from daogou.recommend.group import SOURCE as GROUP
from daogou.recommend.group import suited
from daogou.recommend.showings import EXPOSURE
from daogou.retrieval.evidence import NO_CAUSE
from daogou.retrieval.repeat import DAY_MS

if TYPE_CHECKING:
    from daogou.domain.rule import Rule
    from daogou.recommend.exploring import Placed
    from daogou.recommend.models import Models
    from daogou.recommend.situation import Situation
    from daogou.retrieval.fusion import Cell
    from daogou.retrieval.shelf import Shelf

_SHOWN = 3
_UNCAUSED: Mapping[str, tuple[ReasonKind, Text]] = {
    "popularity": ("popular", wording.POPULAR),
    "popular": ("popular", wording.POPULAR),
    "trending": ("trending", wording.TRENDING),
    "new": ("new", wording.NEW),
    "fresh": ("new", wording.NEW),
    FRESHNESS: ("new", wording.NEW),
    "given": ("given", wording.GIVEN),
    EXPOSURE: ("rule", wording.EXPOSURE),
}
"""Sources that rest on no step of the trail."""
_NAMED = {"segment", "likes"}
"""Sources whose cause is not a step of the trail."""
_LEAST_SHARE = 0.005


class _Counted(dict["Cell", Hashable]):
    """For each cell the reason that it is a part of, found when it is first asked for."""

    def __init__(self, names: Sequence[str], steps: Sequence[int]) -> None:
        super().__init__()
        self._names = names
        self._steps = steps

    def __missing__(self, cell: Cell) -> Hashable:
        source, cause = cell
        name = self._names[source]
        if name == GROUP or (cause == NO_CAUSE and name not in _NAMED):
            found: Hashable = source
        else:
            found = cell if name in _NAMED else (self._steps[cause],)
        self[cell] = found
        return found


@dataclass(frozen=True)
class Reasoner:
    """Turns what made up the scores of an answer into reasons."""

    situation: Situation
    shelf: Shelf
    models: Models
    names: Sequence[str]
    """The sources, as `Fused` names them."""
    _said: dict[tuple[str, int], tuple[ReasonKind, Text]] = field(default_factory=dict)
    """Sentences by source and step; the same step speaks for many products."""

    def reasons(
        self,
        made: Sequence[Mapping[Cell, float]],
        rows: Sequence[int],
        *,
        most: int = _SHOWN,
        drawn: Mapping[int, Placed] = MappingProxyType({}),
    ) -> list[tuple[Reason, ...]]:
        """The reasons of each row, the largest first; `made` is `Fused.parts(rows)`.

        What several sources say because of one product is one reason, named by the largest. A rule that lowers the
        score and a place won by lot are said last, with a share of 0.
        """
        return [
            (*self._largest(cells, row, most), *self._against(cells, row), *self._by_lot(drawn.get(row)))
            for row, cells in zip(rows, made, strict=True)
        ]

    def _largest(self, cells: Mapping[Cell, float], row: int, most: int) -> list[Reason]:
        sums: dict[Hashable, float] = {}
        named: dict[Hashable, tuple[float, Cell]] = {}
        for cell, value in cells.items():
            if value <= 0:
                continue
            key = self._counted[cell]
            if key in sums:
                sums[key] += value
                if value > named[key][0]:
                    named[key] = value, cell
            else:
                sums[key], named[key] = value, (value, cell)
        whole = sum(sums.values())
        order = sorted(sums, key=sums.__getitem__, reverse=True)[:most]
        shares = ((named[key][1], sums[key] / whole) for key in order)
        return [self._reason(cell, row, min(1.0, share), cells) for cell, share in shares if share >= _LEAST_SHARE]

    @cached_property
    def _counted(self) -> Mapping[Cell, Hashable]:
        """Which reason each cell is a part of: steps on one product are one reason."""
        return _Counted(self.names, self._steps)

    def _against(self, cells: Mapping[Cell, float], row: int) -> list[Reason]:
        """The rules that lower the score."""
        if min(cells.values(), default=0.0) >= 0:
            return []
        sources = sorted({source for (source, _), value in cells.items() if value < 0})
        return [self._reason((source, NO_CAUSE), row, 0.0, cells) for source in sources]

    def _by_lot(self, placed: Placed | None) -> list[Reason]:
        lot = placed is not None and placed.explored
        return [Reason("exploration", wording.EXPLORED, 0.0, (), "exploration")] if lot else []

    @cached_property
    def _rules(self) -> Mapping[str, Rule]:
        return self.situation.rules

    @cached_property
    def _steps(self) -> list[int]:
        """The row of each step."""
        rows: list[int] = self.situation.trail.rows.tolist()
        return rows

    def _reason(self, cell: Cell, row: int, share: float, cells: Mapping[Cell, float]) -> Reason:
        """`cells`: all that the row is made of."""
        place, cause = cell
        source = self.names[place]
        if source in _UNCAUSED:
            kind, text = _UNCAUSED[source]
            return Reason(kind, text, share, (), source)
        if source == "repeat":
            return Reason("repeat", wording.bought(self._days(row)), share, (self.shelf.ids[row],), source)
        if source in self._rules:
            return self._rules[source].stated(share)
        if source == "segment":
            return Reason("segment", wording.segment(self.situation.labels[cause]), share, (), source)
        if source == GROUP:
            return Reason("group", self._suiting(place, cells), share, (), source)
        if source == "likes":
            return Reason("stated", wording.stated(self.situation.likes[cause].words), share, (), source)
        if cause == NO_CAUSE:
            return Reason("history", wording.RECENT, share, (), source)
        kind, text = self._caused(source, cause, row)
        return Reason(kind, text, share, (self.shelf.ids[self._steps[cause]],), source)

    def _days(self, row: int) -> int:
        """On how many days the shopper bought it."""
        bought_at = self.situation.bought_at[self.situation.bought == row]
        return len({at // DAY_MS for at in bought_at.tolist()})

    def _suiting(self, source: int, cells: Mapping[Cell, float]) -> Text:
        """How many it suits, without a word of anyone's history: the others will read it."""
        members = self.situation.members
        known = (cells.get((source, place), 0.0) for place, member in enumerate(members) if len(member.trail))
        return wording.group(suited(known), len(members))

    def _caused(self, source: str, step: int, row: int) -> tuple[ReasonKind, Text]:
        cause = self._steps[step]
        if source == "together":
            return "together", wording.together(self.shelf.title(cause), self.models.together.shoppers(cause, row))
        key = (source, step)
        if key not in self._said:
            self._said[key] = self._sentence(source, step, self.shelf.title(cause))
        return self._said[key]

    def _sentence(self, source: str, step: int, title: Text) -> tuple[ReasonKind, Text]:
        if self.situation.kind in {"for-you", "next-basket"}:
            return "history", wording.because(self.situation.types[step], title)
        if source == "sequential":
            return "history", wording.next_after(title)
        return ("similar" if source == "hybrid" else "content"), wording.similar(title)
