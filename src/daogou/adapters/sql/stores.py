"""Opens a shop's facts in a SQLite file."""

from __future__ import annotations

from pathlib import Path

from daogou.adapters.sql.catalogue import SqlCatalogue
from daogou.adapters.sql.database import Database
from daogou.adapters.sql.events import SqlEvents
from daogou.adapters.sql.kinds import SqlArticles, SqlPromotions, SqlReviews, SqlShoppers
from daogou.adapters.sql.orders import SqlOrders
from daogou.adapters.sql.queries import SqlQueries
from daogou.adapters.sql.schema import upgrade
from daogou.adapters.sql.talk import SqlConversations, SqlEdges, SqlLedger
from daogou.domain.errors import BadSettings
from daogou.ports.stores import Stores

_PREFIX = "sqlite:///"


def open_sqlite(address: str) -> Stores:
    """Open the file of "sqlite:///relative.db" or "sqlite:////absolute.db"; make or upgrade it where need be."""
    path = path_of(address)
    path.parent.mkdir(parents=True, exist_ok=True)
    upgrade(path)
    return stores_on(Database(path))


def path_of(address: str) -> Path:
    """The file an address names. Raises BadSettings where it names none."""
    if not address.startswith(_PREFIX) or len(address) == len(_PREFIX):
        raise BadSettings(f"{address!r} names no file; write sqlite:///store/daogou.db", where=address)
    return Path(address.removeprefix(_PREFIX))


def stores_on(database: Database) -> Stores:
    """Every store over one database; closing them closes it."""
    events = SqlEvents(database)
    queries = SqlQueries(database)
    return Stores(
        catalogue=SqlCatalogue(database),
        events=events,
        plain_events=events,
        followed=events,
        queries=queries,
        lists=queries,
        shoppers=SqlShoppers(database),
        orders=SqlOrders(database),
        reviews=SqlReviews(database),
        promotions=SqlPromotions(database),
        articles=SqlArticles(database),
        conversations=SqlConversations(database),
        edges=SqlEdges(database),
        ledger=SqlLedger(database),
        close=database.close,
    )
