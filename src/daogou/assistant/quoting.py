"""Which review may be quoted: other people's words must not pass for facts of the shop."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from daogou.assistant.phrases import normalised, phrases
from daogou.assistant.verify import figures
from daogou.domain.text import language_of

if TYPE_CHECKING:
    from daogou.domain.review import Review
    from daogou.domain.text import Language

_LINKS = re.compile(r"https?:|www\.|@|[<>{}\[\]`]|[\w-]+\.(?:com|cn|net|org|io)\b", re.IGNORECASE)


def quotable(reviews: Iterable[Review], language: Language) -> Review | None:
    """The first review in the language whose words state no figure, price, stock or offer, and link nowhere."""
    for review in reviews:
        text = review.text.strip()
        if not text or not review.id or language_of(text) != language:
            continue
        if is_quotable(text, language):
            return review
    return None


def is_quotable(text: str, language: Language) -> bool:
    """True for words that could not pass for a fact of the shop."""
    return not (figures(text) or _LINKS.search(text) or phrases(language).guarded.search(normalised(text)))
