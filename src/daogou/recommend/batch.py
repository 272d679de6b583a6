"""Recommendations for a file of histories, so that anyone can check them with their own program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from daogou.domain.errors import BadRequest
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.domain.kinds import Kind
from daogou.recommend.request import MOST, RecommendRequest

if TYPE_CHECKING:
    from daogou.domain.hit import Hits
    from daogou.recommend.recommender import Recommender


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    """One line as it is written."""

    id: str | int
    history: list[str] | None = None
    """Product ids, oldest first."""
    shopper: str | None = None
    """In place of a history: what the shop knows of this shopper."""
    at: str | int | float | None = None
    """ISO 8601, or epoch seconds or milliseconds; default now. What the shopper did later is not known."""
    kind: Kind = "for-you"
    """A kind that rests on a history: "for-you" or "next-basket"."""
    candidates: Annotated[list[str], msgspec.Meta(max_length=MOST)] | None = None
    """If given, only these are ranked, and all of them are in the answer whatever k is, each with the chance that it is
    next where the release has learnt it."""
    exclude_seen: bool | None = None
    """Default: yes, except for the next basket, whose point is to repeat, and for candidates."""


def histories(
    lines: Iterable[str | bytes | Mapping[str, Any]], recommender: Recommender, k: int
) -> Iterator[dict[str, Any]]:
    """Answer each line with {"id", "items"}, and "degraded" where something is missing. A line has "id", "history" or
    "shopper", and if need be "at", "kind", "candidates" and "exclude_seen".

    Blank lines are skipped. Products the shop does not know are ignored in a history. Raises BadRequest that names the
    line, counted from 1, and the field.
    """
    for number, raw in enumerate(lines, 1):
        if isinstance(raw, str | bytes) and not raw.strip():
            continue
        line = _read(raw, number)
        request = RecommendRequest(
            shopper=ShopperId(line.shopper) if line.shopper is not None else None,
            history=tuple(ProductId(id) for id in line.history) if line.history is not None else None,
            kind=line.kind,
            k=len(line.candidates or ()) or k,
            candidates=None if line.candidates is None else tuple(ProductId(id) for id in line.candidates),
            at=_moment(line.at, number),
            exclude_seen=_excluding(line),
        )
        try:
            hits = recommender.recommend(request)
        except BadRequest as error:
            raise BadRequest(f"line {number}: {error}", where=f"line {number}") from None
        answer = {"id": line.id, "items": _items(hits)}
        yield answer if hits.degraded is None else answer | {"degraded": hits.degraded}


def _excluding(line: _Line) -> bool:
    if line.exclude_seen is not None:
        return line.exclude_seen
    return line.kind != "next-basket" and line.candidates is None


def _items(hits: Hits) -> list[dict[str, Any]]:
    return [
        {"product": hit.product, "score": hit.score, "because": [msgspec.to_builtins(reason) for reason in hit.because]}
        | ({} if hit.chance is None else {"chance": hit.chance})
        for hit in hits.items
    ]


def _read(raw: str | bytes | Mapping[str, Any], number: int) -> _Line:
    try:
        line = msgspec.convert(raw, _Line) if isinstance(raw, Mapping) else msgspec.json.decode(raw, type=_Line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest.of_line(number, error) from None
    if (line.history is None) == (line.shopper is None):
        raise BadRequest(f"line {number}, history: give either history or shopper", where=f"line {number}")
    return line


def _moment(at: str | float | None, number: int) -> Instant | None:
    """Epoch milliseconds; numbers below 10**11 are seconds (until the year 5138)."""
    if at is None:
        return None
    try:
        if isinstance(at, int | float):
            at_ms = Instant(int(at * 1000 if abs(at) < 1e11 else at))
            datetime.fromtimestamp(at_ms / 1000, UTC)
            return at_ms
        moment = datetime.fromisoformat(at)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return Instant(int(aware.timestamp() * 1000))
    except (ValueError, OverflowError, OSError):
        wrong = f"line {number}, at: {at!r} is neither a moment of ISO 8601 nor one in epoch seconds or milliseconds"
        raise BadRequest(wrong, where=f"line {number}") from None
