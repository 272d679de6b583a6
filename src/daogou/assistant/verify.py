"""The last look before an answer leaves: every claim is proved again, every figure must belong to a claim."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daogou.assistant.records import Records
    from daogou.assistant.say import Said
    from daogou.domain.conversation import Claim

_FIGURES = re.compile(
    r"\d+(?:[.,]\d+)*"
    r"|[零〇一二两三四五六七八九十百千万亿半]+(?=\s*(?:多|余|来)?\s*(?:元|块|角|毛|分|折|成|天|日|号|月|年|周|小时|件|条|星|%|％|百分))"
    r"|百分之[零〇一二两三四五六七八九十百点]+"
)


def verified(said: Iterable[Said], records: Records, *, shopper_text: str) -> list[Said]:
    """Keep the sentences that hold: all their claims proved against the records as they are now, no stray figure."""
    return [one for one in said if holds(one, records, shopper_text=shopper_text)]


def holds(said: Said, records: Records, *, shopper_text: str) -> bool:
    """True if the sentence says nothing beyond its claims, and its claims are true."""
    if not all(claim.text in said.text and records.proves(claim) for claim in said.claims):
        return False
    return figures(without(said.text, said.claims)) <= figures(shopper_text)


def figures(text: str) -> set[str]:
    """The number tokens of a text, digits as well as Chinese numerals before a unit."""
    return set(_FIGURES.findall(unicodedata.normalize("NFKC", text)))


def without(text: str, claims: Iterable[Claim]) -> str:
    """The text with the words of its claims blanked, longest first, each claim once."""
    for claim in sorted(claims, key=lambda claim: -len(claim.text)):
        text = text.replace(claim.text, " ", 1)
    return text
