"""Two recommenders in one list, so that one shopper judges both: far fewer visits decide than in an A/B test.

Team-draft interleaving (Radlinski, Kurup and Joachims, CIKM 2008): as when children choose teams, the two take turns,
a coin decides who goes first in each round, and each picks its best product that is not yet taken. Clicks count for
the team that picked the product.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    import numpy as np

Item = TypeVar("Item", bound=Hashable)
Team = Literal["a", "b"]


@dataclass(frozen=True, slots=True)
class Preference:
    """The outcome of many interleaved lists."""

    a: int
    """Lists in which team a had more clicks."""
    b: int
    ties: int
    """Lists that say nothing: no clicks, or as many for both."""
    p: float
    """Two-sided sign test: how often a fair coin would favour one side as clearly."""


def team_draft(a: Sequence[Item], b: Sequence[Item], k: int, rng: np.random.Generator) -> list[tuple[Item, Team]]:
    """Draft at most k different items from two rankings; each with the team it counts for.

    A team whose list is used up lets the other pick on.
    """
    lists: dict[Team, list[Item]] = {"a": list(a), "b": list(b)}
    taken: set[Item] = set()
    drafted: list[tuple[Item, Team]] = []
    while len(drafted) < k:
        before = len(drafted)
        turns: tuple[Team, Team] = ("a", "b") if rng.random() < 0.5 else ("b", "a")
        for team in turns:
            pick = next((item for item in lists[team] if item not in taken), None)
            if pick is not None and len(drafted) < k:
                taken.add(pick)
                drafted.append((pick, team))
        if len(drafted) == before:
            break
    return drafted


def winner(drafted: Iterable[tuple[Item, Team]], clicked: Iterable[Item]) -> Team | None:
    """The team with more of the clicked items; None for a tie."""
    chosen = set(clicked)
    lead = sum(1 if team == "a" else -1 for item, team in drafted if item in chosen)
    return None if lead == 0 else "a" if lead > 0 else "b"


def sign_test(winners: Iterable[Team | None]) -> Preference:
    """Count who won how often, and how sure that is; ties are left out of the test."""
    from scipy.stats import binomtest

    found = list(winners)
    a, b = found.count("a"), found.count("b")
    p = float(binomtest(a, a + b).pvalue) if a + b else 1.0
    return Preference(a, b, len(found) - a - b, p)
