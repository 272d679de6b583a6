"""Finds the files to import: those that were named, and those in folders that look like data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from daogou.domain.errors import NotFound

_DATA = frozenset(
    {".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".xml", ".rss", ".atom", ".parquet", ".xlsx", ".xlsm",
     ".inter", ".item", ".user", ".kg", ".link", ".net"}
)  # fmt: skip


def data_files(paths: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """The files in order, each once, and notes on what folders hold besides. Raises NotFound."""
    found: dict[Path, None] = {}
    aside: Counter[str] = Counter()
    for path in paths:
        if path.is_dir():
            for inner in sorted(path.rglob("*")):
                if inner.is_file() and not any(part.startswith(".") for part in inner.relative_to(path).parts):
                    if _suffix(inner) in _DATA:
                        found[inner] = None
                    else:
                        aside[_suffix(inner) or "no suffix"] += 1
        elif path.is_file():
            found[path] = None
        else:
            raise NotFound(f"no file or folder {str(path)!r}", where=str(path))
    notes = [f"left aside: {n} files of {suffix}, which is no data" for suffix, n in sorted(aside.items())]
    return list(found), notes


def _suffix(path: Path) -> str:
    """The suffix that says what is inside: ".csv" of "products.csv.gz"."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    return suffixes[-2] if len(suffixes) > 1 and suffixes[-1] == ".gz" else (suffixes[-1] if suffixes else "")
