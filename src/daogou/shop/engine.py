"""What answers: one release, the live catalogue and the live event log, opened together and replaced together."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from daogou.domain.errors import NotFound, NotReady
from daogou.domain.ids import ProductId, current_instant
from daogou.knowledge.graph import Graph
from daogou.language.label_names import LabelNames
from daogou.opinions.aspects import lexicon
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import Like, RecommendRequest
from daogou.retrieval.rules import Rulebook
from daogou.retrieval.shelf import Shelf
from daogou.shop.connecting import connected
from daogou.shop.encoding import encoder_of
from daogou.shop.hearing import Hearing
from daogou.shop.lexical import Lexical
from daogou.shop.opining import Opinions
from daogou.shop.rereading import Rereading, open_rereading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from daogou.domain.article import Article
    from daogou.domain.hit import Hits
    from daogou.domain.ids import Instant, SessionId, ShopperId
    from daogou.domain.product import Product
    from daogou.domain.query import Sort, Understood, Where
    from daogou.domain.review import Review
    from daogou.domain.rule import Rule
    from daogou.domain.text import Language, Text
    from daogou.opinions.aspects import Lexicon
    from daogou.opinions.doubts import Doubt
    from daogou.opinions.summary import ReviewSummary
    from daogou.opinions.voices import Voices
    from daogou.ports.encoder import Encoder
    from daogou.ports.stores import Stores
    from daogou.recommend.explanation import Explanation
    from daogou.recommend.reading import Reading
    from daogou.search.suggest import Suggestion
    from daogou.settings import Settings
    from daogou.shop.watching import Watched
    from daogou.training.releases import Release, Releases

_CATALOGUE_EVERY_S = 0.25
"""How often the catalogue is asked for changes; a changed product is found within this time, and before the next answer
where an event names it."""

_REVIEWS_AT_ONCE = 16
"""Reviews put since the release that are read at once, some 0.1 to 0.4 ms each, while somebody waits for an answer."""
_SUMMARIES = 10_000
"""Summaries of reviews that are kept."""
_LIKED = 200
"""Products that one like stands for, at most."""

Actor = tuple["ShopperId | None", "SessionId | None"]


class Engine:
    """The parts that answer, one answer at a time. Every answer of one engine names one release."""

    def __init__(
        self,
        release: Release | None,
        *,
        stores: Stores,
        recommender: Recommender,
        lexical: Lexical,
        shelf: Shelf,
        rules: Watched[tuple[Rule, ...]],
        synonyms: Watched[tuple[tuple[str, ...], ...]],
        apart: Watched[tuple[tuple[str, ...], ...]],
        opinions: Opinions,
        encoder: Encoder | None = None,
        rereading: Rereading | None = None,
    ) -> None:
        self.release_id = release.id if release else ""
        self.shelf = shelf
        self.recommender = recommender
        self._stores = stores
        self._release = release
        self._rereading = rereading
        self._hearing = Hearing(opinions, stores.reviews, rereading)
        self._summaries: dict[ProductId, tuple[int, ReviewSummary]] = {}
        self._lexical = lexical
        self._graph = Graph.open(release.path("graph")) if release and release.path("graph").exists() else None
        self._turn = threading.RLock()
        self._looked = time.monotonic()
        self._unindexed: dict[ProductId, None] = {}
        self.rules = rules
        self.synonyms = synonyms
        self._apart = apart
        self.encoder = encoder
        self._rule()
        self._lexical.searcher.vocabulary.set_synonyms(synonyms.now)
        self._lexical.set_apart(apart.now)

    @classmethod
    def load(
        cls,
        settings: Settings,
        *,
        stores: Stores,
        releases: Releases,
        rules: Watched[tuple[Rule, ...]],
        synonyms: Watched[tuple[tuple[str, ...], ...]],
        apart: Watched[tuple[tuple[str, ...], ...]],
        encoder: Encoder | None = None,
        taxonomy: Iterable[Text] = (),
        words: Lexicon | None = None,
        clock: Callable[[], Instant] = current_instant,
    ) -> Engine:
        """Open the active release, or a shop that has none yet, over the live stores.

        `words`: those in which reviewers judge, if not those that ship with Daogou. Raises CorruptRelease where an
        artifact is not what its manifest says.
        """
        release = releases.active()
        with _uncollected():
            shelf = Shelf(release.items() if release else ())
            shelf.refresh(stores.catalogue)
            shelf.rate((id, summary.mean) for id, summary in stores.reviews.summaries(shelf.ids).items())
            recommender = Recommender(
                release,
                shelf,
                stores.followed,
                shoppers=stores.shoppers,
                config=settings.recommend,
                label_names=LabelNames(settings.labels, shelf.kind_named),
                clock=clock,
            )
            opinions = Opinions.of(release, words or lexicon())
            rereading = open_rereading(opinions.senses, encoder)
            encoder = encoder_of(release, encoder)
            lexical = Lexical.open(
                release,
                shelf=shelf,
                stores=stores,
                settings=settings,
                recommender=recommender,
                encoder=encoder,
                taxonomy=taxonomy,
                opinions=opinions,
            )
            return cls(
                release,
                stores=stores,
                recommender=recommender,
                lexical=lexical,
                shelf=shelf,
                rules=rules,
                synonyms=synonyms,
                apart=apart,
                opinions=opinions,
                encoder=encoder,
                rereading=rereading,
            )

    def review_summary(self, product: ProductId, reviews: Sequence[Review]) -> ReviewSummary:
        """Sum up what a product's reviews say; kept until one of them changes."""
        from daogou.opinions.summary import summarise

        left_out = self._hearing.left_out(product)
        written = hash((tuple(reviews), left_out))
        kept = self._summaries.get(product)
        if kept is None or kept[0] != written:
            opinions = self._hearing.release
            kept = (
                written,
                summarise(product, reviews, judges=opinions.judges, doubted=left_out, words=opinions.words),
            )
            if len(self._summaries) >= _SUMMARIES:
                self._summaries.clear()
            self._summaries[product] = kept
        return kept[1]

    @property
    def lexicon(self) -> Lexicon:
        """The words in which reviewers judge."""
        return self._hearing.release.words

    @property
    def voices(self) -> Voices | None:
        """Every opinion of the reviews, also of those put since the release; None where there is no release."""
        self._catch_up()
        with self._turn:
            return self._hearing.voices

    @property
    def doubts(self) -> Sequence[Doubt]:
        """The reviews that an operator should look at, most doubtful first."""
        self._catch_up()
        with self._turn:
            return self._hearing.doubts

    def _catch_up(self) -> None:
        """Read every review that was put; others may be answered in between."""
        behind = True
        while behind:
            with self._turn:
                self._listen()
                behind = self._hearing.behind

    def _listen(self) -> None:
        """Take in some of the reviews that were put since the release."""
        changed = self._hearing.listen(_REVIEWS_AT_ONCE)
        for product in changed:
            self._lexical.hear(product, self._hearing.said_of(product))
            self._summaries.pop(product, None)
        if changed:
            self.shelf.rate((id, rating.mean) for id, rating in self._stores.reviews.summaries(changed).items())

    @property
    def looked(self) -> tuple[float, ...]:
        """How likely each place of a search's list is looked at, as the release has learnt it."""
        return self._lexical.searcher.chosen.looked

    @property
    def weights_said(self) -> Text:
        """What clicks have taught that the parts of a search's score are worth, as a sentence; empty for nothing."""
        return self._lexical.searcher.worth.said()

    def close(self) -> None:
        """Remove what only this engine needs from the disk. It answers nothing after."""
        if self._rereading is not None:
            self._rereading.close()
        self._lexical.close()

    def search(
        self,
        text: str,
        *,
        k: int,
        offset: int,
        where: Where | None,
        sort: Sort | None,
        language: Language | None,
        actor: Actor,
        like: ProductId | None = None,
    ) -> Hits:
        """Search as whoever is asking. Raises NotFound where there is no product `like`."""
        with self._turn:
            self._refresh()
            if like is not None and (like not in self.shelf.row or self.shelf.products[self.shelf.row[like]] is None):
                raise NotFound(f"no product {like!r}", where="like")
            hits = self._lexical.search(
                text, k=k, offset=offset, where=where, sort=sort, language=language, actor=actor, like=like
            )
            return self._said(hits)

    def suggest(self, prefix: str, limit: int) -> Sequence[Suggestion]:
        """Complete what is being typed."""
        with self._turn:
            self._refresh()
            return self._lexical.searcher.suggest(prefix, limit)

    def understand(self, text: str) -> Understood:
        """Take a query apart."""
        with self._turn:
            self._refresh()
            return self._lexical.understand(text)

    def liked(self, words: str) -> Like:
        """What a search for the words finds without letting go of any of them."""
        nobody = (None, None)
        hits = self.search(words, k=_LIKED, offset=0, where=None, sort=None, language=None, actor=nobody)
        return Like(words, () if hits.relaxed else tuple(hit.product for hit in hits.items))

    def recommend(self, request: RecommendRequest) -> Hits:
        """Recommend; what products have in common is said with the graph."""
        with self._turn:
            self._look_around()
            hits = self.recommender.recommend(request)  # takes in events, of which one may name a new product
            if self.recommender.met_unknown():
                self._look_around(at_once=True)
                hits = self.recommender.recommend(request)
            hits = self._said(hits)
        return hits if self._graph is None else connected(hits, self._graph)

    def read(self, request: RecommendRequest, articles: Iterable[Article]) -> tuple[Reading, ...]:
        """Recommend articles."""
        with self._turn:
            self._refresh()
            return self.recommender.read(request, articles)

    def explain(self, shopper: ShopperId, product: ProductId) -> Explanation:
        """Take a recommendation's score apart."""
        with self._turn:
            self._refresh()
            return self.recommender.explain(shopper, product)

    def product(self, id: ProductId) -> Product | None:
        """A product of the shelf as it is now."""
        with self._turn:
            self._refresh()
        return self.products([id]).get(id)

    def products(self, ids: Iterable[ProductId]) -> dict[ProductId, Product]:
        """Those of the products that are on the shelf, as the newest answer saw them."""
        with self._turn:
            rows = {id: self.shelf.row.get(id) for id in ids}
            products = self.shelf.products
            return {id: found for id, row in rows.items() if row is not None and (found := products[row])}

    def named(self, said: str) -> ProductId | None:
        """The product with this id, or else the only one with such a variant or code; None where there is none."""
        if said in self.shelf.row:
            return ProductId(said)
        with self._turn:
            self._refresh()
            rows = self._lexical.searcher.named(said)
            found = [product.id for row in rows if (product := self.shelf.products[row]) and said in product.codes]
        return found[0] if len(found) == 1 else None

    def graph(self) -> Graph:
        """The knowledge graph. Raises NotReady where the release has none."""
        if self._graph is None:
            raise NotReady("no knowledge graph yet: run `daogou train`")
        return self._graph

    def _refresh(self) -> None:
        """Take in events, and what else changed: at once where an event names a product that may be new."""
        self.recommender.refresh()
        self._look_around(at_once=self.recommender.met_unknown())

    def _look_around(self, *, at_once: bool = False) -> None:
        """Take in what changed of catalogue, reviews, rules and synonyms, where it is time to look again. To look and
        find nothing takes some 30 microseconds."""
        if not at_once and time.monotonic() - self._looked < _CATALOGUE_EVERY_S:
            return
        self._looked = time.monotonic()
        if self.rules.refresh():
            self._rule()
        if self.synonyms.refresh():
            self._lexical.searcher.vocabulary.set_synonyms(self.synonyms.now)
        if self._apart.refresh():
            self._lexical.set_apart(self._apart.now)
        self._unindexed |= dict.fromkeys(self.shelf.refresh(self._stores.catalogue))
        if self._unindexed:  # the shelf has marked them seen: where the index fails, they are tried again
            self._lexical.refresh(self._unindexed)
            self._unindexed = {}
        self._listen()

    def _rule(self) -> None:
        """Let the rules hold in every list."""
        self.recommender.rules = self._lexical.searcher.rules = Rulebook(self.rules.now, self.shelf)

    def _said(self, hits: Hits) -> Hits:
        """An answer under rules or synonyms that are not those of the file says so."""
        problems = [
            f"{what} before the last change hold: {file.problem}"
            for what, file in (("the rules", self.rules), ("the synonyms", self.synonyms))
            if file.problem is not None
        ]
        return replace(hits, degraded="; ".join(filter(None, (hits.degraded, *problems)))) if problems else hits


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold the garbage collector back: what is loaded stays, and looking through it again and again takes 40% longer.

    Measured opening 92,331 products: 4.9 s of CPU instead of 8.2 s.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
