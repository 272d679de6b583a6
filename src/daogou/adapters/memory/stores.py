"""Opens a set of empty stores in memory."""

from __future__ import annotations

from daogou.adapters.memory.catalogue import MemoryCatalogue
from daogou.adapters.memory.events import MemoryEvents
from daogou.adapters.memory.kinds import (
    MemoryArticles,
    MemoryOrders,
    MemoryPromotions,
    MemoryReviews,
    MemoryShoppers,
)
from daogou.adapters.memory.queries import MemoryQueries
from daogou.adapters.memory.talk import MemoryConversations, MemoryEdges, MemoryLedger
from daogou.ports.stores import Stores


def open_memory(address: str = "memory://") -> Stores:
    """Open new, empty stores; two calls never share anything, whatever the address says."""
    events = MemoryEvents()
    queries = MemoryQueries(events)
    return Stores(
        catalogue=MemoryCatalogue(),
        events=events,
        plain_events=events,
        followed=events,
        queries=queries,
        lists=queries,
        shoppers=MemoryShoppers(),
        orders=MemoryOrders(),
        reviews=MemoryReviews(),
        promotions=MemoryPromotions(),
        articles=MemoryArticles(),
        conversations=MemoryConversations(),
        edges=MemoryEdges(),
        ledger=MemoryLedger(),
    )
