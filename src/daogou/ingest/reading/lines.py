"""Lines of a file, never holding one that is too long; and their text in UTF-8 or GB18030."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from daogou.domain.errors import HostileInput
from daogou.ingest.reading.limits import Limits
from daogou.ingest.reading.rows import Refuse, Unreadable, clipped


def lines(pieces: Iterator[bytes], path: Path, limits: Limits, refuse: Refuse) -> Iterator[tuple[int, bytes]]:
    """Yield (number, line without its end). A line beyond the limit is refused and read past."""
    number, rest = 0, b""
    for piece in pieces:
        parts = (rest + piece).split(b"\n")
        rest = parts.pop()
        for part in parts:
            number += 1
            yield number, part
        if len(rest) > limits.line:
            number += 1
            reason = f"a line of more than {limits.line:,} bytes"
            refuse(Unreadable(number, reason, clipped(rest), rule="too-long"))
            rest = _past(pieces, path, limits)
    if rest:
        yield number + 1, rest


def _past(pieces: Iterator[bytes], path: Path, limits: Limits) -> bytes:
    """Read on to the end of the line; return what follows it."""
    skipped = 0
    for piece in pieces:
        end = piece.find(b"\n")
        if end >= 0:
            return piece[end + 1 :]
        skipped += len(piece)
        if skipped > limits.skip:
            raise HostileInput(f"{path.name} has a line of more than {limits.skip:,} bytes", where=str(path))
    return b""


class Decoder:
    """Turns lines into text: UTF-8, or GB18030 from the first line that is not UTF-8 but is that.

    A file that has shown UTF-8 beyond ASCII stays UTF-8: a broken line in it is an error, not another encoding.
    """

    def __init__(self) -> None:
        self.encoding = "utf-8"
        self._sure = False

    def text(self, line: bytes) -> str | None:
        """The line's text; None where it is in neither encoding."""
        if line.isascii():
            return line.decode("ascii")
        try:
            text = line.decode(self.encoding)
            self._sure = True
            return text
        except UnicodeDecodeError:
            return None if self._sure else self._other(line)

    def _other(self, line: bytes) -> str | None:
        try:
            text = line.decode("gb18030")
        except UnicodeDecodeError:
            return None
        self.encoding, self._sure = "gb18030", True
        return text


def decoded(numbered: Iterator[tuple[int, bytes]], decoder: Decoder, refuse: Refuse) -> Iterator[tuple[int, str]]:
    """Lines as text; those that are neither UTF-8 nor GB18030 are refused."""
    for number, line in numbered:
        text = decoder.text(line)
        if text is None:
            refuse(Unreadable(number, f"is not {decoder.encoding.upper()} text", clipped(line), rule="encoding"))
        else:
            yield number, text
