"""Search over one shop: understand, match, rank, count, and say what was done for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from daogou.domain.hit import Hit, Hits
from daogou.domain.ids import current_instant
from daogou.domain.query import Understood, Where
from daogou.language.heads import thing_in
from daogou.language.speech import FILLERS
from daogou.ports.index import NOTHING_INSTEAD, Row
from daogou.retrieval.rules import Rulebook
from daogou.search.chosen import Chosen
from daogou.search.codes import FacetCodes
from daogou.search.exact import ExactNames
from daogou.search.facets import FacetConfig, FacetCounter
from daogou.search.indexing import build, described
from daogou.search.kinds import Kinds
from daogou.search.reasons import because
from daogou.search.scoring import Score, Weights, order, score
from daogou.search.suggest import Phrases, Suggester, Suggestion
from daogou.search.wish import (
    Wish,
    is_a_word,
    is_for_another,
    merged,
    purposes,
    ranking,
    relaxations,
    says_only_what_for,
    unwanted_words,
)
from daogou.search.worth import Worth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.hit import Reason
    from daogou.domain.ids import Instant, ProductId
    from daogou.domain.product import Product
    from daogou.domain.query import Sort
    from daogou.domain.rule import Rule
    from daogou.domain.text import Language, Text
    from daogou.language.understand import Understander
    from daogou.ports.index import Instead, LexicalIndex
    from daogou.retrieval.rules import Ruling
    from daogou.retrieval.shelf import Shelf
    from daogou.search.praise import Praise


_ANIMALS = frozenset({"pet", "dog", "cat"})
_GIVEN = 0.3
"""What a present to anybody counts for, beside what suited the person who is named."""
Near = Callable[[str], "NDArray[np.float32] | None"]
"""How near each product is in meaning to a text, by row of the shelf; rows it lacks are far. None: it cannot be said
now, and the answer is given without."""


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """How search weighs and how far it looks."""

    fields: Mapping[str, float] = field(
        default_factory=lambda: {"title": 2.0, "brand": 1.0, "category": 1.5, "attributes": 1.0, "description": 1.0}
    )
    """What a word is worth where it stands. The title says what a product is, the description what it is not, too."""
    reach: int = 3_000
    """Products the index is asked for at most; counts beside a result are exact up to this many text matches."""
    enough: int = 20
    """Where fewer products contain all the words, products with some of them follow."""
    tail: float = 0.2
    """Of these, such as score less than this share of the best are left out: “iphone x” is not every “x”."""
    nearest: int = 40
    """Products near in meaning that are added where a word is unknown and fewer than `enough` match."""
    nearness: float = 0.2
    """Cosine, taken from the mean of the shop's products, below which nothing is near."""
    facets: FacetConfig = FacetConfig()
    weights: Weights = Weights()


@dataclass(frozen=True, slots=True)
class ShopperContext:
    """What is known of the shopper who searches."""

    affinity: NDArray[np.float32] | None = None
    """How near each product, by row of the shelf, is to the shopper's taste; 0 and below count nothing."""


class _Match(NamedTuple):
    """What matches a query, before it is ranked."""

    wish: Wish
    rows: NDArray[np.int32]
    words: NDArray[np.float32] | None
    """How well words match, by row of the shelf."""
    complete: NDArray[np.bool_] | None = None
    """Which rows have every word of the query; None where no word is left or some were given up."""


class _Found(NamedTuple):
    """What a search finds, scored, and what it did for it."""

    score: Score
    wish: Wish
    understood: Understood
    ruling: Ruling
    silent: bool
    """The encoder should have been asked, and did not answer."""


class Searcher:
    """Searches a shelf. Safe to use from several threads."""

    def __init__(
        self,
        shelf: Shelf,
        index: LexicalIndex,
        understander: Understander,
        *,
        prior: NDArray[np.float32] | None = None,
        currency: str = "CNY",
        release: str = "",
        queries: Mapping[str, int] | None = None,
        phrases: Phrases | None = None,
        near: Near | None = None,
        praise: Praise | None = None,
        chosen: Chosen | None = None,
        worth: Worth | None = None,
        config: SearchConfig | None = None,
    ) -> None:
        """`prior` is popularity by row (0 and up); `queries` what shoppers typed and how often, for suggestions.

        `phrases` are what `phrases_of` found for the suggestions before; without them the shelf's products are read.
        `near` says how near products are in meaning to a text whose words the shop does not know, `praise` which side
        of which product its reviewers like, `chosen` what shoppers choose after which query, `worth` what their clicks
        have taught of the parts of the score.
        """
        self.shelf = shelf
        self.prior = prior
        self.index = index
        self._understander = understander
        self.vocabulary = understander.vocabulary
        self._currency = currency
        self._release = release
        self.config = config or SearchConfig()
        """May be replaced at any time."""
        self._codes = FacetCodes(shelf)
        self._facets = FacetCounter(shelf, self._codes, self.config.facets)
        self._exact = ExactNames(shelf.products)
        self._kinds = Kinds(shelf, self.vocabulary.segmenter)
        self._suggester = Suggester(
            shelf, self.vocabulary, queries=queries or {}, exact=self._exact, prior=prior, phrases=phrases
        )
        self._near = near
        self._praise = praise
        self.chosen = chosen or Chosen()
        self.worth = worth or Worth()
        self._brands = self.worth.by_row(shelf.products) if self.worth.brands else None
        self._lock = threading.Lock()
        self.rules = Rulebook((), shelf)
        """The shop's rules; may be replaced at any time."""

    def search(
        self,
        text: str,
        *,
        k: int = 10,
        offset: int = 0,
        where: Where | None = None,
        sort: Sort | None = None,
        language: Language | None = None,
        shopper_context: ShopperContext | None = None,
        like: ProductId | None = None,
        at: Instant | None = None,
    ) -> Hits:
        """The products at places `offset` to `offset` + k. Empty words with a filter browse, most popular first.

        `where` is what the shopper set by hand and is always kept; what the text says may be relaxed to find anything,
        and `relaxed` says so. `at` is the moment whose rules hold; None: now.

        `like` is a product of the shelf to find others like: by its title without other words, and by what it has in
        common with them. It is never among them.
        """
        found = self._find(
            text,
            where=where or Where(),
            sort=sort,
            language=language,
            shopper_context=shopper_context,
            like=like,
            at=at,
        )
        rows, wish, understood = found.score.rows, found.wish, found.understood
        places = order(found.score, sort or understood.sort, shelf=self.shelf, prior=self.prior)[: offset + k]
        ordered = found.ruling.pin(rows[places].tolist(), offset + k)[offset:]
        return Hits(
            items=tuple(self._hit(found.score, row, understood, wish, pin) for row, pin in ordered),
            release=self._release,
            total=len(rows),
            understood=understood,
            facets=self._facets.count(rows, currency=self._currency),
            relaxed=(*wish.relaxed, *self._nothing_for(understood, wish, rows)),
            suggestion=understood.corrected,
            degraded=_SILENT if found.silent else None,
        )

    def scored(self, text: str) -> Score:
        """Everything that a search for the words finds, as nobody's, with the parts of its score."""
        return self._find(text, where=Where()).score

    def _find(
        self,
        text: str,
        *,
        where: Where,
        sort: Sort | None = None,
        language: Language | None = None,
        shopper_context: ShopperContext | None = None,
        like: ProductId | None = None,
        at: Instant | None = None,
    ) -> _Found:
        """Understand, match and score."""
        ruling = self.rules.ruling(at if at is not None else current_instant(), shown_in="search", query=text)
        understood = self._understander.understand(text, currency=self._currency)
        given = where
        exact = self._exact.find(text)
        if like is not None:
            given = replace(given, exclude=given.exclude | {like})
        wish, rows, words, complete = self._match(
            understood, given, language or understood.language, exact, ruling, like=like
        )
        asks = self._near is not None and understood.unknown and not len(exact)
        meaning = self._near(text) if self._near is not None and asks else None
        if meaning is not None and (len(rows) < self.config.enough or not wish.words):
            near, nearest = self._nearest(understood, given, meaning, ruling)
            rows = np.union1d(rows if wish.words else [], nearest).astype(np.int32) if len(nearest) else rows
            wish = near if len(nearest) else wish
        sorting = sort or understood.sort
        ruling = self._pinning(ruling, given, sorting)
        if ruling.pinned:
            rows = np.union1d(rows, [row for row, _ in ruling.pinned]).astype(np.int32)
        kind = self._kind(understood)
        if sorting != "relevance" and kind is not None and wish.words and (of_it := rows[kind[rows]]).size:
            rows = of_it  # by price, what is made for the thing would come before it
        found = score(
            rows,
            shelf=self.shelf,
            weights=self.worth.over(self.config.weights),
            words=words,
            complete=complete,
            codes=self._codes,
            like=None if like is None else self.shelf.row[like],
            exact=exact,
            meaning=meaning,
            kind=kind,
            wishes=ranking(understood),
            said=self._said(understood),
            varied=says_only_what_for(understood, wish),
            chosen=self._chosen_after(text),
            brands=self._brands,
            prior=self.prior,
            history=shopper_context.affinity if shopper_context and not is_for_another(understood) else None,
            ruling=ruling,
        )
        return _Found(found, wish, understood, ruling, silent=bool(asks) and meaning is None)

    def _kind(self, understood: Understood) -> NDArray[np.bool_] | None:
        """The rows that are what was named: by the name of their kind, or of a wider category the words may mean."""
        named = self._kinds.named(_thing(understood))
        for slot in understood.slots:
            if slot.kind == "category" and not slot.negated and slot.confidence < 1 and self._kinds.is_wide(slot.value):
                rows = self.shelf.having("category", slot.value)
                named = rows if named is None else named | rows[: len(named)]
        return named

    def _said(self, understood: Understood) -> Mapping[str, NDArray[np.float32]]:
        """What reviewers say of each side, person and occasion that is named, by part of the score and row."""
        if self._praise is None:
            return {}
        weights = self.config.weights
        asked = (slot.name for slot in understood.slots if slot.kind == "aspect")
        return {
            **{f"aspect:{side}": self._praise.sure(side) * np.float32(weights.aspect) for side in asked},
            **{f"suits:{each}": self._praise.suits(each) * np.float32(n) for each, n in self._purposes(understood)},
        }

    def _purposes(self, understood: Understood) -> Iterator[tuple[str, float]]:
        """Whom and what for, with its weight: what suited a father says more than that it was given to somebody."""
        weight = self.config.weights.suits
        for each in purposes(understood):
            yield each, weight * (_GIVEN if each == "gift" and is_for_another(understood) else 1)

    def _suited(self, understood: Understood, wish: Wish) -> NDArray[np.bool_]:
        """The rows that suited whom or what they were bought for, where the words say no more than that: a present is
        not only what is called one."""
        suited = np.zeros(len(self.shelf), bool)
        if self._praise is not None and says_only_what_for(understood, wish):
            for purpose in purposes(understood):
                found = self._praise.suits(purpose) > 0
                suited[: len(found)] |= found
        return suited

    def _nothing_for(self, understood: Understood, wish: Wish, rows: NDArray[np.int32]) -> Iterator[str]:
        """The persons and occasions, as typed, that nothing is known to suit, where no more than these was said; and
        animals wherever no kind of goods is named, for people's food is no cat food."""
        only = says_only_what_for(understood, wish)
        for slot in understood.slots:
            if slot.negated or not (only or (slot.value in _ANIMALS and wish.where.category is None)):
                continue
            if slot.kind == "recipient" or (slot.kind == "occasion" and not wish.words):
                suited = np.zeros(0, np.float32) if self._praise is None else self._praise.suits(slot.value)
                if not suited[rows[rows < len(suited)]].any():
                    yield f"“{understood.text[slot.start : slot.end].strip()}”"

    def _chosen_after(self, text: str) -> NDArray[np.float32] | None:
        found = self.chosen.after(text, self.shelf.row)
        return None if found is None else found * np.float32(self.chosen.weight)

    def _pinning(self, ruling: Ruling, given: Where, sorting: Sort) -> Ruling:
        """The ruling with the places that hold here: of what may be shown, where the shop decides the order."""
        if not ruling.pinned:
            return ruling
        if sorting != "relevance":
            return ruling.unpinned()
        return ruling.pinning(self.shelf.allowed(given) & ~ruling.taken(len(self.shelf)))

    def suggest(self, prefix: str, limit: int = 8) -> list[Suggestion]:
        """Complete what is being typed."""
        return self._suggester.suggest(prefix, limit)

    def refresh(self, changed_ids: Iterable[ProductId]) -> None:
        """Take in products of the shelf that were put since: index, vocabulary, counts and suggestions."""
        rows = [self.shelf.row[id] for id in changed_ids if id in self.shelf.row]
        products = [product for row in rows if (product := self.shelf.products[row]) is not None]
        if not products:
            return
        with self._lock:
            self.vocabulary.learn(products)
            build(self.index, products, self.vocabulary.segmenter, vocabulary=self.vocabulary)
            self._codes.put(rows)
            self._exact.put(products, rows)
            self._kinds.put(rows)
            self._suggester.put(products)
            if self._brands is not None:
                grown = np.zeros(len(self.shelf), np.float32)
                grown[: len(self._brands)] = self._brands
                grown[rows] = self.worth.by_row([self.shelf.products[row] for row in rows])
                self._brands = grown

    def _match(
        self,
        understood: Understood,
        given: Where,
        language: Language,
        exact: Sequence[int],
        ruling: Ruling,
        *,
        like: ProductId | None,
    ) -> _Match:
        """The first wish, strict to loose, that finds a product."""
        if like is not None and not understood.text.strip():
            return self._match_like(like, given, ruling)
        said = self._scored_words(understood)
        instead = self._instead(understood, said)
        words = self._word_scores(said, instead)
        barred = self._barred(understood, ruling)
        wish, rows = Wish((), given), np.zeros(0, np.int32)
        for wish in relaxations(understood, given, language):
            if understood.text.strip() and not self._is_answerable(wish, understood):
                continue
            mask = self.shelf.allowed(wish.where) & ~barred
            complete = None
            if wish.words:
                matching, every = self._matching(wish.words, said, words, instead)
                matching = self._called(wish.words, every) if wish.literally else matching
                mask &= matching[: len(mask)] | np.isin(np.arange(len(mask)), exact) | self._suited(understood, wish)
                complete = every if wish.words == understood.words else None
            rows = np.flatnonzero(mask).astype(np.int32)
            if len(rows):
                return _Match(wish, rows, words, complete)
        return _Match(Wish(understood.words, given), rows, words)

    @staticmethod
    def _is_answerable(wish: Wish, understood: Understood) -> bool:
        """Everything is no answer, and of what was asked for a price alone is not left."""
        if wish.relaxed:
            return wish.names_something
        return wish.is_bounded or bool(understood.slots)

    def _called(self, words: Iterable[str], every: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Those of the rows that have all of the words in their titles."""
        pieces = {piece for word in words for piece in self.vocabulary.segmenter.cut(word)}
        called = np.zeros(len(every), bool)
        for row in np.flatnonzero(every).tolist():
            title = self.shelf.title(row)
            called[row] = pieces <= {*self.vocabulary.segmenter.cut(title.zh), *self.vocabulary.segmenter.cut(title.en)}
        return called

    def _match_like(self, like: ProductId, given: Where, ruling: Ruling) -> _Match:
        """What shares words of a product's title."""
        cut = self.vocabulary.segmenter.cut
        titles = self.shelf.title(self.shelf.row[like])
        words = self._word_scores(list(dict.fromkeys(piece for text in (titles.zh, titles.en) for piece in cut(text))))
        mask = self.shelf.allowed(given) & ~ruling.taken(len(self.shelf))
        mask &= words[: len(mask)] > self.config.tail * words[: len(mask)][mask].max(initial=0)
        return _Match(Wish((), given), np.flatnonzero(mask).astype(np.int32), words)

    def _nearest(
        self, understood: Understood, given: Where, meaning: NDArray[np.float32], ruling: Ruling
    ) -> tuple[Wish, NDArray[np.int32]]:
        """What is nearest in meaning among what passes the filters, where no word is known."""
        where = merged(given, understood.where)
        mask = self.shelf.allowed(where) & ~self._barred(understood, ruling)
        n = min(len(mask), len(meaning))
        mask[n:] = False
        mask[:n] &= meaning[:n] >= self.config.nearness
        rows = np.flatnonzero(mask)
        best = np.argsort(-meaning[rows], kind="stable")[: self.config.nearest]
        nearest = np.sort(rows[best]).astype(np.int32)
        return Wish((), where, tuple(f"“{words}”" for words in understood.missing)), nearest

    def _scored_words(self, understood: Understood) -> list[str]:
        """Every wanted word: those that remain, and those that were understood as a category, brand or attribute."""
        cut = self.vocabulary.segmenter.cut
        said = [piece for word in understood.words for piece in cut(word)]
        for slot in understood.slots:
            if slot.kind in ("category", "brand", "attribute") and not slot.negated:
                label = self.shelf.label(slot.name, slot.value)
                said += cut(
                    f"{label.zh} {label.en}" if understood.corrected else understood.worded(slot.start, slot.end)
                )
            elif slot.kind == "aspect":
                said += [word for word in cut(understood.text[slot.start : slot.end]) if word not in FILLERS]
        return list(dict.fromkeys(said))

    def _matching(
        self, words: Sequence[str], said: Sequence[str], scored: NDArray[np.float32], instead: Instead
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Rows with all of the words, or with some where too few have all; and those with all.

        `scored` are the scores of `said`.
        """
        pieces = list(dict.fromkeys(piece for word in words for piece in self.vocabulary.segmenter.cut(word)))
        one = len(pieces) == 1 and pieces == said
        every = scored if one else self._word_scores(pieces, instead, require_all=True)
        if len(pieces) > 1 and np.count_nonzero(every) < self.config.enough:
            worded = [piece for piece in pieces if is_a_word(piece)] or pieces  # of “iphone 15” not what has a 15 alone
            some = scored if worded == said else self._word_scores(worded, instead)
            return (every > 0) | (some > self.config.tail * some.max(initial=0)), every > 0
        return every > 0, every > 0

    def _barred(self, understood: Understood, ruling: Ruling) -> NDArray[np.bool_]:
        """The rows that no answer may show: with words the shopper does not want, or taken out by a rule."""
        rows = ruling.taken(len(self.shelf))
        for word in unwanted_words(understood):
            rows |= self._word_scores(self.vocabulary.segmenter.cut(word), require_all=True)[: len(rows)] > 0
        return rows

    def _instead(self, understood: Understood, said: Sequence[str]) -> Instead:
        """What may stand in the place of each piece of a word that has synonyms or is said in the other language only.

        What stands for several pieces counts for each of them for its part.
        """
        cut = self.vocabulary.segmenter.cut
        found: dict[str, list[Row]] = {}
        for phrase, others in understood.also.items():
            for piece in cut(phrase):
                found.setdefault(piece, []).extend(Row(cut(other)) for other in others)
        for first, *rest in understood.meant.values():
            pieces = cut(first.phrase)
            for piece in pieces:
                rows = (Row(cut(other.phrase), other.share**2 / len(pieces)) for other in rest)
                found.setdefault(piece, []).extend(rows)
        for piece in said:
            if piece not in self.vocabulary.words:
                found.setdefault(piece, []).extend(Row(cut(other)) for other in self.vocabulary.translations(piece))
        return found

    def _word_scores(
        self, words: Sequence[str], instead: Instead = NOTHING_INSTEAD, *, require_all: bool = False
    ) -> NDArray[np.float32]:
        """BM25 by row of the shelf; 0 where nothing matches."""
        scores = np.zeros(len(self.shelf), np.float32)
        if words:
            found = self.index.search(
                words, self.config.reach, weights=self.config.fields, require_all=require_all, instead=instead
            )
            row_of = self.shelf.row.get
            rows = np.array([row_of(id, -1) for id, _ in found], np.int64)
            here = rows >= 0
            scores[rows[here]] = np.array([score for _, score in found], np.float32)[here]
        return scores

    def _hit(self, found: Score, row: int, understood: Understood, wish: Wish, pin: Rule | None) -> Hit:
        place = int(np.searchsorted(found.rows, row))
        parts = {name: float(values[place]) for name, values in found.parts.items() if values[place] != 0}
        product = self.shelf.products[row]
        assert product is not None
        if pin is not None:
            reasons: tuple[Reason, ...] = (pin.stated(1.0),)
        else:
            reasons = because(
                parts,
                matched=self._matched(product, understood) if "words" in parts else (),
                wishes=ranking(understood),
                where=wish.where,
                shelf=self.shelf,
                rules=found.rules,
                said=self._praised(parts, row),
            )
        return Hit(self.shelf.ids[row], round(sum(parts.values()), 6), reasons)

    def _praised(self, parts: Iterable[str], row: int) -> Mapping[str, Text]:
        """What is said of each side that was asked for and is liked, and of whom it suited, by part of the score."""
        if self._praise is None:
            return {}
        say = {"aspect": self._praise.said, "suits": self._praise.suited}
        return {
            part: say[kind](about, row) for part in parts for kind, _, about in [part.partition(":")] if kind in say
        }

    def _matched(self, product: Product, understood: Understood) -> list[str] | None:
        """The wanted words that the product's fields besides the description contain, as typed; None where nothing was
        typed."""
        if not understood.text.strip():
            return None
        cut, translate = self.vocabulary.segmenter.cut, self.vocabulary.translations
        present = set(cut(described(product)))

        typed = {word: here for here, (first, *_) in understood.meant.items() for word in first.phrase.split()}

        def same(word: str) -> Iterable[str]:
            yield from (meant.phrase for meant in understood.meant.get(word, ()))
            for phrase, others in understood.also.items():
                if word in (phrase, *cut(phrase)):
                    yield from others

        said = [
            understood.text[slot.start : slot.end] for slot in understood.slots if _is_matched(slot.kind, slot.negated)
        ]
        return [
            word
            for word in dict.fromkeys((*said, *(typed.get(word, word) for word in understood.words)))
            if not present.isdisjoint(cut(" , ".join((word, *translate(word), *same(word)))))
        ]


_SILENT = "the text encoder does not answer: words the shop does not know were not searched by their meaning"


def _thing(understood: Understood) -> list[str]:
    """What was asked for, without brands, traits and prices: in the order in which it was said."""
    named = [(slot.start, slot.end) for slot in understood.slots if slot.kind == "category"]
    said = [(start, understood.worded(start, end)) for start, end in named]
    inside = {word for start, end in named for word in understood.text[start:end].lower().split()}
    typed = {
        word: understood.text.find(here)
        for here, (first, *_) in understood.meant.items()
        for word in first.phrase.split()
    }
    said += [(typed.get(word, understood.text.find(word)), word) for word in understood.words if word not in inside]
    start, end = thing_in(understood.text)
    thing = [pair for pair in said if pair[0] < 0 or start <= pair[0] < end] or said  # below 0: mended
    return [word for _, word in sorted(dict.fromkeys(thing), key=lambda pair: pair[0])]


def _is_matched(kind: str, negated: bool) -> bool:
    return kind in ("category", "brand", "attribute") and not negated
