"""JSON, one object a line; and documents that hold one list of objects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from daogou.domain.errors import HostileInput
from daogou.ingest.reading.limits import Limits
from daogou.ingest.reading.lines import Decoder
from daogou.ingest.reading.rows import Refuse, Row, Unreadable, clipped

_decode = msgspec.json.Decoder().decode
_BLANK = b" \t\r\n\x0b\x0c"


def json_rows(
    numbered: Iterator[tuple[int, bytes]], decoder: Decoder, *, limits: Limits, refuse: Refuse
) -> Iterator[Row]:
    """Yield the objects; blank lines are passed over, other lines refused."""
    for number, line in numbered:
        try:
            data = _decode(line) if len(line) < limits.values else _counted(line, limits)
        except (ValueError, RecursionError) as error:
            if not line.strip(_BLANK):
                continue
            data = _again(line, decoder, limits) if decoder.text(line) is not None else error
        if isinstance(data, dict):
            yield Row(number, data)
        else:
            refuse(Unreadable(number, _reason(data), clipped(line)))


def _counted(line: bytes, limits: Limits) -> Any:
    if line.count(b",") > limits.values:
        raise ValueError(f"holds more than {limits.values:,} values")
    return _decode(line)


def _again(line: bytes, decoder: Decoder, limits: Limits) -> Any:
    """Read a line that is not UTF-8 JSON as text in the file's encoding; an exception stands for its reason."""
    try:
        return _counted((decoder.text(line) or "").encode(), limits)
    except (ValueError, RecursionError) as error:
        return error


def _reason(data: Any) -> str:
    if isinstance(data, RecursionError):
        return "is nested too deeply"
    if isinstance(data, Exception):
        return f"is not JSON: {data}"
    return f"expected an object, found {type(data).__name__}"


def json_document(pieces: Iterator[bytes], path: Path, *, limits: Limits, refuse: Refuse) -> Iterator[Row]:
    """Yield the objects of a document that is a list of them, or an object with one list of them inside.

    `line` is the number of the object, from 1.
    """
    whole = _whole(pieces, path, limits)
    for number, raw in enumerate(_listed(whole, path), 1):
        try:
            data = _decode(raw)
        except (ValueError, RecursionError) as error:
            data = error
        if isinstance(data, dict):
            yield Row(number, data)
        else:
            refuse(Unreadable(number, _reason(data), clipped(bytes(raw))))


def _whole(pieces: Iterator[bytes], path: Path, limits: Limits) -> bytes:
    parts, size = [], 0
    for piece in pieces:
        parts.append(piece)
        size += len(piece)
        if size > limits.document:
            raise HostileInput(
                f"{path.name} is one JSON document of more than {limits.document:,} bytes: export JSON lines instead",
                where=str(path),
            )
    whole = b"".join(parts)
    if whole.count(b",") > limits.values:
        raise HostileInput(f"{path.name} holds more than {limits.values:,} values: export JSON lines", where=str(path))
    text = Decoder().text(whole)
    if text is None:
        raise HostileInput(f"{path.name} is neither UTF-8 nor GB18030 text", where=str(path))
    return text.encode()


def _listed(whole: bytes, path: Path) -> list[msgspec.Raw]:
    try:
        if whole.lstrip(_BLANK).startswith(b"["):
            return msgspec.json.decode(whole, type=list[msgspec.Raw])
        members = msgspec.json.decode(whole, type=dict[str, msgspec.Raw])
        lists = [member for member in members.values() if bytes(member).lstrip(_BLANK).startswith(b"[{")]
        return msgspec.json.decode(lists[0], type=list[msgspec.Raw]) if lists else [msgspec.Raw(whole)]
    except (ValueError, RecursionError) as error:
        raise HostileInput(f"{path.name} {_reason(error)}", where=str(path)) from None
