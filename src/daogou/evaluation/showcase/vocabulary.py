"""The tables behind the showcase: kinds of product, brands, colours and the words for them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from daogou.domain.text import Text


@dataclass(frozen=True, slots=True)
class Color:
    """A colour and how pictures paint it."""

    text: Text
    fill: str


@dataclass(frozen=True, slots=True)
class Feature:
    """Something a product can do, as a label and as a sentence."""

    text: Text
    sentence: Text


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a product is for: an attribute, and how titles say it."""

    attribute: str
    value: Text
    title: Text


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity in a product's data: how it is written as a value and in a sentence, `{}` standing for the number."""

    value: Text
    clause: Text


@dataclass(frozen=True, slots=True)
class Brand:
    """An invented brand; price and quality levels lie around 0, from about -1 to 1."""

    id: str
    text: Text
    price: float
    quality: float


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of product, such as running shoes, and what products of that kind may be like."""

    id: str
    name: Text
    department: Text
    aisle: Text
    words: tuple[str, ...]
    """Other names shoppers type for it."""
    price: tuple[float, float]
    """Lowest and highest usual price in yuan."""
    n: int
    """How many products of this kind a full showcase has."""
    picture: str
    about: Text
    goes_with: tuple[str, ...]
    """Kinds that are bought together with it."""
    brands: tuple[str, ...]
    palette: tuple[str, ...]
    lasts: float
    """Days until half of those who bought of it want another."""
    used_up: bool
    """The same product is bought again once it is gone."""
    tinted: bool = False
    """The palette only paints the picture: a shampoo does not come in colours."""
    who: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    specs: Mapping[str, tuple[Any, ...]] | None = None
    sizes: str | None = None
    seasons: tuple[str, ...] = ()
    style: str = "model"
    """How its products are titled; see `daogou.evaluation.showcase.titles`."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything the showcase is made of."""

    kinds: Mapping[str, Kind]
    brands: Mapping[str, Brand]
    colors: Mapping[str, Color]
    materials: Mapping[str, Text]
    features: Mapping[str, Feature]
    seasons: Mapping[str, Text]
    audiences: Mapping[str, Audience]
    measures: Mapping[str, Measure]
    sizes: Mapping[str, tuple[str, ...]]
    names: Mapping[str, Mapping[str, tuple[Text, ...]]]
    """Department (its file's name) to lists of bilingual names that titles draw from."""
    drawers: Mapping[str, str]
    """Kind to the department file it came from."""


@cache
def vocabulary() -> Vocabulary:
    """Read the tables, once per process."""
    words = table("vocabulary")
    drawers = {name: table(f"departments/{name}") for name in DEPARTMENTS}
    needs = table("needs")
    kinds = {kind.id: kind for drawer in drawers.values() for kind in _kinds(drawer, words["palette"], needs)}
    return Vocabulary(
        kinds=kinds,
        brands={key: Brand(key, Text(zh, en), *levels) for key, (zh, en, *levels) in table("brands").items()},
        colors={en: Color(Text(zh, en), fill) for en, (zh, fill) in words["color"].items()},
        materials={en: Text(zh, en.replace("memory-", "memory ")) for en, zh in words["material"].items()},
        features={en: Feature(Text(zh, en), Text(*sentence)) for en, (zh, *sentence) in words["feature"].items()},
        seasons={en: Text(zh, en) for en, zh in words["season"].items()},
        audiences={
            key: Audience(attribute, Text(zh, en), Text(*title))
            for key, (attribute, zh, en, *title) in words["who"].items()
        },
        measures={key: Measure(Text(*row[:2]), Text(*row[2:])) for key, row in words["spec"].items()},
        sizes={key: tuple(row) for key, row in words["sizes"].items()},
        names={name: _names(drawer) for name, drawer in drawers.items()},
        drawers={kind: name for name, drawer in drawers.items() for kind in drawer if isinstance(drawer[kind], dict)},
    )


DEPARTMENTS = ("clothing", "sports", "electronics", "home", "kitchen", "beauty", "toys", "books")


def table(name: str) -> dict[str, Any]:
    """Read one data table of this package."""
    return tomllib.loads(files(__package__).joinpath("data", f"{name}.toml").read_text("utf-8"))


def _names(drawer: Mapping[str, Any]) -> dict[str, tuple[Text, ...]]:
    tables = [drawer, *(kind for kind in drawer.values() if isinstance(kind, dict))]
    return {key: tuple(Text(zh, en) for zh, en in rows[key]) for rows in tables for key in _LISTS if key in rows}


_LISTS = ("series", "first", "second", "subjects", "authors", "dishes", "places")


def _kinds(drawer: Mapping[str, Any], palettes: Mapping[str, list[str]], needs: Mapping[str, Any]) -> list[Kind]:
    return [
        Kind(
            id=key,
            name=Text(*row["name"]),
            department=Text(*drawer["department"]),
            aisle=Text(*row["aisle"]),
            words=tuple(row.get("words", ())),
            price=(row["price"][0], row["price"][1]),
            n=row["n"],
            picture=row["picture"],
            about=Text(*row["about"]),
            goes_with=tuple(row.get("with", ())),
            brands=tuple(row.get("brands", drawer["brands"])),
            palette=tuple(palettes[row.get("colors") or row["tint"]]),
            lasts=float((needs["used-up"] | needs["kept"])[key]),
            used_up=key in needs["used-up"],
            tinted="tint" in row,
            who=tuple(row.get("who", ())),
            materials=tuple(row.get("material", ())),
            features=tuple(row.get("feature", ())),
            specs={name: tuple(values) for name, values in row.get("spec", {}).items()},
            sizes=row.get("sizes"),
            seasons=tuple(row.get("season", ())),
            style=row.get("title", "model"),
        )
        for key, row in drawer.items()
        if isinstance(row, dict)
    ]
