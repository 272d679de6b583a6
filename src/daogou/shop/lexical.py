"""Puts search together: the index of the release, the shop's vocabulary, what is popular and who is asking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from daogou.adapters.array_index import ArrayIndex
from daogou.adapters.cedict import Cedict
from daogou.domain.errors import CorruptRelease
from daogou.domain.text import Text
from daogou.language.called import Called
from daogou.language.glossary import Glossary, Glosses
from daogou.language.glossing import learn
from daogou.language.naming import learn_names
from daogou.language.understand import Understander, no_kinds
from daogou.language.vocabulary import Learnt, Vocabulary
from daogou.opinions.voices import ShelfPraise
from daogou.opinions.wishes import wishes
from daogou.retrieval.shelf import Shelf
from daogou.search.chosen import Chosen
from daogou.search.indexing import build
from daogou.search.names import Phrases
from daogou.search.searcher import Searcher, ShopperContext
from daogou.search.suggest import phrases_of
from daogou.search.worth import Worth
from daogou.shop.nearness import Nearness, open_nearness
from daogou.shop.opining import Opinions

if TYPE_CHECKING:
    from daogou.domain.hit import Hits
    from daogou.domain.ids import ProductId, SessionId, ShopperId
    from daogou.domain.product import Product
    from daogou.domain.query import Sort, Understood, Where
    from daogou.domain.text import Language
    from daogou.ports.encoder import Encoder
    from daogou.ports.stores import Stores
    from daogou.recommend.recommender import Recommender
    from daogou.settings import Settings
    from daogou.training.releases import Release

_QUERIES = "queries.json"
_CHANGE = "change.json"
_WORDS = "phrases.msgpack"
_MOST_QUERIES = 5_000


@dataclass(frozen=True, slots=True)
class Words:
    """What the shop's products have taught search; kept with a release, because learning it again takes longest."""

    learnt: Learnt
    phrases: Phrases
    glosses: Glosses = Glosses()
    called: dict[str, str] = field(default_factory=dict)
    """What goods are called, with their categories."""
    others: dict[str, str] = field(default_factory=dict)
    """Other words for these."""


class Indexing:
    """Makes the index of a release and what is kept beside it; what both need of the words is learnt once."""

    def __init__(self, stores: Stores, taxonomy: Iterable[Text] = ()) -> None:
        """Look how far the catalogue has come. `taxonomy`: kinds of goods in both languages.

        Make it before the products are read: what changes in between is then indexed twice rather than never.
        """
        self._stores = stores
        self._taxonomy = taxonomy
        self._change, _ = stores.catalogue.changes(0)
        self.vocabulary = Vocabulary()
        self.built = ArrayIndex()
        self._dictionary = Cedict()
        self._called = Called()

    def index(self, products: Iterable[Product]) -> ArrayIndex:
        """Index the products. Comes before `note`."""
        products = list(products)
        self.vocabulary.learn(products)
        self._called = Called(*learn_names(self._dictionary, self.vocabulary, products))
        self.vocabulary.segmenter.learn(self._called.words())  # titles are cut as queries will be
        build(self.built, products, self.vocabulary.segmenter, vocabulary=self.vocabulary)
        return self.built

    def note(self, folder: Path, products: Sequence[Product]) -> Mapping[str, float]:
        """Keep how far the catalogue had come, with its words and what shoppers typed."""
        queries = self._stores.queries.most(_MOST_QUERIES)
        (folder / _CHANGE).write_bytes(msgspec.json.encode(self._change))
        (folder / _QUERIES).write_bytes(msgspec.json.encode(queries))
        glosses = learn(self._dictionary, self.vocabulary, products, self._taxonomy)
        called = self._called
        words = Words(
            self.vocabulary.learnt(), phrases_of(products), glosses, dict(called.categories), dict(called.others)
        )
        (folder / _WORDS).write_bytes(msgspec.msgpack.encode(words))
        return {"queries": float(len(queries)), "words": float(len(words.learnt.words))}


class Lexical:
    """Search over a release's index and everything that changed since."""

    def __init__(
        self,
        searcher: Searcher,
        understander: Understander,
        *,
        recommender: Recommender,
        currency: str,
        near: Nearness | None = None,
        praise: ShelfPraise | None = None,
        spoken_of: set[str] | None = None,
    ) -> None:
        """`spoken_of`: the sides that can be wished for, to which those are added that are heard of later."""
        self.searcher = searcher
        self._understander = understander
        self._recommender = recommender
        self._currency = currency
        self._near = near
        self._praise = praise
        self._spoken_of = set() if spoken_of is None else spoken_of

    def hear(self, product: ProductId, counts: Mapping[str, tuple[int, int]]) -> None:
        """From now on so many reviews like each side of the product, and so many do not."""
        if self._praise is not None:
            self._praise.put(product, counts)
            self._spoken_of.update(counts.keys() & self._praise.words.aspects.keys())

    def close(self) -> None:
        """Let go of the encoder; no meaning can be asked after."""
        if self._near is not None:
            self._near.close()

    @classmethod
    def open(
        cls,
        release: Release | None,
        *,
        shelf: Shelf,
        stores: Stores,
        settings: Settings,
        recommender: Recommender,
        encoder: Encoder | None = None,
        opinions: Opinions | None = None,
        taxonomy: Iterable[Text] = (),
    ) -> Lexical:
        """Open the release's index, or index the whole shelf where there is no release.

        `opinions`: what the shop's reviews say, so that “good battery” can be asked for.
        `taxonomy`: kinds of goods in both languages.
        """
        currency = settings.shop.currency
        words = _words(release)
        if words:
            vocabulary = Vocabulary.from_learnt(words.learnt, taxonomy=taxonomy)
        else:
            vocabulary = Vocabulary.from_shelf(shelf, taxonomy=taxonomy)
        for brand, name in vocabulary.chinese_brands():
            if shelf.rows_having("brand", brand):
                shelf.call("brand", brand, Text(name, shelf.label("brand", brand).show("en")))
        opinions = opinions or Opinions(None)
        voices, said = opinions.voices, opinions.words
        spoken_of = set(voices.aspects if voices else ()) & set(said.aspects)
        near = open_nearness(release, encoder)
        understander = Understander(
            vocabulary,
            rates=settings.rates,
            aspects=partial(wishes, spoken_of=spoken_of, words=said),
            glossary=Glossary(words.glosses) if words else None,
            called=Called(words.called, words.others) if words else None,
            kinds=near.kind_of if near else no_kinds,
        )
        index, after, queries = _opened(release)
        learnt = settings.training.clicks.enabled  # it may have been switched off since
        praise = ShelfPraise(voices, shelf.row.get, said) if voices else None
        searcher = Searcher(
            shelf,
            index,
            understander,
            prior=recommender.prior(),
            currency=currency,
            release=release.id if release else "",
            queries=queries,
            phrases=words.phrases if words else None,
            near=near,
            praise=praise,
            chosen=Chosen.load(release.path("clicks")) if release and learnt else None,
            worth=Worth.load(release.path("weights")) if release and learnt else None,
        )
        lexical = cls(
            searcher,
            understander,
            recommender=recommender,
            currency=currency,
            near=near,
            praise=praise,
            spoken_of=spoken_of,
        )
        lexical.refresh(stores.catalogue.changes(after)[1])
        return lexical

    def search(
        self,
        text: str,
        *,
        k: int,
        offset: int,
        where: Where | None,
        sort: Sort | None,
        language: Language | None,
        actor: tuple[ShopperId | None, SessionId | None],
        like: ProductId | None = None,
    ) -> Hits:
        """Search as whoever is asking."""
        taste = self._recommender.affinity(*actor) if any(actor) else None
        context = None if taste is None else ShopperContext(taste)
        return self.searcher.search(
            text, k=k, offset=offset, where=where, sort=sort, language=language, shopper_context=context, like=like
        )

    def understand(self, text: str) -> Understood:
        """Take a query apart."""
        return self._understander.understand(text, currency=self._currency)

    def set_apart(self, groups: Iterable[Sequence[str]]) -> None:
        """Let no word of a group be read as another of it from now on."""
        self._understander.set_apart(groups)

    def refresh(self, changed: Iterable[ProductId]) -> None:
        """Make products that were put since findable."""
        changed = list(changed)
        self.searcher.refresh(changed)
        if self._near is not None:
            shelf = self.searcher.shelf
            rows = [shelf.row[id] for id in changed if id in shelf.row]
            self._near.put((row, product) for row in rows if (product := shelf.products[row]) is not None)
        if self._praise is not None:
            self._praise.placed(changed)
        self.searcher.prior = self._recommender.prior()


def _opened(release: Release | None) -> tuple[ArrayIndex, int, Mapping[str, int]]:
    """The index, the change it has seen, and what shoppers typed and how often."""
    if release is None or not release.path("lexical").exists():
        return ArrayIndex(), 0, {}
    noted = release.path("catalogue")
    change: int = msgspec.json.decode((noted / _CHANGE).read_bytes())
    queries: dict[str, int] = msgspec.json.decode((noted / _QUERIES).read_bytes())
    return ArrayIndex.open(release.path("lexical")), change, queries


def _words(release: Release | None) -> Words | None:
    """What was learnt when the release was made; None where it has an index without words, or no index.

    Raises CorruptRelease for words that an earlier version wrote.
    """
    if release is None or not release.path("lexical").exists():
        return None
    kept = release.path("catalogue") / _WORDS
    try:
        return msgspec.msgpack.decode(kept.read_bytes(), type=Words) if kept.exists() else None
    except msgspec.ValidationError:
        raise CorruptRelease(f"{kept} was written by an earlier version: run `daogou train`", where=str(kept)) from None
