"""What shoppers typed, were shown and did then."""

from __future__ import annotations

from daogou.adapters.sql.database import Database, Row
from daogou.adapters.sql.event_rows import CODES
from daogou.domain.ids import Instant, ProductId
from daogou.ports.stores import Asked, Clicked, Offered, Place, Seen, Typed

_SEARCH, _SHOWN, _CLICK = CODES["search"], CODES["impression"], CODES["click"]
_PAUSE_MS = 180_000

_MOST = (
    "SELECT query, count(*) AS n FROM event WHERE type = ? AND query IS NOT NULL GROUP BY query "
    "HAVING count(DISTINCT coalesce(shopper, session)) >= ? ORDER BY n DESC, query LIMIT ?"
)


def _told(type: str) -> str:
    """Counts the events of a type, unless they are some, but of fewer people than may be told of."""
    people = f"count(DISTINCT CASE WHEN type = {type} THEN coalesce(shopper, session) END)"
    return f"CASE WHEN {people} BETWEEN 1 AND :shoppers - 1 THEN NULL ELSE sum(type = {type}) END"


_ASKED = (
    "SELECT query, sum(type = :search) AS n, "  # noqa: S608 (constants of ours)
    "count(DISTINCT CASE WHEN type = :search THEN coalesce(shopper, session) END) AS who, "
    f"{_told(':shown')}, {_told(':click')} "
    "FROM event WHERE type IN (:search, :shown, :click) AND at >= :since AND query IS NOT NULL "
    "GROUP BY query HAVING who >= :shoppers ORDER BY n DESC, query LIMIT :limit"
)
_PLACES = (
    "WITH place AS (SELECT type, shopper, session, query, position FROM event "  # noqa: S608 (constants of ours)
    "WHERE type IN (:shown, :click) AND at >= :since AND query IS NOT NULL AND position IS NOT NULL) "
    f"SELECT position, {_told(':shown')}, {_told(':click')} FROM place "
    "WHERE type = :shown OR (coalesce(shopper, session), query, position) IN "
    "(SELECT coalesce(shopper, session), query, position FROM place WHERE type = :shown) "
    "GROUP BY position HAVING count(DISTINCT coalesce(shopper, session)) >= :shoppers ORDER BY position"
)
_CLICKED = (
    "WITH shared AS (SELECT query FROM event WHERE type = :click AND at >= :since AND query IS NOT NULL "
    "GROUP BY query HAVING count(DISTINCT coalesce(shopper, session)) >= :shoppers) "
    "SELECT query, i.name, count(DISTINCT coalesce(shopper, session)) FROM event e JOIN item i ON i.id = e.item "
    "WHERE type = :click AND at >= :since AND query IN (SELECT query FROM shared) "
    "GROUP BY query, i.name ORDER BY query, i.name"
)
_REWORDED = (
    "WITH act AS (SELECT coalesce(shopper, session) AS who, type, query, at, "
    "lead(type) OVER visit AS next_type, lead(query) OVER visit AS next_query, lead(at) OVER visit AS next_at "
    "FROM event WHERE type IN (:search, :click) AND at >= :since "
    "WINDOW visit AS (PARTITION BY coalesce(session, shopper) ORDER BY at, seq)) "
    "SELECT query, next_query, count(DISTINCT who) AS n FROM act "
    "WHERE type = :search AND next_type = :search AND next_query != query AND next_at - at <= :pause "
    "GROUP BY query, next_query HAVING n >= :shoppers ORDER BY n DESC, query, next_query"
)
_OFFERED = (
    "SELECT i.name, position, count(*) FROM event e JOIN item i ON i.id = e.item "
    "WHERE type = :shown AND at <= :until AND position IS NOT NULL AND query IS NULL "
    "GROUP BY i.name, position ORDER BY i.name, position"
)
_TYPED = (
    "SELECT at, a.name, query, i.name FROM event e JOIN actor a ON a.id = coalesce(e.shopper, e.session) "
    "LEFT JOIN item i ON i.id = e.item "
    "WHERE seq > ? AND seq <= ? AND type IN (?, ?) AND query IS NOT NULL ORDER BY seq"
)
_SEEN = (
    "SELECT who, query, product, position, clicked FROM ("
    "SELECT coalesce('s' || shopper, 'v' || session) AS who, query, i.name AS product, position, "
    "max(type = :click) AS clicked, max(seq) AS latest "
    "FROM (SELECT * FROM event WHERE type IN (:shown, :click) AND at >= :since AND query IS NOT NULL "
    "AND position IS NOT NULL ORDER BY seq DESC LIMIT 2 * :limit) e JOIN item i ON i.id = e.item "
    "WHERE who IS NOT NULL GROUP BY who, query, product, position HAVING max(type = :shown) "
    "ORDER BY latest DESC LIMIT :limit) "
    "ORDER BY who, query, product, position"
)


class SqlQueries:
    """`ports.stores.Queries` and `Lists`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def most(self, limit: int, *, shoppers: int = 3) -> dict[str, int]:
        return dict(self._database.rows(_MOST, (_SEARCH, shoppers, limit)))

    def asked(self, limit: int, *, since: Instant, shoppers: int = 10) -> list[Asked]:
        return [Asked(*row) for row in self._rows(_ASKED, since, shoppers, limit=limit)]

    def places(self, *, since: Instant, shoppers: int = 10) -> list[Place]:
        return [Place(*row) for row in self._rows(_PLACES, since, shoppers)]

    def clicked(self, *, since: Instant, shoppers: int = 10) -> list[Clicked]:
        rows = self._rows(_CLICKED, since, shoppers)
        return [Clicked(query, ProductId(product), people) for query, product, people in rows]

    def reworded(self, *, since: Instant, shoppers: int = 10) -> list[tuple[str, str, int]]:
        return [(before, after, n) for before, after, n in self._rows(_REWORDED, since, shoppers, pause=_PAUSE_MS)]

    def offered(self, *, until: Instant) -> list[Offered]:
        rows = self._database.rows(_OFFERED, {"shown": _SHOWN, "until": until})
        return [Offered(ProductId(product), *rest) for product, *rest in rows]

    def typed(self, after: int, upto: int) -> list[Typed]:
        return [Typed(*row) for row in self._database.rows(_TYPED, (after, upto, _SEARCH, _CLICK))]

    def seen(self, *, since: Instant, limit: int) -> list[Seen]:
        rows = self._rows(_SEEN, since, 1, limit=limit)
        return [
            Seen(who, query, ProductId(product), place, bool(clicked), known=who[0] == "s")
            for who, query, product, place, clicked in rows
        ]

    def _rows(self, sql: str, since: Instant, shoppers: int, **more: int) -> list[Row]:
        given = {"search": _SEARCH, "shown": _SHOWN, "click": _CLICK, "since": since, "shoppers": shoppers, **more}
        return self._database.rows(sql, given)
