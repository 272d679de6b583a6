"""Training a shop: the recipes, plus the artifacts only the composition root can put together."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from daogou.adapters.locks import taken
from daogou.domain.errors import Busy
from daogou.features.trust import Trust
from daogou.ingest.garbage import rare_collections
from daogou.knowledge.recipe import write as write_graph
from daogou.knowledge.together import Votes
from daogou.opinions.own_words import read_lexicon
from daogou.shop.clicked import Clicked
from daogou.shop.encoding import Encoding
from daogou.shop.lexical import Indexing
from daogou.shop.opining import Lessons
from daogou.shop.sensing import Sensing
from daogou.training import train as recipes

if TYPE_CHECKING:
    from pathlib import Path

    from daogou.features.trust import TrustConfig
    from daogou.knowledge.together import Purchases
    from daogou.shop.shop import Report, Shop
    from daogou.training.releases import Release
    from daogou.training.run import Progress


_INDEXED = frozenset({"lexical", "catalogue", "weights", "clicks"})
"""The index, and how far the catalogue had come when it was built: one without the other would lose products. What
clicks say is asked of the index."""
_READING = frozenset({"senses", "opinions"})
"""The second judge of reviews, and what both judges say."""


def train(shop: Shop, *, only: Sequence[str] = (), progress: Report | None = None) -> Release:
    """Make and activate a release with search index and knowledge graph. Raises Busy where a training goes on."""
    with _only_one(shop), rare_collections():
        return _train(shop, only=only, progress=progress)


@contextmanager
def _only_one(shop: Shop) -> Iterator[None]:
    """Two at once would want twice the memory, and the slower one would replace what the other made of newer facts."""
    note = shop.folder / ".training.json"
    lock = taken(shop.folder / ".training.lock")
    if lock is None:
        raise Busy(f"this shop is being trained {_said(note)}: wait for it, or end it", where=str(shop.folder))
    with lock:
        since = datetime.fromtimestamp(shop.clock() / 1000, UTC).isoformat(timespec="seconds")
        note.write_bytes(msgspec.json.encode({"process": os.getpid(), "host": platform.node(), "since": since}))
        try:
            yield
        finally:
            note.unlink(missing_ok=True)


def _said(note: Path) -> str:
    """Who wrote the note, and when; one that begins or ends just now has none."""
    try:
        found: dict[str, object] = msgspec.json.decode(note.read_bytes(), type=dict[str, object])
        return "by process {process} on {host} since {since}".format(**found)
    except (OSError, msgspec.DecodeError, KeyError):
        return "by another process"


def _train(shop: Shop, *, only: Sequence[str], progress: Report | None) -> Release:
    def report(seen: Progress) -> None:
        if progress is not None:
            progress("training", seen.done / seen.total)

    with_meaning = ["meaning"] if "encoder" in only else []
    together = [name for group in (_INDEXED, _READING) if group & set(only) for name in group]
    only = [*only, *together, *with_meaning]
    indexing = Indexing(shop.stores, shop.taxonomy())
    clicked = Clicked(indexing, shop.stores, shop.settings, now=shop.clock)
    lessons = _lessons(shop, progress)
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
                "weights": clicked.weigh,
                "clicks": clicked.choose,
                "graph": lambda folder, products: write_graph(
                    shop.stores, products, folder, believed=lambda bought: _votes(bought, shop.settings.training.trust)
                ),
                "senses": lessons.sense,
                "opinions": lessons.read,
                **encoding.artifacts(),
            },
            on_read=encoding.begin,
            encode=encoding.encode,
            now=shop.clock,
        )
    encoding.finished()
    if progress is not None:
        progress("training", 1.0)
    return release


def _lessons(shop: Shop, progress: Report | None) -> Lessons:
    """What reviews teach, with the encoder of the settings."""
    words = read_lexicon(shop.folder)

    def tell(part: float) -> None:
        if progress is not None:
            progress("reading reviews with the encoder", part)

    kept = shop.folder / "cache" / "mentions"
    return Lessons(shop.stores, words, Sensing(shop.base_encoder, shop.settings.training.senses, words, kept, tell))


def _votes(bought: Purchases, config: TrustConfig) -> Votes:
    """Believe buyers in the graph as far as in bought together."""
    trust = Trust.of(bought.buyer, bought.day, bought.product, config)
    return Votes(trust.voice, trust.believed)
