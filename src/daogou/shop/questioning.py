"""What shoppers ask, in conversations with the assistant and as searches, and whether the record answers it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from daogou.domain.ids import DAY_MS, ConversationId, Instant, ProductId
from daogou.domain.text import Text
from daogou.opinions.replies import Reply, cited, replies, stated
from daogou.opinions.tally import SHOP, About, Tally
from daogou.opinions.topics import Topic, Topics, is_question, topics_of
from daogou.shop.searching import AT_LEAST

if TYPE_CHECKING:
    from daogou.domain.article import Article, ArticleKind
    from daogou.domain.conversation import Answer, Message
    from daogou.domain.product import Product
    from daogou.ports.stores import Typed
    from daogou.shop.shop import Shop

DAYS = 90
"""How far back questions are counted."""
_AT_ONCE_S = 0.02
"""Seconds for which questions that came since are read while somebody waits for a product's page."""
_EVENTS, _MESSAGES = 5_000, 200
"""Log numbers, and messages, that are read in one go."""
OFTEN = 6
"""Topics that a product's page shows."""
_REVIEWS = 50
"""Reviews of a product in which words are looked for, most helpful first."""
_LINES, _PRODUCTS = 60, 200
"""Lines of a report, and products of a kind that are looked at for each."""
_VISIT = "session:"
"""What begins the name of somebody who is not signed in."""
_TALKS = 10_000
"""Conversations whose last product, or last question, is remembered."""
_CITED: tuple[ArticleKind, ...] = ("policy", "faq")
"""Pages that answer questions."""
_ABOUT_A_PRODUCT = frozenset({"details", "price", "price_history", "stock", "trait", "reviews"})
"""Intents whose answers show the products that were meant."""
_PERSONAL = frozenset({"order_status", "hand_over"})
"""Intents of one person's own affairs."""


@dataclass(frozen=True, slots=True)
class OftenAsked:
    """A topic that is often asked about, for one product."""

    topic: Topic
    people: int
    """Different shoppers or sessions in the last ninety days."""
    of: Literal["product", "kind"]
    """Whether they asked about this product, or about products of its kind."""
    replies: tuple[Reply, ...]
    """What the record says; empty where it says nothing."""


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A topic that is often asked about, with what lacks an answer."""

    of: Literal["product", "kind", "shop"]
    about: Text
    """Title of the product, name of the kind of goods; empty for the shop."""
    product: ProductId | None
    topic: Topic
    people: int
    replies: tuple[Reply, ...]
    """For a product, or for the shop as a whole."""
    silent: tuple[ProductId, ...]
    """Products whose catalogue entry says nothing, where no page of the shop does."""
    looked_at: int
    """Products that were looked at."""

    @property
    def answered(self) -> bool:
        """Does the record answer it, of every product that was looked at?"""
        return not self.silent and bool(self.replies or self.of == "kind")


class Questions:
    """Reads conversations and searches as they come; counts by topic, and keeps no words."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._lock = threading.Lock()
        self._start_over()

    def of(self, product: Product, *, limit: int = OFTEN) -> list[OftenAsked]:
        """What is asked often about a product, then what is about its kind; most asked first.

        Of what was asked since the last time only so much is read as takes a moment; `catch_up` reads all of it.
        """
        with self._lock:
            self._listen()
            since, often = self._since(), self._tally.often
            own = often(("product", product.id), since=since, people=AT_LEAST)
            kind = _kind(product)
            of_kind = often(kind, since=since, people=AT_LEAST) if kind is not None else []
            topics = self._topics
        asked = [(topic, people, True) for topic, people in own]
        asked += [(topic, people, False) for topic, people in of_kind if topic not in dict(own)]
        return [
            OftenAsked(topic, people, "product" if itself else "kind", self._replies(topic, topics, product))
            for id, people, itself in asked[:limit]
            for topic in [topics.topic(id)]
        ]

    def topics_of(self, text: str) -> list[Topic]:
        """The topics that a text names."""
        topics = self._topics
        return [topics.topic(id) for id in topics.asked(text)]

    def on(self, topic: str, product: Product) -> tuple[Reply, ...]:
        """What the record says on a topic, by its id, of one product."""
        topics = self._topics
        return self._replies(topics.topic(topic), topics, product)

    def report(self) -> list[AskedLine]:
        """What enough people asked, what lacks an answer first, then most asked first."""
        self.catch_up()
        with self._lock:
            every = list(self._tally.every(since=self._since(), people=AT_LEAST))
            topics = self._topics
        pages = self._pages()
        every.sort(key=lambda each: (-each[2], *each[:2]))
        lines = [
            self._line(about, topics.topic(topic), topics, people, pages) for about, topic, people in every[:_LINES]
        ]
        return sorted(filter(None, lines), key=lambda line: line.answered)

    def _line(self, about: About, topic: Topic, topics: Topics, people: int, pages: list[Article]) -> AskedLine | None:
        of, name = about
        if of == "product":
            product = self._shop.product(name)
            if product is None or product.hidden:
                return None
            found = self._replies(topic, topics, product)
            return AskedLine(of, product.title, product.id, topic, people, found, () if found else (product.id,), 1)
        if of == "kind":
            shelf = self._shop.engine.shelf
            rows = sorted(shelf.rows_having("category", name))
            shown = [p for row in rows if (p := shelf.products[row]) is not None and not p.hidden][:_PRODUCTS]
            if not shown:
                return None
            silent = tuple(product.id for product in shown if not stated(topic, topics, product, pages))
            return AskedLine(of, shelf.label("category", name), None, topic, people, (), silent, len(shown))
        found = tuple(cited(topic, topics, pages))
        return AskedLine(of, Text(), None, topic, people, found, (), 0) if topic.pages else None

    def _replies(self, topic: Topic, topics: Topics, product: Product) -> tuple[Reply, ...]:
        shop = self._shop
        return tuple(
            replies(
                topic,
                topics,
                product=product,
                pages=self._pages(),
                summary=shop.review_summary(product.id),
                reviews=shop.reviews(product.id, limit=_REVIEWS),
            )
        )

    def _pages(self) -> list[Article]:
        articles = self._shop.stores.articles
        return [article for kind in _CITED for article in articles.of(kind=kind)]

    def _since(self) -> Instant:
        return Instant(self._shop.clock() - DAYS * DAY_MS)

    def _start_over(self) -> None:
        self._lexicon = self._shop.lexicon
        self._topics = topics_of(self._lexicon)
        self._tally = Tally()
        self._event = self._message = 0
        self._forgotten = self._since()
        self._said: dict[ConversationId, Message] = {}
        self._table: dict[ConversationId, ProductId] = {}

    def catch_up(self) -> None:
        """Read everything that was asked; others may be answered in between."""
        behind = True
        while behind:
            with self._lock:
                behind = self._listen()

    def _listen(self) -> bool:
        """Read for a moment of what has come since the last time; returns whether there may be more."""
        if self._shop.lexicon is not self._lexicon:  # other words: what was asked is read anew
            self._start_over()
        began = time.monotonic()
        for _ in self._read():
            if time.monotonic() - began > _AT_ONCE_S:
                return True
        if self._since() - self._forgotten > DAY_MS:  # what is older is not counted in between either
            self._forgotten = self._since()
            self._tally.forget(self._forgotten)
        return False

    def _read(self) -> Iterator[None]:
        while kept := self._shop.stores.conversations.since(self._message, limit=_MESSAGES):
            for each in kept:
                self._message = each.number
                self._hear(each.message)
                yield
        head = self._shop.stores.events.head()
        while self._event < head:
            upto = min(self._event + _EVENTS, head)
            for typed in self._shop.stores.queries.typed(self._event, upto):
                self._type(typed)
            self._event = upto
            yield

    def _hear(self, message: Message) -> None:
        """Note a question once its answer says which product was meant."""
        if message.role == "shopper":
            self._said.pop(message.conversation, None)
            self._said[message.conversation] = message
            if len(self._said) > _TALKS:  # of those that wait for an answer the oldest will not get one any more
                del self._said[next(iter(self._said))]
            return
        said = self._said.pop(message.conversation, None)
        if said is None or message.answer is None:
            return
        if message.answer.intent not in _PERSONAL and said.at >= self._since() and is_question(said.text):
            who = said.shopper or f"{_VISIT}{said.conversation.removeprefix('web:')}"
            meant = self._meant(message.answer, said.conversation)
            self._note(who, said.at, said.text, meant, trait=message.answer.intent == "trait")
        focus = message.answer.slots.get("focus")
        self._table.pop(message.conversation, None)
        if focus:
            self._table[message.conversation] = ProductId(focus)
        if len(self._table) > _TALKS:
            del self._table[next(iter(self._table))]

    def _meant(self, answer: Answer, conversation: ConversationId) -> list[ProductId]:
        """The products that a question was about: those of its answer, else what was spoken of before."""
        if answer.intent in _ABOUT_A_PRODUCT:
            return [hit.product for hit in answer.products]
        before = self._table.get(conversation)
        return [before] if before else []

    def _type(self, typed: Typed) -> None:
        if typed.at >= self._since() and is_question(typed.query):
            self._note(typed.who, typed.at, typed.query, [typed.product] if typed.product else [])

    def _note(self, who: str, at: Instant, text: str, products: Sequence[ProductId], *, trait: bool = False) -> None:
        """Count what a question is about. Only one on a trait is about the attributes whose values it names: elsewhere
        they stand in the title of a product."""
        if who.startswith(_VISIT) and self._shop.settings.shop.people == "shoppers":
            return
        understood = self._shop.understand(text)
        named = [slot.name for slot in understood.slots if slot.kind == "attribute" and slot.name != "words"]
        topics = self._topics.asked(text, named if trait else ())
        if not topics:
            return
        category = understood.where.category
        about: list[About] = [SHOP]
        if category is not None:
            about.append(("kind", category))
            products = [id for id in products if self._is_of(id, category)]  # other goods are named than those before
        for id in products:
            product = self._shop.product(id)
            kind = _kind(product) if product is not None else None
            about += [("product", id), *([kind] if kind is not None else ())]
        self._tally.note(who, at, topics, dict.fromkeys(about))

    def _is_of(self, id: ProductId, category: str) -> bool:
        product = self._shop.product(id)
        return product is not None and category in {step.key for step in product.category}


def _kind(product: Product) -> About | None:
    """The narrowest kind of goods that a product is of; None for one without a category, which has none in common with
    others like it."""
    return ("kind", product.category[-1].key) if product.category else None
