"""What a product's place in a result is made of: parts that are added, and can be taken away again one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.ids import DAY_MS
from daogou.retrieval.rules import NO_RULING
from daogou.search.alike import BEST, likeness, likeness_to

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.query import Slot, Sort
    from daogou.domain.rule import Rule
    from daogou.retrieval.rules import Ruling
    from daogou.retrieval.shelf import Shelf
    from daogou.search.codes import FacetCodes


_REPEATED = 0.8
"""What a product keeps of its score for each better one of its category, where the result shall be varied."""
_MOST_REPEATED, _LOOKED_AT = 4, 500


@dataclass(frozen=True, slots=True)
class Weights:
    """What each part is worth beside the best text match of the result, which is 1."""

    exact: float = 2.0
    """The query is the product's id, SKU, barcode or whole title: it comes first."""
    words: float = 1.0
    complete: float = 0.5
    """Every word of the query, where others have only some."""
    alike: float = 0.5
    """Like what the best matches have in common."""
    like: float = 1.0
    """Like the product that was given as the query."""
    meaning: float = 2.0
    """Near in meaning; asked only where the shop does not know a word, and then a part of that word says less."""
    kind: float = 1.0
    """What the query names, not what is made for it: a phone for “phone”, before its cases."""
    wish: float = 0.15
    """A wish that ranks without filtering, times its confidence: the share of products that fill the attribute in."""
    aspect: float = 1.0
    """A side of the product that its reviewers shall like, and surely do: as much as the best match of words."""
    suits: float = 0.5
    """A person or an occasion that its reviewers bought it for."""
    popular: float = 0.15
    """The most popular product. Small: among equal matches the popular one comes first, no more."""
    history: float = 0.2
    """The product nearest to the shopper's own taste."""
    new: float = 0.02
    """The newest product; breaks ties."""
    rated: float = 0.0
    """Rated five stars; half of it four. Like the next two it counts only where clicks have taught that it does."""
    cheap: float = 0.0
    """The cheapest of the result."""
    brand: float = 0.0
    """Of the brand that is chosen most beside others."""


@dataclass(frozen=True, slots=True)
class Score:
    """The parts of the score, each an array over the result's rows."""

    rows: NDArray[np.int32]
    parts: Mapping[str, NDArray[np.float32]]
    """"exact", "words", "complete", "kind", "alike", "like", "meaning", "popular", "history", "chosen", "new",
    "rated", "cheap", "brand", "varied", "wish:" with the place of a slot, "aspect:" with the side that is liked,
    "suits:" with whom or what for, and sources of rules."""
    rules: Mapping[str, Rule] = field(default_factory=dict)
    """The rules among the parts, by source."""

    @property
    def total(self) -> NDArray[np.float32]:
        """The score itself: the sum of its parts."""
        total: NDArray[np.float32] = np.sum(list(self.parts.values()), axis=0, dtype=np.float32)
        return total

    def without(self, part: str) -> NDArray[np.float32]:
        """The score had this part not been there: what a stated reason can be checked with."""
        return self.total - self.parts[part]


def score(
    rows: NDArray[np.int32],
    *,
    shelf: Shelf,
    weights: Weights,
    words: NDArray[np.float32] | None,
    complete: NDArray[np.bool_] | None = None,
    codes: FacetCodes | None = None,
    like: int | None = None,
    exact: Sequence[int] = (),
    meaning: NDArray[np.float32] | None = None,
    kind: NDArray[np.bool_] | None = None,
    wishes: Sequence[Slot] = (),
    said: Mapping[str, NDArray[np.float32]] | None = None,
    varied: bool = False,
    chosen: NDArray[np.float32] | None = None,
    brands: NDArray[np.float32] | None = None,
    prior: NDArray[np.float32] | None = None,
    history: NDArray[np.float32] | None = None,
    ruling: Ruling = NO_RULING,
) -> Score:
    """Score the rows. `words`, `meaning`, `prior`, `history`, `chosen`, `brands` and those of `said` are over all rows
    of the shelf; rows they lack count nothing.

    Each but `said`, what reviewers say by part of the score, and `chosen`, which have their weights already, is divided
    by its best value within the result, so that weights mean the same in every shop. `complete` and `kind` count where
    they tell products of the result apart; with `codes` those like the best matches rise, or those like the row `like`.
    `varied`: the second product of a category counts for less than the first, for whoever names no kind of goods.
    """
    parts: dict[str, NDArray[np.float32]] = {}
    for name, values, weight in (
        ("words", words, weights.words),
        ("meaning", meaning, weights.meaning),
        ("popular", prior, weights.popular),
        ("history", history, weights.history),
    ):
        if values is not None and len(rows):
            picked = _at(values, rows)
            best = float(picked.max())
            if best > 0:
                parts[name] = np.maximum(picked, 0) * np.float32(weight / best)
    if len(exact):
        parts["exact"] = np.isin(rows, exact).astype(np.float32) * np.float32(weights.exact)
    for name, mask, weight in (("kind", kind, weights.kind), ("complete", complete, weights.complete)):
        if mask is not None and not (here := mask[rows]).all() and here.any():
            parts[name] = here.astype(np.float32) * np.float32(weight)
    for place, slot in enumerate(wishes):
        parts[f"wish:{place}"] = shelf.having(slot.name, slot.value)[rows].astype(np.float32) * np.float32(
            weights.wish * slot.confidence
        )
    parts |= {part: _at(values, rows) for part, values in (said or {}).items()}
    if codes is not None and like is not None:
        one = np.array([like], np.int32)
        parts["like"] = likeness_to(rows, one, np.ones(1, np.float32), codes) * np.float32(weights.like)
    elif codes is not None and "words" in parts and len(rows) > BEST:
        parts["alike"] = likeness(rows, Score(rows, parts).total, codes) * np.float32(weights.alike)
    if chosen is not None and (often := _at(chosen, rows)).any():
        parts["chosen"] = often
    parts["new"] = _freshness(shelf.released, rows) * np.float32(weights.new)
    parts |= _taught(rows, shelf, weights, brands)
    if varied:
        parts["varied"] = _repeating(rows, Score(rows, parts).total, shelf)
    for rule, about in ruling.weighed:
        parts[rule.source] = Score(rows, parts).total * about[rows] * np.float32(rule.factor - 1)
    return Score(rows, parts, {rule.source: rule for rule, _ in ruling.weighed})


def first(n: int, score: Score, sort: Sort, *, shelf: Shelf, prior: NDArray[np.float32] | None) -> NDArray[np.int64]:
    """Places of the first n of the score's rows in the order asked for; ties by score, then by row. Unknown prices come
    last."""
    total = score.total
    rows = score.rows
    price = shelf.price[rows]
    match sort:
        case "price_asc":
            key = np.where(price < 0, np.iinfo(np.int64).max, price)
        case "price_desc":
            key = -price
        case "newest":
            key = -shelf.released[rows]
        case "rating":
            key = -shelf.rating[rows]
        case "popularity":
            key = -_at(prior, rows) if prior is not None else np.zeros(len(rows), np.float32)
        case "value":
            key = -(_goodness(shelf.rating[rows]) + _cheapness(price))
        case _:
            key = -total
    if n < len(rows):
        places = np.flatnonzero(key <= np.partition(key, n)[n])  # with all that are tied with the last
    else:
        places = np.arange(len(rows))
    return places[np.lexsort((rows[places], -total[places], key[places]))[:n]]


def _at(values: NDArray[np.float32], rows: NDArray[np.int32]) -> NDArray[np.float32]:
    """Values at the rows; 0 for rows newer than the array."""
    found = np.zeros(len(rows), np.float32)
    inside = rows < len(values)
    found[inside] = values[rows[inside]]
    return found


def _repeating(rows: NDArray[np.int32], total: NDArray[np.float32], shelf: Shelf) -> NDArray[np.float32]:
    """What is taken off a product for each better one of its category, among the best."""
    off = np.zeros(len(rows), np.float32)
    before: Counter[str] = Counter()
    for place in np.argsort(-total, kind="stable")[:_LOOKED_AT].tolist():
        product = shelf.products[int(rows[place])]
        kind = product.category[-1].key if product is not None and product.category else ""
        off[place] = total[place] * (_REPEATED ** min(before[kind], _MOST_REPEATED) - 1)
        before[kind] += 1
    return off


def _taught(
    rows: NDArray[np.int32], shelf: Shelf, weights: Weights, brands: NDArray[np.float32] | None
) -> dict[str, NDArray[np.float32]]:
    """The parts that count only where clicks have given them a weight."""
    parts: dict[str, NDArray[np.float32]] = {}
    if weights.rated:
        parts["rated"] = np.clip((shelf.rating[rows] - 3) / 2, 0, 1).astype(np.float32) * np.float32(weights.rated)
    if weights.cheap:
        parts["cheap"] = _cheapness(shelf.price[rows]) * np.float32(weights.cheap)
    if weights.brand and brands is not None:
        parts["brand"] = _at(brands, rows) * np.float32(weights.brand)
    return parts


def _goodness(rating: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 for five stars, 0 for three and less; products that nobody rated are as good as those of the result that were
    are on average."""
    stars = np.clip((rating - 3) / 2, 0, 1).astype(np.float32)
    known = rating > 0
    return np.where(known, stars, stars[known].mean() if known.any() else 0.5).astype(np.float32)


def _cheapness(price: NDArray[np.int64]) -> NDArray[np.float32]:
    """1 for the cheapest of the result, 0 for the dearest, by rank; 0 where the price is unknown."""
    known = price >= 0
    different = np.unique(price[known])
    dearer = len(different) - 1 - np.searchsorted(different, price)
    return np.where(known, dearer / max(1, len(different) - 1), 0).astype(np.float32)


def _freshness(released: NDArray[np.int64], rows: NDArray[np.int32]) -> NDArray[np.float32]:
    """1 for the newest product of the shop, halved for each half year before; 0 where the date is unknown."""
    newest = int(released.max()) if len(released) else 0
    at = released[rows]
    age = (newest - at) / (182 * DAY_MS)
    return np.where(at > 0, np.exp2(-age), 0).astype(np.float32)
