"""From the entries that made up a score to the reasons a shopper reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from daogou.domain.hit import Reason
from daogou.domain.text import Text
from daogou.recommend import wording

if TYPE_CHECKING:
    from daogou.domain.ids import ProductId
    from daogou.recommend.models import Models
    from daogou.recommend.situation import Situation
    from daogou.retrieval.fusion import Contribution
    from daogou.retrieval.shelf import Shelf

_SHOWN = 3


def reasons(
    parts: Sequence[Contribution], row: int, situation: Situation, shelf: Shelf, models: Models, *, most: int = _SHOWN
) -> tuple[Reason, ...]:
    """The largest reasons first. What several sources say because of one product is one reason, named by the largest."""
    whole = sum(part.value for part in parts)
    if whole <= 0:
        return ()
    merged: dict[tuple[str, int], list[Contribution]] = {}
    for part in parts:
        row_of_cause = _cause(part, situation)
        merged.setdefault(("" if row_of_cause >= 0 else part.source, row_of_cause), []).append(part)
    ordered = sorted(merged.values(), key=lambda group: -sum(part.value for part in group))[:most]
    return tuple(
        _reason(group[0], row, min(1.0, sum(part.value for part in group) / whole), situation, shelf, models)
        for group in ordered
    )


def _cause(part: Contribution, situation: Situation) -> int:
    """The row of the step that caused it; below zero where no step did."""
    if part.source == "segment":
        return -2 - part.cause
    return int(situation.trail.rows[part.cause]) if part.cause >= 0 else -1


def _reason(part: Contribution, row: int, share: float, situation: Situation, shelf: Shelf, models: Models) -> Reason:
    match part.source:
        case "popularity" | "popular":
            return Reason("popular", wording.POPULAR, share, (), part.source)
        case "segment":
            return Reason("segment", wording.segment(situation.labels[part.cause]), share, (), part.source)
        case "trending":
            return Reason("trending", wording.TRENDING, share, (), part.source)
        case "new" | "fresh":
            return Reason("new", wording.NEW, share, (), part.source)
        case "repeat":
            return Reason("repeat", wording.REPEAT, share, (shelf.ids[row],), part.source)
    cause = int(situation.trail.rows[part.cause])
    title, evidence = _title(shelf, cause), (shelf.ids[cause],)
    if part.source == "together":
        text = wording.together(title, models.together.shoppers(cause, row))
        return Reason("together", text, share, evidence, part.source)
    if situation.kind in {"for-you", "next-basket"}:
        return Reason("history", wording.because(situation.types[part.cause], title), share, evidence, part.source)
    if part.source == "sequential":
        return Reason("history", wording.next_after(title), share, evidence, part.source)
    return Reason(
        "similar" if part.source == "hybrid" else "content", wording.similar(title), share, evidence, part.source
    )


def _title(shelf: Shelf, row: int) -> Text:
    product = shelf.products[row]
    id: ProductId = shelf.ids[row]
    return product.title if product is not None and product.title else Text(zh=id, en=id)
