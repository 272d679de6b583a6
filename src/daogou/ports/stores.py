"""What a shop needs from the place that keeps its facts. At most seven methods each; all synchronous.

Every implementation inherits the suite in `daogou.testing.contracts`, which says what these sentences mean exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from daogou.domain.article import Article, ArticleKind
    from daogou.domain.conversation import Message
    from daogou.domain.edge import Edge
    from daogou.domain.event import Deed, Event, EventType, PlainEvent, Recorded
    from daogou.domain.ids import (
        ArticleId,
        ConversationId,
        Instant,
        OrderId,
        ProductId,
        PromotionId,
        SessionId,
        ShopperId,
    )
    from daogou.domain.order import Order
    from daogou.domain.product import PricePoint, Product
    from daogou.domain.promotion import Promotion
    from daogou.domain.review import RatingSummary, Review
    from daogou.domain.shopper import Shopper


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a batch of events."""

    new: int
    duplicate: int


@dataclass(frozen=True, slots=True)
class EventColumns:
    """The event log in columns, ordered by (at, seq), for training. All arrays have one entry per event."""

    shoppers: tuple[str, ...]
    """Names of the actors: "shopper id", or "session:" + id for events without a shopper."""
    products: tuple[str, ...]
    types: tuple[str, ...]
    """EVENT_TYPES, to which `type` points."""
    shopper: NDArray[np.int32]
    product: NDArray[np.int32]
    type: NDArray[np.int8]
    at: NDArray[np.int64]
    """Epoch milliseconds."""
    value: NDArray[np.float32]
    """NaN where there is none."""
    offered: NDArray[np.bool_]
    """True where the event names a place in a list that nobody typed words for: the shop chose what to show."""
    last_seq: int
    """The newest log number that was read, so that a live reader can go on from there."""


class Catalogue(Protocol):
    """Products with prices over time and stock."""

    def put(self, products: Iterable[Product], *, at: Instant) -> int:
        """Insert or replace at once; a changed price adds a price point at `at`. Returns how many products changed."""

    def change(self, id: ProductId, to: Callable[[Product], Product], *, at: Instant) -> int | None:
        """Put what `to` makes of a product; nobody writes in between, in this process or another.

        Returns how many products changed; None where there is no such product. What `to` raises changes nothing.
        """

    def get(self, ids: Iterable[ProductId]) -> dict[ProductId, Product]:
        """Those that exist."""

    def scan(self) -> Iterator[Product]:
        """Every product, in the order of first insertion."""

    def changes(self, after: int) -> tuple[int, list[ProductId]]:
        """The newest change number, and the products put since `after`, oldest change first, each once."""

    def put_prices(self, points: Iterable[PricePoint]) -> int:
        """Add historic price points; one per product and moment. Does not touch the current price."""

    def prices(self, product: ProductId) -> list[PricePoint]:
        """The price history, oldest first."""

    def count(self) -> int:
        """How many products there are."""


class Events(Protocol):
    """The durable log. When `append` returns, the events are on disk."""

    def append(self, events: Sequence[Event]) -> Appended:
        """Write a batch in one transaction. An id already on record is a duplicate and changes nothing.

        Log numbers rise from batch to batch; they may leave gaps.
        """

    def append_each(self, batches: Sequence[Sequence[Event]]) -> list[Appended]:
        """Write several batches in one transaction, all or none; says of each what became of it."""

    def since(self, seq: int, *, limit: int = 10_000) -> list[Recorded]:
        """Events with a log number above `seq`, in log order."""

    def of(
        self, *, shopper: ShopperId | None = None, session: SessionId | None = None, limit: int = 200
    ) -> list[Recorded]:
        """The newest `limit` events of a shopper or a session, oldest first by (at, seq)."""

    def columns(self, types: Sequence[EventType]) -> EventColumns:
        """The events of these types that name a product and an actor, in columns."""

    def head(self) -> int:
        """The newest log number; 0 when empty. Cheap: asked before every answer."""

    def counts(self) -> dict[str, int]:
        """How many events of each type."""


class Followed(Protocol):
    """The same log, for those who remember what everybody did and take in what happens."""

    def head(self) -> int:
        """As `Events.head`."""

    def since(self, seq: int, *, limit: int = 10_000) -> list[Recorded]:
        """As `Events.since`."""

    def deeds(
        self,
        types: Sequence[EventType],
        *,
        shopper: ShopperId | None = None,
        session: SessionId | None = None,
        limit: int,
    ) -> list[Deed]:
        """The newest `limit` events of these types that name a product, of a shopper, or else of a session while nobody
        was signed in; oldest first by (at, seq). Whoever asks for the first time waits for it."""


class PlainEvents(Protocol):
    """The same log, for those who bring millions of events at once."""

    def append_plain(self, events: Sequence[PlainEvent]) -> Appended:
        """As `Events.append`, without an object for each event."""


class Shoppers(Protocol):
    def put(self, shoppers: Iterable[Shopper]) -> int: ...
    def get(self, id: ShopperId) -> Shopper | None: ...
    def scan(self) -> Iterator[Shopper]: ...
    def count(self) -> int: ...


class Orders(Protocol):
    def put(self, orders: Iterable[Order]) -> int: ...
    def get(self, id: OrderId) -> Order | None: ...
    def of(self, shopper: ShopperId, *, limit: int = 50) -> list[Order]:
        """Newest first."""

    def scan(self) -> Iterator[Order]: ...
    def count(self) -> int: ...


class Reviews(Protocol):
    def put(self, reviews: Iterable[Review]) -> int:
        """Insert or replace by id; an empty id is derived from the content. Returns how many changed."""

    def of(self, product: ProductId, *, limit: int = 50) -> list[Review]:
        """Most helpful first, then newest."""

    def changes(self, after: int) -> tuple[int, list[ProductId]]:
        """The newest change number, and the products of the reviews put since `after`, oldest change first, each once.

        Reviews that are put together may share a number.
        """

    def summaries(self, products: Iterable[ProductId]) -> dict[ProductId, RatingSummary]:
        """For those of the products that have a rated review."""

    def scan(self) -> Iterator[Review]: ...
    def count(self) -> int: ...


class Promotions(Protocol):
    def put(self, promotions: Iterable[Promotion]) -> int: ...
    def get(self, id: PromotionId) -> Promotion | None: ...
    def active(self, at: Instant) -> list[Promotion]:
        """Those that hold at the moment, highest priority first, then by id."""

    def scan(self) -> Iterator[Promotion]: ...
    def count(self) -> int: ...


class Articles(Protocol):
    def put(self, articles: Iterable[Article]) -> int: ...
    def get(self, id: ArticleId) -> Article | None: ...
    def of(self, *, kind: ArticleKind | None = None, topic: str | None = None) -> list[Article]:
        """In order of id."""

    def scan(self) -> Iterator[Article]: ...
    def count(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A message with the number that orders all of them."""

    number: int
    message: Message


class Dialogue(Protocol):
    """What answering in a conversation needs."""

    def append(self, message: Message) -> None: ...
    def of(self, id: ConversationId, *, limit: int = 40) -> list[Message]:
        """The newest messages, oldest first."""


class Conversations(Dialogue, Protocol):
    def since(self, number: int, *, limit: int = 1000) -> list[Kept]:
        """Messages of all conversations with a number above this one, in the order in which they were kept."""

    def count(self) -> int: ...


class Edges(Protocol):
    """The knowledge graph's facts with provenance."""

    def replace(self, source: str, edges: Iterable[Edge]) -> int:
        """Make these the only edges of `source`; returns how many it has. Writes of others may come in between, and
        whoever reads meanwhile finds some of those before and some of these."""

    def of(self, node: str, *, limit: int = 200) -> list[Edge]:
        """Edges that start or end at the node, heaviest first."""

    def scan(self) -> Iterator[Edge]: ...
    def count(self) -> int: ...


class Ledger(Protocol):
    """Small facts about the shop itself: imports that were run, settings of the console, keys."""

    def put(self, kind: str, key: str, value: Mapping[str, object]) -> None: ...
    def get(self, kind: str, key: str) -> Mapping[str, object] | None: ...
    def of(self, kind: str) -> list[tuple[str, Mapping[str, object]]]:
        """In order of key."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of one query."""

    query: str
    searches: int
    shoppers: int
    """How many different shoppers or sessions searched for it."""
    shown: int | None
    """Impressions in the lists it brought; None: before fewer different people than may be told of, but some."""
    clicks: int | None
    """None: by fewer, but some."""


@dataclass(frozen=True, slots=True)
class Place:
    """What became of one place in the lists of searches, 0 the first."""

    position: int
    shown: int | None
    """None: before fewer different people than may be told of, but some."""
    clicks: int | None
    """None: by fewer, but some."""


@dataclass(frozen=True, slots=True)
class Clicked:
    """How many different shoppers or sessions clicked a product in the answers to a query."""

    query: str
    product: ProductId
    people: int


@dataclass(frozen=True, slots=True)
class Offered:
    """How often a product was shown at a place, 0 the first, of lists that nobody typed words for."""

    product: ProductId
    position: int
    shown: int


@dataclass(frozen=True, slots=True)
class Typed:
    """A search, or a click on a product that it brought."""

    at: Instant
    who: str
    """The shopper's id, or "session:" and the session's."""
    query: str
    product: ProductId | None


class Queries(Protocol):
    """What shoppers typed, were shown and did then, read off the event log.

    Of words nothing is told that fewer different shoppers or sessions typed than asked for: one person's stay theirs.
    Only `typed` gives single searches, for counting; their words go no further.
    """

    def most(self, limit: int, *, shoppers: int = 3) -> dict[str, int]:
        """The searches of at least so many different shoppers or sessions, with how often they were made, most first.

        Ties in order of the text.
        """

    def asked(self, limit: int, *, since: Instant, shoppers: int = 10) -> list[Asked]:
        """The most frequent searches since a moment with what followed them; ties in order of the text."""

    def places(self, *, since: Instant, shoppers: int = 10) -> list[Place]:
        """The places of lists that searches brought since a moment, first place first.

        Only clicks of people to whom the place was reported as shown count: a shop may report a part of what it shows.
        """

    def clicked(self, *, since: Instant, shoppers: int = 10) -> list[Clicked]:
        """What was clicked since a moment where a search brought it, in order of query and product.

        Of queries after which so many different shoppers or sessions clicked something; one product may be fewer's.
        """

    def reworded(self, *, since: Instant, shoppers: int = 10) -> list[tuple[str, str, int]]:
        """Which search followed which within three minutes of one visit without a click between, and for how many
        shoppers or sessions; most first, ties in order of the texts."""

    def offered(self, *, until: Instant) -> list[Offered]:
        """What was shown up to a moment in lists that nobody typed words for, in order of product and place."""

    def typed(self, after: int, upto: int) -> list[Typed]:
        """The searches, and the clicks that they brought, with log numbers above `after` and up to `upto`, in order."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A person was shown a product at a place of a search's list, once or more often."""

    who: str
    query: str
    product: ProductId
    position: int
    clicked: bool
    known: bool = True
    """Is it a shopper, and not a visit of somebody who is not signed in?"""


class Lists(Protocol):
    """The lists of searches person by person, for training: what is told of them comes from `Queries`."""

    def seen(self, *, since: Instant, limit: int) -> list[Seen]:
        """What each person was shown after a query since a moment, where it says the place, and whether they clicked it
        there; each person, query, product and place once, in this order. Of more than `limit`, the latest, among the
        latest events of twice that number, so that a long log costs no more."""


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything a shop has on record."""

    catalogue: Catalogue
    events: Events
    plain_events: PlainEvents
    """The log of `events`, written from plain rows."""
    followed: Followed
    """The log of `events` once more."""
    queries: Queries
    lists: Lists
    shoppers: Shoppers
    orders: Orders
    reviews: Reviews
    promotions: Promotions
    articles: Articles
    conversations: Conversations
    edges: Edges
    ledger: Ledger
    close: Callable[[], None] = field(default=lambda: None, compare=False)
    """Lets go of files and connections; nothing may be asked of the stores afterwards."""
