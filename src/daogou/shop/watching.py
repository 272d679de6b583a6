"""Files of a shop as they are now: a change on disk, by hand or by the console, holds in the next answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from daogou.domain.errors import BadSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_T = TypeVar("_T")


class Watched(Generic[_T]):
    """Reads a file again once it changed. One that cannot be read leaves what it said before, and says so."""

    def __init__(self, folder: Path, name: str, read: Callable[[Path], _T], *, empty: _T) -> None:
        """`read` takes the folder and raises BadSettings; `empty` holds before the first `refresh`."""
        self.now = empty
        """What the file says."""
        self.problem: str | None = None
        """What is wrong with the file as it is now."""
        self.name = name
        self._folder = folder
        self._read = read
        self._stamp: tuple[int, int] | None = None

    def refresh(self) -> bool:
        """Look at the file; returns whether it says something else now."""
        try:
            status = (self._folder / self.name).stat()
            stamp = (status.st_mtime_ns, status.st_size)
        except FileNotFoundError:
            stamp = None
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            before, self.now, self.problem = self.now, self._read(self._folder), None
        except BadSettings as error:
            self.problem = str(error)
            return False
        return before != self.now
