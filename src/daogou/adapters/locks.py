"""One at a time, among threads and processes: the kernel lets go of the lock of a process that dies."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

if sys.platform == "win32":
    import msvcrt

    def _lock(file: TextIO, *, wait: bool) -> None:
        # waits ten seconds, then raises OSError
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: TextIO, *, wait: bool) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until nobody else holds the lock of this file, which is made if need be."""
    with path.open("a") as file:
        _lock(file, wait=True)
        yield


def taken(path: Path) -> TextIO | None:
    """Hold the lock of this file until the answer is closed; None where somebody else holds it."""
    file = path.open("a")
    try:
        _lock(file, wait=False)
    except OSError:
        file.close()
        return None
    return file
