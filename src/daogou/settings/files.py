"""Writes the files of a shop that people and the console both change: one writer at a time, each in one step."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from pathlib import Path

from daogou.adapters.locks import alone
from daogou.domain.errors import BadSettings


def writing(folder: Path, name: str) -> AbstractContextManager[None]:
    """Nobody else writes the file meanwhile."""
    return alone(folder / f".{name}.lock")


def put(folder: Path, name: str, text: str) -> None:
    """Put a new file in the place of the old one, in one step."""
    new = folder / f"{name}.new"
    new.write_text(text, "utf-8")
    new.replace(folder / name)


def text_of(folder: Path, name: str) -> str:
    """The file as it is; empty where there is none."""
    path = folder / name
    return path.read_text("utf-8", errors="replace") if path.exists() else ""


def stamp(text: str) -> str:
    """What tells one text from another."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def demand_unchanged(folder: Path, name: str, seen: str | None) -> None:
    """Raise BadSettings where the file no longer has the text of this `stamp`, so that nobody's change is lost.

    None: whatever it has now.
    """
    if seen is not None and seen != stamp(text_of(folder, name)):
        raise BadSettings(f"{name} has changed since this page was loaded: load it again", where=name)
