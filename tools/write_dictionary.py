"""Writes `src/daogou/adapters/cedict.tsv.gz`: the entries of CC-CEDICT, simplified characters and English alone.

    python -m tools.write_dictionary cedict_ts.u8

The file is CC-CEDICT as its makers publish it (https://cc-cedict.org/wiki/format:syntax), unpacked.
"""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path

OUT = Path(__file__).parents[1] / "src/daogou/adapters/cedict.tsv.gz"


def main() -> None:
    lines = Path(sys.argv[1]).read_text("utf-8").splitlines()
    date = next(line.removeprefix("#! date=") for line in lines if line.startswith("#! date="))
    entries = [entry for line in lines if not line.startswith("#") for entry in [_ENTRY.match(line)] if entry]
    written = [f"{word}\t{'/'.join(_meanings(said))}\n" for word, said in (entry.groups() for entry in entries)]
    OUT.write_bytes(gzip.compress("".join(written).encode(), 9, mtime=0))
    print(f"{OUT}: {len(written)} entries of {date}, {OUT.stat().st_size:,} bytes")


def _meanings(said: str) -> list[str]:
    """Each meaning; those that a semicolon parts are two, but in an aside."""
    return _PARTS.split(_OTHERWISE_WRITTEN.sub("", said))


_ENTRY = re.compile(r"\S+ (\S+) \[[^\]]*\] /(.*)/$")
_OTHERWISE_WRITTEN = re.compile(r"[\u2e80-\U0003ffff·]+\|(?=[\u2e80-\U0003ffff])|\[[a-zA-Z0-9: ,·-]+\]")
"""Traditional characters before the simplified ones, and pinyin behind them."""
_PARTS = re.compile(r"/|;\s+(?![^(]*\))")


if __name__ == "__main__":
    main()
