"""How facts look on a page: dates, money, stars, counts, addresses. Text in, text out; escaping stays with Jinja."""

from __future__ import annotations

import zlib
from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from daogou.domain.text import Text
from daogou.domain.zones import in_zone

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from daogou.domain.ids import Instant
    from daogou.domain.money import Money
    from daogou.domain.product import Product
    from daogou.domain.text import Language


def figure(value: float) -> str:
    """A count whole, anything else to at most four places."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.4f}".rstrip("0")


def day(at: Instant | None, language: Language, zone: tzinfo) -> str:
    """A date as people write it; empty for an unknown one."""
    if at is None:
        return ""
    when = in_zone(at, zone)
    if language == "zh":
        return f"{when.year}年{when.month}月{when.day}日"
    return f"{when.day} {when:%b} {when.year}"


def moment(at: Instant | None, zone: tzinfo) -> str:
    """A moment for operators, by the shop's clock."""
    return f"{in_zone(at, zone):%Y-%m-%d %H:%M:%S}" if at is not None else ""


def iso(at: Instant | None) -> str:
    """A moment for machines."""
    return in_zone(at, UTC).isoformat(timespec="seconds") if at is not None else ""


def percent_off(price: Money | None, list_price: Money | None) -> int:
    """How much less than the list price, in whole per cent, rounded down; 0 where it is not reduced."""
    if price is None or list_price is None or price.currency != list_price.currency:
        return 0
    return max(0, (list_price.minor - price.minor) * 100 // list_price.minor) if list_price.minor > 0 else 0


def stars(mean: float) -> int:
    """The class of the star bar: tenths of a star, in steps of five."""
    return max(0, min(50, round(mean * 2) * 5))


def picture_of(product: Product) -> str:
    """Address of the first picture; empty where there is none we may show."""
    return picture_at(product.images[0]) if product.images else ""


def picture_at(image: str) -> str:
    """The shop's own files live under /pictures/; other hosts only over https."""
    if image.startswith("https://"):
        return image
    if "://" in image or image.startswith(("//", "data:")):
        return ""
    return "/pictures/" + quote(image.lstrip("/").removeprefix("pictures/"))


def product_at(id: str, *, shown_in: str = "", position: int | None = None, query: str = "") -> str:
    """Address of a product's page, with the list and place it was shown at and the words that brought it, so that the
    click can point back."""
    seen = f"?from={quote(shown_in, safe='')}.{position}" if shown_in else ""
    if seen and query:
        seen += f"&q={quote(query, safe='')}"
    return f"/product/{quote(id, safe='')}{seen}"


def search_at(**values: object) -> str:
    """Address of a search."""
    return "/search?" + urlencode({key: value for key, value in values.items() if value not in (None, "")}, doseq=True)


def tint(words: str) -> int:
    """One of six tints for a tile without picture; the same for the same words in every process."""
    return zlib.crc32(words.encode("utf-8", "surrogatepass")) % 6


def initial(text: Text, language: Language) -> str:
    """The first letter or character, for a tile without picture."""
    return next((letter.upper() for letter in text.show(language) if letter.isalnum()), "·")


def other(text: Text, language: Language) -> str:
    """The words in the language that is not shown, where they differ."""
    shown = text.show(language)
    hidden = text.en if language == "zh" else text.zh
    return hidden if hidden and hidden != shown else ""


def joined(values: Iterable[Text], language: Language) -> str:
    """Several values of an attribute in one line."""
    return ("、" if language == "zh" else ", ").join(value.show(language) for value in values)
