"""CC-CEDICT, the community's Chinese-English dictionary, of 20 May 2026 (CC BY-SA 4.0; licence beside this file).

`tools/write_dictionary.py` writes the extract that is read here.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from daogou.ports.dictionary import Entry


class Cedict:
    """A Dictionary of 125,000 entries, read when it is first asked. That takes a fifth of a second and, while it is
    read, 60 MB."""

    def entries(self) -> Iterator[Entry]:
        return iter(self._entries)

    @cached_property
    def _entries(self) -> list[Entry]:
        said = (line.split("\t") for line in _written().splitlines())
        return [Entry(word, tuple(meanings.split("/"))) for word, meanings in said]


def _written() -> str:
    """Lines `word, tab, meaning, slash, meaning …`."""
    return gzip.decompress(Path(__file__).with_name("cedict.tsv.gz").read_bytes()).decode()
