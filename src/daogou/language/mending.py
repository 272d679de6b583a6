"""Puts right what was typed wrong: misspelt English, words in pinyin, characters that only sound right, short names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from daogou.domain.query import Meant
from daogou.language.pinyin import LONGEST
from daogou.language.segment import Token
from daogou.language.spelling import common_words
from daogou.language.vocabulary import join

if TYPE_CHECKING:
    from daogou.language.glossary import Glossary, Piece
    from daogou.language.lexicon import Lexicon

_SPELT = 4
"""Letters of the shortest word that is read as pinyin, and most syllables that may stand apart: pao bu xie."""

_LIKELY = 0.1
"""The share of the surest meaning below which another is not thought of,"""
_MEANT = 6
"""and how many are."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A word in its place as it was meant, and whether that is not as it was typed."""

    token: Token
    better: bool = False
    meant: tuple[Meant, ...] = ()
    """Where the word is none of the shop's: what it was taken for, the phrase of which the token is a part first."""


class Mender:
    """Corrects words to those of the shop; a word that the shop or everybody knows is left alone."""

    def __init__(self, lexicon: Lexicon, glossary: Glossary) -> None:
        self._lexicon = lexicon
        self._glossary = glossary
        self._vocabulary = lexicon.vocabulary

    def mend(self, words: Sequence[Token]) -> list[Mended]:
        """The words as they were meant; longer words of which the shop knows the parts are cut into them."""
        mended: list[Mended] = []
        place = 0
        while place < len(words):
            token, last = self._meant(words, place)
            better = token.text != words[place].text or last > place + 1
            glossed = None if better else self._glossed(words, place)
            if glossed is not None:
                parts, place = glossed
                mended += parts
            else:
                mended += [Mended(part, better) for part in self._parts(token)]
                place = last
        return mended

    def _glossed(self, words: Sequence[Token], place: int) -> tuple[list[Mended], int] | None:
        """Chinese from here that is no word of the shop, in words of the shop, and the place after it."""
        last = place
        while (
            last < len(words)
            and self._is_open(words[last])
            and (last == place or words[last - 1].end == words[last].start)
        ):
            last += 1
        run = words[place:last]
        if all(self._lexicon.knows(token.text) for token in run):
            return None
        pieces = self._glossary.apart(
            "".join(token.text for token in run),
            self._is_own,
            before=words[place - 1].text if place else "",
            after=words[last].text if last < len(words) else "",
        )
        mended = [part for piece in pieces for part in self._in_words_of_the_shop(piece, run)]
        return (mended, last) if any(part.meant for part in mended) else None

    def _in_words_of_the_shop(self, piece: Piece, run: Sequence[Token]) -> Iterator[Mended]:
        typed = "".join(token.text for token in run)[piece.start : piece.end]
        here = Token(typed, run[0].start + piece.start, run[0].start + piece.end)
        if not piece.meanings or piece.meanings[0].phrase == typed:
            yield Mended(here)
            return
        best = piece.meanings[0].weight
        shares = ((phrase, min(1.0, weight / best)) for phrase, weight in piece.meanings)
        meant = tuple(Meant(phrase, round(share, 2)) for phrase, share in shares if share >= _LIKELY)[:_MEANT]
        yield from (Mended(here._replace(text=word), meant=meant) for word in meant[0].phrase.split())

    def _is_open(self, token: Token) -> bool:
        """Is this Chinese that says more than a filler does?"""
        return token.text[0] > "\u33ff" and not self._lexicon.is_plain(token.text)

    def _is_own(self, word: str) -> bool:
        return self._vocabulary.has(word) or self._lexicon.means(word)

    def _meant(self, words: Sequence[Token], place: int) -> tuple[Token, int]:
        """What the words from here were meant to be, and the place after them."""
        word = words[place]
        if word.text.isascii():
            joined = self._joined(words, place)
            if joined is not None:
                return joined
            return self._latin(words, place) if self._is_strange(word.text) else (word, place + 1)
        return self._chinese(words, place)

    def _joined(self, words: Sequence[Token], place: int) -> tuple[Token, int] | None:
        """The shop's phrase for one word or two that are not its own, written apart or in one: lunchbox, leak proof."""
        for run in (words[place : place + 2], words[place : place + 1]):
            whole = self._vocabulary.solid("".join(token.text for token in run))
            apart = len(run) > 1 and all(map(self._vocabulary.knows, (token.text for token in run)))
            if whole is not None and not apart and not self._lexicon.names(join([token.text for token in run])):
                return words[place]._replace(text=whole, end=run[-1].end), place + len(run)
        return None

    def _latin(self, words: Sequence[Token], place: int) -> tuple[Token, int]:
        word = words[place]
        for last in range(min(len(words), place + _SPELT), place, -1):
            run = words[place:last]
            letters = "".join(token.text for token in run).replace("'", "")
            if len(letters) >= _SPELT and all(map(self._is_strange, (token.text for token in run))):
                spelt = self._best(self._vocabulary.sounds.spelt(letters))
                if spelt is not None:
                    return word._replace(text=spelt, end=run[-1].end), last
        nearest = self._vocabulary.spelling.nearest(word.text)
        return word._replace(text=nearest or word.text), place + 1

    def _chinese(self, words: Sequence[Token], place: int) -> tuple[Token, int]:
        """Characters that sound like words of the shop; else a short name."""
        word = words[place]
        for last in range(min(len(words), place + _SPELT), place, -1):
            run = words[place:last]
            text = "".join(token.text for token in run)
            if not 2 <= len(text) <= LONGEST or not all(a.end == b.start for a, b in pairwise(run)):
                continue
            alike = self._vocabulary.sounds.like(text)
            like = self._best(alike) if alike and not self._lexicon.means(text) and self._is_odd(run) else None
            if like is not None and self._lexicon.names(like):
                return word._replace(text=like, end=run[-1].end), last
        if self._lexicon.is_plain(word.text) or self._vocabulary.knows(word.text) or self._lexicon.means(word.text):
            return word, place + 1
        return word._replace(text=self._vocabulary.short_for(word.text) or word.text), place + 1

    def _is_odd(self, run: Sequence[Token]) -> bool:
        """Could these be the wrong characters? Some word is none of the shop's, and none means a thing of the shop."""
        strange = [token for token in run if not self._vocabulary.knows(token.text)]
        plain = sum(self._lexicon.is_plain(token.text) for token in run)
        return (
            bool(strange)
            and plain < len(run) - 1
            and not any(len(token.text) > 1 and self._lexicon.means(token.text) for token in run)
        )

    def _is_strange(self, word: str) -> bool:
        return word.isalpha() and not (
            self._lexicon.is_plain(word) or self._vocabulary.knows(word) or word in common_words()
        )

    def _best(self, phrases: Sequence[str]) -> str | None:
        """The phrase that names something the shop has, else one that means anything; the first of these."""
        ranked = sorted((not self._lexicon.names(phrase), place, phrase) for place, phrase in enumerate(phrases))
        return ranked[0][-1] if ranked else None

    def _parts(self, token: Token) -> list[Token]:
        """The token, or the shop's words it is made of where the shop does not have it whole: 生日礼物 → 生日, 礼物."""
        if token.text.isascii() or len(token.text) < 3 or self._lexicon.means(token.text):
            return [token]
        parts = self._vocabulary.segmenter.split(token)
        return parts if any(self._lexicon.means(part.text) for part in parts) else [token]
