"""How questions look in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from daogou.cli.tables import say, table

if TYPE_CHECKING:
    from daogou.domain.text import Language
    from daogou.opinions.replies import Reply
    from daogou.shop.questioning import AskedLine, OftenAsked
    from daogou.shop.shop import Shop

_NONE = "not enough people have asked the same"


def print_asked(shop: Shop, lines: Sequence[AskedLine]) -> None:
    """What is asked, about what, by how many, and what lacks an answer."""
    language = shop.settings.shop.language
    table(
        ("asked", "about", "people", "answer"),
        ((line.topic.label.show(language), _about(line, language), line.people, _state(line)) for line in lines),
    )
    if not lines:
        say(_NONE)


def print_often(shop: Shop, often: Sequence[OftenAsked]) -> None:
    """What is asked about one product, with what the record says."""
    language = shop.settings.shop.language
    table(
        ("asked", "about", "people", "the record says"),
        (
            (
                each.topic.label.show(language),
                "it" if each.of == "product" else "its kind",
                each.people,
                "\n".join(_said(reply, language) for reply in each.replies) or "nothing",
            )
            for each in often
        ),
    )
    if not often:
        say(_NONE)


def _about(line: AskedLine, language: Language) -> str:
    return "the shop" if line.of == "shop" else line.about.show(language)


def _state(line: AskedLine) -> str:
    if line.of == "kind":
        return f"{len(line.silent)} of {line.looked_at} products do not say" if line.silent else "all say"
    return ", ".join(dict.fromkeys(reply.kind for reply in line.replies)) or "none"


def _said(reply: Reply, language: Language) -> str:
    said = [reply.text.show(language), *(f"“{quote.text}”" for quote in reply.quotes)]
    return f"{reply.name or reply.kind}: {' '.join(filter(None, said))}"
