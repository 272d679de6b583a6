"""A shop, opened: every call the command line, the HTTP routes and a notebook make."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from daogou.adapters.encoders import open_encoder
from daogou.domain.errors import BadSettings, DaogouError
from daogou.domain.ids import ConversationId, Instant, ProductId, SessionId, ShopperId, VariantId, current_instant
from daogou.opinions.own_words import read_lexicon
from daogou.recommend.request import RecommendRequest
from daogou.settings import Settings, read
from daogou.settings.rules import FILE as RULES
from daogou.settings.rules import add_rule, read_rules, remove_rule, rules_text, write_rules
from daogou.settings.synonyms import FILE as SYNONYMS
from daogou.settings.synonyms import add_group, read_apart, read_synonyms, synonyms_text, write_synonyms
from daogou.settings.taxonomy import read_taxonomy
from daogou.shop.engine import Engine
from daogou.shop.shown import Shown
from daogou.shop.watching import Watched

if TYPE_CHECKING:
    from concurrent.futures import Future

    from daogou.assistant.assistant import Assistant
    from daogou.domain.article import Article
    from daogou.domain.conversation import Answer
    from daogou.domain.event import Event
    from daogou.domain.hit import Hits
    from daogou.domain.kinds import Kind
    from daogou.domain.product import PricePoint, Product
    from daogou.domain.query import Sort, Understood, Where
    from daogou.domain.review import RatingSummary, Review
    from daogou.domain.rule import Rule
    from daogou.domain.text import Language, Text
    from daogou.ingest.reading.habits import Dates, Decimal
    from daogou.ingest.report import ImportReport
    from daogou.ingest.run import Progress
    from daogou.opinions.aspects import Lexicon
    from daogou.opinions.doubts import Doubt
    from daogou.opinions.summary import ReviewSummary
    from daogou.opinions.voices import Voices
    from daogou.ports.encoder import Encoder
    from daogou.ports.stores import Appended, Stores
    from daogou.profile.build import Profile
    from daogou.promotions.basket import BasketLine, Priced
    from daogou.recommend.explanation import Explanation
    from daogou.recommend.reading import Reading
    from daogou.search.suggest import Suggestion
    from daogou.shop.questioning import Questions
    from daogou.shop.searching import SearchReport
    from daogou.shop.suggesting import AttributeSuggestions
    from daogou.training.releases import Release, Releases

Report = Callable[[str, float], None]
_log = logging.getLogger(__name__)
_LOOK_FOR_RELEASE_S = 1.0
_PAUSE_S = 60.0
"""Until a release that could not be opened is tried again."""
_PROFILE_EVENTS = 500
_SUMMED_REVIEWS = 500


class Shop:
    """One shop. Safe to use from several threads; close it when done."""

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        *,
        stores: Stores,
        releases: Releases,
        clock: Callable[[], Instant] | None = None,
    ) -> None:
        from daogou.adapters.group_commit import GroupCommit

        self.folder = folder
        self.settings = settings
        self.stores = stores
        self.releases = releases
        self.clock = clock or current_instant
        self._log = GroupCommit(stores.events, max_waiting=settings.store.max_waiting)
        self._engine: Engine | None = None
        self._loading = threading.Lock()
        self._opening: threading.Thread | None = None
        self._looked = 0.0
        self._assistant: Assistant | None = None

    def close(self) -> None:
        """Write what waits for the disk and let go of the store."""
        self._log.close()
        if self._opening is not None:
            self._opening.join()
        if self._engine is not None:
            self._engine.close()
        self.stores.close()

    @property
    def pictures(self) -> Path:
        """Where the pictures that products name as /pictures/… lie."""
        return self.folder / "pictures"

    @property
    def notice(self) -> Text | None:
        """What every page must say of this shop: that its shoppers are simulated, if they are."""
        if not self.settings.shop.simulated:
            return None
        from daogou.evaluation.simulator import NOTICE

        return NOTICE

    @property
    def release_id(self) -> str:
        """The release that answers now; empty before the first training."""
        return self.engine.release_id

    @property
    def engine(self) -> Engine:
        """The parts that answer, replaced as a whole.

        What another process activates is opened beside them, and they answer until it is ready: nobody waits for it.
        """
        engine = self._engine
        if engine is None:
            with self._loading:
                engine = self._engine = self._engine or self._load()
                self._looked = time.monotonic()
        elif time.monotonic() - self._looked > _LOOK_FOR_RELEASE_S:
            self._looked = time.monotonic()
            self._follow(engine)
        return engine

    def _follow(self, engine: Engine) -> None:
        """Begin to open the active release where another answers, unless that is under way."""
        under_way = self._opening is not None and self._opening.is_alive()
        if self.releases.active_id() != (engine.release_id or None) and not under_way:
            self._opening = threading.Thread(target=self._replace, args=(engine,), name="release", daemon=True)
            self._opening.start()

    def _replace(self, engine: Engine) -> None:
        """Put the active release in the place of `engine`, unless somebody here has done so meanwhile."""
        with self._loading:
            if self._engine is not engine:
                return
            try:
                self._engine = self._load()
            except DaogouError as error:  # nobody asked for it: the release that works goes on answering
                self._looked = time.monotonic() + _PAUSE_S
                _log.error("release %s goes on answering: %s", engine.release_id, error.message)

    @property
    def encoder(self) -> Encoder | None:
        """The text encoder that answers now: of the settings, or what the release made of it."""
        return self.engine.encoder

    @cached_property
    def base_encoder(self) -> Encoder | None:
        """The text encoder of the settings, if they name one. Raises BadSettings."""
        return open_encoder(self.settings.encoder.address, cache=self.folder / "cache")

    def _load(self) -> Engine:
        rules = Watched[tuple["Rule", ...]](self.folder, RULES, read_rules, empty=())
        synonyms = Watched[tuple[tuple[str, ...], ...]](self.folder, SYNONYMS, read_synonyms, empty=())
        apart = Watched[tuple[tuple[str, ...], ...]](self.folder, SYNONYMS, read_apart, empty=())
        files: tuple[Watched[Any], ...] = (rules, synonyms, apart)
        for file in files:
            file.refresh()
            if file.problem is not None:
                raise BadSettings(file.problem, where=file.name)
        return Engine.load(
            self.settings,
            stores=self.stores,
            releases=self.releases,
            rules=rules,
            synonyms=synonyms,
            apart=apart,
            encoder=self.base_encoder,
            taxonomy=self.taxonomy(),
            words=read_lexicon(self.folder),
            clock=lambda: self.clock(),  # noqa: PLW0108 (it may be replaced)
        )

    def taxonomy(self) -> list[Text]:
        """Kinds of goods in both languages, of the file that `[language] taxonomy` names."""
        name = self.settings.language.taxonomy
        return read_taxonomy(self.folder / name) if name else []

    @property
    def rules_text(self) -> str:
        """rules.toml as it is; empty where there is none."""
        return rules_text(self.folder)

    def set_rules(self, text: str, *, seen: str | None = None) -> tuple[Rule, ...]:
        """Replace rules.toml; within a second answers follow it. Raises BadSettings, and then nothing changes.

        `seen`: the `stamp` of the text that was changed; where somebody else has changed it since, that is an error.
        """
        return write_rules(self.folder, text, seen=seen)

    def add_rule(self, fields: Mapping[str, Any]) -> tuple[Rule, ...]:
        """Add a rule to rules.toml, its fields named as there. Raises BadSettings, and then nothing changes."""
        return add_rule(self.folder, fields)

    def remove_rule(self, name: str) -> tuple[Rule, ...]:
        """Take a rule out of rules.toml. Raises BadSettings, and then nothing changes."""
        return remove_rule(self.folder, name)

    @property
    def synonyms(self) -> tuple[tuple[str, ...], ...]:
        """Groups of words that mean the same in this shop."""
        return self.engine.synonyms.now

    @property
    def synonyms_text(self) -> str:
        """synonyms.toml as it is; empty where there is none."""
        return synonyms_text(self.folder)

    def set_synonyms(self, text: str, *, seen: str | None = None) -> tuple[tuple[str, ...], ...]:
        """Replace synonyms.toml; within a second searches follow it. Raises BadSettings, and then nothing changes.

        `seen`: the `stamp` of the text that was changed; where somebody else has changed it since, that is an error.
        """
        return write_synonyms(self.folder, text, seen=seen)

    def add_synonyms(self, words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Add a group to synonyms.toml, for searches within a second. Raises BadSettings, and then nothing changes."""
        return add_group(self.folder, words)

    @property
    def looked(self) -> tuple[float, ...]:
        """How likely each place of a search's list is looked at, beside the first; empty where clicks do not tell."""
        return self.engine.looked

    @property
    def weights_said(self) -> Text:
        """What clicks have taught that the parts of a search's score are worth, as a sentence; empty for nothing."""
        return self.engine.weights_said

    def search_report(self, *, days: int = 30, language: Language | None = None) -> SearchReport:
        """What was searched for in the last days, what finds nothing, where shoppers click, and likely synonyms.

        Every query and place stands for at least ten different shoppers or sessions. `language` is that of what is
        said of a query; None: its own.
        """
        from daogou.shop.searching import report

        return report(self, days=days, language=language)

    def search(
        self,
        text: str,
        *,
        k: int = 10,
        offset: int = 0,
        where: Where | None = None,
        sort: Sort | None = None,
        shopper: str | None = None,
        session: str | None = None,
        language: Language | None = None,
        like: str | None = None,
    ) -> Shown:
        """Find products for words in Chinese or English; empty words with a filter browse.

        `like` is a product to find others like, with words or without. Raises NotFound where there is none.
        """
        actor = (ShopperId(shopper) if shopper else None, SessionId(session) if session else None)
        product = ProductId(like) if like else None
        hits = self.engine.search(
            text, k=k, offset=offset, where=where, sort=sort, language=language, actor=actor, like=product
        )
        return self._shown(hits, language)

    def suggest(self, prefix: str, *, limit: int = 8) -> Sequence[Suggestion]:
        """Complete what is being typed."""
        return self.engine.suggest(prefix, limit)

    def understand(self, text: str) -> Understood:
        """Take a query apart."""
        return self.engine.understand(text)

    def recommend(
        self,
        *,
        shopper: str | None = None,
        session: str | None = None,
        product: str | None = None,
        basket: Sequence[str] = (),
        group: Sequence[str] = (),
        history: Sequence[str] | None = None,
        candidates: Sequence[str] | None = None,
        likes: Sequence[str] = (),
        context: Mapping[str, str] | None = None,
        kind: str | None = None,
        k: int | None = None,
        where: Where | None = None,
        exclude_seen: bool = False,
        language: Language | None = None,
    ) -> Shown:
        """Recommend. Without `kind`: for the group, beside the product, to go with the basket, or else for the shopper.

        With `history`, products oldest first, the answer rests on these in place of what the shop knows. With
        `candidates` only those are ranked, all of them unless `k` is given; otherwise `k` is 10. `likes` is what
        someone says they like, in words. `context` is what is known of whoever asks, such as {"country": "DE"}; it
        counts as labels that the shopper does not have, and what says nothing is named in `degraded`. `exclude_seen`
        leaves out whatever the shopper has been at. Raises BadRequest for an unknown kind, or one that lacks what it
        needs. In `product`, `basket` and `history` a variant's id, SKU or barcode stands for its product.
        """
        request = RecommendRequest(
            shopper=ShopperId(shopper) if shopper else None,
            session=SessionId(session) if session else None,
            product=self._named(product) if product else None,
            basket=tuple(map(self._named, basket)),
            group=tuple(ShopperId(id) for id in group),
            history=None if history is None else tuple(map(self._named, history)),
            candidates=None if candidates is None else tuple(ProductId(id) for id in candidates),
            likes=tuple(self.engine.liked(words) for words in likes),
            context=context or {},
            kind=cast("Kind | None", kind),
            k=k if k is not None else len(candidates or ()) or 10,
            where=where,
            exclude_seen=exclude_seen,
        )
        return self._shown(self.engine.recommend(request), language)

    def articles_for(
        self, *, shopper: str | None = None, session: str | None = None, product: str | None = None, k: int = 5
    ) -> Sequence[tuple[Article, Reading]]:
        """Guides and stories: beside the product, or else for the shopper; policies are left out."""
        request = RecommendRequest(
            shopper=ShopperId(shopper) if shopper else None,
            session=SessionId(session) if session else None,
            product=ProductId(product) if product else None,
            k=k,
        )
        articles = {article.id: article for article in self.stores.articles.scan()}
        return [(articles[found.article], found) for found in self.engine.read(request, articles.values())]

    def explain(self, shopper: str, product: str) -> Explanation:
        """Take a recommendation's score apart. Raises NotFound for an unknown product."""
        return self.engine.explain(ShopperId(shopper), ProductId(product))

    def product(self, id: str) -> Product | None:
        """A product, or None."""
        return self.engine.product(ProductId(id))

    def prices(self, id: str) -> list[PricePoint]:
        """A product's price history, oldest first."""
        return self.stores.catalogue.prices(ProductId(id))

    def reviews(self, id: str, *, limit: int = 50) -> list[Review]:
        """A product's reviews, most helpful first."""
        return self.stores.reviews.of(ProductId(id), limit=limit)

    def review_summary(self, id: str) -> ReviewSummary:
        """What a product's reviews say of which side of it, with the quotes behind every count."""
        return self.engine.review_summary(ProductId(id), self.reviews(id, limit=_SUMMED_REVIEWS))

    @property
    def lexicon(self) -> Lexicon:
        """The words in which reviewers judge: those that ship with Daogou and the shop's own, as they were when the
        release that answers was opened."""
        return self.engine.lexicon

    @property
    def voices(self) -> Voices | None:
        """Every opinion of the reviews as they are now; None before the first training."""
        return self.engine.voices

    @property
    def doubts(self) -> Sequence[Doubt]:
        """The reviews that an operator should look at, most doubtful first.

        Of reviews put since the last training only what the reviews of their product tell is known.
        """
        return self.engine.doubts

    @cached_property
    def suggested_attributes(self) -> AttributeSuggestions:
        """Attributes that products seem to have, for an operator to decide."""
        from daogou.shop.suggesting import AttributeSuggestions

        return AttributeSuggestions(self.stores, self.clock)

    @cached_property
    def questions(self) -> Questions:
        """What shoppers ask often, with what the record says."""
        from daogou.shop.questioning import Questions

        return Questions(self)

    def ratings(self, ids: Iterable[str]) -> dict[ProductId, RatingSummary]:
        """How products are rated, for those that are."""
        return self.stores.reviews.summaries([ProductId(id) for id in ids])

    def profile(self, shopper: str) -> Profile:
        """What is known of a shopper and where it comes from."""
        from daogou.profile.build import build_profile

        id = ShopperId(shopper)
        return build_profile(
            id,
            shopper=self.stores.shoppers.get(id),
            events=self.stores.events.of(shopper=id, limit=_PROFILE_EVENTS),
            product=self.engine.product,
        )

    def record(self, events: Sequence[Event]) -> Appended:
        """Put events on record; when it returns they are on disk, and the next answer knows them.

        Raises BadRequest, and records none, where one lies more than a day in the future.
        """
        return self.record_async(events).result()

    def record_async(self, events: Sequence[Event]) -> Future[Appended]:
        """Like `record`, without waiting. Raises Overloaded where too much waits already."""
        from daogou.ingest.checks import demand_past, latest

        until = latest(self.clock())
        for place, event in enumerate(events):
            demand_past(event.at, until, f"[{place}]")
        return self._log.submit(events)

    def known(self, events: Sequence[Event]) -> tuple[list[Event], list[ProductId]]:
        """The events, where they name a variant or a code under its product; and the products that the shop lacks.

        An event of such a product is kept all the same: its product may come later.
        """
        try:
            engine = self.engine
        except DaogouError:  # what keeps the shop from answering keeps no event from the disk
            return list(events), []
        put: list[Event] = []
        strange: dict[ProductId, None] = {}
        for event in events:
            said = event.product
            product = engine.named(said) if said is not None else None
            if said is None or said == product:
                put.append(event)
            elif product is None:
                put.append(event)
                strange[said] = None
            else:
                put.append(replace(event, product=product, variant=event.variant or self._variant(product, said)))
        late = self.stores.catalogue.get(strange) if strange else {}
        return put, [id for id in strange if id not in late]

    def _variant(self, product: ProductId, said: str) -> VariantId | None:
        """What an event says of the variant, as imports have it; None where the code is of the whole product."""
        owner = self.product(product)
        codes = [code for each in owner.variants for code in each.codes] if owner else []
        return VariantId(said) if said in codes else None

    def _named(self, said: str) -> ProductId:
        return self.engine.named(said) or ProductId(said)

    def price_basket(self, lines: Sequence[BasketLine], *, code: str | None = None) -> Priced:
        """What a basket costs now, with each adjustment and its promotion."""
        from daogou.promotions.basket import Basket
        from daogou.promotions.pricing import price

        at = self.clock()
        basket = Basket(tuple(lines))
        return price(basket, self.stores.promotions.active(at), at, code=code, find=self.product)

    def new_conversation(self) -> ConversationId:
        """A name for a conversation that nobody can guess."""
        return ConversationId(secrets.token_urlsafe(12))

    @property
    def assistant(self) -> Assistant:
        """The assistant over this shop's tools."""
        if self._assistant is None:
            from daogou.shop.helping import make_assistant

            self._assistant = make_assistant(self)
        return self._assistant

    async def chat(
        self, text: str, *, conversation: str, shopper: str | None = None, language: Language | None = None
    ) -> Answer:
        """Let the assistant answer one line. `shopper` is whoever the session says is asking."""
        return await self.assistant.answer(
            text,
            conversation=ConversationId(conversation),
            shopper=ShopperId(shopper) if shopper else None,
            language=language,
        )

    def graph(self, sparql: str) -> Sequence[Mapping[str, str]]:
        """Answer a SPARQL 1.1 query over the knowledge graph. Raises NotReady before the first training."""
        return self.engine.graph().query(sparql)

    def export_graph(self, target: Path) -> int:
        """Write the knowledge graph as JSON-LD; returns how many nodes it has."""
        return self.engine.graph().write_jsonld(target)

    def import_files(
        self,
        paths: Sequence[Path],
        *,
        kind: str | None = None,
        mapping: Mapping[str, str] | None = None,
        currency: str | None = None,
        decimal: Decimal | None = None,
        dates: Dates | None = None,
        timezone: str | None = None,
        create_missing: bool = False,
        rejects: Path | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> ImportReport:
        """Import files or folders and remember the report. Raises BadRequest for options that cannot be."""
        from daogou.shop.importing import import_files

        return import_files(
            self,
            paths,
            kind=kind,
            mapping=mapping or {},
            currency=currency or self.settings.shop.currency,
            decimal=decimal,
            dates=dates,
            timezone=timezone,
            create_missing=create_missing,
            rejects=rejects,
            progress=progress,
        )

    def train(self, *, only: Sequence[str] = (), progress: Report | None = None) -> Release:
        """Build a release from what is on record and activate it."""
        from daogou.shop.training import train

        release = train(self, only=only, progress=progress)
        with self._loading:
            self._engine = None
        return release

    def activate(self, release: str) -> None:
        """Serve another release from the next answer on. Raises NotFound or CorruptRelease; then nothing changes."""
        self.releases.activate(release)
        with self._loading:
            self._engine = self._engine and self._load()

    def _shown(self, hits: Hits, language: Language | None) -> Shown:
        products = self.engine.products(hit.product for hit in hits.items)
        return Shown.of(hits, products=products, language=language or self.settings.shop.language)


def open_shop(folder: str | Path = ".") -> Shop:
    """Open the shop in `folder`. Raises NotFound where there is none, BadSettings, or what the store raises."""
    from daogou.adapters.addresses import open_stores
    from daogou.training.releases import Releases

    folder = Path(folder).resolve()
    settings = read(folder)
    stores = open_stores(store_address(folder, settings))
    return Shop(folder, settings, stores=stores, releases=Releases(folder / "models"))


def store_address(folder: Path, settings: Settings) -> str:
    """Where the shop's facts are; a relative file is taken from the shop's folder."""
    prefix, mark, path = settings.store.address.partition("sqlite:///")
    if prefix or not mark or path.startswith("/"):
        return settings.store.address
    return f"sqlite:///{folder.resolve()}/{path}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A release as `daogou releases` lists it."""

    id: str
    created: Instant
    metrics: Mapping[str, float]
    active: bool


def releases_of(folder: Path) -> list[Listed]:
    """The releases of the shop in `folder`, newest first. Raises NotFound where there is no shop."""
    from daogou.training.releases import Releases

    read(folder)
    releases = Releases(folder / "models")
    active = releases.active_id()
    found = sorted(releases.list(), key=lambda manifest: manifest.created, reverse=True)
    return [Listed(m.id, Instant(m.created), m.metrics, m.id == active) for m in found]
