"""What shoppers search for, what finds nothing, where they click, and which words may mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.domain.ids import DAY_MS, Instant
from daogou.domain.text import Text
from daogou.ports.stores import Asked, Place
from daogou.search.proposals import Proposal, propose

if TYPE_CHECKING:
    from daogou.domain.text import Language
    from daogou.shop.shop import Shop

AT_LEAST = 10
"""Different shoppers or sessions behind every figure: fewer could be recognised by their words."""
_QUERIES = 200
_PROPOSALS = 30


@dataclass(frozen=True, slots=True)
class QueryLine:
    """A query with what it finds now."""

    asked: Asked
    found: int
    """Products that a search for it finds today."""
    relaxed: tuple[str, ...]
    """What such a search gives up to find them."""


@dataclass(frozen=True, slots=True)
class SearchReport:
    """Searches of the last days."""

    since: Instant
    queries: tuple[QueryLine, ...]
    """Most frequent first."""
    places: tuple[Place, ...]
    proposals: tuple[Proposal, ...]
    looked: tuple[float, ...] = ()
    """How likely each place is looked at, beside the first, as the release has learnt it; empty where it has not."""
    weights: Text = Text()
    """What clicks have taught that the parts of the score are worth; empty where those that ship hold."""

    @property
    def nothing(self) -> tuple[QueryLine, ...]:
        """Those that find nothing, or only by giving up words, as of now."""
        return tuple(line for line in self.queries if not line.found or line.relaxed)


def report(shop: Shop, *, days: int = 30, language: Language | None = None) -> SearchReport:
    """Count the last days. What queries find is found out by searching, so a synonym that helps is seen at once.

    `language`: that in which is said what a search gives up; None: the query's own.
    """
    since = Instant(shop.clock() - days * DAY_MS)
    queries = shop.stores.queries
    proposals = propose(
        queries.clicked(since=since, shoppers=AT_LEAST),
        queries.reworded(since=since, shoppers=AT_LEAST),
        known=shop.synonyms,
        least=AT_LEAST,
    )
    return SearchReport(
        since,
        queries=tuple(
            _line(shop, asked, language) for asked in queries.asked(_QUERIES, since=since, shoppers=AT_LEAST)
        ),
        places=tuple(queries.places(since=since, shoppers=AT_LEAST)),
        proposals=tuple(proposals[:_PROPOSALS]),
        looked=shop.looked,
        weights=shop.weights_said,
    )


def _line(shop: Shop, asked: Asked, language: Language | None) -> QueryLine:
    hits = shop.search(asked.query, k=1, language=language)
    return QueryLine(asked, hits.total or 0, tuple(hits.relaxed))
