"""Counts who asked about what, and tells only what enough different people asked.

What they asked is kept as topics, never in their words; who asked is kept as a number that nobody can turn back into a
name, in memory alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from daogou.domain.ids import Instant

About = tuple[Literal["product", "kind", "shop"], str]
"""A product by its id, a kind of goods by the `Text.key` of its category, or the shop."""
SHOP: About = ("shop", "")


@dataclass
class Tally:
    """Askers of each topic, by what it is asked about."""

    _asked: dict[About, dict[str, dict[int, Instant]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )

    def note(self, who: str, at: Instant, topics: Iterable[str], about: Iterable[About]) -> None:
        """Somebody asked."""
        asker = hash(who)
        for each in about:
            for topic in topics:
                kept = self._asked[each][topic]
                kept[asker] = max(at, kept.get(asker, at))

    def often(self, about: About, *, since: Instant, people: int) -> list[tuple[str, int]]:
        """The topics that at least so many different people asked about since a moment, most first."""
        topics = self._asked[about].items() if about in self._asked else ()
        counted = ((topic, sum(at >= since for at in askers.values())) for topic, askers in topics)
        return sorted((each for each in counted if each[1] >= people), key=lambda each: (-each[1], each[0]))

    def every(self, *, since: Instant, people: int) -> Iterator[tuple[About, str, int]]:
        """The same of everything that is asked about."""
        for about in list(self._asked):
            for topic, n in self.often(about, since=since, people=people):
                yield about, topic, n

    def forget(self, before: Instant) -> None:
        """Drop what was asked before a moment."""
        for about, topics in list(self._asked.items()):
            for topic, askers in list(topics.items()):
                topics[topic] = {asker: at for asker, at in askers.items() if at >= before}
                if not topics[topic]:
                    del topics[topic]
            if not topics:
                del self._asked[about]
