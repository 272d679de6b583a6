"""How many a shopper wants: 两双, 半打, 3 pairs of, a dozen, x2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from daogou.language.numerals import CHINESE, ENGLISH, number
from daogou.language.wishes import Said, Wish

_MEASURE_WORDS = (
    "双|副|对|件|条|个|只|瓶|盒|袋|包|罐|套|本|支|把|张|台|部|款|顶|枚|块|箱|份|组|卷|提|桶|块|根|片|辆|床|盏|口|幅"
)
_CONTAINERS = (
    "pairs?|pieces?|pcs|pc|sets?|bottles?|boxes|box|packs?|packets?|bags?|units?|cans?|jars?|tubes?|rolls?|copies|"
    "items?"
)
_CHINESE_COUNT = re.compile(
    rf"(?<![第\d.a-z几])(?P<n>\d{{1,3}}|{CHINESE})\s?(?:{_MEASURE_WORDS})(?!装|套装|人|月|小时|钟|星期|礼拜|以)(?P<made>套)?"
)
_DOZENS = re.compile(rf"(?<![第\d.])(?P<n>\d{{1,2}}|半|{CHINESE})打(?!折|印|包|开)")
_ENGLISH_COUNT = re.compile(
    rf"(?<![a-z\d.$])(?<!\d,)(?P<n>\d{{1,3}}|{ENGLISH}|an?)\s?(?:{_CONTAINERS})(?![a-z])(?:\sof(?:\s(?:them|these|those))?(?![a-z]))?"
)
_OF_THEM = re.compile(rf"(?<![a-z\d.$])(?<!\d,)(?P<n>\d{{1,3}}|{ENGLISH})\s(?:of\s(?:them|these|those)|x)(?![a-z])")
_PACK_OF = re.compile(rf"(?<![a-z])(?:packs?|sets?|boxes|box)\sof\s(?P<n>\d{{1,3}}|{ENGLISH})(?![a-z\d])")
_FIRST = re.compile(rf"^(?P<n>\d{{1,2}}|{ENGLISH})(?!\s(?:hour|day|week|month|year|star)s)(?=\s[a-z]{{3,}}s(?![a-z]))")
_LAST = re.compile(rf"(?<=[a-z]\s)(?P<n>{ENGLISH})$")
_TIMES = re.compile(r"(?<![a-z\d])(?:x\s?(?P<n>\d{1,3})|(?P<m>\d{1,3})\s?x)(?![a-z\d])")
_ENGLISH_DOZENS = re.compile(
    rf"(?<![a-z])(?P<half>half\s(?:a\s)?)?(?P<n>an?\s|\d{{1,2}}\s|{ENGLISH}\s)?dozen(?![a-z])(?:\sof(?![a-z]))?"
)
_COUPLE = re.compile(r"(?<![a-z])a\scouple(?:\sof)?(?![a-z])")
_MANY = 1000


def counts(said: Said) -> Iterator[Wish]:
    """Quantities of two and more; “一双” and “a pair of” are read and say nothing."""
    text = said.text
    for match in _ENGLISH_DOZENS.finditer(text):
        n = number(match["n"].strip()) if match["n"] and match["n"].strip() not in ("a", "an") else Decimal(1)
        yield _wish(match, (n or Decimal(1)) * (6 if match["half"] else 12))
    for match in _DOZENS.finditer(text):
        yield _wish(match, Decimal(6) if match["n"] == "半" else (number(match["n"]) or Decimal(1)) * 12)
    for match in _COUPLE.finditer(text):
        yield _wish(match, Decimal(2))
    for pattern in (_PACK_OF, _CHINESE_COUNT, _ENGLISH_COUNT, _OF_THEM, _TIMES, _FIRST, _LAST):
        for match in pattern.finditer(text):
            part = match.groupdict()
            if not part.get("made"):
                yield _wish(match, _number(part["n"] or part["m"]))


def _number(text: str) -> Decimal | None:
    return Decimal(1) if text in ("a", "an") else number(text)


def _wish(match: re.Match[str], n: Decimal | None) -> Wish:
    wanted = n is not None and 2 <= n < _MANY and n == n.to_integral_value()
    return Wish(*match.span(), "quantity" if wanted else None, "quantity", str(int(n)) if wanted and n else "")
