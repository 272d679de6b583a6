"""Cuts Chinese and English text into words: compounds and their parts for the index, plain words for understanding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import rjieba

from daogou.language.normalise import plain

_UNITS = "mah|ml|kg|mg|gb|tb|mb|cm|mm|km|oz|lb|in|hz|ghz|mhz|wh|w|v|g|l|m"
HAN = "㐀-䶿一-鿿豈-﫿"
_RUN = re.compile(
    rf"(?P<han>[{HAN}]+)"
    rf"|(?P<number>\d+(?:[.,]\d+)*)(?P<unit>\s?(?:{_UNITS})\b)?"
    r"(?![a-z\d]|[-_/+.]?[a-z])"
    r"|(?P<word>[^\W_㐀-䶿一-鿿豈-﫿]+(?:[-_./+'&][^\W_㐀-䶿一-鿿豈-﫿]+)*)"
)
_WORDS = 100_000
"""Words whose folded forms are kept: a catalogue says the same ones again and again."""
_INNER = re.compile(r"[-_./+&]")
_MEASURE = re.compile(rf"(?P<number>\d+(?:\.\d+)?)(?P<unit>{_UNITS})?")

# Head nouns that end compounds: a shopper who types 鞋 means 运动鞋 and 皮鞋 alike.
HEADS = frozenset("鞋靴包裙裤衣衫帽袜表灯锅杯壶碗刀床桌椅柜架书笔车球茶酒油水霜膏乳粉糖饼巾毯垫伞镜琴")


_SMALL = frozenset("cdefhkmopqrstuvy")
"""First letters of the tags (ICTCLAS) of words that name no thing and no property: verbs, times, places, numbers."""
_NOUNS = frozenset({"eng", "vn", "un"})


def names_something(word: str) -> bool:
    """Is a Chinese word a noun or an adjective, as far as the general dictionary knows?"""
    return any(tag in _NOUNS or tag[:1] not in _SMALL for _, tag in rjieba.tag(word))


class Token(NamedTuple):
    """A word in its place: characters `start` to `end` of the normalised text."""

    text: str
    start: int
    end: int


class Segmenter:
    """Knows the shop's own words besides the general dictionary. Thread-safe; `learn` may add words later."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._own = rjieba.Jieba()
        self._words: set[str] = set()
        self.learn(words)

    def learn(self, words: Iterable[str]) -> None:
        """Keep these Chinese words whole from now on; other words need no learning."""
        for word in words:
            text = plain(word).strip()
            if text not in self._words and _is_compound(text):
                self._words.add(text)
                self._own.add_word(text, None, None)

    def cut(self, text: str) -> list[str]:
        """Words for the index and for matching against it: each compound with its parts, plurals folded.

        Queries and documents go through the same cut, so 跑步鞋 matches both 跑步鞋 and 跑步 with 鞋.
        """
        return list(pieces(self.words(text)))

    def generally(self, word: str) -> list[str]:
        """A word of the shop's own as it is cut where it is not known, such as before it was learnt: 抱枕 → 抱, 枕.

        Own words inside it stay whole: 刺绣抱枕 → 刺绣, 抱枕.
        """
        if word not in self._words:
            return [word]
        parts = [part.text for part in self.split(Token(word, 0, len(word)))]
        own = self._words if len(parts) > 1 else ()
        words = [(part,) if part in own else (said for said, _, _ in rjieba.tokenize(part)) for part in parts]
        return [piece for said in words for each in said for piece in _chinese(each)]

    def tokens(self, text: str) -> list[Token]:
        """Words with their places in the normalised form of `text`, left to right, without overlaps; folded."""
        return list(self._tokens(plain(text)))

    def words(self, text: str) -> list[str]:
        """The tokens' words without their places, in half the time."""
        found: list[str] = []
        for run in _RUN.finditer(plain(text)):
            if run.lastgroup == "word":
                found.append(fold(run[0]))
            elif run.lastgroup == "han":
                found += [word for word, _, _ in self._own.tokenize(run[0])]
            else:
                found.append(_number(run))
        return found

    def split(self, token: Token) -> list[Token]:
        """The shop's own words inside a longer Chinese word, longest first, with what lies between them."""
        parts: list[Token] = []
        place, loose, text = 0, 0, token.text
        while place < len(text):
            end = next(
                (e for e in range(len(text), place + 1, -1) if text[place:e] in self._words and text[place:e] != text),
                0,
            )
            if end and loose < place:
                parts.append(Token(text[loose:place], token.start + loose, token.start + place))
            if end:
                parts.append(Token(text[place:end], token.start + place, token.start + end))
                loose = end
            place = end or place + 1
        if parts and loose < len(text):
            parts.append(Token(text[loose:], token.start + loose, token.end))
        return parts or [token]

    def _tokens(self, text: str) -> Iterator[Token]:
        for run in _RUN.finditer(text):
            start, end = run.span()
            if run.lastgroup == "word":
                yield Token(fold(run[0]), start, end)
            elif run.lastgroup == "han":
                for word, a, b in self._own.tokenize(run[0]):
                    yield Token(word, start + a, start + b)
            else:
                yield Token(_number(run), start, end)


def _number(run: re.Match[str]) -> str:
    """A number without its commas, with its unit."""
    return run["number"].replace(",", "") + (run["unit"] or "").strip()


@lru_cache(maxsize=_WORDS)
def fold(word: str) -> str:
    """Fold an English plural or possessive: shoes → shoe, batteries → battery, dresses → dress, women → woman.

    Harman's S-stemmer (1991) with the -es of sibilants; nothing else is stemmed, so "running" stays apart from "run".
    """
    if word.endswith("'s"):
        word = word[:-2]
    word = word.replace("'", "")
    if "-" in word:
        head, _, tail = word.rpartition("-")
        return f"{head}-{fold(tail)}"
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")) or not word.isalpha():
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


_IRREGULAR = {
    "women": "woman", "womens": "woman", "men": "man", "mens": "man", "children": "child", "kids": "kid",
    "knives": "knife", "shelves": "shelf", "scarves": "scarf", "people": "person", "feet": "foot", "mice": "mouse",
    "lens": "lens", "lenses": "lens",
    **{f"{word}s": word for word in ("hoodie", "beanie", "cookie", "brownie", "smoothie", "movie", "onesie", "zombie")},
    "canvas": "canvas", "series": "series", "glasses": "glasses", "headphones": "headphone",
}  # fmt: skip


def _is_compound(text: str) -> bool:
    return len(text) > 1 and all("㐀" <= char <= "鿿" for char in text)


def pieces(words: Iterable[str]) -> Iterator[str]:
    """Each of the segmenter's words with its parts."""
    return (piece for word in words for piece in (_chinese(word) if word[0] > "\u33ff" else _latin(word)))


def _chinese(word: str) -> Iterator[str]:
    """The word, the dictionary words inside it, the characters these leave over, and its head noun."""
    yield word
    if len(word) < 3:
        if len(word) == 2 and word[1] in HEADS:
            yield word[1]
        return
    covered, alone = [False] * len(word), False
    for piece, start, end in rjieba.tokenize(word, "search"):
        if piece != word:
            yield piece
            covered[start:end] = [True] * (end - start)
            alone = alone or (end == len(word) and len(piece) == 1)
    if any(covered):
        yield from (char for char, seen in zip(word, covered, strict=True) if not seen)
        alone = alone or not covered[-1]
    if word[-1] in HEADS and not alone:
        yield word[-1]


@lru_cache(maxsize=_WORDS)
def _latin(word: str) -> tuple[str, ...]:
    """A joined word whole without its joints, and its parts: wi-fi → wifi, wi, fi; a measure and its number."""
    if measure := _MEASURE.fullmatch(word):
        return (word, measure["number"]) if measure["unit"] else (word,)
    parts = [part for part in _INNER.split(word) if part]
    whole = ("".join(parts),) if len(parts) > 1 else ()
    return (*whole, *(fold(part) for part in parts))
