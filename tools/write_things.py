"""Writes `src/daogou/language/things.tsv.gz`: what WordNet 3.0 calls artefacts and food, and what each is a kind of.

    python -m tools.write_things /usr/share/wordnet

The folder is a WordNet database, such as Debian's package `wordnet-base` installs.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

_FILES = {6, 13}
"""Lexicographer files: noun.artifact and noun.food."""
OUT = Path(__file__).parents[1] / "src/daogou/language/things.tsv.gz"


def main() -> None:
    folder = Path(sys.argv[1])
    things = dict(filter(None, map(_thing, (folder / "data.noun").read_text("ascii").splitlines())))
    place = {offset: number for number, offset in enumerate(things)}
    rank = _ranks(folder / "index.noun", set(things))
    lines = []
    for offset, (names, kinds) in things.items():
        said = (f"{name}:{n}" if (n := rank.get((name.lower(), offset), 0)) else name for name in names)
        lines.append(",".join(said) + "\t" + ",".join(str(place[kind]) for kind in kinds if kind in place) + "\n")
    OUT.write_bytes(gzip.compress("".join(lines).encode("ascii"), 9, mtime=0))
    print(f"{OUT}: {len(lines)} things, {OUT.stat().st_size:,} bytes")


def _thing(line: str) -> tuple[str, tuple[list[str], list[str]]] | None:
    """A line of data.noun: the offset, the names, and the offsets of what it is a kind of (wndb(5WN))."""
    said = line.partition("|")[0].split()
    if line.startswith(" ") or int(said[1]) not in _FILES:
        return None
    end = 4 + 2 * int(said[3], 16)
    names = [name.replace("_", " ") for name in said[4:end:2] if "," not in name and ":" not in name]
    pointers = (said[at : at + 2] for at in range(end + 1, end + 1 + 4 * int(said[end]), 4))
    return said[0], (names, [offset for symbol, offset in pointers if symbol == "@"])


def _ranks(path: Path, things: set[str]) -> dict[tuple[str, str], int]:
    """How many things a name means more often."""
    ranks = {}
    for line in path.read_text("ascii").splitlines():
        if not line.startswith(" "):
            name, _, count, *rest = line.split()
            meant = [offset for offset in rest[-int(count) :] if offset in things]
            ranks.update({(name.replace("_", " "), offset): rank for rank, offset in enumerate(meant)})
    return ranks


if __name__ == "__main__":
    main()
