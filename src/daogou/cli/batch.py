"""Batch files: JSON lines in, JSON lines out, written as they are made."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

Lines = Iterable[bytes]


def run_batch(source: Path, out: Path | None, answer: Callable[[Lines], Iterator[bytes]]) -> None:
    """Answer every line of `source` into `out`; an unfinished file never takes the place of a finished one."""
    with source.open("rb") as lines:
        write_lines(out, answer(lines))


def write_lines(out: Path | None, answers: Iterator[bytes]) -> None:
    """Write lines as they are made, to a file or the standard output; likewise whole or not at all."""
    if out is None:
        _write(sys.stdout.buffer, answers)
        return
    partial = out.with_name(out.name + ".partial")
    try:
        with partial.open("wb") as file:
            _write(file, answers)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def _write(file: IO[bytes], answers: Iterator[bytes]) -> None:
    for line in answers:
        file.write(line)
        file.write(b"\n")
