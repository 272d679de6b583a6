"""Numbers in words: 两百, 一千五, 3万, 一百二十三; fifty, two hundred, a thousand."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_DIGITS = {
    c: n
    for n, cs in enumerate(("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for c in cs
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "k": 1000, "w": 10_000, "万": 10_000}
_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ENGLISH = {
    **{word: n for n, word in enumerate(_ONES.split(), 1)},
    **{word: 10 * n for n, word in enumerate(_TENS.split(), 2)},
}
_SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000}
_WORD = "|".join([*_ENGLISH, *_SCALES])
ENGLISH = rf"(?:(?:an?\s)?(?:{'|'.join(_SCALES)})|(?:{_WORD})(?:[\s-](?:and\s)?(?:{_WORD}))*)(?![a-z])"
"""A regular expression for a number in English words."""
CHINESE = f"[{''.join(_DIGITS)}十拾百佰千仟万半]+"
NUMERAL = rf"(?:(?:\d+(?:,\d{{3}})+|\d+)(?:\.\d+)?(?:\s?[kw万千百](?![a-z]))?|{CHINESE}|{ENGLISH})"
"""A regular expression for one number in figures, in Chinese numerals or in English words, in normalised text."""


def number(text: str) -> Decimal | None:
    """Read a number; 一千五 is 1500 as it is spoken; None where the characters do not make one."""
    text = text.strip()
    if text[:1].isalpha() and text.isascii():
        return _english(text)
    text = text.replace(",", "").replace(" ", "")
    if text == "半":
        return Decimal("0.5")
    try:
        return Decimal(text)
    except InvalidOperation:
        pass
    if text[:1].isdigit() and text[-1:] in _UNITS:
        try:
            return Decimal(text[:-1]) * _UNITS[text[-1]]
        except InvalidOperation:
            return None
    return _spoken(text)


def _english(text: str) -> Decimal | None:
    total, section = 0, 0
    for word in re.findall("[a-z]+", text):
        if word in _ENGLISH:
            section += _ENGLISH[word]
        elif word == "hundred":
            section = (section or 1) * 100
        elif word in _SCALES:
            total, section = total + (section or 1) * _SCALES[word], 0
        elif word not in ("a", "an", "and"):
            return None
    return Decimal(total + section) if total + section else None


def _spoken(text: str) -> Decimal | None:
    total, section, digit, unit = 0, 0, None, 1
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char] if digit is None or char not in "零〇" else digit
            if char in "零〇":
                digit, unit = None, 10
        elif char == "万":
            total, section, digit, unit = (total + section + (digit or 0) or 1) * 10_000, 0, None, 10_000
        elif char in _UNITS:
            unit = _UNITS[char]
            section += (1 if digit is None else digit) * unit
            digit = None
        else:
            return None
    if digit is not None:
        section += digit * (unit // 10 if unit > 10 else 1)
    return Decimal(total + section) if text else None
