"""Takes a shopper's sentence apart with the shop's own vocabulary: filters, order, and the words that remain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from daogou.domain.query import Slot, Understood, Where
from daogou.domain.text import language_of
from daogou.language.aspects import AspectWish, no_aspects
from daogou.language.normalise import Normal, normalise
from daogou.language.quantities import PriceWish, prices
from daogou.language.shopping import occasions, people
from daogou.language.speech import CONNECTIVES, FILLERS, NEGATORS, ON_SALE, SORTS, TRAILING_NEGATORS
from daogou.language.vocabulary import LONGEST, Found, Term, Vocabulary, join

if TYPE_CHECKING:
    from daogou.domain.query import Sort
    from daogou.language.aspects import AspectReader
    from daogou.language.segment import Token

FAIR = 0.5
"""An attribute filters where at least this share of the products (of the category) fills it in; else it only ranks."""
LONGEST_TEXT = 400
"""Characters of a query that are read; what follows is ignored."""


@dataclass
class _Reading:
    """What has been found so far, while one text is read."""

    normal: Normal
    words: list[Token]
    wishes: list[PriceWish]
    slots: list[Slot] = field(default_factory=list)
    left: list[Token] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    sort: Sort = "relevance"
    on_sale: bool = False

    def slot(self, kind: str, name: str, value: str, *, span: tuple[int, int], **more: object) -> None:
        start, end = self.normal.span(*span)
        self.slots.append(Slot(kind, name, value, start, end, **more))  # type: ignore[arg-type]


class Understander:
    """Understands queries in Chinese and English. Milliseconds; the same sentence is always understood the same way."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        *,
        rates: Mapping[str, float] | None = None,
        aspects: AspectReader = no_aspects,
    ) -> None:
        """`rates`: what one unit of a foreign currency is worth in the shop's, for prices like "under $80".

        Without a rate such a price is kept as a slot of confidence 0 and listed in `unknown`, never guessed.
        `aspects` finds what reviewers shall like, such as 续航好.
        """
        self.vocabulary = vocabulary
        self._aspects = aspects
        self._rates = dict(rates or {})
        phrase = vocabulary.phrase
        self._sorts = {phrase(said): sort for said, sort in SORTS.items()}
        self._on_sale = frozenset(map(phrase, ON_SALE))
        self._people = {phrase(said): line[0] for line in people() for said in line}
        self._occasions = {phrase(said): line[0] for line in occasions() for said in line}
        self._fillers = FILLERS | {phrase(word) for word in FILLERS}
        vocabulary.segmenter.learn(word for word in (*SORTS, *ON_SALE, *NEGATORS) if len(word) > 1)

    def understand(self, text: str, *, currency: str) -> Understood:
        """Take the text apart. Never raises; spans of slots lie inside `text`."""
        normal = normalise(text[:LONGEST_TEXT])
        wishes = prices(normal.text, currency)
        tokens = self.vocabulary.segmenter.tokens(normal.text)
        liked = self._liked(normal, tokens)
        words, corrected = self._correct(normal, [*wishes, *liked], tokens)
        reading = _Reading(normal, words, wishes)
        for wish in liked:
            reading.slot("aspect", wish.aspect, "good", span=(wish.start, wish.end))
        self._read_prices(reading, currency)
        self._read_words(reading)
        return Understood(
            text=text,
            language=language_of(text),
            words=tuple(token.text for token in reading.left),
            where=self._where(reading, currency),
            sort=reading.sort,
            slots=tuple(sorted(reading.slots, key=lambda slot: (slot.start, slot.end))),
            corrected=corrected,
            unknown=tuple(reading.unknown),
        )

    def _liked(self, normal: Normal, tokens: Sequence[Token]) -> list[AspectWish]:
        """What reviewers shall like. What the shop's products are or have, by the same words, comes first."""
        return [
            wish
            for wish in self._aspects(normal.text)
            if not any(
                self.vocabulary.meanings(token.text)
                for token in tokens
                if token.start < wish.end and wish.start < token.end
            )
        ]

    def _correct(
        self, normal: Normal, wishes: Sequence[PriceWish | AspectWish], words: Sequence[Token]
    ) -> tuple[list[Token], str | None]:
        """The words outside the wishes, misspelt ones replaced, and the whole text if any was."""
        kept: list[Token] = []
        pieces: list[str] = []
        done = 0
        for token in words:
            if any(token.start < wish.end and wish.start < token.end for wish in wishes):
                continue
            better = self._better(token.text)
            if better is not None:
                pieces += [normal.text[done : token.start], better]
                done = token.end
            kept += self._parts(replace(token, text=better or token.text))
        return kept, "".join([*pieces, normal.text[done:]]) if pieces else None

    def _parts(self, token: Token) -> list[Token]:
        """The token, or the shop's words it is made of where the shop does not have it whole: 生日礼物 → 生日, 礼物."""
        if token.text.isascii() or len(token.text) < 3 or self._has_meaning(token.text):
            return [token]
        parts = self.vocabulary.segmenter.split(token)
        return parts if any(self._has_meaning(part.text) for part in parts) else [token]

    def _has_meaning(self, phrase: str) -> bool:
        return (
            phrase in self._sorts or phrase in self._on_sale or phrase in self._people or phrase in self._occasions
            or phrase in NEGATORS or phrase in self._fillers or bool(self.vocabulary.meanings(phrase))
        )  # fmt: skip

    def _better(self, word: str) -> str | None:
        if self._is_plain(word) or self.vocabulary.knows(word):
            return None
        if not word.isascii():
            return None if self._has_meaning(word) else self.vocabulary.short_for(word)
        nearest = self.vocabulary.spelling.nearest(word)
        return nearest if nearest != word else None

    def _is_plain(self, word: str) -> bool:
        return word in self._fillers or word in NEGATORS or word in CONNECTIVES or word in self._sorts

    def _read_prices(self, reading: _Reading, currency: str) -> None:
        for wish in reading.wishes:
            fair = wish.converted(currency, self._rates)
            reading.slot("price", "price", wish.value, span=(wish.start, wish.end), confidence=1.0 if fair else 0.0)
            if fair is None:
                reading.unknown.append(reading.normal.text[wish.start : wish.end])

    def _read_words(self, reading: _Reading) -> None:
        said = [token.text for token in reading.words]
        place, negated = 0, False
        while place < len(said):
            if said[place] in NEGATORS:
                negated = said[place] not in TRAILING_NEGATORS or not self._negate_before(reading, place)
                place += 1
                continue
            if negated and place and self._breaks(reading, place):
                negated = False
            found = self._phrase(said, place)
            if found is None:
                if negated and said[place] in CONNECTIVES:
                    place += 1
                    continue
                self._leave(reading, place, negated=negated)
                place += 1
            else:
                self._take(reading, found, negated=negated)
                place = found.last
            if negated:
                place += said[place : place + 1] == ["的"]
                negated = place < len(said) and said[place] in CONNECTIVES
        if not reading.left and not reading.slots:
            reading.left = list(reading.words)

    def _breaks(self, reading: _Reading, place: int) -> bool:
        """Does punctuation other than a list mark stand before the word?"""
        between = reading.normal.text[reading.words[place - 1].end : reading.words[place].start]
        return any(mark in between for mark in ".;!?。;!?")

    def _negate_before(self, reading: _Reading, place: int) -> bool:
        """皮的不要: turn the slot that ends just before, if nothing follows in the clause that 不要 could mean."""
        after = reading.words[place + 1 : place + 2]
        end = reading.words[place].end
        if after and not any(mark in reading.normal.text[end : after[0].start] for mark in ",.;。 "):
            return False
        before = [token for token in reading.words[:place] if token.text not in self._fillers]
        if not reading.slots or not before:
            return False
        last = max(reading.slots, key=lambda slot: slot.end)
        if reading.normal.span(before[-1].start, before[-1].end)[1] != last.end or last.kind == "price":
            return False
        reading.slots.remove(last)
        reading.slots.append(Slot(last.kind, last.name, last.value, last.start, last.end, negated=True))
        return True

    def _phrase(self, said: Sequence[str], place: int) -> Found | None:
        """The longest phrase from here that the shop, or the table of shopping words, gives a meaning."""
        for last in range(min(len(said), place + LONGEST), place, -1):
            phrase = join(said[place:last])
            if phrase not in self._fillers and phrase not in NEGATORS and self._has_meaning(phrase):
                return Found(phrase, place, last)
        return None

    def _take(self, reading: _Reading, found: Found, *, negated: bool) -> None:
        phrase = found.phrase
        tokens = reading.words[found.first : found.last]
        span = (tokens[0].start, tokens[-1].end)
        terms = self.vocabulary.meanings(phrase)
        if terms:
            sure = False
            for term in self._chosen(terms, negated=negated):
                confidence = self._confidence(reading, term, terms)
                reading.slot(term.kind, term.name, term.value, span=span, negated=negated, confidence=confidence)
                sure = sure or confidence >= 1
            if not negated and not sure:
                reading.left += tokens
        elif phrase in self._sorts and not negated:
            reading.sort = self._sorts[phrase]
            reading.slot("sort", "sort", reading.sort, span=span)
        elif phrase in self._on_sale:
            reading.on_sale = not negated
            reading.slot("comparative", "on_sale", "true", span=span, negated=negated)
        elif phrase in self._people or phrase in self._occasions:
            kind = "recipient" if phrase in self._people else "occasion"
            value = self._people.get(phrase) or self._occasions[phrase]
            reading.slot(kind, kind, value, span=span, negated=negated)
            if not negated and kind == "occasion":
                reading.left += (token for token in tokens if self._is_mentioned(token.text))

    def _chosen(self, terms: Sequence[Term], *, negated: bool) -> Iterator[Term]:
        """The first meaning, with the same thing said under other keys; what is not wanted, in all its meanings."""
        first = terms[0]
        for term in terms:
            if term == first or negated or (term.kind == "attribute" and term.name == first.name):
                yield term

    def _confidence(self, reading: _Reading, term: Term, terms: Sequence[Term]) -> float:
        """1 where the meaning may filter; less where it only ranks."""
        if term.kind == "category":
            return 1.0 if sum(other.kind == "category" for other in terms) == 1 else 0.5
        if term.kind == "brand":
            return 1.0
        category = next((slot.value for slot in reading.slots if slot.kind == "category" and not slot.negated), None)
        coverage = self.vocabulary.coverage(term.name, category)
        return 1.0 if coverage >= FAIR else round(coverage, 3)

    def _leave(self, reading: _Reading, place: int, *, negated: bool) -> None:
        token = reading.words[place]
        if negated and token.text not in self._fillers:
            reading.slot("attribute", "words", token.text, span=(token.start, token.end), negated=True)
        elif token.text not in self._fillers:
            reading.left.append(token)
            if not self._knows(token.text):
                reading.unknown.append(token.text)

    def _knows(self, word: str) -> bool:
        return self.vocabulary.knows(word) or any(map(self.vocabulary.knows, self.vocabulary.segmenter.cut(word)))

    def _is_mentioned(self, word: str) -> bool:
        return any(piece in self.vocabulary.words for piece in self.vocabulary.segmenter.cut(word))

    def _where(self, reading: _Reading, currency: str) -> Where:
        wanted: dict[str, set[str]] = {}
        unwanted: dict[str, set[str]] = {}
        for slot in reading.slots:
            if slot.kind in ("category", "brand", "attribute") and slot.name != "words":
                if slot.negated:
                    unwanted.setdefault(slot.name, set()).add(slot.value)
                elif slot.confidence >= 1:
                    wanted.setdefault(slot.name, set()).add(slot.value)
        categories = wanted.pop("category", set())
        low, high = None, None
        for wish in reading.wishes:
            fair = wish.converted(currency, self._rates)
            if fair is not None:
                low, high = fair.low or low, fair.high or high
        return Where(
            category=self._narrowest(categories),
            brands=frozenset(wanted.pop("brand", ())),
            not_brands=frozenset(unwanted.pop("brand", ())),
            price_min=low,
            price_max=high,
            attributes={name: frozenset(values) for name, values in wanted.items()},
            not_attributes={name: frozenset(values) for name, values in unwanted.items()},
            on_sale=reading.on_sale,
        )

    def _narrowest(self, categories: set[str]) -> str | None:
        """Of several categories the smallest: “shoes, running shoes” means running shoes."""
        uses = self.vocabulary.uses
        return min(categories, key=lambda key: (uses[Term("category", "category", key)], key), default=None)
