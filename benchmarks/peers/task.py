"""The task as files: what a peer may know, what a shop imports, and, apart from both, what is wanted.

Protocol S3-Rec, strict: the last product of each shopper is the test and the one before it chooses settings; models
are fitted without both, and asked with the history that ends before the test product. The files carry no dates: steps
are taken to be a day apart, and each to be a purchase.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.beauty import DAY_MS, product

START_MS = 1_400_000_000_000


@dataclass(frozen=True)
class Wanted:
    """What a judge needs to know, by shopper."""

    target: dict[str, str]
    seen: dict[str, frozenset[str]]


def write(data: Path, name: str, folder: Path) -> Wanted:
    """Write the files of one data set into `folder`."""
    sequences = [line.split() for line in _lines(data / f"{name}_sequences.txt.gz")]
    goods = [json.loads(line) for line in _lines(data / f"{name}_items.jsonl.gz")]
    (folder / "items.json").write_text(json.dumps([str(each["id"]) for each in goods]))
    _write(folder / "train.jsonl", ({"id": user, "history": items[:-2]} for user, *items in sequences))
    _write(folder / "asked.jsonl", ({"id": user, "history": items[:-1]} for user, *items in sequences))
    _write(folder / "products.jsonl", map(_record, goods))
    _write(folder / "bare.jsonl", ({"id": str(each["id"]), "title": str(each["id"])} for each in goods))
    _write(
        folder / "events.jsonl",
        (
            {"type": "purchase", "shopper": user, "product": item, "at": START_MS + place * DAY_MS}
            for user, *items in sequences
            for place, item in enumerate(items[:-1])
        ),
    )
    return Wanted(
        {user: items[-1] for user, *items in sequences},
        {user: frozenset(items[:-1]) for user, *items in sequences},
    )


def _record(line: dict[str, Any]) -> dict[str, Any]:
    """A product in the shop's own format, saying what `benchmarks/beauty.py` reads of the file."""
    found = product(line)
    return {
        "id": found.id,
        "title": found.title.en or found.id,
        "brand": found.brand,
        "category": [step.en for step in found.category],
        "attributes": {name: [value.en for value in values] for name, values in found.attributes.items()},
    }


def _lines(path: Path) -> list[str]:
    return gzip.decompress(path.read_bytes()).decode().splitlines()


def _write(path: Path, records: Iterable[dict[str, Any]]) -> None:
    with path.open("w") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
