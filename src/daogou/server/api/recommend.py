"""Recommendations: for a shopper or a group, beside a product, to go with a basket, among a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from fastapi import APIRouter, Query
from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from daogou.domain.errors import BadRequest
from daogou.domain.kinds import Kind
from daogou.domain.text import Language
from daogou.recommend.explanation import Explanation
from daogou.recommend.request import MOST, MOST_CONTEXT, MOST_LIKES, MOST_PEOPLE
from daogou.server import wire
from daogou.server.api.parameters import LONGEST_ID, Cards, Filter, IdParam, K, Keys, SessionParam, ShopperParam, pair
from daogou.server.auth import Anyone, Caller, acting_as
from daogou.server.document import answers, listing, merged, ref, takes

if TYPE_CHECKING:
    from daogou.shop.shop import Shop

_Id = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]


class RecommendIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked for, where it is more than an address holds."""

    shopper: _Id | None = None
    session: _Id | None = None
    product: _Id | None = None
    basket: Annotated[list[_Id], Meta(max_length=MOST)] = []
    group: Annotated[list[_Id], Meta(max_length=MOST_PEOPLE)] = []
    """Shoppers the answer must suit. A gift is a group without the shopper who asks."""
    history: Annotated[list[_Id], Meta(max_length=MOST)] | None = None
    """Products, oldest first, that the answer rests on in place of what the shop knows of whoever asks."""
    candidates: Annotated[list[_Id], Meta(max_length=MOST)] | None = None
    """Only these are ranked; of an empty list, none."""
    likes: Annotated[list[Annotated[str, Meta(min_length=1, max_length=200)]], Meta(max_length=MOST_LIKES)] = []
    """What the shopper says they like, in words."""
    context: Annotated[dict[_Id, _Id], Meta(max_length=MOST_CONTEXT)] = {}
    """What is known of whoever asks, such as country or device; counts as labels the shopper does not have."""
    kind: Kind | None = None
    k: Annotated[int, Meta(ge=1, le=MOST)] | None = None
    """Default: 10, or all candidates."""
    exclude_seen: bool = False
    """Leave out whatever the shopper has been at."""
    language: Language | None = None
    cards: bool = False


_EXAMPLE = {"shopper": "s1", "candidates": ["p3", "p1", "p2"]}


def _demand_group(caller: Caller, group: list[str]) -> None:
    """Raise Forbidden where the caller may not speak for one of the group."""
    for member in group:
        acting_as(caller, member, None, where="group: ")


class ArticleOut(msgspec.Struct, frozen=True):
    """An article worth reading, with the reasons that produced it."""

    article: str
    title: wire.Text
    score: float
    because: tuple[wire.Cause, ...]


class Recommended(msgspec.Struct, frozen=True):
    """One product of the plain list."""

    product_id: str
    title: str
    score: float
    reason: str
    """Why, in the shop's language; empty where no single reason stands out."""


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop."""
    routes = APIRouter(tags=["recommend"])
    mother_tongue = shop.settings.shop.language

    @routes.get("/v1/recommend", **answers(ref(wire.Answered), 404, 503))
    async def recommend(  # noqa: PLR0917 (FastAPI passes them by name)
        caller: Anyone,
        where: Filter,
        shopper: ShopperParam = None,
        session: SessionParam = None,
        product: IdParam = None,
        basket: Keys = [],  # noqa: B006 (FastAPI copies it)
        group: Annotated[Keys, Query(description="Shoppers the list must suit; repeat for each.")] = [],  # noqa: B006
        context: Annotated[Keys, Query(description="`name:value`, such as `country:DE`; may be repeated.")] = [],  # noqa: B006
        kind: Kind | None = None,
        k: K = 10,
        exclude_seen: Annotated[bool, Query(description="Leave out whatever the shopper has been at.")] = False,
        language: Language | None = None,
        cards: Cards = False,
    ) -> Response:
        """Recommend. Without `kind`: for the group, beside the product, to go with the basket, or else for the shopper.

        An event that was answered with 200 is known to the very next answer. A shopper token may name no one else in
        the group.
        """
        who, visit = acting_as(caller, shopper, session)
        _demand_group(caller, group)
        hits = shop.recommend(
            shopper=who,
            session=visit,
            product=product,
            basket=basket,
            group=group,
            context=dict(pair(each, "query.context", "country:DE") for each in context),
            kind=kind,
            k=k,
            where=where,
            exclude_seen=exclude_seen,
            language=language,
        )
        return wire.answer(wire.answered(hits, hits.products if cards else None))

    @routes.post("/v1/recommend", **merged(answers(ref(wire.Answered), 404, 503), takes(ref(RecommendIn), _EXAMPLE)))
    async def recommend_from(caller: Anyone, where: Filter, request: Request) -> Response:
        """Recommend from what the body says: a list to rank, a group to suit, likes of someone new, a history.

        A shopper token may name no one else in the group.
        """
        asked = await wire.read(request, RecommendIn)
        who, visit = acting_as(caller, asked.shopper, asked.session)
        _demand_group(caller, asked.group)
        hits = shop.recommend(
            shopper=who,
            session=visit,
            product=asked.product,
            basket=asked.basket,
            group=asked.group,
            history=asked.history,
            candidates=asked.candidates,
            likes=asked.likes,
            context=asked.context,
            kind=asked.kind,
            k=asked.k,
            where=where,
            exclude_seen=asked.exclude_seen,
            language=asked.language,
        )
        return wire.answer(wire.answered(hits, hits.products if asked.cards else None))

    @routes.get("/v1/recommend/articles", **answers(listing(ArticleOut), 503))
    async def articles(
        caller: Anyone,
        shopper: ShopperParam = None,
        session: SessionParam = None,
        product: IdParam = None,
        k: K = 5,
    ) -> Response:
        """Recommend guides and stories: beside the product, or else for the shopper; then the newest."""
        who, visit = acting_as(caller, shopper, session)
        found = await run_in_threadpool(shop.articles_for, shopper=who, session=visit, product=product, k=k)
        items = [
            ArticleOut(article.id, wire.words(article.title), reading.score, tuple(map(wire.cause, reading.because)))
            for article, reading in found
        ]
        return wire.answer({"items": items})

    @routes.get("/v1/explain", **answers(ref(Explanation), 404, 503))
    async def explain(
        caller: Anyone,
        product: Annotated[str, Query(min_length=1, max_length=LONGEST_ID)],
        shopper: ShopperParam = None,
    ) -> Response:
        """Take apart what speaks for a product in a shopper's `for-you`, and answer anew without each reason.

        `score` and `rank` of a reason are what the product would have had its cause never happened. A share is a part
        of the score: without its cause older steps count for more, so that the score may fall by less, or rise.
        """
        who, _ = acting_as(caller, shopper, None)
        if who is None:
            raise BadRequest(
                "an explanation is for a shopper: name one, or use a shopper's token", where="query.shopper"
            )
        return wire.plainly(await run_in_threadpool(shop.explain, who, product))

    plain_list = {"type": "array", "items": ref(Recommended)}

    @routes.get("/recommend", **answers(plain_list, 404, 503))
    async def recommend_plainly(
        caller: Anyone,
        user_id: Annotated[str | None, Query(max_length=256, description="Left out: a token's own, or nobody.")] = None,
        product_id: IdParam = None,
        k: K = 10,
    ) -> Response:
        """Recommend, as a plain list: for the user, or beside the product."""
        who, visit = acting_as(caller, user_id, None)
        hits = shop.recommend(shopper=who, session=visit, product=product_id, k=k)
        items = []
        for hit in hits.items:
            product = hits.products.get(hit.product)
            title = product.title.show(mother_tongue) if product else ""
            reason = hit.because[0].text.show(mother_tongue) if hit.because else ""
            items.append(Recommended(hit.product, title, hit.score, reason))
        return wire.answer(items)

    return routes
