"""Temporary folders of a process, and those that killed processes left behind."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from daogou.adapters.locks import taken

_PREFIX = "daogou-index-"
_LOCK = "alive.lock"
_YOUNG_S = 60
"""A folder younger than this may not have its lock yet."""


class Scratch:
    """A temporary folder that goes with its process, or else with the next one that makes one."""

    def __init__(self) -> None:
        _sweep()
        # Removing it while a thread still writes there may fail; that must not fail who closes the shop.
        self._whole = tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True)
        self._lock = taken(Path(self._whole.name) / _LOCK)

    @property
    def folder(self) -> Path:
        """An empty folder; made when first written to."""
        return Path(self._whole.name) / "index"

    def close(self) -> None:
        """Remove the folder."""
        if self._lock is not None:
            self._lock.close()
        self._whole.cleanup()


def _sweep() -> None:
    """Remove what processes left that nobody could ask to tidy up."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime < _YOUNG_S or not (folder / _LOCK).exists():
                continue
            lock = taken(folder / _LOCK)
        except OSError:  # gone in between, or somebody else's
            continue
        if lock is not None:
            with lock:
                shutil.rmtree(folder, ignore_errors=True)
