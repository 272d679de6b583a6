"""Measures in both languages: 500 毫升 and 0.5 l are the same amount."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from daogou.language.numerals import CHINESE, ENGLISH, number

Measure = tuple[str, Decimal]
"""A dimension and an amount in its smallest unit."""

# unit → what it measures, in what multiple of the smallest unit
_UNITS: dict[str, tuple[tuple[str, str], ...]] = {
    unit: tuple((dimension, factor) for dimension, factor in meanings)
    for units, *meanings in (
        ("毫升 ml millilitre millilitres milliliter milliliters", ("volume", "1")),
        ("升 公升 l litre litres liter liters", ("volume", "1000")),
        ("克 gram grams gramme grammes", ("mass", "1")),
        ("g", ("mass", "1"), ("bytes", "1")),
        ("公斤 千克 kg kgs kilo kilos kilogram kilograms", ("mass", "1000")),
        ("斤", ("mass", "500")),
        ("毫米 mm millimetre millimetres millimeter millimeters", ("length", "1")),
        ("厘米 公分 cm centimetre centimetres centimeter centimeters", ("length", "10")),
        ("米 m metre metres meter meters", ("length", "1000")),
        ("英寸 寸 吋 inch inches inch-screen \" ''", ("inch", "1")),
        ("瓦 瓦特 w watt watts", ("power", "1")),
        ("千瓦 kw", ("power", "1000")),
        ("毫安时 毫安 mah", ("charge", "1")),
        ("gb", ("bytes", "1")),
        ("tb t", ("bytes", "1024")),
        ("小时 个小时 钟头 hour hours h hr hrs", ("time", "60")),
        ("分钟 minute minutes min mins", ("time", "1")),
        ("人 个人 人用 人份 人座 人位 座 person persons people seater seaters", ("people", "1")),
        ("片 粒 颗 枚 piece pieces pc pcs sheet sheets", ("pieces", "1")),
        ("页 page pages", ("pages", "1")),
        ("支 根 thread threads", ("threads", "1")),
    )
    for unit in units.split()
}
_EXTENTS = ("ml", "l", "mm", "cm", "m")
_SHORT = {unit: short for short in _EXTENTS for unit, meanings in _UNITS.items() if meanings == _UNITS[short]}
"""How the units of lengths and volumes are written down."""
_ANY_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_NUMBER = rf"(?:\d+(?:\.\d+)?|{CHINESE}|{ENGLISH})"
_MEASURE = re.compile(rf"(?<![a-z\d.])(?<!\d,)(?P<n>{_NUMBER})[\s-]?(?P<unit>{_ANY_UNIT})(?![a-z\d])")
_METRES_AND = re.compile(r"(?<![\d.])(?P<m>[\d一两])米(?P<dm>[\d一二两三四五六七八九]\d?)(?!\d)")
_FACTOR = re.compile(r"(?<![a-z])(?P<name>spf)[\s-]?(?P<n>\d+)\+?")
_FOR_SO_MANY = re.compile("(?P<n>单|双)人")
_SLEEPS = re.compile(rf"(?<![a-z])(?:sleeps|seats|serves|fits)\s(?P<n>\d{{1,2}}|{ENGLISH})(?![a-z\d])")
_FEW = {"单": Decimal(1), "双": Decimal(2)}


def measure_of(value: str) -> Measure | None:
    """The measure that a value of an attribute is: "1.5 l", "8gb内存"; None where it is none."""
    factor = _FACTOR.fullmatch(value)
    if factor:
        return factor["name"], Decimal(factor["n"])
    match = _MEASURE.match(value)
    if match is None or any(char.isdigit() for char in value[match.end() :]):
        return None
    return next(_read(match["n"], match["unit"]), None)


def stated(text: str) -> Iterator[tuple[int, int, Measure]]:
    """Every measure in a normalised text, with where it starts and ends; a unit of two meanings gives two."""
    for match in _FACTOR.finditer(text):
        yield match.start(), match.end(), (match["name"], Decimal(match["n"]))
    for match in _METRES_AND.finditer(text):
        metres, rest = number(match["m"]), number(match["dm"])
        if metres is not None and rest is not None:
            yield match.start(), match.end(), ("length", metres * 1000 + rest * (100 if rest < 10 else 10))
    for match in _FOR_SO_MANY.finditer(text):
        yield match.start(), match.end(), ("people", _FEW[match["n"]])
    for match in _SLEEPS.finditer(text):
        yield match.start(), match.end(), ("people", number(match["n"]) or Decimal(0))
    for match in _MEASURE.finditer(text):
        for measure in _read(match["n"], match["unit"]):
            yield match.start(), match.end(), measure


def extents(text: str) -> Iterator[tuple[int, int, str]]:
    """Every length and volume in a normalised text as it is written down: 一米八 and 1.8米 are "1.8 m"."""
    for match in _METRES_AND.finditer(text):
        metres, rest = number(match["m"]), number(match["dm"])
        if metres is not None and rest is not None:
            amount = metres + rest / (10 if rest < 10 else 100)
            yield match.start(), match.end(), f"{amount.normalize():f} m"
    for match in _MEASURE.finditer(text):
        amount_said, unit = number(match["n"]), _SHORT.get(match["unit"])
        if amount_said is not None and unit is not None:
            yield match.start(), match.end(), f"{amount_said.normalize():f} {unit}"


def _read(n: str, unit: str) -> Iterator[Measure]:
    amount = number(n)
    if amount is not None:
        yield from ((dimension, (amount * Decimal(factor)).normalize()) for dimension, factor in _UNITS[unit])
