"""Prices and price ranges in a sentence: 500元以下, under $80, 两百到四百, between 100 and 200, 200块左右."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from daogou.domain.money import Money
from daogou.language.numerals import NUMERAL, number
from daogou.language.wishes import Said, Wish

ABOUT = Decimal("0.2")
"""“Around 200” means a fifth more or less."""

_SIGNS = {
    "us$": "USD", "hk$": "HKD", "nt$": "TWD", "a$": "AUD", "c$": "CAD", "s$": "SGD", "€": "EUR", "£": "GBP",
    "rmb": "CNY", "cny": "CNY", "usd": "USD", "eur": "EUR", "gbp": "GBP", "jpy": "JPY", "hkd": "HKD",
    "人民币": "CNY", "yuan": "CNY", "kuai": "CNY", "美元": "USD", "美金": "USD", "欧元": "EUR", "euro": "EUR",
    "euros": "EUR", "英镑": "GBP", "pounds": "GBP", "日元": "JPY", "yen": "JPY", "港币": "HKD", "港元": "HKD",
}  # fmt: skip
_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN"})
_DOLLAR_WORDS = frozenset({"$", "dollar", "dollars", "bucks", "刀"})
_YUAN_SIGN = frozenset({"CNY", "JPY"})
_PLAIN = ("元", "块钱", "块", "圆")  # said of any currency by Chinese speakers, so: the shop's


def _any_of(words: str | tuple[str, ...] | list[str]) -> str:
    words = words.split("|") if isinstance(words, str) else words
    return "(?:" + "|".join(re.escape(w).replace(r"\ ", r"\s") for w in sorted(words, key=len, reverse=True)) + ")"


_LATIN_END = r"(?![a-z])"
_SIGN = "(?:" + _any_of([s for s in (*_SIGNS, "$", "¥") if not s[0] > "\u2fff"]) + ")"
_UNIT = "(?:" + _any_of([*_SIGNS, *_DOLLAR_WORDS, "¥", *_PLAIN]) + _LATIN_END + ")"
# A number with one of these behind it is a size, an age, a weight, a count: no price.
_NOT_MONEY = (
    r"(?!\s?(?:岁|码|寸|斤|克|公斤|千克|毫升|升|厘米|毫米|米|英寸|年|月|天|日|小时|分钟|号|折|星|件|个|双|只|瓶|包|人|片|颗|瓦|毫安|"
    r"条|副|把|支|根|张|本|套|盒|袋|箱|对|打|位|台|部|款|页|粒|组|罐|枚|%|\"|"
    r"(?:inch|inches|in|cm|mm|m|km|ft|g|kg|mg|lb|lbs|oz|ml|l|liters?|litres?|gb|tb|mb|mah|w|v|hz|k|p|stars?|hours?|days?|"
    r"weeks?|months?|years?|yrs?|pcs|pieces?|packs?|people|persons?|players?|pages?|sheets?|pairs?|bottles?|sets?|boxes|"
    r"watts?|volts?|grams?|kilos?|kgs|metres?|meters?|millilitres?|milliliters?|x)\b))"
)


def _amount(tag: str) -> str:
    return rf"(?P<sign{tag}>{_SIGN})?\s?(?P<n{tag}>(?>{NUMERAL}))\s?(?P<unit{tag}>{_UNIT})?"


_AT_MOST = _any_of(
    "under|below|less than|cheaper than|lower than|up to|at most|max|maximum|"
    "within|no more than|not more than|not over|no higher than|not exceeding|capped at|"
    "budget|my budget is|budget of|budget is|<|<="
    "|不超过|不高于|低于|少于|小于|最多|最高|别超过|不要超过|别超|预算|预算是|预算在|预算只有|不到|上限|便宜于|控制在"
)
_AT_LEAST = _any_of(
    "over|above|more than|at least|from|starting at|upwards of|no less than|minimum|min|>|>="
    "|超过|高于|大于|至少|最少|不低于|不少于|最低|起码|下限"
)
_AROUND = _any_of("around|about|roughly|approximately|circa|大约|大概|差不多|约")
_OR_LESS = _any_of(
    "以下|以内|以里|之内|内|之下|封顶|顶天|or less|or under|or below|or cheaper|max|tops|at most|and under|and below"
)
_OR_MORE = _any_of("以上|起步|起|往上|or more|or above|or over|and up|and above|+")
_ABOUT_AFTER = _any_of("左右|上下|附近|出点头|ish|or so|give or take")
_BETWEEN = _any_of("between|from|介于|预算|价格|价位|价位在|budget|price")
_TO = r"\s?(?:到|至|~|-|to|and|or|和|&)\s?"
_W = r"(?<![a-z\d.$])(?<!\d,)"  # where a word or number may begin

_RANGE = _amount("1") + _TO + _amount("2")
_NOT_ABOUT = rf"(?!\s?{_ABOUT_AFTER})"
_DIGIT_PAIR = "(?P<n1>[一二两三四五六七八])(?P<n2>[二三四五六七八九])"
_TAIL = rf"\s?(?P<unit1>{_UNIT})?"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("pair", re.compile(rf"{_W}{_DIGIT_PAIR}(?P<scale>[十百千万]){_TAIL}{_NOT_MONEY}")),
    ("some", re.compile(rf"{_W}几(?P<n1>[十百千万]){_TAIL}{_NOT_MONEY}")),
    ("upward", re.compile(rf"{_W}{_amount('1')}(?:多|出头)\s?(?P<unit2>{_UNIT})?{_NOT_MONEY}")),
    ("range", re.compile(rf"{_W}(?P<cue>{_BETWEEN}\s?)?{_RANGE}{_NOT_MONEY}(?P<tail>之间|的价位)?")),
    ("most", re.compile(rf"{_W}{_AT_MOST}\s?{_amount('1')}{_NOT_MONEY}{_NOT_ABOUT}(?:{_OR_LESS}|的)?")),
    ("most", re.compile(rf"{_W}{_amount('1')}\s?{_OR_LESS}{_LATIN_END}")),
    ("least", re.compile(rf"{_W}{_AT_LEAST}\s?{_amount('1')}{_NOT_MONEY}")),
    ("least", re.compile(rf"{_W}{_amount('1')}\s?{_OR_MORE}{_LATIN_END}")),
    ("about", re.compile(rf"{_W}{_AROUND}\s?{_amount('1')}{_NOT_MONEY}")),
    ("about", re.compile(rf"{_W}{_amount('1')}\s?(?:{_ABOUT_AFTER}|来{_UNIT})")),
    ("about", re.compile(rf"{_W}{_amount('1')}")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PriceWish:
    """A price range a shopper stated: characters `start` to `end` of the normalised text."""

    start: int
    end: int
    low: Money | None
    high: Money | None

    @property
    def value(self) -> str:
        """ "..80 USD", "200..400 CNY", "100.. CNY": for slots and messages."""
        currency = next(money.currency for money in (self.low, self.high) if money is not None)
        low, high = (f"{money.major.normalize():f}" if money else "" for money in (self.low, self.high))
        return f"{low}..{high} {currency}"

    def converted(self, currency: str, rates: Mapping[str, float]) -> PriceWish | None:
        """The same wish in the shop's currency; None where it is in another one and `rates` does not list that.

        `rates` says what one unit of a currency is worth in the shop's. A price is never converted by guessing.
        """
        stated = next(money.currency for money in (self.low, self.high) if money is not None)
        if stated == currency:
            return self
        if stated not in rates:
            return None
        rate = Decimal(str(rates[stated]))
        low, high = (Money.of(money.major * rate, currency) if money else None for money in (self.low, self.high))
        return PriceWish(self.start, self.end, low, high)


def prices(text: str, currency: str) -> list[PriceWish]:
    """Find the price wishes in normalised text, left to right, without overlaps.

    A number without a sign, or with a word like 元 or 块, is in `currency`, the shop's. "$" is the shop's own dollar,
    else the US dollar; "¥" is the shop's yuan or yen, else the yuan.
    """
    if not _MAYBE.search(text):
        return []
    found: list[PriceWish] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if not any(match.start() < wish.end and wish.start < match.end() for wish in found):
                found += _wish(kind, match, currency)
    return sorted(found, key=lambda wish: wish.start)


def price_wishes(said: Said) -> Iterator[Wish]:
    """The price wishes, for the understander."""
    for wish in prices(said.text, said.currency):
        yield Wish(wish.start, wish.end, "price", price=wish)


_MAYBE = re.compile(NUMERAL + "|几")


def _wish(kind: str, match: re.Match[str], currency: str) -> Iterator[PriceWish]:
    part = match.groupdict()
    first = _read(part["n1"])
    marks = [part.get(name) for name in ("sign1", "unit1", "sign2", "unit2")]
    stated = next((_currency(mark, currency) for mark in marks if mark), currency)
    if first is None or not _is_money(kind, match, marks):
        return
    low: Decimal | None = None
    high: Decimal | None = None
    match kind:
        case "range":
            second = _read(part["n2"])
            if second is None:
                return
            low, high = _spread(part["n1"], first, second)
        case "pair":  # 三五百 is three to five hundred
            low, high = (_read(part[name] + part["scale"]) for name in ("n1", "n2"))
        case "some":  # 几百 is a few hundred: below a thousand
            low, high = first, first * 10
        case "upward":  # 三百多 is three hundred and something
            low, high = first, first + _last_place(first)
        case "most":
            high = first
        case "least":
            low = first
        case _:
            low, high = first * (1 - ABOUT), first * (1 + ABOUT)
    try:
        amounts = [None if bound is None else Money.of(bound, stated) for bound in (low, high)]
    except ValueError:
        return
    said = match.group()
    start = match.start() + len(said) - len(said.lstrip())
    yield PriceWish(start, start + len(said.strip()), *amounts)


def _last_place(n: Decimal) -> Decimal:
    """The worth of the last figure that is not 0: 100 for 300, 10 for 350."""
    place = Decimal(10)
    while n >= place * 10 and n % (place * 10) == 0:
        place *= 10
    return place


def _is_money(kind: str, match: re.Match[str], marks: list[str | None]) -> bool:
    """Is there evidence that the number is a price: a currency, or a way of speaking that only prices have?"""
    if any(marks):
        return True
    part = match.groupdict()
    said = f"{part['n1']} {part.get('n2')} {part.get('scale')}"
    spoken = any(mark in said for mark in ("百", "千", "万", "佰", "仟", "hundred", "thousand", "grand"))
    if kind == "range":
        return bool(part["tail"] or spoken) or _read(part["n1"], least=8 if part["cue"] else 50) is not None
    if kind in ("pair", "some", "upward"):
        return spoken or _read(part["n1"], least=50) is not None
    plain = match.group().strip() == part["n1"]
    return not plain and (spoken or bool(_read(part["n1"] or "", least=5)))


def _spread(said: str, first: Decimal, second: Decimal) -> tuple[Decimal, Decimal]:
    """两到四百 is 200 to 400: a bare digit before 百 or 千 takes the unit of the second number."""
    if len(said.strip()) == 1 and first < 10 <= second:
        for unit in (10_000, 1000, 100):
            if second >= unit and second % unit == 0:
                first *= unit
                break
    return min(first, second), max(first, second)


def _read(text: str, *, least: int = 0) -> Decimal | None:
    value = number(text)
    return value if value is not None and least <= value < 10**12 else None


def _currency(mark: str, shop: str) -> str:
    if mark in _DOLLAR_WORDS:
        return shop if shop in _DOLLARS else "USD"
    if mark == "¥":
        return shop if shop in _YUAN_SIGN else "CNY"
    return _SIGNS.get(mark, shop)
