"""A merchandiser's rule: what the people of a shop want shown first, later, at a place of its own, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from daogou.domain.hit import Reason
from daogou.domain.ids import ProductId
from daogou.domain.kinds import Kind
from daogou.domain.text import Text

Action = Literal["boost", "bury", "pin", "hide", "only"]
RuledList = Literal["search", Kind]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. It is about the products that meet everything it names: id, category, brand, attributes, reduction."""

    name: str
    """What the people of the shop call it; no two rules share one."""
    action: Action
    """boost and bury multiply the score, pin gives a place, hide leaves out, only leaves out everything else."""
    products: tuple[ProductId, ...] = ()
    """For pin: in the order in which they are shown."""
    category: str | None = None
    """Any step of the category path, in either language."""
    brand: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    on_sale: bool = False
    """True: only products sold for less than their list price."""
    by: float | None = None
    """What the score is multiplied with; 1.5 for boost and 0.5 for bury where it is left out."""
    place: int = 1
    """Where the first pinned product stands, from 1."""
    lists: tuple[RuledList, ...] = ()
    """The lists in which it holds: "search" and kinds of recommendation. Empty: all of them."""
    query: str | None = None
    """Only in a search for exactly these words, however they are capitalised."""
    since: date | None = None
    """The first day on which it holds (UTC)."""
    until: date | None = None
    """The last one."""
    because: Text | None = None
    """What shoppers read as the reason; a general sentence where it is left out."""

    @property
    def factor(self) -> float:
        """What the score is multiplied with: 1 for rules that do not weigh."""
        if self.by is not None:
            return self.by
        return {"boost": 1.5, "bury": 0.5}.get(self.action, 1.0)

    @property
    def source(self) -> str:
        """What it is called among the parts of a score."""
        return f"rule {self.name}"

    @property
    def reason(self) -> Text:
        """What shoppers read."""
        return self.because or _REASONS[self.action]

    def stated(self, share: float) -> Reason:
        """The reason of a hit with this part of its score."""
        return Reason("rule", self.reason, share, (), self.source)

    def holds(self, on: date, *, shown_in: RuledList, query: str = "") -> bool:
        """Whether it applies to an answer."""
        return (
            (self.since is None or self.since <= on)
            and (self.until is None or on <= self.until)
            and (not self.lists or shown_in in self.lists)
            and (self.query is None or (shown_in == "search" and plain(self.query) == plain(query)))
        )


def plain(query: str) -> str:
    """A query as rules compare it: case folded, single spaces."""
    return " ".join(query.casefold().split())


_CHOSEN = Text(zh="店家推荐", en="Recommended by the shop")
_REASONS: Mapping[Action, Text] = {
    "boost": _CHOSEN,
    "pin": _CHOSEN,
    "bury": Text(zh="店家设置为靠后展示", en="Shown later by a rule of the shop"),
    "hide": Text(zh="店家设置为不展示", en="Left out by a rule of the shop"),
    "only": Text(zh="店家只展示选定商品", en="Not among those the shop shows here"),
}
