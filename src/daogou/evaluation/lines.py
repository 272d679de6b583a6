"""Write records as JSON lines, one file for each kind."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

_encode = msgspec.json.Encoder().encode_into


def write_lines(path: Path, records: Iterable[Any]) -> int:
    """Write one JSON object a line and return how many; the buffer stays near 1 MB."""
    n, buffer, line = 0, bytearray(), bytearray()
    with path.open("wb") as out:
        for record in records:
            _encode(record, line)
            buffer += line
            buffer += b"\n"
            n += 1
            if len(buffer) > 1 << 20:
                out.write(buffer)
                buffer.clear()
        out.write(buffer)
    return n
