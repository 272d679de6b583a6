"""An answer's text cut where a fact ends, so that each fact carries the number of its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from daogou.domain.conversation import Answer, Claim


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of an answer; with a number where they state a fact."""

    text: str
    note: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Where a fact stands on record."""

    number: int
    claim: Claim
    address: str
    """The page that shows the record; empty where there is none."""


def footnoted(answer: Answer) -> tuple[list[Piece], list[Note]]:
    """Cut the text at its claims, in the order they stand there; a claim that is not in the words is a note only."""
    pieces: list[Piece] = []
    notes = [Note(number, claim, _address(claim.source)) for number, claim in enumerate(answer.claims, start=1)]
    rest = answer.text
    waiting = list(notes)
    while waiting:
        places = [(rest.find(note.claim.text), note) for note in waiting if note.claim.text]
        found = min((pair for pair in places if pair[0] >= 0), key=lambda pair: pair[0], default=None)
        if found is None:
            break
        at, note = found
        end = at + len(note.claim.text)
        pieces += [Piece(rest[:at])] if at else []
        pieces.append(Piece(rest[at:end], note.number))
        rest = rest[end:]
        waiting.remove(note)
    return ([*pieces, Piece(rest)] if rest else pieces), notes


def _address(source: str) -> str:
    kind, _, rest = source.partition(":")
    id = quote(rest.partition("#")[0], safe="")
    folders = {"product": "product", "article": "guides", "promotion": "campaign"}
    if kind in folders:
        return f"/{folders[kind]}/{id}"
    return "/me#orders" if kind == "order" else ""
