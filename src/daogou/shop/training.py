"""Training a shop: the recipes, plus the artifacts only the composition root can put together."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from daogou.features.trust import Trust
from daogou.knowledge.recipe import write as write_graph
from daogou.knowledge.together import Votes
from daogou.retrieval.meaning import Meaning, text_of
from daogou.shop.lexical import build_index, note_catalogue
from daogou.shop.opining import write_opinions
from daogou.training import train as recipes

if TYPE_CHECKING:
    from daogou.domain.product import Product
    from daogou.features.trust import TrustConfig
    from daogou.knowledge.together import Purchases
    from daogou.ports.index import LexicalIndex
    from daogou.shop.shop import Report, Shop
    from daogou.training.releases import Release


_INDEXED = frozenset({"lexical", "catalogue"})
"""The index, and how far the catalogue had come when it was built: one without the other would lose products."""


def train(shop: Shop, *, only: Sequence[str] = (), progress: Report | None = None) -> Release:
    """Make and activate a release with search index and knowledge graph."""

    def report(seen: recipes.Progress) -> None:
        if progress is not None:
            progress("training", seen.done / seen.total)

    release = recipes.train(
        shop.stores,
        shop.releases,
        config=shop.settings.training,
        index_factory=_indexed,
        progress=report,
        only=[*only, *(_INDEXED if _INDEXED & set(only) else ())],
        extra_artifacts={
            "catalogue": note_catalogue(shop.stores),
            "graph": lambda folder, _: write_graph(
                shop.stores, folder, believed=lambda bought: _votes(bought, shop.settings.training.trust)
            ),
            "opinions": lambda folder, _: write_opinions(shop.stores, folder, shop.lexicon),
            **_meaning(shop, progress),
        },
        now=shop.clock,
    )
    _unfinished(shop).unlink(missing_ok=True)
    if progress is not None:
        progress("training", 1.0)
    return release


def _meaning(shop: Shop, progress: Report | None) -> Mapping[str, recipes.Artifact]:
    """What products mean, where an encoder is set; only what is new or changed is encoded.

    What is encoded is kept beside until the release is whole, so that an interrupted training goes on from there.
    """
    encoder = shop.encoder
    if encoder is None:
        return {}
    active = shop.releases.active()
    before = Meaning.load(active.path("meaning")) if active and active.path("meaning").exists() else None

    def tell(part: float) -> None:
        if progress is not None:
            progress("encoding products", part)

    def write(folder: Path, products: Sequence[Product]) -> Mapping[str, float]:
        texts = [text_of(product) for product in products]
        cpu = time.process_time()
        Meaning.fit(texts, encoder, before=before, kept=_unfinished(shop), tell=tell).save(folder)
        tell(1.0)
        return {"products": float(len(products)), "cpu_s": round(time.process_time() - cpu, 2)}

    return {"meaning": write}


def _unfinished(shop: Shop) -> Path:
    return shop.folder / "cache" / "vectors.unfinished"


def _votes(bought: Purchases, config: TrustConfig) -> Votes:
    """Believe buyers in the graph as far as in bought together."""
    trust = Trust.of(bought.buyer, bought.day, config)
    return Votes(trust.voice, trust.believed)


def _indexed(products: Iterable[Product]) -> LexicalIndex:
    return build_index(list(products))
