"""Guides and policies of the showcase."""

from __future__ import annotations

from collections.abc import Sequence

from daogou.domain.article import Article
from daogou.domain.ids import DAY_MS, ArticleId, Instant
from daogou.domain.text import Text
from daogou.evaluation.showcase.products import Good
from daogou.evaluation.showcase.vocabulary import table


def build_articles(goods: Sequence[Good], *, end: Instant) -> tuple[list[Article], list[Article]]:
    """Return guides and policies; a guide points at the best-made goods of the kinds it is about."""
    guides = [
        Article(
            id=ArticleId(id),
            title=Text(*row["title"]),
            body=Text(*row["body"]),
            products=tuple(good.product.id for kind in row["kinds"] for good in _best(goods, kind)),
            categories=tuple(Text.of(_name(goods, kind)).key for kind in row["kinds"]),
            at=Instant(end - (5 + 7 * number) * DAY_MS),
        )
        for number, (id, row) in enumerate(table("guides").items())
    ]
    policies = [
        Article(
            id=ArticleId(topic),
            title=Text(*row["title"]),
            body=Text(*row["body"]),
            kind="policy",
            topic=topic,
            at=Instant(end - 200 * DAY_MS),
        )
        for topic, row in table("policies").items()
    ]
    return guides, policies


def _best(goods: Sequence[Good], kind: str) -> list[Good]:
    of_kind = [good for good in goods if good.kind.id == kind and good.product.available]
    return sorted(of_kind, key=lambda good: -good.quality)[:3]


def _name(goods: Sequence[Good], kind: str) -> str:
    return next(good.kind.name.en for good in goods if good.kind.id == kind)
