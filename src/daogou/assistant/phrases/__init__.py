"""The assistant's words: one table per language, in the TOML files beside this one."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daogou.domain.text import Language

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's patterns for understanding and templates for answering."""

    language: Language
    intents: Mapping[str, Pattern]
    topics: Mapping[str, Sequence[str]]
    """Example questions about the shop by topic; "other" are sentences that ask for no page of it."""
    references: Mapping[str, Pattern]
    ordinal: Pattern
    leading: Pattern
    """How many of the first ones: 前两个, "the first two"."""
    quantity: Pattern
    numerals: Mapping[str, int]
    guarded: Pattern
    """Words that state a fact; see `phrasing`."""
    attributes: Mapping[str, str]
    status: Mapping[str, str]
    say: Mapping[str, str]
    labels: Mapping[str, str]
    benefits: Mapping[str, str]

    def number(self, token: str) -> int:
        """Read an ordinal or cardinal that one of the patterns captured; 0 if it is not one."""
        if token in self.numerals:
            return self.numerals[token]
        digits = re.match(r"\d+", token)
        return int(digits.group()) if digits else 0


@cache
def phrases(language: Language) -> Phrases:
    """Load a language's table."""
    table = tomllib.loads(files(__package__).joinpath(f"{language}.toml").read_text("utf-8"))
    references = dict(table["references"])
    ordinal, leading, quantity = (references.pop(name) for name in ("ordinal", "leading", "quantity"))
    return Phrases(
        language=language,
        intents={name: _any(patterns, language) for name, patterns in table["intents"].items()},
        topics=table["topics"],
        references={name: _any(patterns, language) for name, patterns in references.items()},
        ordinal=re.compile(ordinal),
        leading=re.compile(leading),
        quantity=re.compile(quantity),
        numerals=table["numerals"],
        guarded=_any(table["guarded"]["words"], language),
        attributes=table["attributes"],
        status=table["status"],
        say=table["say"],
        labels=table["labels"],
        benefits=table["benefits"],
    )


def normalised(text: str) -> str:
    """NFKC, lower case, straight apostrophes, single spaces: what the patterns are written for."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().replace("’", "'").split())


def _any(patterns: Iterable[str], language: Language) -> Pattern:
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)" if language == "en" else f"(?:{joined})")
