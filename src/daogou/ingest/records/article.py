"""Articles and policies as records. A policy is an article of that kind with a topic."""

from __future__ import annotations

from typing import Any, cast, get_args

from daogou.domain.article import Article, ArticleKind
from daogou.domain.ids import ArticleId, ProductId
from daogou.domain.text import Text
from daogou.ingest.records.fields import (
    FieldError,
    Object,
    choice,
    compact,
    identifiers,
    items,
    optional_instant,
    plain,
    required_id,
    text,
    uninstant,
    unworded,
    words,
)

KEYS = frozenset({"id", "title", "body", "kind", "topic", "products", "categories", "at"})
_KINDS = get_args(ArticleKind)


def decode_article(record: Object, where: str = "", *, currency: str = "USD") -> Article:
    """Read an article. Raises FieldError."""
    del currency  # every decoder has the same shape; an article has no price
    return Article(
        id=ArticleId(required_id(record, "id")),
        title=_required(record, "title", where),
        body=_required(record, "body", where),
        kind=cast("ArticleKind", choice(record, "kind", _KINDS, "guide")),
        topic=text(record, "topic"),
        products=tuple(map(ProductId, identifiers(record, "products"))),
        categories=tuple(plain(step, "categories") for step in items(record.get("categories"))),
        at=optional_instant(record, "at"),
    )


def _required(record: Object, name: str, where: str) -> Text:
    found = words(record.get(name), name)
    if not found:
        raise FieldError(name, "is missing", rule="missing-field", where=where)
    return found


def encode_article(article: Article) -> dict[str, Any]:
    """The inverse of `decode_article`."""
    return compact(
        {
            "id": article.id,
            "title": unworded(article.title),
            "body": unworded(article.body),
            "kind": None if article.kind == "guide" else article.kind,
            "topic": article.topic,
            "products": list(article.products),
            "categories": list(article.categories),
            "at": None if article.at is None else uninstant(article.at),
        }
    )


def decode_policy(record: Object, where: str = "", *, currency: str = "USD") -> Article:
    """Read a policy: `topic` is required, the id is the topic where it is left out. Raises FieldError."""
    topic = text(record, "topic")
    if not topic:
        raise FieldError("topic", "is missing: a policy says what it is about", rule="missing-field", where=where)
    return decode_article({"id": topic} | dict(record) | {"kind": "policy"}, where, currency=currency)


def encode_policy(policy: Article) -> dict[str, Any]:
    """The inverse of `decode_policy`."""
    return encode_article(policy) | {"kind": "policy"}
