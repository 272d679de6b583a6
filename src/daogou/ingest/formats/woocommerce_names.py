"""The headings of WooCommerce's product CSV in English, whatever the shop's admin speaks: table `woocommerce.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files


def english(heading: str) -> str:
    """The heading as an English shop has it; one that is not known stays as it is."""
    number = re.search(r"(?<=\s)\d+(?=\s|$)|(?<=属性)\d+", heading.strip())
    found = _table().get(_plain(heading, number.group() if number else None))
    return heading if found is None else found.replace(" N ", f" {number.group()} ") if number else found


def in_english(headings: Iterable[str]) -> frozenset[str]:
    return frozenset(map(english, headings))


@cache
def _table() -> dict[str, str]:
    table = tomllib.loads(files("daogou.ingest.formats").joinpath("woocommerce.toml").read_text("utf-8"))
    return {_plain(said): english for english, others in table.items() for said in (english, *others)}


def _plain(heading: str, number: str | None = None) -> str:
    """Without case and blanks, with plain marks, and N for the number."""
    said = heading.strip() if number is None else heading.replace(number, "N", 1)
    return re.sub(r"\s+", "", said.replace("？", "?").replace("’", "'")).casefold()
