"""Takes a shopper's sentence apart with the shop's own vocabulary: filters, order, and the words that remain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

from daogou.domain.query import Meant, Span, Understood
from daogou.domain.text import language_of
from daogou.language.ages import ages
from daogou.language.aspects import no_aspects
from daogou.language.called import Called
from daogou.language.category import CategoryFinder
from daogou.language.comparisons import comparisons
from daogou.language.conditions import FAIR, Conditions
from daogou.language.counts import counts
from daogou.language.glossary import Glossary
from daogou.language.lexicon import Lexicon
from daogou.language.measures import measures, sizes
from daogou.language.mending import Mender
from daogou.language.normalise import Normal, normalise
from daogou.language.numerals import number
from daogou.language.quantities import PriceWish, price_wishes
from daogou.language.ranges import ranges
from daogou.language.reading import MARK, Reading, runs
from daogou.language.segment import Token, names_something
from daogou.language.shopping import GOODS_FOR
from daogou.language.speech import CONNECTIVES, ONLY_TRAILING, TRAILING_NEGATORS
from daogou.language.spelling import is_small
from daogou.language.vocabulary import SIZES, Found, Term, Vocabulary, join
from daogou.language.wishes import Finder, Said, Wish, found

if TYPE_CHECKING:
    from daogou.domain.query import SlotKind
    from daogou.language.aspects import AspectReader

LONGEST_TEXT = 400
"""Characters of a query that are read; what follows is ignored."""
FINDERS: tuple[Finder, ...] = (ages, ranges, measures, price_wishes, sizes, comparisons, counts)
"""What is looked for before the words, in this order: where two see the same characters, the earlier one is right."""
_MOST_COUNTED = 20
_CARRIED = 3
"""Words that say nothing over which a negation carries: "don't show me leather"."""
_SHORT = 0.5
"""How sure the short name of a category is: products of other categories may be called so, too."""


KindReader = Callable[[Sequence[str]], tuple[int, str] | None]
"""Which of some texts is surest another name of a category, and the key of that category; None where none surely is."""
_GUESSED = 2
"""Runs of words that may be read as a category by their meaning."""


def no_kinds(texts: Sequence[str]) -> tuple[int, str] | None:
    """In place of a reader: no text is."""


class Understander:
    """Understands queries in Chinese and English. Milliseconds; the same sentence is always understood the same way."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        *,
        rates: Mapping[str, float] | None = None,
        aspects: AspectReader = no_aspects,
        glossary: Glossary | None = None,
        kinds: KindReader = no_kinds,
        called: Called | None = None,
    ) -> None:
        """`rates`: what one unit of a foreign currency is worth in the shop's, for prices like "under $80".

        Without a rate such a price is kept as a slot of confidence 0 and listed in `unknown`, never guessed.
        `aspects` finds what reviewers shall like, such as 续航好. `glossary` says what words that the shop does not use
        mean in words that it does, `called` what goods are called below the categories. `kinds` is asked where no
        category is named: a lunch box may be called 便当盒.
        """
        self.vocabulary = vocabulary
        self._rates = dict(rates or {})
        self._aspects = aspects
        self._finders = (*FINDERS, self._liked)
        self._lexicon = Lexicon(vocabulary)
        self._glossary = Glossary() if glossary is None else glossary
        self._kinds = kinds
        self._names = called or Called()
        self._categories = CategoryFinder(vocabulary, self._lexicon, self._names)
        self._conditions = Conditions(vocabulary, self._lexicon)
        self._apart: set[tuple[str, str]] = set()
        vocabulary.segmenter.learn(self._names.words())
        self._mender = Mender(self._lexicon, self._glossary, self._names)

    def set_apart(self, groups: Iterable[Sequence[str]]) -> None:
        """Let no word of a group be read as another of it from now on, in place of those set before."""
        phrase = self.vocabulary.phrase
        pairs = {(phrase(one), phrase(other)) for group in groups for one, other in permutations(group, 2)}
        self._mender.glossary = self._glossary.without(pairs)
        self._apart = pairs | {
            (one, term.value)
            for one, other in pairs
            for term in self.vocabulary.meanings(other)
            if term.kind == "category"
        }
        self._categories.called = self._mender.called = self._names.without(self._apart)

    def understand(self, text: str, *, currency: str) -> Understood:
        """Take the text apart. Never raises; spans of slots lie inside `text`."""
        typed = text[:LONGEST_TEXT]
        normal = normalise(typed)
        wishes = found(Said(typed, normal, currency, self.vocabulary), self._finders)
        words, corrected, meant = self._words(typed, normal, wishes)
        reading = Reading(normal, words, wishes)
        reading.meant = frozenset(word for first, *_ in meant.values() for word in first.phrase.split())
        self._categories.find(reading)
        self._read(reading, currency)
        meant |= self._guess_category(reading, typed) | self._search_people(reading, typed)
        reading.excuse(self._mender.glossary.knows)
        reading.unknown += reading.brands
        if not reading.left and not reading.slots:
            reading.left = list(reading.words)
        return Understood(
            text=text,
            language=language_of(text),
            words=tuple(token.text for token in reading.left),
            where=self._conditions.of(reading, typed),
            sort=reading.sort,
            slots=tuple(sorted(reading.slots, key=lambda slot: (slot.start, slot.end))),
            corrected=corrected,
            unknown=tuple(token.text for token in reading.unknown),
            missing=tuple(reading.missing(typed)),
            spans=tuple(_languages(typed)),
            also=self._also(reading),
            meant=meant,
        )

    def _also(self, reading: Reading) -> dict[str, tuple[str, ...]]:
        """Words with synonyms, as typed unless they were mended, and these."""
        tokens = reading.words
        also = {}
        for here, others in self.vocabulary.synonyms_in([token.text for token in tokens]):
            typed = reading.normal.text[tokens[here.first].start : tokens[here.last - 1].end]
            also[typed if self.vocabulary.phrase(typed) == here.phrase else here.phrase] = others
        return also

    def _liked(self, said: Said) -> Iterator[Wish]:
        """What reviewers shall like. What the shop's products are or have, by the same words, comes first."""
        wishes = self._aspects(said.text)
        tokens = self.vocabulary.segmenter.tokens(said.text) if wishes else []
        for wish in wishes:
            inside = (token for token in tokens if token.start < wish.end and wish.start < token.end)
            if not any(self.vocabulary.meanings(token.text) for token in inside):
                yield Wish(wish.start, wish.end, "aspect", wish.aspect, "good")

    def _words(
        self, typed: str, normal: Normal, wishes: Sequence[Wish]
    ) -> tuple[list[Token], str | None, dict[str, tuple[Meant, ...]]]:
        """The words, misspelt ones mended, with a token for each wish; the whole text if any word was mended; and
        what words that the shop does not use were taken for."""
        text = around = normal.text
        meant: dict[str, tuple[Meant, ...]] = {}
        for wish in wishes:
            around = around[: wish.start] + " " * (wish.end - wish.start) + around[wish.end :]
        pieces: list[str] = []
        tokens = [Token(f"{MARK}{place}", wish.start, wish.end) for place, wish in enumerate(wishes)]
        done = 0
        for mended in self._mender.mend(self.vocabulary.segmenter.tokens(around)):
            token = mended.token
            tokens.append(token)
            if mended.meant:
                meant[typed[slice(*normal.span(token.start, token.end))]] = mended.meant
            if mended.better:
                pieces += [text[done : token.start], token.text]
                done = token.end
        tokens.sort(key=lambda token: token.start)
        return tokens, "".join([*pieces, text[done:]]) if pieces else None, meant

    def _read(self, reading: Reading, currency: str) -> None:
        said = [token.text for token in reading.words]
        place, negated, carried = 0, False, 0
        while place < len(said):
            words = self._lexicon.asks(said, place)
            if words:
                place += words
                continue
            words = self._lexicon.negates(said, place)
            if words:
                negator = join(said[place : place + words])
                if negator in ONLY_TRAILING:
                    self._negate_last(reading, place)
                    negated = False
                else:
                    negated = not (negator in TRAILING_NEGATORS and self._negate_before(reading, place))
                place += words
                carried = place
                continue
            if negated and place and self._breaks(reading, place):
                negated = False
            if negated and said[place] in self._lexicon.fillers and place - carried < _CARRIED:
                place += 1
                continue
            place, carries = self._step(reading, said, place, currency, negated=negated)
            if negated and not carries:
                place += said[place : place + 1] == ["的"]
                negated = place < len(said) and said[place] in CONNECTIVES

    def _step(
        self, reading: Reading, said: Sequence[str], place: int, currency: str, *, negated: bool
    ) -> tuple[int, bool]:
        """Read what begins here; returns the place after it, and whether a negation carries over it."""
        if said[place].startswith(MARK):
            self._take_wish(reading, reading.wishes[int(said[place][1:])], currency, negated=negated)
            return place + 1, False
        if self._counts(said, place) or self._counts_before(reading, place):
            token = reading.words[place]
            reading.slot("quantity", "quantity", str(number(said[place])), span=(token.start, token.end))
            return place + 1, negated
        if reading.short and reading.short.first == place and reading.category:
            tokens = reading.words[place : reading.short.last]
            span = (tokens[0].start, tokens[-1].end)
            reading.slot("category", "category", reading.category, span=span, negated=negated, confidence=_SHORT)
            reading.left += [] if negated else tokens
            return reading.short.last, False
        phrase = self._lexicon.find(said, place)
        last = phrase.last if phrase is not None else place + 1
        strange = not negated and self._is_strange_brand(reading, said, place, last)
        if strange or (phrase is not None and not negated and self._categories.modifies(reading, said, phrase)):
            reading.left += reading.words[place:last]
            reading.brands += reading.words[place:last] if strange else ()
            return last, False
        if phrase is not None:
            free = f"{phrase.phrase}-free"
            if negated and self._lexicon.names(free):
                self._take(reading, replace(phrase, phrase=free), negated=False)
            else:
                self._take(reading, phrase, negated=negated)
            return phrase.last, False
        # without fragrance: fragrance-free; for beginners: beginner-friendly
        joined = f"{said[place]}-{'free' if negated else 'friendly'}"
        if self._lexicon.names(joined):
            self._take(reading, Found(joined, place, place + 1), negated=False)
            return place + 1, False
        if negated and said[place] in CONNECTIVES:
            return place + 1, True
        self._leave(reading, place, negated=negated)
        return place + 1, False

    def _guess_category(self, reading: Reading, typed: str) -> dict[str, tuple[Meant, ...]]:
        """Where no category is named, words that are surely another name of one: they rank. Words that no product has
        give way to the name of the category; returns what they were taken for."""
        left = runs(reading.left, reading.normal.text)[:_GUESSED]
        if not left or any(slot.kind == "category" for slot in reading.slots):
            return {}
        spans = [(run[0].start, run[-1].end) for run in left]
        found = self._kinds([reading.normal.text[slice(*span)] for span in spans])
        if found is None or not self.vocabulary.uses[Term("category", "category", found[1])]:
            return {}
        if (join([token.text for token in left[found[0]]]), found[1]) in self._apart:
            return {}
        place, reading.category = found
        reading.slot("category", "category", reading.category, span=spans[place], confidence=_SHORT)
        said = {token.text for token in left[place]}
        reading.unknown = [token for token in reading.unknown if token.text not in said]
        if any(map(self.vocabulary.has, said)):
            return {}
        words = self.vocabulary.segmenter.words(reading.category)
        reading.left = [token for token in reading.left if token not in left[place]]
        reading.left += (Token(word, *spans[place]) for word in words)
        return {typed[slice(*reading.normal.span(*spans[place]))]: (Meant(reading.category, 1.0),)}

    def _search_people(self, reading: Reading, typed: str) -> dict[str, tuple[Meant, ...]]:
        """Where nothing more is said than whom something is for, search whom, if the shop's titles or names say so, or
        the word that its goods are called by: 婴童 for a baby, pets for a dog. Returns what was taken for these."""
        meant: dict[str, tuple[Meant, ...]] = {}
        occasions = [(slot.start, slot.end) for slot in reading.slots if slot.kind == "occasion"]
        starts = (reading.normal.span(token.start, token.end)[0] for token in reading.left)
        if any(slot.kind in ("category", "brand") for slot in reading.slots) or not all(
            any(first <= start < last for first, last in occasions) for start in starts
        ):
            return meant
        for whom, tokens in dict(reading.people).items():
            own = [token for token in tokens if self.vocabulary.has(token.text)]
            known = (
                name for name in GOODS_FOR.get(whom, (whom,)) if (own if name == whom else self.vocabulary.has(name))
            )
            name = next(known, whom)
            if name != whom:
                own = [tokens[0]._replace(text=name, end=tokens[-1].end)]
                meant[typed[slice(*reading.normal.span(own[0].start, own[0].end))]] = (Meant(name, 1.0),)
            reading.left += own
        return meant

    def _breaks(self, reading: Reading, place: int) -> bool:
        """Does punctuation other than a list mark stand before the word?"""
        between = reading.normal.text[reading.words[place - 1].end : reading.words[place].start]
        return any(mark in between for mark in ".;!?。")

    def _negate_before(self, reading: Reading, place: int) -> bool:
        """皮的不要: turn the slot that ends just before, if nothing follows in the clause that 不要 could mean."""
        after = reading.words[place + 1 : place + 2]
        end = reading.words[place].end
        if after and not any(mark in reading.normal.text[end : after[0].start] for mark in ",.;。 "):
            return False
        return self._negate_last(reading, place)

    def _negate_last(self, reading: Reading, place: int) -> bool:
        """Turn the slot that ends just before; a slot that is not wanted already stays so."""
        before = [token for token in reading.words[:place] if token.text not in self._lexicon.fillers]
        if not reading.slots or not before:
            return False
        last = max(reading.slots, key=lambda slot: slot.end)
        if reading.normal.span(before[-1].start, before[-1].end)[1] != last.end or last.kind == "price":
            return False
        reading.slots.remove(last)
        reading.slots.append(replace(last, negated=True, confidence=1.0))
        reading.left = [token for token in reading.left if not last.start <= token.start < last.end]
        return True

    def _counts(self, said: Sequence[str], place: int) -> bool:
        """Is this a bare number before goods: "two mugs", "3 cotton t-shirts"?"""
        if not _is_count(said[place]):
            return False
        after = place + 1
        while after < len(said):
            phrase = self._lexicon.find(said, after) if not said[after].startswith(MARK) else None
            first = self.vocabulary.meanings(phrase.phrase)[:1] if phrase else []
            if first and first[0].kind == "category":
                return True
            if phrase is None and not said[after].startswith(MARK):
                return self.vocabulary.ending(join(said[after : after + 1])) is not None
            after = phrase.last if phrase else after + 1
        return False

    def _counts_before(self, reading: Reading, place: int) -> bool:
        """Is this a bare number at the end, behind what is wanted: "socks 3", "bath towel white 2"?"""
        token, text = reading.words[place], reading.normal.text
        if not _is_count(token.text) or self.vocabulary.size(token.text):
            return False
        last = max(reading.slots, key=lambda slot: slot.end, default=None)
        if last is None or last.kind not in ("category", "attribute", "occasion") or last.negated:
            return False
        between = text[reading.words[place - 1].end : token.start] if place else ""
        ends = place + 1 == len(reading.words) or text[token.end : token.end + 1] in ",;.。"
        touches = reading.normal.span(reading.words[place - 1].start, reading.words[place - 1].end)[1] == last.end
        return between == " " and ends and touches

    def _take_wish(self, reading: Reading, wish: Wish, currency: str, *, negated: bool) -> None:
        span = (wish.start, wish.end)
        if wish.price is not None:
            self._take_price(reading, wish.price, currency, negated=negated)
        elif wish.inside is not None:
            self._take_limit(reading, wish, wish.inside, negated=negated)
        elif wish.terms:
            term = self._likeliest(reading, wish.terms)
            confidence = 1.0 if negated else self._confidence(reading, term, [term])
            kind: SlotKind = "size" if term.name in SIZES else "attribute"
            reading.slot(kind, term.name, term.value, span=span, negated=negated, confidence=confidence)
            if confidence < 1:
                reading.left += self._words_of(reading, span)
        elif wish.kind is not None:
            confidence = 0.0 if wish.kind == "size" else 1.0
            reading.slot(wish.kind, wish.name, wish.value, span=span, negated=negated, confidence=confidence)
            if wish.kind == "size":
                words = self._words_of(reading, span)
                known = bool(words) and all(self.vocabulary.has(word.text) for word in words)
                reading.left += words if known else ()
                reading.unknown += () if known else (reading.token(*span),)
            elif (wish.kind, wish.name) == ("comparative", "price") and not negated:
                reading.sort = "price_asc" if wish.value == "less" else "price_desc"

    def _take_limit(self, reading: Reading, wish: Wish, inside: Sequence[Term], *, negated: bool) -> None:
        """The attribute that most products of the category fill in is meant. It filters: nothing ranks by it."""
        name = self._likeliest(reading, wish.terms).name
        kind: SlotKind = "size" if name in SIZES else "attribute"
        reading.slot(kind, name, wish.value, span=(wish.start, wish.end), negated=negated)
        reading.limits[name, wish.value] = {each.value for each in inside if each.name == name}

    def _words_of(self, reading: Reading, span: tuple[int, int]) -> list[Token]:
        """The words of a size or measure that cannot be filtered by: they are searched."""
        words = self.vocabulary.segmenter.tokens(" " * span[0] + reading.normal.text[slice(*span)])
        return [token for token in words if not self._lexicon.fills(token.text) and token.text != "码"]

    def _take_price(self, reading: Reading, wish: PriceWish, currency: str, *, negated: bool) -> None:
        fair = wish.converted(currency, self._rates)
        span = (wish.start, wish.end)
        confidence = 1.0 if fair else 0.0
        reading.slot("price", "price", wish.value, span=span, negated=negated, confidence=confidence)
        if fair is None:
            reading.unknown.append(reading.token(*span))
        elif not negated:
            reading.prices.append(fair)
        elif fair.low is None or fair.high is None:
            reading.prices.append(replace(fair, low=fair.high, high=fair.low))

    def _take(self, reading: Reading, phrase: Found, *, negated: bool) -> None:
        said = phrase.phrase
        tokens = reading.words[phrase.first : phrase.last]
        span = (tokens[0].start, tokens[-1].end)
        terms = self.vocabulary.meanings(said)
        if terms:
            self._take_terms(reading, terms, tokens, negated=negated)
        elif said in self._lexicon.sorts and not negated:
            reading.sort = self._lexicon.sorts[said]
            reading.slot("sort", "sort", reading.sort, span=span)
        elif said in self._lexicon.on_sale:
            reading.on_sale = not negated
            reading.slot("price", "on_sale", "true", span=span, negated=negated)
        elif said in self._lexicon.people or said in self._lexicon.occasions:
            kind: SlotKind = "recipient" if said in self._lexicon.people else "occasion"
            value = self._lexicon.people.get(said) or self._lexicon.occasions[said]
            reading.slot(kind, kind, value, span=span, negated=negated)
            if not negated and kind == "occasion":
                reading.left += (token for token in tokens if self._is_mentioned(token.text))
            elif not negated and value not in self._lexicon.audiences:
                reading.people.append((value, tokens))

    def _take_terms(self, reading: Reading, terms: list[Term], tokens: Sequence[Token], *, negated: bool) -> None:
        span = (tokens[0].start, tokens[-1].end)
        sure = False
        for term in self._chosen(reading, terms, negated=negated):
            confidence = self._confidence(reading, term, terms)
            kind: SlotKind = "size" if term.name in SIZES else term.kind
            reading.slot(kind, term.name, term.value, span=span, negated=negated, confidence=confidence)
            sure = sure or confidence >= 1
        if not negated and not sure:
            reading.left += tokens

    def _chosen(self, reading: Reading, terms: Sequence[Term], *, negated: bool) -> Iterator[Term]:
        """The likeliest meaning, with the same thing said under other keys; what is not wanted, in all its meanings."""
        first = terms[0]
        if first.kind == "attribute":
            first = self._likeliest(reading, terms)
        for term in terms:
            if term == first or negated or (term.kind == "attribute" and term.name == first.name):
                yield term

    def _likeliest(self, reading: Reading, terms: Sequence[Term]) -> Term:
        """The meaning whose attribute most products of the category fill in; the first of those."""
        return max(terms, key=lambda term: self.vocabulary.coverage(term.name, reading.category))

    def _confidence(self, reading: Reading, term: Term, terms: Sequence[Term]) -> float:
        """1 where the meaning may filter; less where it only ranks."""
        if term.kind == "category":
            return 1.0 if sum(other.kind == "category" for other in terms) == 1 else 0.5
        if term.kind == "brand":
            return 1.0
        coverage = self.vocabulary.coverage(term.name, reading.category)
        return 1.0 if coverage >= FAIR else round(coverage, 3)

    def _leave(self, reading: Reading, place: int, *, negated: bool) -> None:
        token = reading.words[place]
        if self._lexicon.fills(token.text) and token.text not in reading.meant:
            return
        if negated:
            value = token.text[1:] if token.text.startswith("含") and len(token.text) > 1 else token.text
            reading.slot("attribute", "words", value, span=(token.start, token.end), negated=True)
            return
        reading.left.append(token)
        if not self._knows(token.text) and _says_something(token.text):
            reading.unknown.append(token)

    def _is_strange_brand(self, reading: Reading, said: Sequence[str], first: int, last: int) -> bool:
        """Is this a brand that the shop does not have, of goods that it has, and nothing that its titles say of these:
        not the apple of apple juice?"""
        beside = last < len(said) and self._mender.glossary.is_beside(said[last - 1], said[last].partition(" ")[0])
        return not beside and self._categories.is_brand_of(reading, said, first, last)

    def _knows(self, word: str) -> bool:
        """Does the shop know the word, whole? 牛仔裤 are jeans, whatever else is of 牛仔, denim."""
        another = not word.isascii() and self._mender.glossary.is_elsewhere(word)
        return self._lexicon.knows(word) and (self.vocabulary.has(word) or not another)

    def _is_mentioned(self, word: str) -> bool:
        return any(piece in self.vocabulary.words for piece in self.vocabulary.segmenter.cut(word))


def _is_count(word: str) -> bool:
    """Is it a bare number of which somebody may want so many?"""
    n = number(word) if word.isascii() and word.isalnum() else None
    return n is not None and 2 <= n <= _MOST_COUNTED and n == n.to_integral_value()


def _says_something(word: str) -> bool:
    """Would somebody who does not find this word in a shop miss something? Not "mostly" or 平时."""
    return not is_small(word) if word.isascii() else names_something(word)


def _languages(text: str) -> Iterator[Span]:
    """Runs of one language; figures and marks belong to the run before them, or to the first."""
    start, language = 0, None
    for place, char in enumerate(text):
        if not char.isalpha():
            continue
        spoken = language_of(char)
        if language is not None and spoken != language:
            yield Span(start, place, language)
            start = place
        language = spoken
    if language is not None:
        yield Span(start, len(text), language)
