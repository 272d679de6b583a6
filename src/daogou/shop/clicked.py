"""Makes what clicks after searches teach in a training: what parts of the score are worth, and what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from daogou.language.understand import Understander
from daogou.retrieval.shelf import Shelf
from daogou.search.chosen import Chosen
from daogou.search.searcher import Searcher
from daogou.search.worth import Worth
from daogou.shop.choosing import read_clicks, write_choices
from daogou.shop.weighing import found_of, write_worth

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from daogou.domain.ids import Instant, ProductId
    from daogou.domain.product import Product
    from daogou.ports.stores import Seen, Stores
    from daogou.settings import Settings
    from daogou.shop.lexical import Indexing
    from daogou.shop.weighing import Found

_RANKED = 100
"""Products of a result that what was chosen may reorder while its weight is chosen."""
_WEIGHED = 200
"""Products of a result that are looked at while weights are learnt."""


class Clicked:
    """Searches the index that is being made as nobody, to see what other scores would have shown."""

    def __init__(self, indexing: Indexing, stores: Stores, settings: Settings, *, now: Callable[[], Instant]) -> None:
        self._indexing = indexing
        self._stores = stores
        self._settings = settings
        self._now = now
        self._worth = Worth()
        self._shelf: Shelf | None = None

    def weigh(self, folder: Path, products: Sequence[Product]) -> Mapping[str, float]:
        """Learn what each part of the score is worth. Comes after `index`; the products are searched as nobody's."""
        self._worth.save(folder)  # else a training of this part alone would take over what was before
        seen, looked = self._clicks
        searcher = self._searcher(products)
        as_one = replace(searcher.config.weights, rated=1.0, cheap=1.0)
        searcher.config = replace(searcher.config, weights=as_one)

        def find(query: str) -> Found:
            return found_of(searcher.scored(query), as_one, searcher.shelf, most=_WEIGHED)

        metrics = write_worth(folder, seen, looked, config=self._settings.training.clicks, find=find)
        self._worth = Worth.load(folder)
        return metrics

    def choose(self, folder: Path, products: Sequence[Product]) -> Mapping[str, float]:
        """Learn what is chosen after which query. Comes after `weigh`, whose weights it is on top of."""
        Chosen().save(folder)
        seen, looked = self._clicks
        searcher = self._searcher(products)

        def ranked(query: str) -> Mapping[ProductId, float]:
            return {hit.product: hit.score for hit in searcher.search(query, k=_RANKED).items}

        return write_choices(folder, seen, looked, config=self._settings.training.clicks, ranked=ranked)

    @cached_property
    def _clicks(self) -> tuple[Sequence[Seen], NDArray[np.float64]]:
        """What was shown and clicked, and how much each place is looked at. Raises Skip."""
        settings = self._settings
        return read_clicks(
            self._stores.lists,
            now=self._now(),
            config=settings.training.clicks,
            shoppers=settings.shop.people == "shoppers",
        )

    def _searcher(self, products: Sequence[Product]) -> Searcher:
        """Searches as nobody, without what is popular: that counts the very clicks by which is judged."""
        settings = self._settings
        if self._shelf is None:
            self._shelf = Shelf.of(products)
            ratings = self._stores.reviews.summaries(self._shelf.ids)
            self._shelf.rate((id, rating.mean) for id, rating in ratings.items())
        return Searcher(
            self._shelf,
            self._indexing.built,
            Understander(self._indexing.vocabulary, rates=settings.rates),
            currency=settings.shop.currency,
            worth=self._worth,
        )
