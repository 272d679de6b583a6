"""Many strings in one block of bytes that is mapped, so that only what is looked at is in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Strings:
    """Strings by number."""

    text: NDArray[np.uint8]
    """All of them in UTF-8, one after the other."""
    starts: NDArray[np.int64]
    """(strings + 1): where each begins."""

    @classmethod
    def of(cls, strings: Iterable[str]) -> Strings:
        """Number them in the order given."""
        encoded = [string.encode("utf-8", "surrogatepass") for string in strings]
        starts = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), np.uint8), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self):
            raise IndexError(number)
        here = self.text[self.starts[number] : self.starts[number + 1]]
        return here.tobytes().decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def save(self, folder: Path, name: str) -> None:
        """Write two arrays whose files begin with the name."""
        np.save(folder / f"{name}_text.npy", self.text, allow_pickle=False)
        np.save(folder / f"{name}_starts.npy", self.starts, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, name: str) -> Strings:
        """Map what `save` wrote."""
        return cls(mapped(folder / f"{name}_text.npy"), mapped(folder / f"{name}_starts.npy"))


def mapped(path: Path) -> NDArray[Any]:
    """The array in a .npy file, whose pages are read when first needed; one without entries cannot be mapped."""
    try:
        return np.asarray(np.load(path, allow_pickle=False, mmap_mode="r"))
    except ValueError:
        return np.asarray(np.load(path, allow_pickle=False))
