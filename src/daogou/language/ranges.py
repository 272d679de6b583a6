"""Measures as limits: 20寸以上, “under 2 kg”, “thicker than 6 mm”, 500到1000毫升."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from daogou.language.comparisons import DIRECTIONS
from daogou.language.units import measure_of, stated
from daogou.language.wishes import Said, Wish

_THAN = "|".join(sorted((f"{word} than" for word in DIRECTIONS if word.isascii()), key=len, reverse=True))
_BEFORE = re.compile(
    r"(?:(?P<ge>>=|≥|不少于|不低于|不小于|至少|起码|最少|(?<![a-z])(?:at least|no less than|minimum|min\.?|from))"
    r"|(?P<le><=|≤|不超过|不大于|不高于|不多于|最多"
    r"|(?<![a-z])(?:up to|at most|no more than|not more than|maximum|max\.?|within))"
    r"|(?P<gt>>|大于|超过|高于|多于|厚于|长于|重于|(?<![a-z])(?:over|above|more than))"
    r"|(?P<lt><|小于|低于|少于|短于|轻于|(?<![a-z])(?:under|below|less than))"
    rf"|(?<![a-z])(?P<than>{_THAN}))\s*$"
)
_AFTER = re.compile(
    r"\s*(?:(?P<ge>及?以上|起步?(?!来)|\+|or (?:more|larger|bigger|longer|above)|and (?:up|above|over))"
    r"|(?P<le>及?以下|以内|之内|内(?!存)|or (?:less|smaller|under|below|shorter)|and (?:under|below)"
    r"|max(?![a-z]|\.?\s*[\d¥$€£])))的?"
)
_FROM = re.compile(
    r"(?P<low>\d+(?:\.\d+)?)\s*(?:[a-z\"]+|毫升|升|克|公斤|千克|斤|毫米|厘米|米|英寸|寸)?\s*(?:-|–|~|到|至|to)\s*$"
)
_SIGNS = {"ge": ">=", "le": "<=", "gt": ">", "lt": "<"}


@dataclass(frozen=True, slots=True)
class _Limit:
    start: int
    end: int
    said: str
    """Such as >=20寸 or 500..1000毫升."""
    low: Decimal | None = None
    high: Decimal | None = None
    open: bool = False
    """The ends themselves do not keep it."""

    def keeps(self, amount: Decimal) -> bool:
        if self.open and amount in (self.low, self.high):
            return False
        return (self.low is None or self.low <= amount) and (self.high is None or amount <= self.high)


def ranges(said: Said) -> Iterator[Wish]:
    """Limits of what products of the shop are measured by, with the values that keep each."""
    for start, end, (dimension, amount) in stated(said.text):
        limit = _limit(said.text, start, end, amount)
        terms = said.vocabulary.measured_as(dimension) if limit is not None else ()
        if limit is not None and terms:
            inside = [term for measured, term in terms if limit.keeps(measured)]
            every = [term for _, term in terms]
            yield Wish(limit.start, limit.end, "attribute", value=limit.said, terms=every, inside=inside)


def _limit(text: str, start: int, end: int, amount: Decimal) -> _Limit | None:
    measure = text[start:end]
    if (first := _FROM.search(text[:start])) is not None:
        low = measure_of(first["low"] + re.sub(r"^[\d.\s-]+", "", measure))
        if low is not None and low[1] < amount:
            return _Limit(first.start(), end, f"{first['low']}..{measure}", low[1], amount)
    if (before := _BEFORE.search(text[:start])) is not None:
        return _one_sided(before.start(), end, _sign(before), measure, amount)
    if (after := _AFTER.match(text, end)) is not None:
        return _one_sided(start, after.end(), _sign(after), measure, amount)
    return None


def _one_sided(start: int, end: int, sign: str, measure: str, amount: Decimal) -> _Limit:
    low, high = (amount, None) if sign[0] == ">" else (None, amount)
    return _Limit(start, end, sign + measure, low, high, open="=" not in sign)


def _sign(match: re.Match[str]) -> str:
    if match.lastgroup == "than":
        return ">" if DIRECTIONS[match["than"].removesuffix(" than")][1] == "more" else "<"
    return _SIGNS[match.lastgroup or ""]
