"""What English calls goods: an extract of WordNet 3.0 (Princeton University; licence beside this file).

`tools/write_things.py` writes it. Read while training alone.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Thing(NamedTuple):
    """An artefact or a food."""

    names: tuple[tuple[str, int], ...]
    """What it is called, with how many other things each name means more often."""
    kinds: tuple[tuple[tuple[str, int], ...], ...]
    """The names of each that it is a kind of, with the same: a cardigan is a sweater."""


def things() -> Iterator[Thing]:
    """All 14,160, in the order of WordNet."""
    lines = gzip.decompress(Path(__file__).with_name("things.tsv.gz").read_bytes()).decode("ascii").splitlines()
    read = [line.partition("\t")[::2] for line in lines]
    names = [tuple(_ranked(name) for name in said.split(",")) for said, _ in read]
    for own, (_, kinds) in zip(names, read, strict=True):
        yield Thing(own, tuple(names[int(kind)] for kind in kinds.split(",") if kind))


def first_names() -> set[str]:
    """The names that mean a thing more often than anything else."""
    return {name for thing in things() for name, rank in thing.names if not rank}


def _ranked(said: str) -> tuple[str, int]:
    name, _, rank = said.partition(":")
    return name, int(rank or 0)
