"""Text a shop shows in Chinese, in English, or in both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]

_HAN = re.compile(r"[㐀-鿿豈-﫿]")


def language_of(text: str) -> Language:
    """Tell Chinese from English: any Han character makes a short shop text Chinese."""
    return "zh" if _HAN.search(text) else "en"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in two languages; an empty string means that language is not on record."""

    zh: str = ""
    en: str = ""

    @classmethod
    def of(cls, text: str) -> Text:
        """File one string under the language it is written in."""
        return cls(zh=text) if language_of(text) == "zh" else cls(en=text)

    def show(self, language: Language) -> str:
        """Return the text in `language`, or in the other one where that is all there is."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)

    @property
    def key(self) -> str:
        """A stable identity for grouping and filters: English where present, case folded."""
        return (self.en or self.zh).casefold().strip()

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def __str__(self) -> str:
        return self.en or self.zh
