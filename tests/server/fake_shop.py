"""A shop that answers at once from memory, with the calls the server makes of a real one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from starlette.testclient import TestClient

from daogou.adapters.memory.stores import open_memory
from daogou.domain.conversation import Answer, Claim
from daogou.domain.errors import NotFound
from daogou.domain.event import Event
from daogou.domain.hit import Hit, Reason
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.domain.money import Money
from daogou.domain.product import Product
from daogou.domain.query import Understood
from daogou.domain.text import Text, language_of
from daogou.opinions.aspects import lexicon
from daogou.opinions.doubts import Doubt, doubts
from daogou.opinions.mining import opinions
from daogou.opinions.summary import ReviewSummary, summarise
from daogou.opinions.voices import Voices
from daogou.ports.stores import Appended, Stores
from daogou.profile.build import Profile, build_profile
from daogou.promotions.basket import Basket
from daogou.promotions.pricing import price
from daogou.recommend.explanation import Counterfactual, Explanation
from daogou.recommend.reading import Reading
from daogou.search.worth import Worth
from daogou.server.auth import create_key
from daogou.settings import Settings
from daogou.settings.synonyms import add_group, read_synonyms, synonyms_text, write_synonyms
from daogou.shop.questioning import Questions
from daogou.shop.searching import report
from daogou.shop.shown import Shown
from daogou.shop.suggesting import AttributeSuggestions

NOW = Instant(1_750_000_000_000)


def lengths(texts: Sequence[str]) -> np.ndarray:
    """The vectors of the fake shop's encoder: how long each text is."""
    return np.array([[len(text), 0.0] for text in texts])


@dataclass
class FakeShop:
    """Finds by part of the title, recommends what the shopper has not seen, in order of id."""

    notice = None

    folder: Path
    settings: Settings = field(default_factory=Settings)
    stores: Stores = field(default_factory=open_memory)
    now: Instant = NOW
    refusal: Exception | None = None
    """Raised by `record_async` and by searches, where set."""
    gate: threading.Event | None = None
    """Events are kept waiting until it is set."""
    encoder: Any = field(default_factory=lambda: SimpleNamespace(name="letters", passages=lengths))
    waiting: int = 0
    """How many times events came in."""

    release_id = "r1"
    looked = (1.0, 0.55)
    weights_said = Worth({"new": 0.5}).said()

    def known(self, events: Sequence[Event]) -> tuple[list[Event], list[ProductId]]:
        named = [event.product for event in events if event.product is not None]
        have = self.stores.catalogue.get(named)
        return list(events), [id for id in dict.fromkeys(named) if id not in have]

    def clock(self) -> Instant:
        return self.now

    def search(self, text: str, *, k: int = 10, offset: int = 0, **options: Any) -> Shown:
        self.asked = options
        if self.refusal:
            raise self.refusal
        found = [p for p in self.stores.catalogue.scan() if text in p.title.en or text in p.title.zh]
        return self._shown(found[offset : offset + k], Reason("words", Text(zh="标题", en="title"), 1.0), len(found))

    def recommend(
        self, *, shopper: str | None = None, session: str | None = None, k: int = 10, **options: Any
    ) -> Shown:
        self.asked = options | {"shopper": shopper, "session": session}
        seen = {r.event.product for r in self.stores.events.of(shopper=shopper, session=session)}
        fresh = [p for p in self.stores.catalogue.scan() if p.id not in seen]
        return self._shown(fresh[:k], Reason("popular", Text(zh="热门", en="popular"), 0.5), None)

    @property
    def synonyms(self) -> tuple[tuple[str, ...], ...]:
        return read_synonyms(self.folder)

    @property
    def synonyms_text(self) -> str:
        return synonyms_text(self.folder)

    def set_synonyms(self, text: str, *, seen: str | None = None) -> Any:
        return write_synonyms(self.folder, text, seen=seen)

    def add_synonyms(self, words: Sequence[str]) -> Any:
        return add_group(self.folder, words)

    def search_report(self, *, days: int = 30, language: Any = None) -> Any:
        return report(self, days=days, language=language)  # type: ignore[arg-type]

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Any]:
        return []

    def understand(self, text: str) -> Understood:
        return Understood(text, language_of(text), tuple(text.split()))

    @property
    def pictures(self) -> Path:
        return self.folder / "pictures"

    @property
    def releases(self) -> Any:
        from daogou.training.releases import Releases

        return Releases(self.folder / "models")

    def new_conversation(self) -> str:
        return "c1"

    def price_basket(self, lines: Sequence[Any], *, code: str | None = None) -> Any:
        basket, at = Basket(tuple(lines)), self.clock()
        return price(basket, self.stores.promotions.active(at), at, code=code, find=self.product)

    def product(self, id: str) -> Product | None:
        return self.stores.catalogue.get([ProductId(id)]).get(ProductId(id))

    def prices(self, id: str) -> list[Any]:
        return self.stores.catalogue.prices(ProductId(id))

    def explain(self, shopper: str, product: str) -> Explanation:
        if self.product(product) is None:
            raise NotFound(f"no product {product!r}", where=product)
        why = Counterfactual(Reason("popular", Text(zh="热门", en="popular"), 1.0), 0.25, None)
        return Explanation(ShopperId(shopper), ProductId(product), "r1", 1.0, 0, {"content": 1.0}, (why,))

    def articles_for(self, *, product: str | None = None, k: int = 5, **options: Any) -> list[Any]:
        about = Reason("history", Text(zh="有关", en="about"), 1.0)
        return [
            (article, Reading(article.id, float(product in article.products), (about,)))
            for article in self.stores.articles.scan()
        ][:k]

    def review_summary(self, id: str) -> ReviewSummary:
        return summarise(ProductId(id), self.reviews(id, limit=500))

    lexicon = lexicon()

    @property
    def voices(self) -> Voices:
        return Voices.gather((review, opinions(review)) for review in self.stores.reviews.scan())

    @property
    def doubts(self) -> list[Doubt]:
        return doubts(self.stores.reviews.scan())

    @cached_property
    def suggested_attributes(self) -> AttributeSuggestions:
        return AttributeSuggestions(self.stores, self.clock)

    @cached_property
    def questions(self) -> Questions:
        return Questions(self)  # type: ignore[arg-type]

    def reviews(self, id: str, *, limit: int = 50) -> list[Any]:
        return self.stores.reviews.of(ProductId(id), limit=limit)

    def ratings(self, ids: Sequence[str]) -> dict[Any, Any]:
        return self.stores.reviews.summaries([ProductId(id) for id in ids])

    def profile(self, shopper: str) -> Profile:
        id = ShopperId(shopper)
        known = self.stores.shoppers.get(id)
        return build_profile(id, shopper=known, events=self.stores.events.of(shopper=id), product=self.product)

    def record_async(self, events: Sequence[Event]) -> Future[Appended]:
        if self.refusal:
            raise self.refusal
        self.waiting += 1
        future: Future[Appended] = Future()
        future.set_running_or_notify_cancel()
        threading.Thread(target=self._append, args=(events, future), daemon=True).start()
        return future

    async def chat(self, text: str, *, conversation: str, shopper: str | None = None, language: Any = None) -> Answer:
        self.asked = {"conversation": conversation, "shopper": shopper}
        hit = Hit(ProductId("p1"), 1.0)
        claim = Claim("39.00", "price", "3900 USD", "product:p1#price")
        return Answer(f"You said {text}. It costs 39.00.", language or "en", "find", {}, (hit,), (claim,))

    def activate(self, release: str) -> None:
        raise NotFound(f"no release {release!r}", where="release")

    def close(self) -> None: ...

    def _append(self, events: Sequence[Event], future: Future[Appended]) -> None:
        if self.gate:
            self.gate.wait()
        future.set_result(self.stores.events.append(events))

    def _shown(self, products: Sequence[Product], reason: Reason, total: int | None) -> Shown:
        hits = tuple(Hit(p.id, 1.0, (reason,)) for p in products)
        return Shown(hits, "r1", total, products={p.id: p for p in products})


def fill(shop: FakeShop) -> FakeShop:
    """Put five products on record."""
    titles = (
        ("跑鞋", "running shoes"),
        ("茶壶", "teapot"),
        ("台灯", "desk lamp"),
        ("雨伞", "umbrella"),
        ("", "kettle"),
    )
    products = [
        Product(ProductId(f"p{i}"), Text(zh=zh, en=en), price=Money(1000 * i + 900, "USD"))
        for i, (zh, en) in enumerate(titles, 1)
    ]
    shop.stores.catalogue.put(products, at=NOW)
    return shop


@dataclass
class Served:
    """A fake shop behind its HTTP surface."""

    shop: FakeShop
    http: TestClient

    def key(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {create_key(self.shop.stores, role, role)}"}

    def token(self, shopper: str | None = "u1", session: str | None = None) -> dict[str, str]:
        gate = self.http.app.state.gate  # type: ignore[attr-defined]
        return {"Authorization": f"Bearer {gate.token(shopper=shopper, session=session)}"}
