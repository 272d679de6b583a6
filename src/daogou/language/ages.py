"""Ages as whom a product is for: 5岁, “for a 5 year old”, 七十岁的; of 3-6岁 and “ages 3 to 6” the older one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from daogou.language.numerals import CHINESE, ENGLISH, number
from daogou.language.wishes import Said, Wish

_TO = r"\s?(?:-|–|~|到|至|to|and)\s?"
_YEARS = re.compile(
    rf"(?<![\d.])(?:\d{{1,2}}{_TO})?(?P<zh>\d{{1,2}}|{CHINESE})\s?(?:周?岁)(?:半)?(?:左右)?(?:的)?(?!\s?(?:以上|及以上|以下))"
    rf"|(?<![a-z\d.])(?:my\s|an?\s)?(?:\d{{1,2}}{_TO})?(?P<en>\d{{1,2}}|{ENGLISH})[\s-]?(?:years?|yrs?|yr)[\s-]old(?:s|'s)?(?![a-z])"
    r"|(?<![a-z\d])(?:an?\s)?(?P<yo>\d{1,2})\s?yo(?![a-z])"
    rf"|(?<![a-z])(?:ages?|aged)\s(?:\d{{1,2}}{_TO})?(?P<aged>\d{{1,2}})(?![\d.])"
)
_UP_TO = ((2, "baby"), (12, "child"), (17, "teenager"), (59, ""), (120, "elderly"))
"""Ages up to which somebody is called so; grown-ups are nobody in particular."""


def ages(said: Said) -> Iterator[Wish]:
    """Recipients by their age, unless the shop has the age among its products' values."""
    for match in _YEARS.finditer(said.text):
        years = number(match["zh"] or match["en"] or match["yo"] or match["aged"])
        if years is None or said.vocabulary.meanings(said.vocabulary.phrase(match.group())):
            continue
        who = next((who for limit, who in _UP_TO if years <= limit), "")
        yield Wish(*match.span(), "recipient" if who else None, "recipient", who)
