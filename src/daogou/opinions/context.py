"""What stands around a term in a sentence, as weighted pieces that a linear model can learn from.

The features are those with which a linear model came first in SemEval 2014 (Kiritchenko et al., "NRC-Canada-2014:
Detecting Aspects and Sentiment in Customer Reviews"), without a parser: pieces of the whole sentence, of the clause the
term stands in, by nearness, by side and by place; the term itself; what the lexicon finds. A piece behind a negation is
another piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from daogou.opinions.aspects import Lexicon, lexicon

_TOKEN = re.compile(r"[㐀-鿿豈-﫿]|[a-z']+|\d+|[^\sa-z\d]")
_TURN = re.compile(r"[.!?;。！？；~…\n,，、]|\b(?:but|however|although|though)\b|但|不过|可是")
_TURNING = frozenset({"but", "however", "although", "though", "except", "yet", "但", "却"})
_BREAKING = frozenset(".!?;。！？；~…,，、")
_NOT = frozenset(
    {"not", "no", "never", "n't", "without", "hardly", "cannot", "nothing", "lack", "lacks", "neither", "nor"}
)
_NOT_HAN = frozenset("不没无未非")
_NOT_REACHES, _NOT_HAN_REACHES = 4, 3
"""Words and Chinese characters that a negation reaches over."""
_HERE = "\x01"
_NEAR, _BESIDE = 4, 2
"""Within how many words a piece counts with its side of the term, and with its place."""
_HALVED = 4
"""Words away at which a piece counts half."""
WEIGHTS: Mapping[str, float] = {
    "sentence": 1.0, "nearness": 1.0, "clause": 1.0, "side": 1.0, "place": 0.5, "term": 1.0, "lexicon": 0.7,
}  # fmt: skip
"""What each group of pieces weighs; each is scaled to unit length first."""


@dataclass(frozen=True, slots=True)
class Target:
    """A term in a sentence."""

    before: str
    term: str
    after: str

    @property
    def sentence(self) -> str:
        """The whole."""
        return f"{self.before}{self.term}{self.after}"

    @property
    def turns(self) -> tuple[int, int]:
        """Where in `before` its clause begins, and where in `after` it ends."""
        low = max((turn.end() for turn in _TURN.finditer(self.before.casefold())), default=0)
        turn = _TURN.search(self.after.casefold())
        return low, turn.start() if turn else len(self.after)

    @property
    def clause(self) -> str:
        """The part of the sentence up to where it turns."""
        low, high = self.turns
        return f"{self.before[low:]}{self.term}{self.after[:high]}"


@dataclass(frozen=True, slots=True)
class _Place:
    """One word of the sentence, as it is read."""

    word: str
    clause: int
    negated: bool


def groups(target: Target, words: Lexicon | None = None) -> dict[str, dict[str, float]]:
    """The pieces around the term with their weights, by group."""
    read = list(_read([*_tokens(target.before), _HERE, *_tokens(target.after)]))
    here = next(place for place, each in enumerate(read) if each.word == _HERE)
    found: dict[str, dict[str, float]] = {name: {} for name in WEIGHTS}
    for place, each in enumerate(read):
        away = abs(place - here)
        side = "<" if place < here else ">"
        for piece in _pieces(read, place):
            found["sentence"][piece] = 1.0
            nearness = 1 / (1 + away / _HALVED)
            found["nearness"][piece] = max(nearness, found["nearness"].get(piece, 0.0))
            if each.clause == read[here].clause:
                found["clause"][piece] = 1.0
            if away <= _NEAR:
                found["side"][side + piece] = 1.0
        if 0 < away <= _BESIDE:
            found["place"][f"{place - here} {each.word}"] = 1.0
    term = _tokens(target.term)
    found["term"] = dict.fromkeys((*term, " ".join(term), f"^{term[-1]}" if term else "^"), 1.0)
    found["lexicon"] = dict.fromkeys(_said(target, words or lexicon()), 1.0)
    return found


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold().replace("’", "'"))


def _read(words: list[str]) -> Iterator[_Place]:
    """Each word with the clause it belongs to, and whether a negation reaches it."""
    clause, reach = 0, 0
    for word in words:
        if word in _TURNING:
            clause, reach = clause + 1, 0
        yield _Place(word, clause, reach > 0)
        reach -= reach > 0
        if word in _BREAKING:
            clause, reach = clause + 1, 0
        elif word in _NOT or word.endswith("n't"):
            reach = _NOT_REACHES
        elif word in _NOT_HAN:
            reach = _NOT_HAN_REACHES


def _pieces(read: list[_Place], place: int) -> Iterator[str]:
    """The word, it with the next, and of Chinese with the next two, inside its clause."""
    first = read[place]
    mark = "NOT " if first.negated else ""
    piece = first.word
    yield mark + piece
    for n, each in enumerate(read[place + 1 : place + (3 if piece >= "㐀" else 2)], 1):
        if each.clause != first.clause or (n > 1 and first.word < "㐀"):
            return
        piece += f" {each.word}"
        yield mark + piece


def _said(target: Target, words: Lexicon) -> Iterator[str]:
    """What the lexicon says of the sentence, of the clause and nearest to the term."""
    hidden = f"{target.before}{_HERE * 3}{target.after}"
    at = len(target.before)
    low, end = target.turns
    high = at + len(_HERE * 3) + end
    said = [
        (found.start, at - found.end if found.end <= at else found.start - at - 3, sign)
        for found in words.find(hidden)
        if (sign := words.sign(found))
    ]
    yield f"all {_few(sum(sign for _, _, sign in said))}"
    yield f"clause {_few(sum(sign for start, _, sign in said if low <= start < high))}"
    yield "turns" if _TURN.search(hidden.casefold()) else "plain"
    if said:
        _, away, sign = min(said, key=lambda each: each[1])
        step = away // (3 if hidden[:1] >= "㐀" else 8)
        yield f"near {sign}"
        yield f"near {sign} {min(4, step)}"
    else:
        yield "nothing"


def _few(n: int) -> int:
    return max(-2, min(2, n))
