"""What there is to complete to, in a few blocks: as strings and tuples titles weigh four times as much."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SuggestionKind = Literal["category", "brand", "query", "product"]
_KINDS: tuple[SuggestionKind, ...] = ("category", "brand", "query", "product")
Name = tuple[str, SuggestionKind, int]
"""Something to complete to, what it names, and how often it was met."""


@dataclass(frozen=True, slots=True)
class Block:
    """Strings by number, as a release keeps them."""

    text: bytes
    """All of them in UTF-8, one after the other."""
    starts: bytes
    """(strings + 1,) int64: where each begins."""

    @classmethod
    def of(cls, strings: Iterable[str]) -> Block:
        """Number them in the order given."""
        encoded = [string.encode("utf-8", "surrogatepass") for string in strings]
        return cls(b"".join(encoded), array("q", accumulate(map(len, encoded), initial=0)).tobytes())


@dataclass(frozen=True, slots=True)
class Phrases:
    """What there is to complete to, ready to be looked up."""

    names: Block
    """Each once, however it is written."""
    folded: Block
    """How each is looked up."""
    kinds: bytes
    """(names,) uint8: places in `_KINDS`."""
    times: bytes
    """(names,) int64: how often each was met."""
    numbers: bytes
    """(entries,) int32: which name, in ascending order of what it is found by: the folded name from a place on."""
    places: bytes
    """(entries,) uint8: from which place on."""

    @classmethod
    def of(cls, found: Sequence[tuple[str, Name]], numbers: NDArray[np.int32], places: NDArray[np.uint8]) -> Phrases:
        """From names with how they are folded, and numbers of names with places in ascending order."""
        return cls(
            names=Block.of(text for _, (text, _, _) in found),
            folded=Block.of(folded for folded, _ in found),
            kinds=bytes(_KINDS.index(kind) for _, (_, kind, _) in found),
            times=array("q", (n for _, (_, _, n) in found)).tobytes(),
            numbers=numbers.tobytes(),
            places=places.tobytes(),
        )


class Names:
    """Names by number; more can be added and each can be met again."""

    def __init__(self, phrases: Phrases) -> None:
        self._texts, self._folded = _Strings(phrases.names), _Strings(phrases.folded)
        self._kinds = bytearray(phrases.kinds)
        self._times = array("q", phrases.times)

    def __len__(self) -> int:
        return len(self._kinds)

    def __iter__(self) -> Iterator[Name]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> Name:
        return self._texts.of(number), _KINDS[self._kinds[number]], self._times[number]

    def folded(self, number: int) -> str:
        """How the name is looked up."""
        return self._folded.of(number)

    def kind(self, number: int) -> SuggestionKind:
        """What the name is one of."""
        return _KINDS[self._kinds[number]]

    def count(self, number: int, n: int) -> None:
        """The name was met n more times."""
        self._times[number] += n

    def add(self, name: Name, folded: str) -> int:
        """Add a name that is not among them; returns its number."""
        text, kind, n = name
        self._texts.add(text)
        self._folded.add(folded)
        self._kinds.append(_KINDS.index(kind))
        self._times.append(n)
        return len(self) - 1


class _Strings:
    """A block that grows."""

    def __init__(self, block: Block) -> None:
        self._text = block.text
        self._starts = array("q", block.starts)
        self._later: list[str] = []

    def of(self, number: int) -> str:
        here = len(self._starts) - 1
        if number >= here:
            return self._later[number - here]
        return self._text[self._starts[number] : self._starts[number + 1]].decode("utf-8", "surrogatepass")

    def add(self, text: str) -> None:
        self._later.append(text)
