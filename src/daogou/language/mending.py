"""Puts right what was typed wrong: misspelt English, words in pinyin, characters that only sound right, short names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from daogou.domain.query import Meant
from daogou.language.called import SUFFIXES
from daogou.language.glossary import Meaning, Piece
from daogou.language.glossing import owned
from daogou.language.pinyin import LONGEST
from daogou.language.segment import Token
from daogou.language.spelling import common_words
from daogou.language.vocabulary import join

if TYPE_CHECKING:
    from daogou.language.called import Called
    from daogou.language.glossary import Glossary
    from daogou.language.lexicon import Lexicon

_SPELT = 4
"""Letters of the shortest word that is read as pinyin, and most syllables that may stand apart: pao bu xie."""

_PHRASE = 3
"""Words of the longest English phrase that is looked up."""
_SURE = 0.3
"""How sure its meaning must be for it to be read as that."""
_FIRST = 0.9
"""A meaning that is as sure beside how sure its word is, is the first that the dictionary has."""
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
    """Corrects words to those of the shop; a word that the shop, a dictionary or everybody knows is left alone."""

    def __init__(self, lexicon: Lexicon, glossary: Glossary, called: Called) -> None:
        self._lexicon = lexicon
        self.glossary = glossary
        """May be replaced at any time,"""
        self.called = called
        """and so may this."""
        self._vocabulary = lexicon.vocabulary
        self._in_chinese = self._vocabulary.is_in_chinese()
        self._has_chinese = self._vocabulary.has_chinese()

    def mend(self, words: Sequence[Token]) -> list[Mended]:
        """The words as they were meant; longer words of which the shop knows the parts are cut into them."""
        words = list(self._recut(words))
        mended: list[Mended] = []
        place = 0
        while place < len(words):
            token, last = self._meant(words, place)
            better = token.text != words[place].text or last > place + 1
            if better and token.text.isascii():
                words[last - 1] = words[last - 1]._replace(text=token.text)  # what follows is beside what was meant
            glossed = self._named([token], 0) if better else self._glossed(words, place)
            if glossed is not None and better:
                mended += (replace(part, better=True) for part in glossed[0])
                place = last
            elif glossed is not None:
                parts, place = glossed
                mended += parts
            else:
                mended += self._bare(token) or [Mended(part, better) for part in self._parts(token)]
                place = last
        return mended

    def _recut(self, words: Sequence[Token]) -> Iterator[Token]:
        """The words, where one was cut into a name of the shop: 长沙发 is no 长沙 but long, a 沙发."""
        place = 0
        while place < len(words):
            word, *after = words[place : place + 2]
            name = "".join(token.text[token is word :] for token in (word, *after))
            cut = after and word.end == after[0].start and len(word.text) > 1 and not word.text.isascii()
            if cut and (self._lexicon.names(name) or self.called.knows(name)) and not self._is_own(word.text):
                middle = word.start + 1
                yield Token(word.text[:1], word.start, middle)
                yield Token(name, middle, after[0].end)
                place += 2
            else:
                yield word
                place += 1

    def _glossed(self, words: Sequence[Token], place: int) -> tuple[list[Mended], int] | None:
        """What is no word of the shop from here in words of the shop, and the place after it."""
        named = self._otherwise(words, place) or self._named(words, place)
        if named is not None:
            return named
        if words[place].text.isascii():
            return self._glossed_phrase(words, place)
        whose = self._lexicon.people.get(words[place].text)
        of_somebody = whose and (self._glossed_phrase(words, place) or self._glossed_for(whose, words, place))
        return of_somebody or self._glossed_run(words, place)

    def _otherwise(self, words: Sequence[Token], place: int) -> tuple[list[Mended], int] | None:
        """Two words that touch as the shop calls the same: 徒步鞋 as its 登山鞋."""
        first, *rest = words[place : place + 2]
        for thing in rest:
            latin = first.text.isascii()
            touch = thing.start == first.end + latin and thing.text.isascii() == latin
            name = self._vocabulary.said_otherwise(first.text, thing.text) if touch else None
            if name is not None:
                here = Token(join([first.text, thing.text]), first.start, thing.end)
                return list(self._in_words_of_the_shop([Meaning(name, 1.0)], here)), place + 2
        return None

    def _named(self, words: Sequence[Token], place: int) -> tuple[list[Mended], int] | None:
        """The longest phrase from here that is another name of goods of the shop, with a word that is not its own, or
        that it has only in names of other things, and that no other follows: a phone, but no phone case."""
        for last in range(min(len(words), place + _PHRASE), place, -1):
            run = words[place:last]
            phrase = join([token.text for token in run])
            name = None if self._vocabulary.has_synonyms(phrase) else self.called.other(phrase)
            own = all(self._is_own(token.text) for token in run)
            if name is not None and not (own and (not phrase.isascii() or self._says_which(words, last))):
                here = Token(phrase, run[0].start, run[-1].end)
                return list(self._in_words_of_the_shop([Meaning(name, 1.0)], here)), last
        return None

    def _says_which(self, words: Sequence[Token], last: int) -> bool:
        """Does another English word follow, of a thing of which this one says which?"""
        before, after = words[last - 1], words[last] if last < len(words) else None
        if after is None or after.start != before.end + 1 or not after.text.isalpha():
            return False
        return after.text.isascii() and not self._lexicon.is_plain(after.text)

    def _glossed_phrase(self, words: Sequence[Token], place: int) -> tuple[list[Mended], int] | None:
        """The longest phrase from here that the glossary has whole, such as begins in English or with somebody: T恤 and
        狗粮; one with a word of the shop's own only whole."""
        for last in range(min(len(words), place + _PHRASE), place, -1):
            run = words[place:last]
            phrase = join([token.text for token in run])
            apart = not phrase.isascii() and any(a.end < b.start for a, b in pairwise(run))
            plain = phrase.isascii() or len(run) == 1
            if apart or (plain and self._lexicon.is_plain(run[0].text)) or all(self._is_own(t.text) for t in run):
                continue
            meanings = self.glossary.meanings(phrase)
            if meanings and (not phrase.isascii() or self._is_sure(meanings[0])):
                return list(self._in_words_of_the_shop(meanings, Token(phrase, run[0].start, run[-1].end))), last
        return None

    def _glossed_for(self, whose: str, words: Sequence[Token], place: int) -> tuple[list[Mended], int] | None:
        """A thing that is somebody's by its name: 猫粮 where the shop has cat food, of all that 粮 can mean."""
        whom, *things = words[place : place + 2]
        for thing in things:
            for meaning in self.glossary.meanings(thing.text) if thing.start == whom.end else ():
                phrase = f"{whose} {meaning.phrase}"
                if self._lexicon.names(phrase) or self.glossary.is_beside(whose, meaning.phrase.partition(" ")[0]):
                    here = Token(whom.text + thing.text, whom.start, thing.end)
                    return list(self._in_words_of_the_shop([Meaning(phrase, 1.0)], here)), place + 2
        return None

    def _is_sure(self, meaning: Meaning) -> bool:
        """Is it surely meant? In a shop that is in Chinese alone a word that only titles have is, though that makes it
        less sure, if the dictionary is sure."""
        if meaning.weight >= _SURE or not self._in_chinese or meaning.phrase.isascii():
            return meaning.weight >= _SURE
        return meaning.weight >= _FIRST * owned(meaning.phrase, self._vocabulary)

    def _glossed_run(self, words: Sequence[Token], place: int) -> tuple[list[Mended], int] | None:
        last = place
        while (
            last < len(words)
            and self._is_open(words[last])
            and (last == place or words[last - 1].end == words[last].start)
            and (last == place or self.called.other(words[last].text) is None)
        ):
            last += 1
        run = words[place:last]
        if len(run) == 1 and len(run[0].text) > 1 and self._ends_titles(run[0].text):
            return None
        if len(run) > 1 and run[0].text in self._lexicon.brands and self._names_goods(run[1].text):
            return None  # 小米 before 手机 is no millet
        text, start = "".join(token.text for token in run), run[0].start if run else 0
        if all(self._is_own(token.text) for token in run) or (
            len(run[0].text) == 1
            and not (len(run) > 1 and self.glossary.meanings(text))
            and not (len(run) == 1 and self._is_noun(words, place))
        ):
            return None
        pieces = [
            piece._replace(meanings=tuple(m for m in piece.meanings if not self._is_part(text, piece, m.phrase)))
            for piece in self.glossary.apart(
                text,
                self._is_own,
                before=words[place - 1].text if place else "",
                after=words[last].text if last < len(words) else "",
            )
        ]
        glossed = [piece for piece in pieces if piece.meanings and not self._is_own(text[piece.start : piece.end])]
        if self._has_chinese and len(glossed) > 1 and all(end - first == 1 for first, end, _ in glossed):
            return None  # the shop's own titles would say it: 碎花 is no piece of a blossom
        mended = [
            part
            for first, end, meanings in pieces
            for part in self._in_words_of_the_shop(meanings, Token(text[first:end], start + first, start + end))
        ]
        return (mended, last) if any(part.meant for part in mended) else None

    def _ends_titles(self, word: str) -> bool:
        """Is the word what goods are called by their titles, such as 抱枕, and not by a part of a category's name?"""
        return word in self.called.categories and self._vocabulary.ending(word) is None

    def _names_goods(self, word: str) -> bool:
        known = self._lexicon.names(word) or self.called.name(word) is not None
        return known or self._vocabulary.ending(word) is not None

    def _is_part(self, text: str, piece: Piece, phrase: str) -> bool:
        """Is this a single character of a longer word that would be taken for something the shop has and that is not
        called so: 头 for tops in 充电头, but not 枕 for a pillow, 枕头, in 荞麦枕?"""
        char = text[piece.start : piece.end]
        if len(char) > 1 or len(text) == 1 or phrase == char:
            return False
        ending = self._vocabulary.ending(phrase)
        if not self._lexicon.names(phrase) and ending is None:
            return False
        said = (phrase, ending.value) if ending is not None else (phrase,)
        called = [name for each in said for name in self._vocabulary.translations(each) if not name.isascii()]
        return bool(called) and (piece.end < len(text) or not any(char in name for name in called))

    def _is_noun(self, words: Sequence[Token], place: int) -> bool:
        """Is a single character a thing that is asked for? 鞋 alone is, and 线 in “HDMI线”; 够 in a sentence is not."""
        latin = place > 0 and words[place - 1].end == words[place].start and words[place - 1].text[-1].isalpha()
        return len(words) == 1 or (latin and words[place - 1].text.isascii())

    def _in_words_of_the_shop(self, meanings: Sequence[Meaning], here: Token) -> Iterator[Mended]:
        if not meanings or meanings[0].phrase == here.text:
            yield Mended(here)
            return
        best = meanings[0].weight
        shares = ((phrase, min(1.0, weight / best)) for phrase, weight in meanings)
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
        """The shop's phrase for one word or two that are not its own, written apart or in one: lunchbox, leak proof;
        a letter by itself, as in t shirt, is no word."""
        for run in (words[place : place + 2], words[place : place + 1]):
            letters = "".join(token.text for token in run)
            whole = self._vocabulary.solid(letters)
            if len(run) > 1 and len(run[0].text) == 1 and run[1].text.isalpha() and letters in self._vocabulary.words:
                whole = whole or f"{run[0].text}-{run[1].text}"
            apart = len(run) > 1 and len(run[0].text) > 1 and all(map(self._vocabulary.knows, (t.text for t in run)))
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
                if spelt is None and not any(self.glossary.knows(token.text) for token in run):
                    spelt = self.called.spelt(letters)
                if spelt is not None:
                    return word._replace(text=spelt, end=run[-1].end), last
        nearest = self._vocabulary.spelling.nearest(word.text) or self.called.meant(word.text) or word.text
        if self.glossary.knows(word.text) and not self._is_said_there(nearest, words, place):
            return word, place + 1
        return word._replace(text=nearest), place + 1

    def _is_said_there(self, word: str, words: Sequence[Token], place: int) -> bool:
        """Do titles have it beside what stands there? Pone is a bread, and “pone case” is meant for a phone's."""
        before, after = (words[beside].text if 0 <= beside < len(words) else "" for beside in (place - 1, place + 1))
        return self.glossary.is_beside(before, word) or self.glossary.is_beside(word, after)

    def _chinese(self, words: Sequence[Token], place: int) -> tuple[Token, int]:
        """Characters that sound like words of the shop; else a short name."""
        word = words[place]
        for last in range(min(len(words), place + _SPELT), place, -1):
            run = words[place:last]
            text = "".join(token.text for token in run)
            apart = any(a.end != b.start for a, b in pairwise(run))
            if apart or not 2 <= len(text) <= LONGEST or self.called.knows(text) or self.glossary.knows(text):
                continue
            alike = self._vocabulary.sounds.like(text)
            odd = not self._lexicon.means(text) and self._is_odd(run)
            like = self._best(alike) if alike and odd else None
            if like is None and odd:
                like = self.called.meant(text)
                if like is not None:
                    return word._replace(text=like, end=run[-1].end), last
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
            and plain < max(1, len(run) - 1)
            and not any(len(token.text) > 1 and self._lexicon.means(token.text) for token in run)
        )

    def _is_strange(self, word: str) -> bool:
        return word.isalpha() and not (
            self._lexicon.is_plain(word)
            or self._vocabulary.knows(word)
            or word in common_words()
            or self.called.knows(word)
        )

    def _best(self, phrases: Sequence[str]) -> str | None:
        """The phrase that names something the shop has, else one that means anything; the first of these."""
        ranked = sorted((not self._lexicon.names(phrase), place, phrase) for place, phrase in enumerate(phrases))
        return ranked[0][-1] if ranked else None

    def _bare(self, token: Token) -> list[Mended]:
        """A word that the shop has without its 子 or 头, as that: 粽子 is a 粽."""
        bare = token.text.rstrip(SUFFIXES)
        if not bare or bare == token.text or self._is_own(token.text) or self.called.knows(token.text):
            return []
        return list(self._in_words_of_the_shop([Meaning(bare, 1.0)], token)) if self._vocabulary.words[bare] else []

    def _parts(self, token: Token) -> list[Token]:
        """The token, or the shop's words it is made of where the shop does not have it whole: 生日礼物 → 生日, 礼物,
        狗窝 → 狗, 窝."""
        if token.text.isascii() or len(token.text) < 2 or self._lexicon.means(token.text):
            return [token]
        if len(token.text) == 2:
            whom, thing = token.text[0], token.text[1]
            apart = whom in self._lexicon.people and self._vocabulary.has(thing) and not self._is_own(token.text)
            middle = token.start + 1
            return [Token(whom, token.start, middle), Token(thing, middle, token.end)] if apart else [token]
        parts = self._vocabulary.segmenter.split(token)
        return parts if any(self._lexicon.means(part.text) for part in parts) else [token]
