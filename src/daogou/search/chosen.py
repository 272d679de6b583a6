"""What shoppers choose after a search: products that please more than others there rise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daogou.domain.ids import ProductId
from daogou.language.normalise import plain

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_FILE = "chosen.json"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was learnt from clicks."""

    looked: tuple[float, ...] = ()
    """How likely each place of a list is looked at, beside the first."""
    weight: float = 0.0
    """Of the part of the score; 0 where it did not find more of the clicks that were held back."""
    lifts: Mapping[str, Mapping[ProductId, float]] = field(default_factory=dict)
    """By query, as `asked` writes it: how much more these products please than the others there, from 0 to 1."""

    def after(self, query: str, row: Mapping[ProductId, int]) -> NDArray[np.float32] | None:
        """By row of the shelf; None where nothing was learnt of the query."""
        found = self.lifts.get(asked(query)) if self.weight else None
        if found is None:
            return None
        values = np.zeros(len(row), np.float32)
        for id, lift in found.items():
            if id in row:
                values[row[id]] = lift
        return values

    def save(self, folder: Path) -> None:
        """Write it as an artifact of a release."""
        (folder / _FILE).write_bytes(msgspec.json.encode(self))

    @classmethod
    def load(cls, folder: Path) -> Chosen:
        """Read what `save` wrote; nothing where nothing was."""
        path = folder / _FILE
        return msgspec.json.decode(path.read_bytes(), type=cls) if path.exists() else cls()


def asked(query: str) -> str:
    """The form under which queries are one: letters folded, spaces counted once."""
    return " ".join(plain(query).split())
