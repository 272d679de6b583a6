"""A shopper as the shop knows them; everything but the id may be unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from daogou.domain.ids import Instant, ShopperId
from daogou.domain.text import Language


@dataclass(frozen=True, slots=True)
class Shopper:
    """A known shopper."""

    id: ShopperId
    name: str = ""
    language: Language | None = None
    joined: Instant | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    """Facts the store supplies or the shopper stated: segment, size, household."""

    @property
    def facts(self) -> tuple[str, ...]:
        """The labels as "name=value" in order of names; one with several values, "tea, tents", is a fact for each."""
        found = (f"{name}={value}" for name, values in sorted(self.labels.items()) for value in values.split(", "))
        return tuple(dict.fromkeys(found))
