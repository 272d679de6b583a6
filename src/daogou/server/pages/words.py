"""The words of the interface, one catalogue a language; every key stands in both or a test fails."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, get_args

from daogou.domain.text import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue of one language: `words("basket.empty")`, `words("search.found", n=3)`."""

    language: Language
    entries: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the words under `key` with `{name}` filled in; a 1 for `n`, as number or text, prefers `key_one`.

        Raises KeyError for a key that is not in the catalogue: a page never shows a key.
        """
        singular = f"{key}_one"
        entry = self.entries[singular if str(values.get("n")) == "1" and singular in self.entries else key]
        return entry.format(**values) if values else entry

    def known(self, key: str, otherwise: str) -> str:
        """Return the words under a key made from data (a status, an attribute), or `otherwise` as it stands."""
        return self.entries.get(key, otherwise)


@functools.cache
def words_in(language: Language) -> Words:
    """Read the catalogue of a language, once a process."""
    file = resources.files("daogou.server.pages") / "words" / f"{language}.toml"
    return Words(language, dict(_flat(tomllib.loads(file.read_text("utf-8")))))


def _flat(tree: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in tree.items():
        pairs += _flat(value, f"{before}{key}.") if isinstance(value, dict) else [(before + key, str(value))]
    return pairs
