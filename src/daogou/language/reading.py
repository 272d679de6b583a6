"""What has been found of a sentence while it is being read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
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
    people: list[tuple[str, list[Token]]] = field(default_factory=list)
    """Of whom products say that they are for them, and how they are called."""
    brands: list[Token] = field(default_factory=list)
    """Names of brands that the shop does not have, of which goods are asked for that it has."""
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

    def excuse(self, is_word: Callable[[str], bool]) -> None:
        """Forget unknown words beside a category that the shop has: those of the dictionary that say which kind of its
        goods is meant (swivel before chair, but no brand), and those of another clause, which tell why or where.
        They are searched as text."""
        text = self.normal.text
        named = [slot for slot in self.slots if slot.kind == "category" and not slot.negated]
        starts, clauses = {slot.start for slot in named}, {self._clause(slot.start) for slot in named}
        for token in sorted(self.unknown, key=lambda token: -token.start):
            start, latin = self._start(token), token.text.isascii()
            after = token.end + (latin and text[token.end : token.end + 1] in (" ", "-"))
            touches = (after > token.end) == latin and self.normal.span(after, after + 1)[0] in starts
            kind = touches and all(map(is_word, token.text.split("-")))
            if kind or (named and self._clause(start) not in clauses and not self._is_alone(token)):
                self.unknown.remove(token)
            if kind:
                starts.add(start)

    def _is_alone(self, token: Token) -> bool:
        """Does its clause hold nothing but unknown words, as an item of a list does?"""
        clause = self._clause(self._start(token))
        return all(word in self.unknown for word in self.words if self._clause(self._start(word)) == clause)

    def _clause(self, typed: int) -> int:
        """Which clause of the sentence a character as typed is in."""
        return sum(self.normal.span(place, place + 1)[0] < typed for place in self._breaks)

    @cached_property
    def _breaks(self) -> list[int]:
        return [found.start() for found in _BREAK.finditer(self.normal.text)]

    def missing(self, typed: str) -> Iterator[str]:
        """What is unknown as it was typed, with the words that only say which kind of it is meant; words that stand
        beside one another are one thing: a washing machine. Sizes are slots of their own."""
        start = end = None
        told = [(slot.start, slot.end) for slot in self.slots]
        loose = {token for token in self.left if not any(a <= self._start(token) < b for a, b in told)}
        before = {token.end: token for token in loose - set(self.unknown)}
        for token in sorted(self.unknown, key=lambda token: token.start):
            if self.normal.span(token.start, token.end) in told:
                continue
            if end is not None and not self.normal.text[end : token.start].strip(" -"):
                end = max(end, token.end)
                continue
            if start is not None and end is not None:
                yield typed[slice(*self.normal.span(start, end))]
            start, end = token.start, token.end
            latin = token.text.isascii()
            kind = before.get(start - (latin and self.normal.text[start - 1 : start] == " "))
            if kind is not None and kind.text.isascii() == latin and not kind.text[0].isdigit():
                start = kind.start
        if start is not None and end is not None:
            yield typed[slice(*self.normal.span(start, end))]

    def _start(self, token: Token) -> int:
        return self.normal.span(token.start, token.end)[0]


_BREAK = re.compile(r"[,;:!?。]|\.(?!\d)")


def runs(tokens: Sequence[Token], text: str) -> list[list[Token]]:
    """Words with nothing but space between them."""
    found: list[list[Token]] = []
    for token in sorted(tokens, key=lambda token: token.start):
        if found and not text[found[-1][-1].end : token.start].strip():
            found[-1].append(token)
        else:
            found.append([token])
    return found
