"""What a phrase can mean in a shop: its own words, and the words every shopper uses around them."""

from __future__ import annotations

from collections.abc import Sequence

from daogou.language.names import is_attribute
from daogou.language.shopping import audience_words, audiences, brands, occasions, people
from daogou.language.speech import CONNECTIVES, FILLERS, NEGATORS, ON_SALE, sorts
from daogou.language.vocabulary import LONGEST, Found, Vocabulary, join

_LIGHT = frozenset(
    "买找要来看选挑送给用穿戴带放想求个条件双款只台部本套把张瓶盒支点些种样的了吗有没能会可最很太更再也都就还在上下里又我你他她它这那"
)
"""Characters that say nothing where the segmenter joins them."""
_ASKING = frozenset({"you guys", "isnt there", "arent there", "dont you", "havent you", "doesnt it"})


class Lexicon:
    """The vocabulary of a shop together with the tables of speech, looked up by folded phrases."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        phrase = vocabulary.phrase
        self.sorts = {phrase(said): sort for said, sort in sorts()}
        self.on_sale = frozenset(map(phrase, ON_SALE))
        self.people = {phrase(said): line[0] for line in people() for said in line}
        self.occasions = {phrase(said): line[0] for line in occasions() for said in line}
        self.brands = frozenset(phrase(said) for line in brands() for said in line)
        """Names of brands, whether the shop has these or not."""
        self.audiences = audiences()
        self.fillers = FILLERS | {phrase(word) for word in FILLERS}
        self.negators = NEGATORS | {phrase(word) for word in NEGATORS}
        tables = (self.sorts, self.on_sale, self.people, self.occasions, self.negators, CONNECTIVES)
        self._plain = self.fillers | {word for table in tables for said in table for word in said.split()}
        vocabulary.segmenter.learn(
            word for word in (*(said for said, _ in sorts()), *ON_SALE, *NEGATORS) if len(word) > 1
        )

    def means(self, phrase: str) -> bool:
        """Does the phrase say anything by itself?"""
        return (
            phrase in self.sorts or phrase in self.on_sale or phrase in self.people or phrase in self.occasions
            or phrase in self.negators or phrase in self.fillers or self.names(phrase)
        )  # fmt: skip

    def others(self, audience: str) -> list[str]:
        """The audiences whose products do not suit a grown-up of this one."""
        return [line[0] for line in audience_words() if line[0] != audience]

    def names(self, phrase: str) -> bool:
        """Does the phrase name a category, a brand or a value of an attribute?"""
        return bool(self.vocabulary.meanings(phrase))

    def is_plain(self, word: str) -> bool:
        """Words of every sentence, which are never misspelt words of the shop."""
        return word in self._plain

    def find(self, said: Sequence[str], place: int) -> Found | None:
        """The longest phrase from here that has a meaning other than filling a sentence."""
        for last in range(min(len(said), place + LONGEST), place, -1):
            phrase = join(said[place:last])
            if phrase not in self.fillers and phrase not in self.negators and self.means(phrase):
                return Found(phrase, place, last)
        return None

    def fills(self, word: str) -> bool:
        """Does the word only fill the sentence? 买条 and 找件 do, as 买, 找, 条 and 件 do."""
        return word in self.fillers or (
            1 < len(word) < 4 and not self.vocabulary.knows(word) and all(character in _LIGHT for character in word)
        )

    def asks(self, said: Sequence[str], place: int) -> int:
        """How many words from here only ask whether there is something: "isn't there", 没有…吗; else 0."""
        if join(said[place : place + 2]) in _ASKING:
            return 2
        return int(said[place] in ("没有", "没") and said[-1] in ("吗", "么", "嘛"))

    def negates(self, said: Sequence[str], place: int) -> int:
        """How many words from here say that something is not wanted: 1 for "no", 2 for "other than"; else 0."""
        longest = max((n for n in (3, 2, 1) if join(said[place : place + n]) in self.negators), default=0)
        named = self.find(said, place) if longest else None
        return 0 if named is not None and named.last > place + longest else longest

    def knows(self, word: str) -> bool:
        """Does any product contain the word, or at least every part of it that is more than one character?

        Numbers and the names of attributes say too little to be missed.
        """
        if self.vocabulary.has(word) or not any(map(str.isalpha, word)) or is_attribute(word):
            return True
        if len(word) == 1:
            return word in self.vocabulary.characters
        if word.isascii():
            return any(map(self.vocabulary.has, self.vocabulary.segmenter.cut(word)))
        parts = [piece for piece in self.vocabulary.segmenter.cut(word) if len(piece) > 1 and piece != word]
        return bool(parts) and all(map(self.vocabulary.has, parts))
