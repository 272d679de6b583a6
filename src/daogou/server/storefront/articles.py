"""Guides, stories and the shop's policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.domain.errors import NotFound
from daogou.domain.hit import Hit
from daogou.domain.ids import ArticleId
from daogou.server.storefront.cards import Row, cards

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.domain.article import ArticleKind
    from daogou.server.pages.site import Site

_KINDS: tuple[ArticleKind, ...] = ("guide", "story", "faq", "policy")


class ArticlePages:
    """The list of articles, and each of them."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def all(self, request: Request) -> Response:
        """List what there is to read, guides first."""
        articles = self._site.shop.stores.articles
        groups = {kind: found for kind in _KINDS if (found := articles.of(kind=kind))}
        return self._site.render(request, "storefront/articles.html", groups=groups)

    def one(self, request: Request) -> Response:
        """Show an article with the products it names. Raises NotFound."""
        shop, who = self._site.shop, self._site.visitor(request)
        article = shop.stores.articles.get(ArticleId(request.path_params["id"]))
        if article is None:
            raise NotFound(f"no article {request.path_params['id']!r}", where="article")
        name = f"article:{article.id}"
        row = Row(name, "", cards(shop, [Hit(id, 0.0) for id in article.products[:12]], name))
        paragraphs = [part.strip() for part in article.body.show(who.language).split("\n\n") if part.strip()]
        return self._site.render(request, "storefront/article.html", article=article, paragraphs=paragraphs, row=row)
