"""The till's capitals and abbreviations, read back into words."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from daogou.domain.text import Text

_WORD = re.compile(r"[A-Za-z][A-Za-z']*")
_LOWER = frozenset({"and", "with", "of", "for", "the", "in", "or"})


@dataclass(frozen=True, slots=True)
class Names:
    """Bilingual names of departments and categories, and what abbreviations stand for."""

    departments: dict[str, Text]
    categories: dict[str, Text]
    words: dict[str, str]

    def department(self, code: str) -> Text:
        """Name a department; one that the table lacks is spelled out in English alone."""
        return self.departments.get(code) or Text(en=self.spell(code))

    def category(self, code: str) -> Text:
        """Name a category; one that the table lacks is spelled out in English alone."""
        return self.categories.get(code) or Text(en=self.spell(code))

    def spell(self, code: str) -> str:
        """Turn `FRZN SS PREMIUM ENTREES/DNRS` into `Frozen Single-Serve Premium Entrées/Dinners`."""
        whole = code if ")" in code else code.partition("(")[0]  # the till cuts names at 30 letters
        spelled = _WORD.sub(self._word, whole)
        tidy = re.sub(r"\s+", " ", re.sub(r"\s*:\s*", ": ", spelled)).strip(" /-:,")
        return tidy[:1].upper() + tidy[1:]

    def _word(self, found: re.Match[str]) -> str:
        word = found.group()
        full = self.words.get(word.upper())
        if full:
            return full
        return word.lower() if word.lower() in _LOWER else word.capitalize()


@cache
def names() -> Names:
    """Read the table, once per process."""
    table = tomllib.loads(files(__package__).joinpath("names.toml").read_text("utf-8"))
    return Names(
        departments={code: Text(*pair) for code, pair in table["department"].items()},
        categories={code: Text(*pair) for code, pair in table["category"].items()},
        words=table["words"],
    )
