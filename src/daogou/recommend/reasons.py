"""From the entries that made up a score to the reasons a shopper reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.hit import Reason, ReasonKind
from daogou.domain.ids import ProductId
from daogou.domain.text import Text
from daogou.language.label_names import LabelNames
from daogou.recommend import wording
from daogou.recommend.freshness import FRESHNESS
from daogou.recommend.fusions import COMPANIONS
from daogou.recommend.group import LIKES, suited
from daogou.recommend.group import SOURCE as GROUP
from daogou.recommend.ranking import RANKING
from daogou.recommend.showings import EXPOSURE
from daogou.retrieval.completing import FOLLOWED
from daogou.retrieval.evidence import NO_CAUSE
from daogou.retrieval.habits import HABITS
from daogou.retrieval.repeat import REPEAT
from daogou.retrieval.sated import SATED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.rule import Rule
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
    FRESHNESS: ("new", wording.NEW),
    "given": ("given", wording.GIVEN),
    RANKING: ("history", wording.SUITED),
    HABITS: ("repeat", wording.LIKELY),
    EXPOSURE: ("rule", wording.EXPOSURE),
    SATED: ("history", wording.SATED),
}
"""Sources that rest on no step of the trail."""
_AGAINST: Mapping[str, Text] = {RANKING: wording.LESS_SUITED, HABITS: wording.UNLIKELY}
"""What rankers say of a product whose score they lower."""
_NAMED = {"segment", LIKES}
"""Sources whose cause is not a step of the trail."""
_LEAST_SHARE = 0.005
VARIETY = "variety"
"""What the wish for different products is called as a source."""
_Caused = tuple[ReasonKind, Text, tuple[ProductId, ...]]
"""What is said because of a step, and the step's product."""


@dataclass(frozen=True)
class Reasoner:
    """Turns what made up the scores of an answer into reasons."""

    situation: Situation
    shelf: Shelf
    models: Models
    names: Sequence[str]
    """The sources, as `Fused` names them."""
    label_names: LabelNames = LabelNames()
    _said: dict[tuple[str, int], _Caused] = field(default_factory=dict)
    """Sentences by source and step; the same step speaks for many products."""
    _segments: dict[int, Text] = field(default_factory=dict)
    """Sentences by label."""

    def reasons(
        self,
        made: NDArray[np.float64],
        rows: Sequence[int],
        *,
        most: int = _SHOWN,
        drawn: Mapping[int, Placed] = MappingProxyType({}),
        varied: Collection[int] = (),
    ) -> list[tuple[Reason, ...]]:
        """The reasons of each row, the largest first; `made` is `Fused.parts(rows)`.

        What several sources say because of one product is one reason, named by the largest. A rule or a ranker that
        lowers the score, a place won by lot (`drawn`) and one for variety's sake (`varied`) are said last, with a share
        of 0.
        """
        against: dict[int, list[int]] = {}
        below = np.asarray((made < 0).any(2))
        for place, source in zip(*(column.tolist() for column in below.nonzero()), strict=True):
            against.setdefault(place, []).append(source)
        found = []
        for place, largest in enumerate(self._largest(made, most)):
            row, parts = rows[place], made[place]
            said = [self._reason(cell, row, share, parts) for cell, share in largest if share >= _LEAST_SHARE]
            said += [self._reason((source, NO_CAUSE), row, 0.0, parts) for source in against.get(place, ())]
            if row in varied:
                said.append(Reason("rule", wording.VARIED, 0.0, (), VARIETY))
            found.append((*said, *self._by_lot(drawn.get(row))))
        return found

    def _largest(self, made: NDArray[np.float64], most: int) -> Iterator[Iterable[tuple[tuple[int, int], float]]]:
        """For each row its largest reasons: the largest part of each, as source and cause, with the reason's share."""
        n_rows, n_sources, width = made.shape
        if not made.size:
            yield from ((),) * n_rows
            return
        reason_of, n = self._counted(width)
        parts = np.maximum(made, 0.0).reshape(n_rows, n_sources * width)
        line = np.arange(n_rows)[:, None]
        sums = np.bincount((line * n + reason_of).ravel(), parts.ravel(), n_rows * n).reshape(n_rows, n)
        order = (-sums).argsort(1, kind="stable")[:, :most]
        shares = sums[line, order] / np.maximum(sums.sum(1, keepdims=True), 1e-300)
        named = np.where(reason_of == order[..., None], parts[:, None], -1.0).argmax(2)  # (rows, most)
        sources, causes = np.divmod(named, width)
        causes[causes == width - 1] = NO_CAUSE
        for columns in zip(sources.tolist(), causes.tolist(), np.minimum(shares, 1.0).tolist(), strict=True):
            yield (((source, cause), share) for source, cause, share in zip(*columns, strict=True))

    def _counted(self, width: int) -> tuple[NDArray[np.int64], int]:
        """Which reason each part, source after source, each `width` causes, counts for, and how many reasons there are.

        Steps on one product are one reason, whoever speaks; so is what a source says without a cause.
        """
        first: dict[int, int] = {}
        steps = [first.setdefault(row, place) for place, row in enumerate(self._steps[: width - 1])]
        alone = len(steps) + len(self.names)
        of = np.arange(len(steps), alone)[:, None].repeat(width, 1)  # (sources, causes)
        for source, name in enumerate(self.names):
            if name in _NAMED:
                of[source, :-1] = np.arange(alone, alone + width - 1)
                alone += width - 1
            elif name != GROUP:
                of[source, : len(steps)] = steps
        return of.ravel(), alone

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

    def _reason(self, cell: tuple[int, int], row: int, share: float, parts: NDArray[np.float64]) -> Reason:
        """`cell`: source and cause. `parts`: all that the row is made of."""
        place, cause = cell
        source = self.names[place]
        if cause != NO_CAUSE and source not in _NAMED and source != GROUP:
            kind, text, because = self._caused(source, cause, row)
            return Reason(kind, text, share, because, source)
        if source in _UNCAUSED:
            kind, text = _UNCAUSED[source]
            if share == 0:  # only what lowers the score is said without one
                text = _AGAINST.get(source, text)
            return Reason(kind, text, share, (), source)
        if source == REPEAT:
            text = wording.bought(self.situation.bought.days(row))
            return Reason("repeat", text, share, (self.shelf.ids[row],), source)
        if source in self._rules:
            return self._rules[source].stated(share)
        if source == "segment":
            return Reason("segment", self._segment(cause), share, (), source)
        if source == GROUP:
            return Reason("group", self._suiting(parts[place]), share, (), source)
        if source == LIKES:
            say = wording.named if self.situation.members else wording.stated
            return Reason("stated", say(self.situation.likes[cause].words), share, (), source)
        return Reason("history", wording.RECENT, share, (), source)

    def _segment(self, label: int) -> Text:
        found = self._segments.get(label)
        if found is None:
            name, _, value = self.situation.labels[label].partition("=")
            found = wording.segment(self.label_names.name(name), self.label_names.value(name, value))
            self._segments[label] = found
        return found

    def _suiting(self, parts: NDArray[np.float64]) -> Text:
        """How many it suits, without a word of anyone's history: the others will read it."""
        members = self.situation.members
        known = (part for part, member in zip(parts.tolist(), members, strict=False) if len(member.trail))
        return wording.group(suited(known), len(members))

    def _caused(self, source: str, step: int, row: int) -> _Caused:
        if source == "together":
            cause = self._steps[step]
            text = wording.together(self.shelf.title(cause), self.models.together.shoppers(cause, row))
            return "together", text, (self.shelf.ids[cause],)
        if self._steps[step] == row:
            return "history", wording.again(self.situation.did(step)), (self.shelf.ids[row],)
        found = self._said.get((source, step))
        if found is None:
            cause = self._steps[step]
            kind, text = self._sentence(source, step, cause)
            found = self._said[source, step] = kind, text, (self.shelf.ids[cause],)
        return found

    def _sentence(self, source: str, step: int, cause: int) -> tuple[ReasonKind, Text]:
        title = self.shelf.title(cause)
        if self.situation.kind in {"for-you", "next-basket"}:
            return "history", wording.because(self.situation.did(step), title)
        if source == COMPANIONS:
            product = self.shelf.products[cause]
            return "history", wording.goes_with(product.category[-1] if product and product.category else title)
        if source in {"sequential", FOLLOWED}:
            return "history", wording.next_after(title)
        return ("similar" if source == "hybrid" else "content"), wording.similar(title)
