"""What has been found of a sentence while it is being read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from daogou.domain.query import Slot
from daogou.language.segment import Token

if TYPE_CHECKING:
    from daogou.domain.query import SlotKind, Sort
    from daogou.language.normalise import Normal
    from daogou.language.quantities import PriceWish
    from daogou.language.vocabulary import Found
    from daogou.language.wishes import Wish

MARK = "\x00"


@dataclass
class Reading:
    """What has been found so far, while one text is read."""

    normal: Normal
    words: list[Token]
    """A wish that was found before is one token, `MARK` and its place among the wishes."""
    wishes: list[Wish]
    category: str | None = None
    """The first category that is named, wherever it stands: it decides which attributes may filter."""
    short: Found | None = None
    """Where no category is named in full: words that are a name of goods of one, or the end of its own name only."""
    slots: list[Slot] = field(default_factory=list)
    left: list[Token] = field(default_factory=list)
    unknown: list[Token] = field(default_factory=list)
    meant: frozenset[str] = frozenset()
    """Words that stand for others: 被 for 被子 is a quilt and does not fill the sentence."""
    prices: list[PriceWish] = field(default_factory=list)
    limits: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """The values inside each limit, by attribute and limit."""
    sort: Sort = "relevance"
    on_sale: bool = False

    def token(self, start: int, end: int) -> Token:
        """These characters as one word."""
        return Token(self.normal.text[start:end], start, end)

    def slot(self, kind: SlotKind, name: str, value: str, *, span: tuple[int, int], **more: bool | float) -> None:
        """Add a slot; the same thing said again beside itself (耐克/nike) is one."""
        start, end = self.normal.span(*span)
        slot = Slot(kind, name, value, start, end, **more)  # type: ignore[arg-type]
        last = self.slots[-1] if self.slots else slot
        if (last.kind, last.name, last.value, last.negated) == (kind, name, value, slot.negated) and len(self.slots):
            self.slots[-1] = replace(last, end=end)
        else:
            self.slots.append(slot)

    def missing(self, typed: str) -> Iterator[str]:
        """What is unknown as it was typed; words that stand beside one another are one thing: a washing machine."""
        start = end = None
        for token in sorted(self.unknown, key=lambda token: token.start):
            if end is not None and not self.normal.text[end : token.start].strip(" -"):
                end = max(end, token.end)
                continue
            if start is not None and end is not None:
                yield typed[slice(*self.normal.span(start, end))]
            start, end = token.start, token.end
        if start is not None and end is not None:
            yield typed[slice(*self.normal.span(start, end))]


def runs(tokens: Sequence[Token], text: str) -> list[list[Token]]:
    """Words with nothing but space between them."""
    found: list[list[Token]] = []
    for token in sorted(tokens, key=lambda token: token.start):
        if found and not text[found[-1][-1].end : token.start].strip():
            found[-1].append(token)
        else:
            found.append([token])
    return found
