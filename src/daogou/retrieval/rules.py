"""Merchandising rules over a shelf: which rows an answer may show, how they are weighed, and which have a place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.ids import Instant
    from daogou.domain.rule import Rule, RuledList
    from daogou.retrieval.shelf import Shelf


class Weighed(NamedTuple):
    """A boost or a bury with the rows it is about."""

    rule: Rule
    rows: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules say of one answer."""

    weighed: tuple[Weighed, ...] = ()
    limits: tuple[Weighed, ...] = ()
    """Hide and only, each with the rows it takes away."""
    pinned: tuple[tuple[int, Rule], ...] = ()
    """Row and rule, in the order of the rules' places."""

    def taken(self, n: int) -> NDArray[np.bool_]:
        """The rows that no answer may show."""
        taken = np.zeros(n, bool)
        for _, rows in self.limits:
            taken |= rows
        return taken

    def unpinned(self) -> Ruling:
        """The same without places."""
        return Ruling(self.weighed, self.limits)

    def pinning(self, allowed: NDArray[np.bool_]) -> Ruling:
        """The same with places only for rows that may be shown."""
        return Ruling(self.weighed, self.limits, tuple(pin for pin in self.pinned if allowed[pin[0]]))

    def takes(self, row: int) -> Rule | None:
        """The rule that takes this row away, if one does."""
        return next((rule for rule, rows in self.limits if rows[row]), None)

    def pin(self, order: Sequence[int], k: int) -> list[tuple[int, Rule | None]]:
        """The order with pinned rows at their places: k rows, each with the rule that put it there.

        The rows of one rule stand one after the other, those of a rule whose place they take behind them; where the
        order is short, at the end.
        """
        by_rule = {row for row, _ in self.pinned}
        arranged: list[tuple[int, Rule | None]] = [(row, None) for row in order if row not in by_rule]
        end = 0
        for rule, pins in groupby(self.pinned, key=lambda pin: pin[1]):
            rows = [(row, rule) for row, _ in pins]
            start = min(max(rule.place - 1, end), len(arranged))
            arranged[start:start] = rows
            end = start + len(rows)
        return arranged[:k]

    def leaving_nothing(self, available: NDArray[np.bool_]) -> str | None:
        """The rules to name where they leave out all that is available; None where something is left."""
        if not self.limits or not available.any() or (available & ~self.taken(len(available))).any():
            return None
        return f"nothing is left of the shop by the rules {', '.join(repr(rule.name) for rule, _ in self.limits)}"


NO_RULING = Ruling()


class Rulebook:
    """The rules of a shop, in the order of their file."""

    def __init__(self, rules: Iterable[Rule], shelf: Shelf) -> None:
        self.rules = tuple(rules)
        self._shelf = shelf

    def ruling(self, at: Instant, *, shown_in: RuledList, query: str = "") -> Ruling:
        """What holds in an answer at a moment."""
        if not self.rules:
            return NO_RULING
        today = day_of(at)
        holding = [rule for rule in self.rules if rule.holds(today, shown_in=shown_in, query=query)]
        pinned: dict[int, Rule] = {}
        for rule in sorted(holding, key=lambda rule: rule.place):
            if rule.action == "pin":
                meant = self.about(rule)
                for row in self._shelf.rows(rule.products).tolist():
                    if meant[row]:
                        pinned.setdefault(row, rule)
        return Ruling(
            weighed=tuple(Weighed(rule, self.about(rule)) for rule in holding if rule.action in {"boost", "bury"}),
            limits=tuple(
                Weighed(rule, self.about(rule) if rule.action == "hide" else ~self.about(rule))
                for rule in holding
                if rule.action in {"hide", "only"}
            ),
            pinned=tuple(pinned.items()),
        )

    def about(self, rule: Rule) -> NDArray[np.bool_]:
        """The rows a rule is about, sold out or not."""
        shelf = self._shelf
        rows = np.ones(len(shelf), bool)
        if rule.products:
            rows[:] = False
            rows[shelf.rows(rule.products)] = True
        named = {"category": rule.category, "brand": rule.brand, **rule.attributes}
        for facet, value in named.items():
            if value is not None:
                rows &= shelf.named(facet.casefold(), value)
        if rule.on_sale:
            rows &= shelf.list_price > shelf.price
        return rows


def day_of(at: Instant) -> date:
    """The day of a moment (UTC)."""
    return datetime.fromtimestamp(at / 1000, UTC).date()
