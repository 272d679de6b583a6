"""The storefront's routes, in the order of a visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from daogou.server.pages.pictures import picture, static
from daogou.server.pages.site import Site
from daogou.server.storefront.articles import ArticlePages
from daogou.server.storefront.basket import BasketPage
from daogou.server.storefront.campaign import CampaignPage
from daogou.server.storefront.chat import ChatPage
from daogou.server.storefront.home import HomePage
from daogou.server.storefront.product import ProductPage
from daogou.server.storefront.profile import ProfilePage
from daogou.server.storefront.search import SearchPage

if TYPE_CHECKING:
    from daogou.shop.shop import Shop


def router(shop: Shop) -> APIRouter:
    """Every page a shopper can open, and the files those pages need. None of it is part of the API's document."""
    site = Site(shop)
    home, search, product = HomePage(site), SearchPage(site), ProductPage(site)
    basket, profile, chat = BasketPage(site), ProfilePage(site), ChatPage(site)
    articles, campaign = ArticlePages(site), CampaignPage(site)
    pages = {
        "/": home.show,
        "/search": search.show,
        "/suggest": search.suggest,
        "/product/{id:path}": product.show,
        "/campaign/{id:path}": campaign.show,
        "/basket": basket.show,
        "/me": profile.show,
        "/chat": chat.show,
        "/guides": articles.all,
        "/guides/{id:path}": articles.one,
    }
    forms = {
        "/basket/add": basket.add,
        "/basket/set": basket.set,
        "/basket/code": basket.code,
        "/thumb": product.thumb,
        "/sign-in": profile.sign_in,
        "/sign-out": profile.sign_out,
    }
    routes = APIRouter(include_in_schema=False)
    for path, page in pages.items():
        routes.add_route(path, site.get(page), methods=["GET"], include_in_schema=False)
    for path, form in forms.items():
        routes.add_route(path, site.post(form), methods=["POST"], include_in_schema=False)
    routes.add_route("/chat", chat.say, methods=["POST"], include_in_schema=False)
    routes.add_route("/static/{name:path}", site.get(lambda request: static(request, request.path_params["name"])))
    routes.add_route(
        "/pictures/{name:path}", site.get(lambda request: picture(shop.pictures, request.path_params["name"]))
    )
    return routes
