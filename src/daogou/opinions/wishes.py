"""Finds in a query the sides of a product that its reviewers shall like: 续航好的耳机, “phone with good battery”.

A side is wished for where a word for it stands beside a word of praise, or by a word that asks for nothing else
(“comfortable”). A fault that is not wanted (不要噪音大的) is a wish too; a fault alone is none.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from daogou.language.aspects import AspectWish
from daogou.opinions.aspects import lexicon

if TYPE_CHECKING:
    from daogou.opinions.aspects import Found, Lexicon

_BETWEEN = re.compile(
    r"\s*(?:(?:life|quality|time|that|which|is|are|has|and|a|the|very|really|so|long|most|more|of|for|my|your)\s+"
    r"|(?:life|quality|时间|时长|效果|能力|体验|方面|要|很|比较|非常|特别|超级|最|更|又|也|大|强|感|的)\s*)*"
)
"""What may stand between a word for a side and the word of praise."""
_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:with|has|have|having|very|really|most|more|a|an|the)\s+|要|很|比较|非常|特别|超级|最|更|带|有)+$"
)
_UNWANTED = re.compile(
    r"(?:不要|不想要|别|没有|无|不|(?:\b(?:not|no|without|avoid)\s+(?:too |very |any )?))(?:太|很|有)?$"
)
_AFTER = re.compile(r"(?:\s+life|\s+quality|大|强|多|重)?(?:一?点儿?|些)?的?")


def wishes(text: str, *, spoken_of: Container[str], words: Lexicon | None = None) -> Sequence[AspectWish]:
    """The wishes in a normalised query, for the sides that the shop's reviews speak of, without overlaps."""
    words = words or lexicon()
    found: list[AspectWish] = []
    for wish in sorted((*_asked(text, words), *_praised(text, words)), key=lambda w: (w.start, -w.end)):
        if wish.aspect in spoken_of and (not found or wish.start >= found[-1].end):
            found.append(wish)
    return found


def _asked(text: str, words: Lexicon) -> Iterator[AspectWish]:
    for word, start, end in words.asking.find(text):
        if not _UNWANTED.search(text[:start]):
            yield _grown(text, words.asked[word], start, end)


def _praised(text: str, words: Lexicon) -> Iterator[AspectWish]:
    found = words.find(text)
    for first, second in pairwise(found):
        if not _BETWEEN.fullmatch(text[first.end : second.start]):
            continue
        for named, said in ((first, second), (second, first)):
            for id in words.naming.get(named.word, ()):
                if _speaks_well(text, id, named, said, words):
                    yield _grown(text, id, first.start, second.end)
    for fault in found:
        ids = [id for id in words.naming.get(fault.word, ()) if fault.word in words.aspects[id].bad]
        if len(ids) == 1 and _UNWANTED.search(text[: fault.start]):
            yield _grown(text, ids[0], fault.start, fault.end)


def _speaks_well(text: str, id: str, named: Found, said: Found, words: Lexicon) -> bool:
    """Does the word for the side stand beside praise, or beside a fault that is not wanted?"""
    aspect = words.aspects[id]
    if named.word not in aspect.words:
        return False
    if said.word in words.good | aspect.good:
        return not said.negated
    first = min(named.start, said.start)
    return said.word in words.bad | aspect.bad and bool(said.negated or _UNWANTED.search(text[:first]))


def _grown(text: str, aspect: str, start: int, end: int) -> AspectWish:
    """The wish with the small words around it, which mean nothing without it."""
    for around in (_UNWANTED, _BEFORE):
        if before := around.search(text[:start]):
            start = before.start()
    after = _AFTER.match(text, end)
    return AspectWish(aspect, start, after.end() if after else end)
