"""From the text of a review to opinions: aspect, liked or not, and the words themselves.

A clause is the unit (Hu and Liu, "Mining and Summarizing Customer Reviews", KDD 2004): what is judged and how stand
close together. A word of opinion that belongs to one aspect alone names it (好吃: the taste); one of several, such as
很快, speaks of the delivery only where the clause does. A negation turns the word it stands before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from daogou.opinions.aspects import Aspect, Found, Lexicon, lexicon
from daogou.opinions.clauses import spans
from daogou.opinions.targets import around

if TYPE_CHECKING:
    from daogou.domain.review import Review
    from daogou.opinions.context import Target
    from daogou.opinions.judges import By, Judges

Polarity = Literal["good", "bad"]
SURE = 0.4
"""How far from even a learnt probability must be to count: 0.9 and above, 0.1 and below."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """One judgement, in the reviewer's words."""

    aspect: str
    polarity: Polarity
    quote: str
    """The clause, as written."""
    by: By = "word"


def opinions(review: Review, judges: Judges | None = None, words: Lexicon | None = None) -> list[Opinion]:
    """What a review says of which aspect, each aspect and polarity once: its first clause.

    A clause that names an aspect without a word of opinion is judged by what the shop's reviews have taught, where
    that is sure.
    """
    first: dict[tuple[str, Polarity], Opinion] = {}
    words = words or lexicon()
    for text in (review.title, review.text):
        for start, end in spans(text):
            quote = text[start:end]
            found = words.find(quote)
            judged: list[tuple[str, Polarity, By]] = [(*each, "word") for each in _judged(found, words)]
            if not judged and judges is not None:
                judged = list(_learnt(_undecided(text, start, found, words), judges, words))
            for aspect, polarity, by in judged:
                first.setdefault((aspect, polarity), Opinion(aspect, polarity, quote, by))
    return list(first.values())


def undecided(review: Review, words: Lexicon) -> Iterator[Target]:
    """The sides that a review names in clauses without a word of opinion."""
    for text in (review.title, review.text):
        for start, end in spans(text):
            yield from (target for _, target in _undecided(text, start, words.find(text[start:end]), words))


def balance(clause: str, words: Lexicon) -> int:
    """How many words of opinion speak well of whatever the clause is about, less those that speak ill."""
    return sum(map(words.sign, words.find(clause)))


def _judged(found: Sequence[Found], words: Lexicon) -> Iterator[tuple[str, Polarity]]:
    for aspect in _spoken_of(found, words):
        good, bad = words.good | aspect.good, words.bad | aspect.bad
        difference = sum(_sign(each, good, bad) for each in found)
        if difference:
            yield aspect.id, "good" if difference > 0 else "bad"


def _undecided(text: str, start: int, found: Sequence[Found], words: Lexicon) -> Iterator[tuple[str, Target]]:
    """The aspects of a clause without a word of opinion, each with where it is named."""
    if any(map(words.sign, found)):
        return
    for aspect in _spoken_of(found, words):
        if named := next((each for each in found if each.word in aspect.words), None):
            yield aspect.id, around(text, start + named.start, start + named.end)


def _learnt(named: Iterable[tuple[str, Target]], judges: Judges, words: Lexicon) -> Iterator[tuple[str, Polarity, By]]:
    for aspect, target in named:
        content, by = judges.content(target, words)
        if abs(content - 0.5) >= SURE:
            yield aspect, "good" if content > 0.5 else "bad", by


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
