"""Finds the kind of goods that a sentence names, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from daogou.language.names import GOODS
from daogou.language.reading import MARK, runs
from daogou.language.vocabulary import Found, join

if TYPE_CHECKING:
    from daogou.language.called import Called
    from daogou.language.lexicon import Lexicon
    from daogou.language.reading import Reading
    from daogou.language.vocabulary import Vocabulary

_ENDING = 4
"""Words of the longest end of a category's name that is looked for."""


class CategoryFinder:
    """Knows categories by their names, by the ends of these, and by what their goods are called."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon, called: Called) -> None:
        self._vocabulary = vocabulary
        self._lexicon = lexicon
        self.called = called
        """May be replaced at any time."""

    def find(self, reading: Reading) -> None:
        """Note the category that is named in full; else words that are a name of its goods, or the end of its own."""
        said = [token.text for token in reading.words]
        place, loose = 0, []
        while place < len(said):
            phrase = self._lexicon.find(said, place)
            longer = self.called.begins(said, place)
            if (
                longer is not None
                and (phrase is None or longer.last > phrase.last)
                and not said[place].startswith(MARK)
            ):
                reading.short, reading.category = longer, self._category_of(longer.phrase)
                return
            if phrase is not None and self._names_category(phrase):
                reading.category = self._vocabulary.meanings(phrase.phrase)[0].value
                self._follow(reading, phrase)
                return
            if phrase is None and not said[place].startswith(MARK) and not self._lexicon.is_plain(said[place]):
                loose.append(place)
            place = phrase.last if phrase else place + 1
        for first, last in self._together(reading, loose):
            for end in range(last, first, -1):
                found = self._ending(said, first, end) or self.called.find(said, first, end)
                if found is not None and end - 1 in loose:
                    reading.short = found
                    reading.category = self._category_of(found.phrase)
                    return

    def _names_category(self, phrase: Found) -> bool:
        return any(term.kind == "category" for term in self._vocabulary.meanings(phrase.phrase)[:1])

    def _follow(self, reading: Reading, named: Found) -> None:
        """The last noun says what a thing is: dress shoes are shoes, a perfume candle is a candle."""
        said = [token.text for token in reading.words]
        while self._touch(reading, named.last):
            after = self._lexicon.find(said, named.last)
            if after is not None and self._names_category(after):
                named, reading.category = after, self._vocabulary.meanings(after.phrase)[0].value
                continue
            if after is None and not self._lexicon.is_plain(said[named.last]):
                short = self._ending(said, named.last, named.last + 1) or self.called.find(
                    said, named.last, named.last + 1
                )
                if short is not None:
                    reading.short, reading.category = short, self._category_of(short.phrase)
            return

    def _touch(self, reading: Reading, place: int) -> bool:
        """Does a word go on where the one before it ends, as those of a compound do?"""
        if not 0 < place < len(reading.words) or reading.words[place].text.startswith(MARK):
            return False
        before, after, text = reading.words[place - 1], reading.words[place], reading.normal.text
        is_chinese = text[after.start] > "\u2fff"
        gap = text[before.end : after.start]
        return gap == ("" if is_chinese else " ") and (text[before.start] > "\u2fff") == is_chinese

    def modifies(self, reading: Reading, said: Sequence[str], phrase: Found) -> bool:
        """Does what names a category only say which kind of what is named next: the dress of dress shoes, or 手机 in
        手机充电器, where chargers are tagged so?"""
        if not self._names_category(phrase) or not self._touch(reading, phrase.last):
            return False
        if reading.short and reading.short.first == phrase.last:
            return True
        after = self._lexicon.find(said, phrase.last)
        return after is not None and (self._names_category(after) or self._names_goods(after))

    def _names_goods(self, phrase: Found) -> bool:
        return any(term.name.casefold() in GOODS for term in self._vocabulary.meanings(phrase.phrase)[:1])

    def is_brand_of(self, reading: Reading, said: Sequence[str], first: int, last: int) -> bool:
        """Is this the name of a brand that the shop does not have, before a kind of its goods: the 小米 of 小米手机, a
        brand of phones and no millet?"""
        phrase = join(said[first:last])
        if phrase not in self._lexicon.brands or not self._touch(reading, last):
            return False
        terms, kind = self._vocabulary.meanings(phrase), reading.category
        if any(term.kind == "brand" or self._vocabulary.coverage(term.name, kind) for term in terms):
            return False
        if reading.short and reading.short.first == last:
            return True
        after = self._lexicon.find(said, last)
        return after is not None and self._names_category(after)

    def _together(self, reading: Reading, loose: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Runs of words from which nothing was named, with what was named before them."""
        places = [place for place, token in enumerate(reading.words) if not token.text.startswith(MARK)]
        for run in runs([reading.words[place] for place in places], reading.normal.text):
            first = reading.words.index(run[0])
            yield first, first + len(run)

    def _ending(self, said: Sequence[str], first: int, last: int) -> Found | None:
        for place in range(max(first, last - _ENDING), last):
            phrase = join(said[place:last])
            if self._vocabulary.ending(phrase) is not None:
                return Found(phrase, place, last)
        return None

    def _category_of(self, name: str) -> str | None:
        term = self._vocabulary.ending(name)
        return term.value if term is not None else self.called.categories.get(name)
