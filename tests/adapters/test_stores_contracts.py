"""Memory and SQLite keep every store's contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from daogou.adapters.addresses import open_stores
from daogou.ports.stores import Stores
from daogou.testing.contracts.catalogue import CatalogueContract
from daogou.testing.contracts.events import EventsContract
from daogou.testing.contracts.records import (
    ArticlesContract,
    OrdersContract,
    PromotionsContract,
    ReviewsContract,
    ShoppersContract,
)
from daogou.testing.contracts.talk import ConversationsContract, EdgesContract, LedgerContract


@pytest.fixture(params=["memory://", "sqlite:///{}/shop.db"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    opened = open_stores(request.param.format(tmp_path))
    yield opened
    opened.close()


class TestCatalogue(CatalogueContract): ...


class TestEvents(EventsContract): ...


class TestShoppers(ShoppersContract): ...


class TestOrders(OrdersContract): ...


class TestReviews(ReviewsContract): ...


class TestPromotions(PromotionsContract): ...


class TestArticles(ArticlesContract): ...


class TestConversations(ConversationsContract): ...


class TestEdges(EdgesContract): ...


class TestLedger(LedgerContract): ...
