"""What stores call their columns: guesses the kind of record and the fields of a file by the table `headings.toml`."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from itertools import combinations

_OF_GOODS = ("description", "brand", "category", "stock", "images", "url")
_SIGNS: dict[str, tuple[frozenset[str], ...]] = {
    "order": (frozenset({"order", "product", "price", "at", "shopper"}),
              frozenset({"order", "product", "quantity", "at", "shopper"})),
    "event": (frozenset({"type", "product", "at", "shopper"}), frozenset({"type", "product", "at", "session"})),
    "review": (frozenset({"product", "rating", "text"}), frozenset({"product", "text", "at"}),
               frozenset({"product", "rating", "shopper"})),
    "product": (*(frozenset({"id", "title", price}) for price in ("price", "sale", "list_price")),
                *(frozenset({"id", "title", *two}) for two in combinations(_OF_GOODS, 2))),
}  # fmt: skip
"""A file is of the first kind of which it has all fields of one of these sets."""


def normal(heading: str) -> str:
    """A heading without case, accents, blanks, signs and what stands in brackets: "VK-Preis (€)" is "vkpreis"."""
    bare = re.sub(r"[(（\[【].*?[)）\]】]", "", heading)
    flat = unicodedata.normalize("NFKD", (bare if bare.strip() else heading).casefold())
    return "".join(letter for letter in flat if letter.isalnum())


@cache
def headings() -> dict[str, dict[str, tuple[str, ...]]]:
    """The table by kind and field, our own name first and each in its normal form; kinds in the order of trial."""
    table = tomllib.loads(files("daogou.ingest.formats").joinpath("headings.toml").read_text("utf-8"))
    return {
        kind: {field: tuple(dict.fromkeys(map(normal, (field, *said)))) for field, said in fields.items()}
        for kind, fields in table.items()
    }


def guess(columns: Iterable[str], kind: str | None = None) -> tuple[str, dict[str, str]] | None:
    """(kind, their column → our field) where the headings say both; None where they do not.

    Of a kind that the caller names, id and title are enough to tell the goods.
    """
    return _guess(frozenset(columns), kind)


@lru_cache(maxsize=1024)
def _guess(columns: frozenset[str], kind: str | None) -> tuple[str, dict[str, str]] | None:
    by_name = _by_name(columns)
    for name in headings() if kind is None else [kind] if kind in headings() else []:
        found = _fields(name, by_name)
        if kind == "product" and {"id", "title"} <= set(found.values()):
            return name, found
        if any(needed <= set(found.values()) for needed in _SIGNS[name]) and not _other(name, by_name):
            return name, found
    return None


def _by_name(columns: Iterable[str]) -> dict[str, str]:
    """The columns by their normal names; of several with one name the first of the alphabet."""
    return {normal(column): column for column in sorted(columns, reverse=True)}


def _fields(kind: str, by_name: Mapping[str, str]) -> dict[str, str]:
    """Each field takes the first heading of its list that the file has and no field before it took."""
    found: dict[str, str] = {}
    for field, said in headings()[kind].items():
        column = next((by_name[name] for name in said if name in by_name and by_name[name] not in found), None)
        if column is not None:
            found[column] = field
    return found


def _other(kind: str, by_name: Mapping[str, str]) -> bool:
    """Whether what looks like reviews is a catalogue with stars in it, what looks like goods is people or orders, or
    what looks like orders, but for their prices, is a log of acts."""
    table = headings()
    if kind == "order":
        return any(name in by_name for name in table["event"]["type"])
    if kind == "review":
        return any(name in by_name for name in table["product"]["price"])
    return kind == "product" and any(name in by_name for name in (*table["order"]["order"], *_PEOPLE))


_PEOPLE = ("email", "emailaddress", "emailadresse", "customeremail", "lineitemname")


def seen_as(columns: Iterable[str]) -> dict[str, str]:
    """Of a file of which no kind can be told: what its columns would be of a product, as far as they are known."""
    return _fields("product", _by_name(columns))
