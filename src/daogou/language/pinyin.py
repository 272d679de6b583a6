"""How Chinese words sound in Latin letters: for “shouji”, and for characters that only sound right."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import islice, product

# pypinyin's table of phrases would take 40 MB and tell which reading a character has in a phrase; we keep them all.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
from pypinyin.pinyin_dict import pinyin_dict

LONGEST = 8
"""Characters of the longest word that is read."""
_READINGS = 3
"""Of the readings of a character, which the table lists commonest first."""
_COMBINATIONS = 32


class Sounds:
    """Chinese words by how they sound, tones left out."""

    def __init__(self) -> None:
        self._words: dict[str, list[str]] = {}

    def add(self, word: str) -> None:
        """Learn a word of two to eight Chinese characters; others are passed over."""
        for sound in sounds(word):
            words = self._words.setdefault(sound, [])
            if word not in words:
                words.append(word)

    def spelt(self, letters: str) -> list[str]:
        """The words that these letters spell: shouji → 手机."""
        return self._words.get(letters, [])

    def like(self, word: str) -> list[str]:
        """Other words of as many characters that sound like this one: 兰牙 → 蓝牙."""
        usual = "".join(next(iter(_readings(character)), "") for character in word)  # 被 is hardly a bi, as 服 may be
        found = dict.fromkeys(self.spelt(usual))
        return [other for other in found if len(other) == len(word) and other != word] if found else []


@lru_cache(maxsize=4096)
def sounds(word: str) -> Iterable[str]:
    """Every way to read a Chinese word, as letters without spaces; ü is v, and u, as it is typed."""
    if not 2 <= len(word) <= LONGEST:
        return ()
    readings = [_readings(character) for character in word]
    if not all(readings):
        return ()
    return dict.fromkeys("".join(combination) for combination in islice(product(*readings), _COMBINATIONS))


@cache
def _readings(character: str) -> tuple[str, ...]:
    listed = pinyin_dict.get(ord(character), "").split(",")[:_READINGS]
    plain = [_without_tone(reading) for reading in listed if reading]
    return tuple(dict.fromkeys([*plain, *(reading.replace("v", "u") for reading in plain)]))


def _without_tone(reading: str) -> str:
    parts = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(char for char in parts if "a" <= char <= "z")
