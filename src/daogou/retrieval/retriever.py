"""The seam that further retrieval components plug into: one line in `RETRIEVERS` opens what training made.

A component needs one more line in `daogou.training.retrievers`, which names the recipe that fits it, and a config with
an `enabled` field under its name in `TrainingConfig`. Fusion learns its weight like that of any other source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from daogou.retrieval.content import Bag
    from daogou.retrieval.evidence import Evidence, Trail


class Retriever(Protocol):
    """Finds products for a trail, and says which step speaks for each."""

    def evidence(self, trail: Trail) -> Evidence:
        """Entries that add up to each row's score; NO_CAUSE where no single step is behind it."""

    def save(self, folder: Path) -> None:
        """Write what its `load(folder)` class method reads."""


@runtime_checkable
class Placing(Protocol):
    """A retriever that can take in products that came after its fit."""

    def place(self, row: int, bag: Bag) -> None:
        """Make a product known by its words."""


@runtime_checkable
class Valuing(Protocol):
    """A retriever that can say of any product what speaks for it, also where others are better."""

    def valuing(self, trail: Trail, rows: NDArray[np.int32]) -> Evidence:
        """As `evidence`, with entries of these rows, too, for which anything speaks."""


RETRIEVERS: Mapping[str, str] = {
    "ease": "daogou.retrieval.ease:Ease",
    "als": "daogou.retrieval.als:Als",
    "session_knn": "daogou.retrieval.session_knn:SessionKnn",
    "item_knn": "daogou.retrieval.item_knn:ItemKnn",
    "attributes": "daogou.retrieval.attributes:Attributes",
    "walks": "daogou.retrieval.walks:Walks",
    "texts": "daogou.retrieval.texts:Texts",
    "transformer": "daogou.retrieval.transformer:Transformer",
}
"""Name of the component and of its folder in a release, to the class that opens it. Imported when first opened."""


def open_retrievers(path: Callable[[str], Path]) -> dict[str, Retriever]:
    """Open the components that the release holds; one that was not trained is left out."""
    return {name: _load(address, path(name)) for name, address in RETRIEVERS.items() if path(name).is_dir()}


def _load(address: str, folder: Path) -> Retriever:
    module, _, name = address.partition(":")
    opened: Retriever = getattr(import_module(module), name).load(folder)
    return opened
