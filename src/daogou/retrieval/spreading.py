"""What is a table of neighbours and nothing else once it is fitted: the newest steps of a trail spread over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, Self, TypeVar

from daogou.retrieval.files import read_config, write_config
from daogou.retrieval.neighbours import Neighbours

if TYPE_CHECKING:
    from pathlib import Path

    from daogou.retrieval.evidence import Evidence, Trail


class SpreadConfig(Protocol):
    """How such a table is asked."""

    @property
    def recency(self) -> float:
        """What each older step of a history leaves of its weight."""

    @property
    def steps(self) -> int:
        """How many of the newest steps speak."""


C = TypeVar("C", bound=SpreadConfig)


class Spreading(Generic[C]):
    """A retriever that is such a table."""

    name: ClassVar[str]
    config_type: ClassVar[type[Any]]
    """What `load` reads the config as."""

    def __init__(self, table: Neighbours, config: C) -> None:
        self.table = table
        self.config = config

    def evidence(self, trail: Trail) -> Evidence:
        """The neighbours of the newest steps; each entry rests on one step."""
        return self.table.spread(trail.newest(self.config.steps), recency=self.config.recency)

    def save(self, folder: Path) -> None:
        """Write the neighbours and the config."""
        self.table.save(folder)
        write_config(folder, self.config)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Map what `save` wrote."""
        return cls(Neighbours.load(folder), read_config(folder, cls.config_type))
