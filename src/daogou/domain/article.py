"""Guides, policies and stories a shop publishes beside its products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from daogou.domain.ids import ArticleId, Instant, ProductId
from daogou.domain.text import Text

ArticleKind = Literal["guide", "policy", "story", "faq"]


@dataclass(frozen=True, slots=True)
class Article:
    """A page of text; a policy is what the assistant may cite on delivery and returns."""

    id: ArticleId
    title: Text
    body: Text
    kind: ArticleKind = "guide"
    topic: str = ""
    """For policies: "delivery", "returns", "payment", "warranty", …"""
    products: tuple[ProductId, ...] = ()
    categories: tuple[str, ...] = ()
    at: Instant | None = None
