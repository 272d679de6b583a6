"""The shop's own words: what its categories, brands and attribute values are called in both languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from daogou.domain.text import Language, Text, language_of
from daogou.language.marks import Marks
from daogou.language.normalise import plain
from daogou.language.pinyin import Sounds
from daogou.language.segment import Segmenter
from daogou.language.shopping import audience_words, ideas
from daogou.language.spelling import Spelling
from daogou.language.units import Measure, measure_of

if TYPE_CHECKING:
    from daogou.domain.product import Product

SIZES = frozenset({"size", "sizes", "尺码", "尺寸", "码数", "鞋码"})
"""Names of attributes that are sizes."""
TermKind = Literal["category", "brand", "attribute"]
LONGEST = 6
"""Words in the longest phrase that is looked up."""
_NOT_WORDS = frozenset({"yes", "no", "true", "false", "none", "n/a", "y", "n", "other", "是", "否", "有", "无", "其他"})


T = TypeVar("T")


class HasProducts(Protocol):
    """What a vocabulary is learnt from: the shelf."""

    @property
    def products(self) -> Sequence[Product | None]: ...


@dataclass(frozen=True, slots=True)
class Term:
    """Something a product of the shop can be, as filters name it."""

    kind: TermKind
    name: str
    """The facet: "category", "brand" or the attribute's name."""
    value: str
    """The `Text.key`."""


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase in a row of words: tokens `first` to `last` (excluded)."""

    phrase: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a vocabulary has learnt, as plain values: what a release keeps, so that no title is cut again to open it."""

    products: bytes
    """The ids of the products that were counted, as `Marks` keep them."""
    values: list[tuple[str, str, str]]
    """(facet, Chinese, English), in the order in which they were met."""
    words: dict[str, int]
    uses: list[tuple[str, str, int]]
    """(facet, `Text.key`, products)."""
    fills: list[tuple[str, str, int]]
    """(attribute, category, products); the attribute "" counts all products, the category "" the whole shop."""
    openings: list[tuple[str, str, int]] = field(default_factory=list)
    """(brand, how Chinese titles of its products begin, products)."""


class Vocabulary:
    """Phrases of the shop with their meanings, words with their frequency, and translations learnt from both.

    Grows with `learn`; forgetting needs a new one. Reading while another thread learns is safe.
    """

    def __init__(self, segmenter: Segmenter | None = None, *, taxonomy: Iterable[Text] = ()) -> None:
        """`taxonomy`: kinds of goods in both languages, for a shop whose categories have names in one only."""
        self.segmenter = segmenter or Segmenter()
        self.terms: dict[str, list[Term]] = {}
        """Phrase → what it can mean."""
        self.words: Counter[str] = Counter()
        """How many titles, and different brands, categories and attribute values, contain each cut word."""
        self._said: set[str] = set()
        """Words that were counted since spelling knows them: there may be a million, and few are new."""
        self.uses: Counter[Term] = Counter()
        """How many products have the term."""
        self.characters: set[str] = set()
        """Every character of Chinese titles and names."""
        self._surfaces: dict[str, set[str]] = {}
        self._synonyms: dict[str, dict[str, str]] = {}
        """Phrase → the others of its groups, as they are looked up and as the shop writes them."""
        self._synonym_words: frozenset[str] = frozenset()
        self._heads: dict[str, int] = {}
        """What phrases begin with, and how many words the longest of each has."""
        self._fills: Counter[tuple[str, str]] = Counter()
        self._openings: Counter[tuple[str, str]] = Counter()
        self._measures: dict[Measure, list[Term]] = {}
        self._sizes: dict[str, list[Term]] = {}
        self._endings: dict[str, dict[Term, None]] = {}
        self._solid: dict[str, str] = {}
        self._framed: dict[tuple[str, str], dict[str, None]] = {}
        """Chinese names of categories by their first and last character."""
        self.made_for: dict[str, set[str]] = {}
        """Audience → the categories whose names say so: women's shoes, 女鞋."""
        self.spelling = Spelling()
        """Corrects to these words."""
        self.sounds = Sounds()
        """What the shop's Chinese words sound like."""
        self._products = Marks()
        self._done: dict[tuple[str, Text], None] = {}
        self._languages: dict[Term, set[Language]] = {}
        self._kinds_of_goods: dict[str, set[str]] = {}
        self._read_ideas()
        self._read_taxonomy(taxonomy)

    @classmethod
    def from_shelf(
        cls, shelf: HasProducts, segmenter: Segmenter | None = None, *, taxonomy: Iterable[Text] = ()
    ) -> Vocabulary:
        """Learn every product of the shelf: about 60 µs a product."""
        vocabulary = cls(segmenter, taxonomy=taxonomy)
        vocabulary.learn(product for product in shelf.products if product is not None)
        return vocabulary

    @classmethod
    def from_learnt(
        cls, learnt: Learnt, segmenter: Segmenter | None = None, *, taxonomy: Iterable[Text] = ()
    ) -> Vocabulary:
        """Take up where `learnt` was written down; the values are cut again, the products' titles are not."""
        vocabulary = cls(segmenter, taxonomy=taxonomy)
        for name, zh, en in learnt.values:
            vocabulary._learn_value(name, Text(zh, en))
        vocabulary.words = Counter(learnt.words)
        vocabulary.uses = Counter({Term(_kind(name), name, key): n for name, key, n in learnt.uses})
        vocabulary._fills = Counter({(name, category): n for name, category, n in learnt.fills})
        vocabulary._openings = Counter({(brand, opening): n for brand, opening, n in learnt.openings})
        vocabulary._products = Marks(learnt.products)
        vocabulary.segmenter.learn(word for word in vocabulary.words if word[:1] in _WITHOUT)
        vocabulary.characters.update("".join(vocabulary.words))
        vocabulary._name_brands()
        vocabulary.spelling.add(vocabulary.words)
        vocabulary._said.clear()
        return vocabulary

    def learnt(self) -> Learnt:
        """All that products have taught, to go on from with `from_learnt`."""
        return Learnt(
            products=self._products.kept(),
            values=[(name, text.zh, text.en) for name, text in self._done],
            words=dict(self.words),
            uses=[(term.name, term.value, n) for term, n in self.uses.items()],
            fills=[(name, category, n) for (name, category), n in self._fills.items()],
            openings=[(brand, opening, n) for (brand, opening), n in self._openings.items()],
        )

    def learn(self, products: Iterable[Product]) -> None:
        """Add what these products are called. A product learnt again is not counted again."""
        for product in products:
            facets = dict.fromkeys(product.facets())
            for name, text in facets:
                self._learn_value(name, text)
            if product.id not in self._products:
                self._products.add(product.id)
                self._count(product, facets)
        self._name_brands()
        self.spelling.add({word: self.words[word] for word in self._said})
        self._said.clear()

    def phrase(self, text: str) -> str:
        """The form under which a phrase is looked up: folded words; Chinese without spaces."""
        return join(self.segmenter.words(text))

    def find(self, words: Sequence[str], first: int) -> Found | None:
        """The longest known phrase that begins at the word."""
        found, phrase = None, ""
        longest = self._heads.get(_head(words[first]), 0)
        for place in range(first, min(len(words), first + longest)):
            phrase = join((phrase, words[place])) if phrase else words[place]
            if phrase in self.terms or phrase in self._surfaces:
                found = Found(phrase, first, place + 1)
        return found

    def meanings(self, phrase: str) -> list[Term]:
        """What a phrase can mean: what is called so first; then categories, brands, attributes; the commonest first.

        What the shop calls otherwise in the same language is another thing, though shoppers mean both: 保暖 and 保温.
        What the shop's synonyms of the phrase mean, it means as well.
        """
        direct = set(self.terms.get(phrase, ()))
        found = direct | {
            term
            for name in self._surfaces.get(phrase, ())
            for term in self.terms.get(name, ())
            if not direct or language_of(phrase) not in self._languages[term]
        }
        for other in self._synonyms.get(phrase, ()):
            found.update(term for name in (other, *self._surfaces.get(other, ())) for term in self.terms.get(name, ()))
        return sorted(found, key=lambda term: (term not in direct, _ORDER[term.kind], -self.uses[term], term.value))

    def measured(self, measure: Measure) -> list[Term]:
        """The values of attributes that are this measure: 500 ml for half a litre."""
        return self._measures.get(measure, [])

    def measured_as(self, dimension: str) -> list[tuple[Decimal, Term]]:
        """The values of attributes that measure this, with their amounts."""
        return [
            (amount, term)
            for (measured, amount), terms in self._measures.items()
            if measured == dimension
            for term in terms
        ]

    def size(self, value: str) -> list[Term]:
        """The values of attributes that are this size."""
        return self._sizes.get(value, [])

    def said_otherwise(self, word: str, thing: str) -> str | None:
        """The category that is called as a thing with another word for the same idea before it: jogging shoes are its
        running shoes, 徒步鞋 its 登山鞋; None where the phrase is a name itself, or several are."""
        if join([word, thing]) in self.terms:
            return None
        phrases = {join([other, thing]) for other in self._surfaces.get(word, ())}
        named = [p for p in phrases if any(term.kind == "category" for term in self.terms.get(p, ()))]
        return named[0] if len(named) == 1 else None

    def sizes(self) -> Iterable[tuple[str, list[Term]]]:
        """All sizes that products have, with the values of attributes that are each."""
        return self._sizes.items()

    def solid(self, word: str) -> str | None:
        """The phrase of the shop that is written in one here: lunchbox → lunch box, leakproof → leak-proof."""
        return self._solid.get(word)

    def ending(self, phrase: str) -> Term | None:
        """The one category whose name ends with the phrase: kettle → electric kettle; None where several do."""
        found = list(self._endings.get(phrase, ()))
        return found[0] if len(found) == 1 else None

    def set_synonyms(self, groups: Iterable[Sequence[str]]) -> None:
        """Let the words of each group mean the same from now on, in place of those set before."""
        groups = [group for group in groups if len(group) > 1]
        self.segmenter.learn(word for group in groups for word in group)
        others: dict[str, dict[str, str]] = {}
        for group in groups:
            phrases = {phrase: word for word in group if (phrase := self.phrase(word))}
            for phrase in phrases:
                others.setdefault(phrase, {}).update({other: phrases[other] for other in phrases if other != phrase})
        self._synonyms = {phrase: found for phrase, found in others.items() if found}
        self._synonym_words = frozenset(word for said in others for word in self.segmenter.words(said))

    def has_synonyms(self, phrase: str) -> bool:
        """Do the shop's synonyms say what else the phrase is called?"""
        return phrase in self._synonyms

    def synonyms_in(self, words: Sequence[str]) -> list[tuple[Found, tuple[str, ...]]]:
        """The phrases in a row of words for which there are synonyms, longest first from each place, with these as the
        shop writes them."""
        found: list[tuple[Found, tuple[str, ...]]] = []
        place = 0
        while self._synonyms and place < len(words):
            last = min(len(words), place + LONGEST)
            while last > place and join(words[place:last]) not in self._synonyms:
                last -= 1
            if last > place:
                phrase = join(words[place:last])
                found.append((Found(phrase, place, last), tuple(self._synonyms[phrase].values())))
            place = max(last, place + 1)
        return found

    def translations(self, text: str) -> list[str]:
        """Other ways to write the phrases of a text, in both languages, for the index: 皮鞋 gains “leather”."""
        return self.translations_of(self.segmenter.words(text))

    def translations_of(self, words: Sequence[str]) -> list[str]:
        """The same for a text that has been cut into the segmenter's words."""
        said = set(words)
        found: dict[str, None] = {}
        place = 0
        while place < len(words):
            phrase = self.find(words, place)
            if phrase is not None:
                found.update((other, None) for other in sorted(self._surfaces.get(phrase.phrase, ())))
            place = phrase.last if phrase else place + 1
        return [phrase for phrase in found if phrase not in said]

    def coverage(self, name: str, category: str | None = None) -> float:
        """The share of products (of a category) that fill the attribute in: a filter is fair only where most do."""
        of_all = self._fills[("", category or "")]
        return self._fills[(name, category or "")] / of_all if of_all else 0.0

    def knows(self, word: str) -> bool:
        """Does any product, the table of shopping words, or a synonym contain the word?"""
        return word in self.words or word in self.terms or word in self._surfaces or word in self._synonym_words

    def has(self, word: str) -> bool:
        """Does any product contain the word, what it is called in the other language, or does a synonym?"""
        names = (word, *self._surfaces.get(word, ()))
        return word in self._synonym_words or any(name in self.words or name in self.terms for name in names)

    def is_in_chinese(self) -> bool:
        """Are the shop's titles and names in Chinese, but for names such as PC?"""
        english = sum(n for word, n in self.words.items() if word.isascii() and word.isalpha())
        return english < _HARDLY * self.words.total()

    def has_chinese(self) -> bool:
        """Are more than a few words of titles and names Chinese?"""
        chinese = sum(n for word, n in self.words.items() if word[:1] > "\u2fff")
        return chinese > _HARDLY * self.words.total()

    def short_for(self, word: str) -> str | None:
        """The one Chinese category name a word abbreviates, keeping its first and last character: 跑鞋 → 跑步鞋.

        None for a word the shop uses itself, and where several names could be meant.
        """
        if len(word) < 2 or word.isascii() or self.knows(word):
            return None
        alike = self._framed.get((word[0], word[-1]), ())
        full = [phrase for phrase in alike if len(phrase) > len(word) and _is_within(word, phrase)]
        return full[0] if len(full) == 1 else None

    def _learn_value(self, name: str, text: Text) -> None:
        if (name, text) in self._done:
            return
        self._done[name, text] = None
        kind = _kind(name)
        if kind == "attribute" and (text.key in _NOT_WORDS or len(text.key) > 60):
            return
        self.segmenter.learn([text.zh])
        self.characters.update(plain(text.zh))
        self._say(_each(word for surface in (text.zh, text.en) if surface for word in self.segmenter.cut(surface)))
        term = Term(kind, name, text.key)
        phrases = {self.phrase(surface) for surface in _names(name, text) if surface} - {""}
        self._languages.setdefault(term, set()).update(map(language_of, phrases))
        if kind == "attribute":
            self._learn_measure(term, text)
            phrases |= {self.phrase(_WHOLLY.sub("", surface)) for surface in (text.zh, text.en)} - {""}
            phrases |= {self.phrase(phrase.replace("-", " ")) for phrase in phrases if _JOINED.fullmatch(phrase)}
        if kind == "category":
            self._learn_endings(term, phrases)
            for whom in {whom for phrase in phrases for whom, opening in _OPENINGS if phrase.startswith(opening)}:
                self.made_for.setdefault(whom, set()).add(text.key)
            for phrase in phrases:
                self._framed.setdefault((phrase[0], phrase[-1]), {})[phrase] = None
            phrases |= {other for phrase in phrases for other in self._kinds_of_goods.get(phrase, ())}
        if kind == "brand":
            phrases |= {self.phrase(name) for name in _short_names(text)}
        for phrase in sorted(phrases):
            self.sounds.add(phrase)
            whole = phrase.replace(" ", "").replace("-", "")
            if phrase.isascii() and len(whole) >= _SOLID:
                self._solid.setdefault(whole, phrase)
            if kind == "attribute" and len(phrase) == 1 and phrase.isascii():
                continue
            self._begin(phrase)
            terms = self.terms.setdefault(phrase, [])
            if term not in terms:
                terms.append(term)
        if len(phrases) > 1:
            self._link(phrases)

    def _learn_measure(self, term: Term, text: Text) -> None:
        for surface in {plain(text.zh), plain(text.en)} - {""}:
            measure = measure_of(surface)
            if measure is not None and term not in self._measures.setdefault(measure, []):
                self._measures[measure].append(term)
            if term.name in SIZES and term not in self._sizes.setdefault(surface, []):
                self._sizes[surface].append(term)

    def _learn_endings(self, term: Term, phrases: Iterable[str]) -> None:
        for phrase in phrases:
            words = phrase.split()
            endings = [" ".join(words[place:]) for place in range(1, len(words))]
            if not phrase.isascii() and len(words) == 1:
                endings = [phrase[place:] for place in range(1, len(phrase) - 1)]
                endings += [phrase.removesuffix(tail) for tail in _TAILS if phrase.endswith(tail)]
            for ending in endings:
                self._endings.setdefault(ending, {})[term] = None

    def chinese_brands(self) -> Iterator[tuple[str, str]]:
        """How brands with a Latin name are called in Chinese: what the Chinese titles of their products begin with."""
        of_brand: Counter[str] = Counter()
        of_opening: Counter[str] = Counter()
        for (brand, opening), n in self._openings.items():
            of_brand[brand] += n
            of_opening[opening] += n
        for (brand, opening), n in self._openings.items():
            if n >= _ENOUGH and n >= _MOST * of_brand[brand] and n >= _MOST * of_opening[opening]:
                yield brand, opening

    def _name_brands(self) -> None:
        for brand, opening in self.chinese_brands():
            self.segmenter.learn([opening])
            self.sounds.add(opening)
            self._link({opening, self.phrase(brand)})

    def _link(self, phrases: Iterable[str]) -> None:
        phrases = set(phrases)
        for phrase in phrases:
            self._begin(phrase)
            others = self._surfaces.get(phrase, set()) | (phrases - {phrase})
            self._surfaces[phrase] = others

    def _begin(self, phrase: str) -> None:
        """Let the phrase be found from its first word."""
        n_words = LONGEST if max(phrase, default="") > "\u2fff" else min(LONGEST, phrase.count(" ") + 1)
        head = _head(phrase)
        self._heads[head] = max(self._heads.get(head, 0), n_words)

    def _count(self, product: Product, facets: Iterable[tuple[str, Text]]) -> None:
        steps = _each(["", *(step.key for step in product.category)])
        names = _each(["", *(name for name, _ in facets if name not in ("category", "brand"))])
        self._fills.update((name, step) for step in steps for name in names)
        self.uses.update(_each(Term(_kind(name), name, text.key) for name, text in facets))
        self.segmenter.learn(self._without(product.title.zh))
        self._say(_each(self.segmenter.cut(f"{product.title.zh} {product.title.en}")))
        self.characters.update(plain(product.title.zh))
        opening = product.title.zh.partition(" ")[0]
        if product.brand and product.brand.isascii() and _OPENING.fullmatch(opening):
            self._openings[product.brand.casefold().strip(), opening] += 1

    def _say(self, words: Collection[str]) -> None:
        self.words.update(words)
        self._said.update(words)

    def _without(self, title: str) -> Iterator[str]:
        """What the title says its product does not have or do, which nobody who types it means to avoid: 不粘."""
        if _WITHOUT.isdisjoint(title):
            return
        for before, after in pairwise(self.segmenter.tokens(title)):
            if before.text in _WITHOUT and before.end == after.start:
                yield before.text + after.text

    def _read_ideas(self) -> None:
        for idea in ideas():
            self.segmenter.learn(word for word in idea if len(word) > 1)
            phrases = [self.phrase(word) for word in idea]
            for phrase in phrases:
                self.sounds.add(phrase)
            self._link(phrases)

    def _read_taxonomy(self, taxonomy: Iterable[Text]) -> None:
        """Keep it aside: a kind of goods that the shop does not have is not a word of the shop."""
        for kind in taxonomy:
            chinese = [name for name in re.split("[/、]", kind.zh) if name]
            phrases = {phrase for name in (*chinese, kind.en) if (phrase := self.phrase(name))}
            for phrase in phrases:
                self._kinds_of_goods.setdefault(phrase, set()).update(phrases)


def _each(many: Iterable[T]) -> list[T]:
    """Each once, as they come: releases keep this order, and that of a set is another one in every process."""
    return list(dict.fromkeys(many))


def _names(name: str, text: Text) -> Iterator[str]:
    """What a value is called: mens-shoes are mens shoes, and gender F is women."""
    yield from (text.zh, text.en)
    if name == "category" and _SLUG.fullmatch(text.en):
        yield text.en.replace("-", " ").replace("_", " ")
    if name in _GENDERS and text.key in _LETTERS:
        yield _LETTERS[text.key]


_HARDLY = 0.1
"""The share of English words that a shop in Chinese has."""
_ORDER = {"category": 0, "brand": 1, "attribute": 2}
_SOLID = 6
"""Letters of the shortest phrase that is known however it is joined: leak proof, leak-proof, leakproof."""
_TAILS = ("套装", "系列", "礼盒", "组合", "用品")
"""What a category's name may end in without its short name doing so: 茶具 for 茶具套装."""
_OPENINGS = tuple(
    (line[0], word if language_of(word) == "zh" else f"{word} ") for line in audience_words() for word in line
)
_WITHOUT = frozenset("不无")
_SLUG = re.compile("[a-z0-9]+(?:[-_][a-z0-9]+)+")
"""A category as an address writes it: mens-shoes."""
_GENDERS = ("gender", "sex", "性别")
_LETTERS = {"f": "women", "w": "women", "m": "men", "u": "unisex"}
_JOINED = re.compile("[a-z]+(?:-[a-z]+)+")
_WHOLLY = re.compile(r"^100\s?[%％]\s?")
"""What a material may begin with without being called so: 100%羊毛 is 羊毛."""
_ENOUGH = 3
"""Products whose titles must begin alike before that is taken for the brand's name,"""
_MOST = 0.8
"""and the share of the brand's products, and of the products that begin so."""
_OPENING = re.compile("[\u3400-\u9fff]{2,8}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9&'. -]+")
_COMPANY = re.compile("(?:制造商|旗舰店|官方店|专卖店|公司|品牌|官方)+$")


def _short_names(brand: Text) -> Iterator[str]:
    """What shoppers leave off a brand's name: MUJI制造商 → MUJI."""
    for name in filter(None, (brand.zh, brand.en)):
        short = _COMPANY.sub("", name).strip()
        if 2 <= len(short) < len(name):
            yield short
        latin = _LATIN.match(short)
        if latin and latin.group() != short and not short.isascii():
            yield latin.group().strip()


def _is_within(word: str, phrase: str) -> bool:
    """Whether the characters of the word stand in the phrase in the same order."""
    rest = iter(phrase)
    return all(character in rest for character in word)


def join(words: Sequence[str]) -> str:
    """Words as one phrase: a space between words, none next to Chinese."""
    if len(words) == 1:
        return words[0]
    text = words[0] if words else ""
    for before, word in pairwise(words):
        text += word if before[-1] > "\u2fff" or word[0] > "\u2fff" else f" {word}"
    return text


def _head(text: str) -> str:
    """What a phrase can begin with: its first Chinese character, or its first word."""
    return text[:1] if text[:1] > "\u2fff" else _FIRST_WORD.match(text)[0]  # type: ignore[index]


_FIRST_WORD = re.compile(r"[^\s\u3000-\U0010ffff]*")


def _kind(name: str) -> TermKind:
    return "category" if name == "category" else "brand" if name == "brand" else "attribute"
