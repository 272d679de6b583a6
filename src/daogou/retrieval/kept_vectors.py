"""Vectors by the hash of their texts in a file that only grows, so that what was interrupted need not begin again."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class KeptVectors:
    """The file: a line that says whose vectors they are, then records of a hash and a vector."""

    def __init__(self, path: Path, encoder: str, dim: int) -> None:
        """Open or make the file; what another encoder left is thrown away, and so is half a record at the end."""
        self._path = path
        self._record = np.dtype([("hash", np.uint64), ("vector", np.float16, (dim,))])
        head = msgspec.json.encode({"encoder": encoder, "dim": dim}) + b"\n"
        if not path.exists() or not _begins_with(path, head):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(head)
        self._head = len(head)
        whole = (path.stat().st_size - self._head) // self._record.itemsize
        with path.open("r+b") as file:
            file.truncate(self._head + whole * self._record.itemsize)

    def read(self) -> dict[int, NDArray[np.float16]]:
        """What the file has."""
        records = np.fromfile(self._path, self._record, offset=self._head)
        return dict(zip(records["hash"].tolist(), records["vector"], strict=True))

    def add(self, hashes: NDArray[np.uint64], vectors: NDArray[np.float16]) -> None:
        """Write some more."""
        records = np.empty(len(hashes), self._record)
        records["hash"], records["vector"] = hashes, vectors
        with self._path.open("ab") as file:
            file.write(records.tobytes())

    def keep(self, hashes: Container[int]) -> None:
        """Throw away all but these."""
        kept = {hash: vector for hash, vector in self.read().items() if hash in hashes}
        with self._path.open("r+b") as file:
            file.truncate(self._head)
        self.add(np.fromiter(kept, np.uint64, len(kept)), np.array([*kept.values()], np.float16).reshape(len(kept), -1))


def _begins_with(path: Path, head: bytes) -> bool:
    """Reads no more than that: the file may hold a million vectors."""
    with path.open("rb") as file:
        return file.read(len(head)) == head
