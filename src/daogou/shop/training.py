"""Training a shop: the recipes, plus the artifacts only the composition root can put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from daogou.features.trust import Trust
from daogou.knowledge.recipe import write as write_graph
from daogou.knowledge.together import Votes
from daogou.opinions.own_words import read_lexicon
from daogou.shop.encoding import Encoding
from daogou.shop.lexical import Indexing
from daogou.shop.opining import write_opinions
from daogou.training import train as recipes

if TYPE_CHECKING:
    from daogou.features.trust import TrustConfig
    from daogou.knowledge.together import Purchases
    from daogou.shop.shop import Report, Shop
    from daogou.training.releases import Release


_INDEXED = frozenset({"lexical", "catalogue", "clicks"})
"""The index, and how far the catalogue had come when it was built: one without the other would lose products. What
clicks say is asked of the index."""


def train(shop: Shop, *, only: Sequence[str] = (), progress: Report | None = None) -> Release:
    """Make and activate a release with search index and knowledge graph."""

    def report(seen: recipes.Progress) -> None:
        if progress is not None:
            progress("training", seen.done / seen.total)

    with_meaning = ["meaning"] if "encoder" in only else []
    only = [*only, *(_INDEXED if _INDEXED & set(only) else ()), *with_meaning]
    indexing = Indexing(shop.stores, shop.settings, now=shop.clock)
    with Encoding(shop, only=only, progress=progress) as encoding:
        release = recipes.train(
            shop.stores,
            shop.releases,
            config=shop.settings.training,
            index_factory=indexing.index,
            progress=report,
            only=only,
            extra_artifacts={
                "catalogue": indexing.note,
                "clicks": indexing.choose,
                "graph": lambda folder, _: write_graph(
                    shop.stores, folder, believed=lambda bought: _votes(bought, shop.settings.training.trust)
                ),
                "opinions": lambda folder, _: write_opinions(shop.stores, folder, read_lexicon(shop.folder)),
                **encoding.artifacts(),
            },
            on_read=encoding.begin,
            now=shop.clock,
        )
    encoding.finished()
    if progress is not None:
        progress("training", 1.0)
    return release


def _votes(bought: Purchases, config: TrustConfig) -> Votes:
    """Believe buyers in the graph as far as in bought together."""
    trust = Trust.of(bought.buyer, bought.day, bought.product, config)
    return Votes(trust.voice, trust.believed)
