"""Takes a shopper's sentence apart with the shop's own vocabulary: filters, order, and the words that remain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import TYPE_CHECKING

from daogou.domain.query import Meant, Slot, Span, Understood, Where
from daogou.domain.text import language_of
from daogou.language.ages import ages
from daogou.language.aspects import no_aspects
from daogou.language.called import Called
from daogou.language.comparisons import comparisons
from daogou.language.counts import counts
from daogou.language.glossary import Glossary
from daogou.language.heads import thing_in
from daogou.language.lexicon import Lexicon
from daogou.language.measures import measures, sizes
from daogou.language.mending import Mender
from daogou.language.normalise import Normal, normalise
from daogou.language.numerals import number
from daogou.language.quantities import PriceWish, price_wishes
from daogou.language.ranges import ranges
from daogou.language.segment import Token, names_something
from daogou.language.speech import CONNECTIVES, ONLY_TRAILING, TRAILING_NEGATORS
from daogou.language.spelling import is_small
from daogou.language.vocabulary import SIZES, Found, Term, Vocabulary, join
from daogou.language.wishes import Finder, Said, Wish, found

if TYPE_CHECKING:
    from daogou.domain.money import Money
    from daogou.domain.query import SlotKind, Sort
    from daogou.language.aspects import AspectReader

FAIR = 0.5
"""An attribute filters where at least this share of the products (of the category) fills it in; else it only ranks."""
LONGEST_TEXT = 400
"""Characters of a query that are read; what follows is ignored."""
FINDERS: tuple[Finder, ...] = (ages, ranges, measures, price_wishes, sizes, comparisons, counts)
"""What is looked for before the words, in this order: where two see the same characters, the earlier one is right."""
_MARK = "\x00"
_MOST_COUNTED = 20
_CARRIED = 3
"""Words that say nothing over which a negation carries: "don't show me leather"."""
_ENDING = 4
_SHORT = 0.5
"""How sure the short name of a category is: products of other categories may be called so, too."""


KindReader = Callable[[Sequence[str]], tuple[int, str] | None]
"""Which of some texts is surest another name of a category, and the key of that category; None where none surely is."""
_GUESSED = 2
"""Runs of words that may be read as a category by their meaning."""


def no_kinds(texts: Sequence[str]) -> tuple[int, str] | None:
    """In place of a reader: no text is."""


@dataclass
class _Reading:
    """What has been found so far, while one text is read."""

    normal: Normal
    words: list[Token]
    """A wish that was found before is one token, `_MARK` and its place among the wishes."""
    wishes: list[Wish]
    category: str | None = None
    """The first category that is named, wherever it stands: it decides which attributes may filter."""
    short: Found | None = None
    """Where no category is named in full: words that are a name of goods of one, or the end of its own name only."""
    slots: list[Slot] = field(default_factory=list)
    left: list[Token] = field(default_factory=list)
    unknown: list[Token] = field(default_factory=list)
    prices: list[PriceWish] = field(default_factory=list)
    limits: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """The values inside each limit, by attribute and limit."""
    sort: Sort = "relevance"
    on_sale: bool = False

    def token(self, start: int, end: int) -> Token:
        """These characters as one word."""
        return Token(self.normal.text[start:end], start, end)

    def slot(self, kind: SlotKind, name: str, value: str, *, span: tuple[int, int], **more: bool | float) -> None:
        """Add a slot; the same thing said again beside itself (耐克/nike) is one."""
        start, end = self.normal.span(*span)
        slot = Slot(kind, name, value, start, end, **more)  # type: ignore[arg-type]
        last = self.slots[-1] if self.slots else slot
        if (last.kind, last.name, last.value, last.negated) == (kind, name, value, slot.negated) and len(self.slots):
            self.slots[-1] = replace(last, end=end)
        else:
            self.slots.append(slot)


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
        self._glossary = glossary or Glossary()
        self._kinds = kinds
        self._called = self._names = called or Called()
        self._apart: set[tuple[str, str]] = set()
        vocabulary.segmenter.learn(self._names.words())
        self._mender = Mender(self._lexicon, self._glossary, self._called)

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
        self._called = self._mender.called = self._names.without(self._apart)

    def understand(self, text: str, *, currency: str) -> Understood:
        """Take the text apart. Never raises; spans of slots lie inside `text`."""
        typed = text[:LONGEST_TEXT]
        normal = normalise(typed)
        wishes = found(Said(typed, normal, currency, self.vocabulary), self._finders)
        words, corrected, meant = self._words(typed, normal, wishes)
        reading = _Reading(normal, words, wishes)
        self._find_category(reading)
        self._read(reading, currency)
        meant |= self._guess_category(reading, typed)
        if not reading.left and not reading.slots:
            reading.left = list(reading.words)
        return Understood(
            text=text,
            language=language_of(text),
            words=tuple(token.text for token in reading.left),
            where=self._where(reading, typed),
            sort=reading.sort,
            slots=tuple(sorted(reading.slots, key=lambda slot: (slot.start, slot.end))),
            corrected=corrected,
            unknown=tuple(token.text for token in reading.unknown),
            missing=tuple(_missing(reading, typed)),
            spans=tuple(_languages(typed)),
            also=self._also(reading),
            meant=meant,
        )

    def _also(self, reading: _Reading) -> dict[str, tuple[str, ...]]:
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
        tokens = [Token(f"{_MARK}{place}", wish.start, wish.end) for place, wish in enumerate(wishes)]
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

    def _find_category(self, reading: _Reading) -> None:
        said = [token.text for token in reading.words]
        place, loose = 0, []
        while place < len(said):
            phrase = self._lexicon.find(said, place)
            longer = self._called.begins(said, place)
            if (
                longer is not None
                and (phrase is None or longer.last > phrase.last)
                and not said[place].startswith(_MARK)
            ):
                reading.short, reading.category = longer, self._category_of(longer.phrase)
                return
            if phrase is not None and self._names_category(phrase):
                reading.category = self.vocabulary.meanings(phrase.phrase)[0].value
                self._follow(reading, phrase)
                return
            if phrase is None and not said[place].startswith(_MARK) and not self._lexicon.is_plain(said[place]):
                loose.append(place)
            place = phrase.last if phrase else place + 1
        for first, last in self._together(reading, loose):
            for end in range(last, first, -1):
                found = self._ending(said, first, end) or self._called.find(said, first, end)
                if found is not None and end - 1 in loose:
                    reading.short = found
                    reading.category = self._category_of(found.phrase)
                    return

    def _names_category(self, phrase: Found) -> bool:
        return any(term.kind == "category" for term in self.vocabulary.meanings(phrase.phrase)[:1])

    def _follow(self, reading: _Reading, named: Found) -> None:
        """The last noun says what a thing is: dress shoes are shoes, a perfume candle is a candle."""
        said = [token.text for token in reading.words]
        while self._touch(reading, named.last):
            after = self._lexicon.find(said, named.last)
            if after is not None and self._names_category(after):
                named, reading.category = after, self.vocabulary.meanings(after.phrase)[0].value
                continue
            if after is None and not self._lexicon.is_plain(said[named.last]):
                short = self._ending(said, named.last, named.last + 1) or self._called.find(
                    said, named.last, named.last + 1
                )
                if short is not None:
                    reading.short, reading.category = short, self._category_of(short.phrase)
            return

    def _touch(self, reading: _Reading, place: int) -> bool:
        """Does a word go on where the one before it ends, as those of a compound do?"""
        if not 0 < place < len(reading.words) or reading.words[place].text.startswith(_MARK):
            return False
        before, after = reading.words[place - 1], reading.words[place]
        gap = reading.normal.text[before.end : after.start]
        return gap == ("" if after.text[0] > "\u2fff" else " ") and (before.text[0] > "\u2fff") == (
            after.text[0] > "\u2fff"
        )

    def _modifies(self, reading: _Reading, said: Sequence[str], phrase: Found) -> bool:
        """Does what names a category only say which kind of the next one: the dress of dress shoes?"""
        if not self._names_category(phrase) or not self._touch(reading, phrase.last):
            return False
        if reading.short and reading.short.first == phrase.last:
            return True
        after = self._lexicon.find(said, phrase.last)
        return after is not None and self._names_category(after)

    def _together(self, reading: _Reading, loose: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Runs of words from which nothing was named, with what was named before them."""
        places = [place for place, token in enumerate(reading.words) if not token.text.startswith(_MARK)]
        for run in _runs([reading.words[place] for place in places], reading.normal.text):
            first = reading.words.index(run[0])
            yield first, first + len(run)

    def _ending(self, said: Sequence[str], first: int, last: int) -> Found | None:
        for place in range(max(first, last - _ENDING), last):
            phrase = join(said[place:last])
            if self.vocabulary.ending(phrase) is not None:
                return Found(phrase, place, last)
        return None

    def _category_of(self, name: str) -> str | None:
        term = self.vocabulary.ending(name)
        return term.value if term is not None else self._called.categories.get(name)

    def _read(self, reading: _Reading, currency: str) -> None:
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
        self, reading: _Reading, said: Sequence[str], place: int, currency: str, *, negated: bool
    ) -> tuple[int, bool]:
        """Read what begins here; returns the place after it, and whether a negation carries over it."""
        if said[place].startswith(_MARK):
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
        if phrase is not None and not negated and self._modifies(reading, said, phrase):
            reading.left += reading.words[place : phrase.last]
            return phrase.last, False
        if phrase is not None:
            free = f"{phrase.phrase}-free"
            if negated and self._lexicon.names(free):
                self._take(reading, replace(phrase, phrase=free), negated=False)
            else:
                self._take(reading, phrase, negated=negated)
            return phrase.last, False
        ending = (
            "free" if negated else "friendly"
        )  # without fragrance: fragrance-free; for beginners: beginner-friendly
        if self._lexicon.names(f"{said[place]}-{ending}"):
            self._take(reading, Found(f"{said[place]}-{ending}", place, place + 1), negated=False)
            return place + 1, False
        if negated and said[place] in CONNECTIVES:
            return place + 1, True
        self._leave(reading, place, negated=negated)
        return place + 1, False

    def _guess_category(self, reading: _Reading, typed: str) -> dict[str, tuple[Meant, ...]]:
        """Where no category is named, words that are surely another name of one: they rank. Words that no product has
        give way to the name of the category; returns what they were taken for."""
        runs = _runs(reading.left, reading.normal.text)[:_GUESSED]
        if not runs or any(slot.kind == "category" for slot in reading.slots):
            return {}
        spans = [(run[0].start, run[-1].end) for run in runs]
        found = self._kinds([reading.normal.text[slice(*span)] for span in spans])
        if found is None or not self.vocabulary.uses[Term("category", "category", found[1])]:
            return {}
        if (join([token.text for token in runs[found[0]]]), found[1]) in self._apart:
            return {}
        place, reading.category = found
        reading.slot("category", "category", reading.category, span=spans[place], confidence=_SHORT)
        said = {token.text for token in runs[place]}
        reading.unknown = [token for token in reading.unknown if token.text not in said]
        if any(map(self.vocabulary.has, said)):
            return {}
        words = (token.text for token in self.vocabulary.segmenter.tokens(reading.category))
        reading.left = [token for token in reading.left if token not in runs[place]]
        reading.left += (Token(word, *spans[place]) for word in words)
        return {typed[slice(*reading.normal.span(*spans[place]))]: (Meant(reading.category, 1.0),)}

    def _breaks(self, reading: _Reading, place: int) -> bool:
        """Does punctuation other than a list mark stand before the word?"""
        between = reading.normal.text[reading.words[place - 1].end : reading.words[place].start]
        return any(mark in between for mark in ".;!?。")

    def _negate_before(self, reading: _Reading, place: int) -> bool:
        """皮的不要: turn the slot that ends just before, if nothing follows in the clause that 不要 could mean."""
        after = reading.words[place + 1 : place + 2]
        end = reading.words[place].end
        if after and not any(mark in reading.normal.text[end : after[0].start] for mark in ",.;。 "):
            return False
        return self._negate_last(reading, place)

    def _negate_last(self, reading: _Reading, place: int) -> bool:
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
        if not said[place].isascii() or not said[place].isalnum():
            return False
        n = number(said[place])
        if n is None or not 2 <= n <= _MOST_COUNTED or n != n.to_integral_value():
            return False
        after = place + 1
        while after < len(said):
            phrase = self._lexicon.find(said, after) if not said[after].startswith(_MARK) else None
            first = self.vocabulary.meanings(phrase.phrase)[:1] if phrase else []
            if first and first[0].kind == "category":
                return True
            if phrase is None and not said[after].startswith(_MARK):
                return self.vocabulary.ending(join(said[after : after + 1])) is not None
            after = phrase.last if phrase else after + 1
        return False

    def _counts_before(self, reading: _Reading, place: int) -> bool:
        """Is this a bare number at the end, behind what is wanted: "socks 3", "bath towel white 2"?"""
        token, text = reading.words[place], reading.normal.text
        n = number(token.text) if token.text.isascii() and token.text.isalnum() else None
        if n is None or not 2 <= n <= _MOST_COUNTED or n != n.to_integral_value() or self.vocabulary.size(token.text):
            return False
        last = max(reading.slots, key=lambda slot: slot.end, default=None)
        if last is None or last.kind not in ("category", "attribute", "occasion") or last.negated:
            return False
        between = text[reading.words[place - 1].end : token.start] if place else ""
        ends = place + 1 == len(reading.words) or text[token.end : token.end + 1] in ",;.。"
        touches = reading.normal.span(reading.words[place - 1].start, reading.words[place - 1].end)[1] == last.end
        return between == " " and ends and touches

    def _take_wish(self, reading: _Reading, wish: Wish, currency: str, *, negated: bool) -> None:
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

    def _take_limit(self, reading: _Reading, wish: Wish, inside: Sequence[Term], *, negated: bool) -> None:
        """The attribute that most products of the category fill in is meant. It filters: nothing ranks by it."""
        name = self._likeliest(reading, wish.terms).name
        kind: SlotKind = "size" if name in SIZES else "attribute"
        reading.slot(kind, name, wish.value, span=(wish.start, wish.end), negated=negated)
        reading.limits[name, wish.value] = {each.value for each in inside if each.name == name}

    def _words_of(self, reading: _Reading, span: tuple[int, int]) -> list[Token]:
        """The words of a size or measure that cannot be filtered by: they are searched."""
        words = self.vocabulary.segmenter.tokens(" " * span[0] + reading.normal.text[slice(*span)])
        return [token for token in words if not self._lexicon.fills(token.text) and token.text != "码"]

    def _take_price(self, reading: _Reading, wish: PriceWish, currency: str, *, negated: bool) -> None:
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

    def _take(self, reading: _Reading, phrase: Found, *, negated: bool) -> None:
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

    def _take_terms(self, reading: _Reading, terms: list[Term], tokens: Sequence[Token], *, negated: bool) -> None:
        span = (tokens[0].start, tokens[-1].end)
        sure = False
        for term in self._chosen(reading, terms, negated=negated):
            confidence = self._confidence(reading, term, terms)
            kind: SlotKind = "size" if term.name in SIZES else term.kind
            reading.slot(kind, term.name, term.value, span=span, negated=negated, confidence=confidence)
            sure = sure or confidence >= 1
        if not negated and not sure:
            reading.left += tokens

    def _chosen(self, reading: _Reading, terms: Sequence[Term], *, negated: bool) -> Iterator[Term]:
        """The likeliest meaning, with the same thing said under other keys; what is not wanted, in all its meanings."""
        first = terms[0]
        if first.kind == "attribute":
            first = self._likeliest(reading, terms)
        for term in terms:
            if term == first or negated or (term.kind == "attribute" and term.name == first.name):
                yield term

    def _likeliest(self, reading: _Reading, terms: Sequence[Term]) -> Term:
        """The meaning whose attribute most products of the category fill in; the first of those."""
        return max(terms, key=lambda term: self.vocabulary.coverage(term.name, reading.category))

    def _confidence(self, reading: _Reading, term: Term, terms: Sequence[Term]) -> float:
        """1 where the meaning may filter; less where it only ranks."""
        if term.kind == "category":
            return 1.0 if sum(other.kind == "category" for other in terms) == 1 else 0.5
        if term.kind == "brand":
            return 1.0
        coverage = self.vocabulary.coverage(term.name, reading.category)
        return 1.0 if coverage >= FAIR else round(coverage, 3)

    def _leave(self, reading: _Reading, place: int, *, negated: bool) -> None:
        token = reading.words[place]
        if negated and not self._lexicon.fills(token.text):
            value = token.text[1:] if token.text.startswith("含") and len(token.text) > 1 else token.text
            reading.slot("attribute", "words", value, span=(token.start, token.end), negated=True)
        elif not self._lexicon.fills(token.text):
            reading.left.append(token)
            if not self._lexicon.knows(token.text) and _says_something(token.text):
                reading.unknown.append(token)

    def _is_mentioned(self, word: str) -> bool:
        return any(piece in self.vocabulary.words for piece in self.vocabulary.segmenter.cut(word))

    def _where(self, reading: _Reading, typed: str) -> Where:
        wanted: dict[str, set[str]] = {}
        unwanted: dict[str, set[str]] = {}
        for slot in reading.slots:
            if slot.kind in ("category", "brand", "attribute", "size") and slot.name != "words":
                values = reading.limits.get((slot.name, slot.value)) or {slot.value}
                if slot.negated:
                    unwanted.setdefault(slot.name, set()).update(values)
                elif slot.confidence >= 1:
                    wanted.setdefault(slot.name, set()).update(values)
        categories = wanted.pop("category", set())
        unwanted.pop("category", None)
        low, high = _bounds(reading.prices)
        for name, values in self._suiting(reading):
            wanted.setdefault(name, values)
        for name, values in self._unsuitable(reading):
            if name not in wanted:
                unwanted.setdefault(name, set()).update(values)
        return Where(
            category=self._narrowest(categories if len(categories) < 2 else _things(reading, typed) or categories),
            brands=frozenset(wanted.pop("brand", ())),
            not_brands=frozenset(unwanted.pop("brand", ())),
            price_min=low,
            price_max=high,
            attributes={name: frozenset(values) for name, values in wanted.items()},
            not_attributes={name: frozenset(values) for name, values in unwanted.items()},
            on_sale=reading.on_sale,
        )

    def _suiting(self, reading: _Reading) -> Iterator[tuple[str, set[str]]]:
        """Whose products suit the person: perfume for a girlfriend is women's, where all of the category say whose."""
        audience = self._audience(reading)
        if audience is None or reading.category is None:
            return
        for term in self.vocabulary.meanings(audience):
            if term.kind == "attribute" and self.vocabulary.coverage(term.name, reading.category) >= FAIR:
                either = (t.value for t in self.vocabulary.meanings("unisex") if t.name == term.name)
                yield term.name, {term.value, *either}

    def _unsuitable(self, reading: _Reading) -> Iterator[tuple[str, set[str]]]:
        """Where no kind of goods is named: what is made for others than the person."""
        audience = self._audience(reading)
        if audience is None or reading.category is not None:
            return
        others = self._lexicon.others(audience)
        if categories := {key for whom in others for key in self.vocabulary.made_for.get(whom, ())}:
            yield "category", categories
        said = [term for whom in others for term in self.vocabulary.meanings(whom)]
        for own in self.vocabulary.meanings(audience):
            if own.kind == "attribute" and (values := {term.value for term in said if term.name == own.name}):
                yield own.name, values

    def _audience(self, reading: _Reading) -> str | None:
        """Whose products suit the person that is named; None for several that differ."""
        people = [slot.value for slot in reading.slots if slot.kind == "recipient" and not slot.negated]
        said = {self._lexicon.audiences.get(person) for person in people}
        return said.pop() if len(said) == 1 else None

    def _narrowest(self, categories: set[str]) -> str | None:
        """Of several categories the smallest: “shoes, running shoes” means running shoes."""
        uses = self.vocabulary.uses
        return min(categories, key=lambda key: (uses[Term("category", "category", key)], key), default=None)


def _things(reading: _Reading, typed: str) -> set[str]:
    """The categories of what is asked for, not of what it has or is for."""
    start, end = thing_in(typed)
    named = (slot for slot in reading.slots if slot.kind == "category" and not slot.negated and slot.confidence >= 1)
    return {slot.value for slot in named if start <= slot.start < end}


def _bounds(prices: Sequence[PriceWish]) -> tuple[Money | None, Money | None]:
    low, high = None, None
    for wish in prices:
        low, high = wish.low or low, wish.high or high
    return low, high


def _says_something(word: str) -> bool:
    """Would somebody who does not find this word in a shop miss something? Not "mostly" or 平时."""
    return not is_small(word) if word.isascii() else names_something(word)


def _runs(tokens: Sequence[Token], text: str) -> list[list[Token]]:
    """Words with nothing but space between them."""
    runs: list[list[Token]] = []
    for token in sorted(tokens, key=lambda token: token.start):
        if runs and not text[runs[-1][-1].end : token.start].strip():
            runs[-1].append(token)
        else:
            runs.append([token])
    return runs


def _missing(reading: _Reading, typed: str) -> Iterator[str]:
    """What is unknown as it was typed; words that stand beside one another are one thing: a washing machine."""
    start = end = None
    for token in sorted(reading.unknown, key=lambda token: token.start):
        if end is not None and not reading.normal.text[end : token.start].strip(" -"):
            end = max(end, token.end)
            continue
        if start is not None and end is not None:
            yield typed[slice(*reading.normal.span(start, end))]
        start, end = token.start, token.end
    if start is not None and end is not None:
        yield typed[slice(*reading.normal.span(start, end))]


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
