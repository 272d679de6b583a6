"""Writes the files of a shop that people and the console both change: one writer at a time, each in one step."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from daogou.adapters.locks import alone


def writing(folder: Path, name: str) -> AbstractContextManager[None]:
    """Nobody else writes the file meanwhile."""
    return alone(folder / f".{name}.lock")


def put(folder: Path, name: str, text: str) -> None:
    """Put a new file in the place of the old one, in one step."""
    new = folder / f"{name}.new"
    new.write_text(text, "utf-8")
    new.replace(folder / name)
