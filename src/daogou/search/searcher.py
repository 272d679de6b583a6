"""Search over one shop: understand, match, rank, count, and say what was done for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from daogou.domain.hit import Hit, Hits
from daogou.domain.ids import current_instant
from daogou.domain.query import Understood, Where
from daogou.language.heads import thing_in
from daogou.retrieval.rules import Rulebook
from daogou.search.chosen import Chosen
from daogou.search.codes import FacetCodes
from daogou.search.config import SearchConfig
from daogou.search.exact import ExactNames
from daogou.search.facets import FacetCounter
from daogou.search.indexing import build
from daogou.search.kinds import Kinds
from daogou.search.matched import Matched
from daogou.search.reasons import because
from daogou.search.reviewed import Reviewed
from daogou.search.scoring import Score, first, score
from daogou.search.suggest import Suggester, Suggestion
from daogou.search.wish import (
    Wish,
    audience_of,
    is_for_another,
    merged,
    ranking,
    relaxations,
    says_only_what_for,
    unwanted_words,
)
from daogou.search.words import WordMatcher, all_of, sum_of
from daogou.search.worth import Worth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.hit import Reason
    from daogou.domain.ids import Instant, ProductId
    from daogou.domain.query import Sort
    from daogou.domain.rule import Rule
    from daogou.domain.text import Language
    from daogou.language.understand import Understander
    from daogou.ports.index import LexicalIndex
    from daogou.retrieval.rules import Ruling
    from daogou.retrieval.shelf import Shelf
    from daogou.search.names import Phrases
    from daogou.search.praise import Praise


Near = Callable[[str], "NDArray[np.float32] | None"]
"""How near each product is in meaning to a text, by row of the shelf; rows it lacks are far. None: it cannot be said
now, and the answer is given without."""


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
        self._words = WordMatcher(shelf, index, self.vocabulary, config or SearchConfig())
        self._codes = FacetCodes(shelf)
        self._facets = FacetCounter(shelf, self._codes, self.config.facets)
        self._exact = ExactNames(shelf.products)
        self._kinds = Kinds(shelf, self.vocabulary.segmenter)
        self._suggester = Suggester(shelf, self.vocabulary, queries=queries or {}, exact=self._exact, phrases=phrases)
        self._near = near
        self._reviewed = Reviewed(praise, shelf)
        self.chosen = chosen or Chosen()
        self.worth = worth or Worth()
        self._brands = self.worth.by_row(shelf.products) if self.worth.brands else None
        self._lock = threading.Lock()
        self.rules = Rulebook((), shelf)
        """The shop's rules; may be replaced at any time."""

    @property
    def config(self) -> SearchConfig:
        """How it weighs and how far it looks; may be replaced at any time."""
        return self._words.config

    @config.setter
    def config(self, config: SearchConfig) -> None:
        self._words.config = config

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
            given=where or Where(),
            sort=sort,
            language=language,
            shopper_context=shopper_context,
            like=like,
            at=at,
        )
        rows, wish, understood = found.score.rows, found.wish, found.understood
        places = first(offset + k, found.score, sort or understood.sort, shelf=self.shelf, prior=self.prior)
        ordered = found.ruling.pin(rows[places].tolist(), offset + k)[offset:]
        matched = Matched(understood, self.shelf, self.vocabulary, self._words)
        ruled_out = None if len(rows) else found.ruling.leaving_nothing(self.shelf.available)
        return Hits(
            items=tuple(self._hit(found, row, matched, pin) for row, pin in ordered),
            release=self._release,
            total=len(rows),
            understood=understood,
            facets=self._facets.count(rows, currency=self._currency),
            relaxed=(*wish.relaxed, *self._reviewed.nothing_for(understood, wish, rows)),
            suggestion=understood.corrected,
            degraded="; ".join(filter(None, (_SILENT if found.silent else None, ruled_out))) or None,
        )

    def scored(self, text: str) -> Score:
        """Everything that a search for the words finds, as nobody's, with the parts of its score."""
        return self._find(text, given=Where()).score

    def _find(
        self,
        text: str,
        *,
        given: Where,
        sort: Sort | None = None,
        language: Language | None = None,
        shopper_context: ShopperContext | None = None,
        like: ProductId | None = None,
        at: Instant | None = None,
    ) -> _Found:
        """Understand, match and score."""
        ruling = self.rules.ruling(at if at is not None else current_instant(), shown_in="search", query=text)
        understood = self._understander.understand(text, currency=self._currency)
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
        weights = self.worth.over(self.config.weights)
        if kind is None and words is not None and complete is not None:
            kind = self._kind_in_part(understood, rows, words, complete)
            if kind is not None:  # to be the thing is less than to have all the words
                weights = replace(weights, complete=weights.complete + weights.kind)
        if sorting != "relevance" and kind is not None and wish.words and (of_it := rows[kind[rows]]).size:
            rows = of_it  # by price, what is made for the thing would come before it
        found = score(
            rows,
            shelf=self.shelf,
            weights=weights,
            words=words,
            complete=complete,
            codes=self._codes,
            like=None if like is None else self.shelf.row[like],
            exact=exact,
            meaning=meaning,
            kind=kind,
            wishes=ranking(understood),
            said=self._reviewed.parts(understood, self.config.weights),
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
        named = self._kinds.named([word for word in _thing(understood) if word not in understood.unknown])
        for slot in understood.slots:
            if slot.kind == "category" and not slot.negated and slot.confidence < 1 and self._kinds.is_wide(slot.value):
                rows = self.shelf.having("category", slot.value)
                named = rows if named is None else named | rows[: len(named)]
        return named

    def _kind_in_part(
        self,
        understood: Understood,
        rows: NDArray[np.int32],
        words: NDArray[np.float32],
        complete: NDArray[np.bool_],
    ) -> NDArray[np.bool_] | None:
        """Where few rows have all the words, of the others those that are the thing: by the end of a kind's name, or of
        a title among the best. Of “red dress” dresses come before red onions."""
        thing = _thing(understood)
        if not thing or np.count_nonzero(complete) >= self.config.enough:
            return None
        named = self._kinds.named(thing, whole=False)
        if named is None:
            best = rows[np.argsort(-words[rows], kind="stable")[: self.config.titles]]
            named = self._kinds.titled(thing[-1], best.tolist())
        return named[: len(complete)] & ~complete  # a product may have come meanwhile

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

    def named(self, text: str) -> list[int]:
        """Rows of the products that the whole text names: an id, a code, a title."""
        return self._exact.find(text)

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
        heard = self._words.hear(understood)
        n = heard.n  # what is put meanwhile is not looked at
        barred = self._barred(understood, ruling)[:n]
        named = np.isin(np.arange(n), exact)  # by its name in full: what is read out of that name rules nothing out
        named &= self.shelf.allowed(given)[:n] & ~ruling.taken(n)
        wish, rows = Wish((), given), np.zeros(0, np.int32)
        described: _Match | None = None
        for wish in relaxations(understood, given, language, self.shelf.label):
            if understood.text.strip() and not self._is_answerable(wish, understood):
                continue
            mask = self.shelf.allowed(wish.where)[:n] & ~barred
            complete = None
            if wish.words:
                matching, every = heard.matching(wish.words)
                matching = self._words.titled(wish.words, n) if wish.literally else matching
                mask &= matching | self._reviewed.suited(understood, wish)[:n]
                complete = every if wish.words == understood.words else None
            rows = np.flatnonzero(mask | named).astype(np.int32)
            if len(rows):
                partly = bool(wish.words) and not wish.literally and not every[rows].any()
                found = _Match(wish.in_part(understood, language) if partly else wish, rows, heard.scores, complete)
                if partly and not set(understood.unknown).isdisjoint(wish.words):
                    described = described or found  # by the known words: who drops the others says so
                    continue
                return found
        return described or _Match(Wish(understood.words, given), rows, heard.scores)

    @staticmethod
    def _is_answerable(wish: Wish, understood: Understood) -> bool:
        """Everything is no answer, and of what was asked for a price alone is not left."""
        if wish.relaxed:
            return wish.names_something
        return wish.is_bounded or bool(understood.slots)

    def _match_like(self, like: ProductId, given: Where, ruling: Ruling) -> _Match:
        """What shares words of a product's title."""
        n, titles = len(self.shelf), self.shelf.title(self.shelf.row[like])
        words = sum_of(self._words.plain((titles.zh, titles.en), n), n)
        mask = self.shelf.allowed(given)[:n] & ~ruling.taken(n)
        mask &= words > self.config.tail * words[mask].max(initial=0)
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

    def _barred(self, understood: Understood, ruling: Ruling) -> NDArray[np.bool_]:
        """The rows that no answer may show: with words the shopper does not want, for somebody else by their titles, or
        taken out by a rule."""
        rows = ruling.taken(len(self.shelf))
        for word in unwanted_words(understood):
            rows |= all_of(self._words.plain([word], len(rows)), len(rows))
        own, others = audience_of(understood)
        if others:
            rows |= self._words.titled_any(others, len(rows)) & ~self._words.titled_any(own, len(rows))
        return rows

    def _hit(self, found: _Found, row: int, matched: Matched, pin: Rule | None) -> Hit:
        place = int(np.searchsorted(found.score.rows, row))
        parts = {name: float(values[place]) for name, values in found.score.parts.items() if values[place] != 0}
        if pin is not None:
            reasons: tuple[Reason, ...] = (pin.stated(1.0),)
        else:
            reasons = because(
                parts,
                matched=matched.of(row) if "words" in parts else (),
                wishes=ranking(found.understood),
                where=found.wish.where,
                shelf=self.shelf,
                rules=found.score.rules,
                said=self._reviewed.said(parts, row),
            )
        return Hit(self.shelf.ids[row], round(sum(parts.values()), 6), reasons)


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
