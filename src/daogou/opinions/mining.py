"""From the text of a review to opinions: aspect, liked or not, and the words themselves.

A clause is the unit (Hu and Liu, "Mining and Summarizing Customer Reviews", KDD 2004): what is judged and how stand
close together. A word of opinion that belongs to one aspect alone names it (好吃: the taste); one of several, such as
很快, speaks of the delivery only where the clause does. A negation turns the word it stands before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from daogou.opinions.aspects import Aspect, Found, Lexicon, lexicon

if TYPE_CHECKING:
    from daogou.domain.review import Review
    from daogou.opinions.polarity import PolarityModel

Polarity = Literal["good", "bad"]
SURE = 0.4
"""How far from even a learnt probability must be to count: 0.9 and above, 0.1 and below."""
_CLAUSE = re.compile(
    r"[^。！？；，、,.!?;…~\n]+?(?=[。！？；，、,.!?;…~\n]|但是|但|不过|可是|就是|而且|\bbut\b|\bhowever\b|\balthough\b|\bthough\b|$)"
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """One judgement, in the reviewer's words."""

    aspect: str
    polarity: Polarity
    quote: str
    """The clause, as written."""


def opinions(review: Review, model: PolarityModel | None = None) -> list[Opinion]:
    """What a review says of which aspect, each aspect and polarity once: its first clause.

    With a model, a clause that names an aspect without a word of opinion is judged by it, where it is sure.
    """
    first: dict[tuple[str, Polarity], Opinion] = {}
    words = lexicon()
    for quote in (quote for text in (review.title, review.text) for quote in clauses(text)):
        found = words.find(quote)
        judged = list(_judged(found, words))
        if not judged and model is not None:
            judged = list(_learnt(quote, found, words, model))
        for aspect, polarity in judged:
            first.setdefault((aspect, polarity), Opinion(aspect, polarity, quote))
    return list(first.values())


def clauses(text: str) -> Iterator[str]:
    """The clauses of a text, without the space around them."""
    for match in _CLAUSE.finditer(text):
        if clause := match.group().strip():
            yield clause


def balance(clause: str, words: Lexicon) -> int:
    """How many words of opinion speak well of whatever the clause is about, less those that speak ill."""
    return sum(_sign(each, words.all_good, words.all_bad) for each in words.find(clause))


def _judged(found: Sequence[Found], words: Lexicon) -> Iterator[tuple[str, Polarity]]:
    for aspect in _spoken_of(found, words):
        good, bad = words.good | aspect.good, words.bad | aspect.bad
        difference = sum(_sign(each, good, bad) for each in found)
        if difference:
            yield aspect.id, "good" if difference > 0 else "bad"


def _learnt(quote: str, found: Sequence[Found], words: Lexicon, model: PolarityModel) -> Iterator[tuple[str, Polarity]]:
    if any(_sign(each, words.all_good, words.all_bad) for each in found):
        return
    named = _spoken_of(found, words)
    content = float(model.score([quote])[0]) if named else 0.5
    if abs(content - 0.5) >= SURE:
        for aspect in named:
            yield aspect.id, "good" if content > 0.5 else "bad"


def _spoken_of(found: Sequence[Found], words: Lexicon) -> list[Aspect]:
    """The aspects that are named; if none is, the one that some word of opinion belongs to alone."""
    named = {id for each in found for id in words.naming.get(each.word, ()) if each.word in words.aspects[id].words}
    if not named:
        alone = (words.naming.get(each.word, ()) for each in found)
        named = {ids[0] for ids in alone if len(ids) == 1}
    return [aspect for id, aspect in words.aspects.items() if id in named]


def _sign(found: Found, good: Set[str], bad: Set[str]) -> int:
    if found.word in good:
        return -1 if found.negated else 1
    if found.word in bad:
        return 1 if found.negated else -1
    return 0
