"""Measures and sizes, as the shop's products have them: 500 毫升 is 0.5 l, 42码 is "size 42"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from daogou.language.numerals import CHINESE, number
from daogou.language.units import extents, stated
from daogou.language.vocabulary import SIZES
from daogou.language.wishes import Said, Wish


def measures(said: Said) -> Iterator[Wish]:
    """Measures that the shop has among its products' values; of others, lengths and volumes as sizes."""
    known = []
    for start, end, measure in stated(said.text):
        terms = said.vocabulary.measured(measure)
        if terms:
            kind = "size" if terms[0].name in SIZES else "attribute"
            known.append((start, end))
            yield Wish(start, end, kind, terms[0].name, terms[0].value, terms)  # type: ignore[arg-type]
    for start, end, value in extents(said.text):
        if not any(a < end and start < b for a, b in known) and not said.vocabulary.meanings(said.text[start:end]):
            yield Wish(start, end, "size", "size", value)


_LETTERS = "xxs|xs|s|m|l|xl|xxl|xxxl|2xl|3xl|4xl"
_NAMED = {
    "小号": "s", "中号": "m", "大号": "l", "加大号": "xl", "加大码": "xl", "加大": "xl", "特大号": "xl",
    "均码": "one size",
    "small": "s", "medium": "m", "large": "l", "extra large": "xl", "extra-large": "xl", "x-large": "xl",
    "extra small": "xs",
}  # fmt: skip
_SIZE = r"(?:\d{1,3}(?:\.5)?|" + _LETTERS + ")"
_ANY_NAMED = "|".join(sorted(_NAMED, key=len, reverse=True))
_PATTERNS = (
    re.compile(rf"(?<![a-z\d.])(?:尺码|码数|鞋码)\s?(?:是|要|为)?\s?(?P<size>{_SIZE})(?![a-z\d])(?:码|号)?"),
    re.compile(rf"(?<![a-z\d.])(?P<size>{_SIZE}|{CHINESE})\s?码(?:的)?"),
    re.compile(rf"(?<![a-z\d.])(?P<known>{_SIZE})\s?号(?:的)?"),
    re.compile(rf"(?<![a-z])(?:size|sz|eu|eur)\s?(?:is\s|of\s)?(?P<size>{_SIZE}|{_ANY_NAMED})(?![a-z\d])"),
    re.compile(rf"(?<![a-z\d])(?P<size>{_ANY_NAMED})(?:\ssize|\ssized)(?![a-z])"),
    re.compile(rf"(?<![a-z])in\s(?:an?\s)?(?P<size>{_ANY_NAMED})(?![a-z])(?!\s[a-z])"),
    re.compile(rf"(?P<size>{'|'.join(name for name in _NAMED if name > 'z')})(?!字)"),
)  # fmt: skip
_LETTER = re.compile(rf"(?<![a-z\d'-])(?P<size>{_LETTERS})(?![a-z\d'-])")


_CUE = r"尺码|码数|鞋码|(?<![a-z])(?:size|sz|eu|eur)s?"
_SPAN = re.compile(
    rf"(?<![a-z\d.])(?P<cue>(?:{_CUE})\s?(?:是|of\s|from\s)?)?(?P<low>{_SIZE})\s?(?:码|号)?\s?(?:-|–|~|到|至|to)\s?"
    rf"(?P<high>{_SIZE})(?![a-z\d])\s?(?P<unit>码|号)?"
)
_ORDER = {letter: place for place, letter in enumerate(("xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl"))}
_ORDER |= {"2xl": _ORDER["xxl"], "3xl": _ORDER["xxxl"], "4xl": _ORDER["xxxl"] + 1}


def _spans(said: Said) -> Iterator[Wish]:
    """Sizes from one to another, both of the shop: 36-38码, “size M to L”."""
    for match in _SPAN.finditer(said.text):
        low, high = (_rank(match[name]) for name in ("low", "high"))
        letters = match["low"].isalpha() and _is_capital(said, match.start("low"))
        if (
            low is None
            or high is None
            or low[0] != high[0]
            or low >= high
            or not (match["cue"] or match["unit"] or letters)
        ):
            continue
        known = [
            (rank, terms) for value, terms in said.vocabulary.sizes() if (rank := _rank(value)) and rank[0] == low[0]
        ]
        inside = [term for rank, terms in known if low <= rank <= high for term in terms]
        every = [term for _, terms in known for term in terms]
        if inside:
            value = f"{match['low']}..{match['high']}"
            yield Wish(*match.span(), "size", inside[0].name, value, every, inside=inside)


def _rank(size: str) -> tuple[str, float] | None:
    """Where a size stands among those of its kind."""
    if size in _ORDER:
        return "letter", float(_ORDER[size])
    return ("number", float(size)) if re.fullmatch(r"\d{1,3}(?:\.5)?", size) else None


def sizes(said: Said) -> Iterator[Wish]:
    """Sizes: those of the shop as its products name them, others as they were said."""
    yield from _spans(said)
    for pattern in _PATTERNS:
        for match in pattern.finditer(said.text):
            word = match[1]
            value = _NAMED.get(word, word)
            if word[0] > "\u2fff" and word not in _NAMED:
                value = str(number(word) or word)
                if len(value) < 2:
                    continue  # 大一码 compares
            known = said.vocabulary.size(value)
            if known or (word not in _NAMED and match.lastgroup == "size"):
                yield Wish(*match.span(), "size", known[0].name if known else "size", value, known)
    for match in _LETTER.finditer(said.text):
        known = said.vocabulary.size(match["size"])
        if _is_capital(said, match.start()) and (known or _stands_alone(said.text, match)):
            yield Wish(*match.span(), "size", known[0].name if known else "size", match["size"], known)


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Is this the last word, or cut off by a comma: “underwear, L”? In between, “L” may be anything."""
    return not text[match.end() :].strip(" 号码的") or text[match.end() : match.end() + 1] == ","


def _is_capital(said: Said, place: int) -> bool:
    """“M” alone is a size; “m” may be anything."""
    return said.typed[said.normal.starts[place]].isupper() or said.text[place : place + 2] in ("xl", "xx", "xs")
