"""The file of rejected lines: JSON lines with file, line, field, reason, rule and the line itself."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import msgspec

from daogou.ingest.report import Reject

_encode = msgspec.json.Encoder().encode


class Rejects:
    """Made when the first line is rejected; a file of an earlier import is removed."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        if path is not None:
            path.unlink(missing_ok=True)

    def write(self, reject: Reject) -> None:
        """Append one line."""
        if self._path is None:
            return
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("wb")
        self._file.write(_encode(reject) + b"\n")

    def close(self) -> Path | None:
        """The file, if one was written."""
        if self._file is None:
            return None
        self._file.close()
        return self._path
