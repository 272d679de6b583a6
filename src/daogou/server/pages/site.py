"""The frame of every page: templates, visitor, headers, and errors in the shop's own style."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from daogou.domain.errors import BadRequest, DaogouError
from daogou.domain.text import Language, Text
from daogou.server.pages import carried, look
from daogou.server.pages.forms import Posted, posted
from daogou.server.pages.pictures import address
from daogou.server.pages.visitor import LANGUAGE, SESSION, Visitor, visitor
from daogou.server.pages.words import words_in
from daogou.server.tokens import Tokens, open_tokens

if TYPE_CHECKING:
    from daogou.domain.ids import Instant
    from daogou.shop.shop import Shop

_log = logging.getLogger(__name__)
_YEAR_S = 365 * 86400
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
    "Vary": "Cookie, Accept-Language",
}


class Site:
    """One shop's pages: knows the shop, the templates and who is looking."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    @functools.cached_property
    def tokens(self) -> Tokens:
        """Opened at the first request: a shop can be opened without writing to it."""
        return open_tokens(self.shop.folder)

    def visitor(self, request: Request) -> Visitor:
        """Who asks, told once a request."""
        if not hasattr(request.state, "visitor"):
            request.state.visitor = visitor(
                request, tokens=self.tokens, at=self.shop.clock(), default=self.shop.settings.shop.language
            )
        found: Visitor = request.state.visitor
        return found

    def render(self, request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
        """Fill a template for the visitor of this request; sets the cookies a new visitor needs."""
        who = self.visitor(request)
        page = templates().get_template(template).render(**frame(self, request, who), **context)
        return self.cookies(request, HTMLResponse(page, status_code=status, headers=HEADERS))

    def go(self, request: Request, to: str) -> Response:
        """Answer a form: look at `to` next (303). Only to addresses of this shop."""
        return self.cookies(request, RedirectResponse(own_address(to), status_code=303))

    def cookies(self, request: Request, response: Response) -> Response:
        """Keep the session and the chosen language."""
        who = self.visitor(request)
        if who.new:
            self.keep(response, SESSION, who.session)
        if who.chose:
            self.keep(response, LANGUAGE, who.language)
        return response

    def keep(self, response: Response, name: str, value: str, *, seconds: int = _YEAR_S) -> None:
        """Set a cookie that scripts cannot read and other sites' forms do not carry."""
        secure = self.shop.settings.server.secure_cookies
        response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=secure, path="/")

    def get(self, handler: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """A page whose errors are pages too."""

        def show(request: Request) -> Response:
            try:
                return handler(request)
            except Exception as error:
                return self.sorry(request, error)

        return show

    def post(self, handler: Posted) -> Callable[..., Any]:
        """A form's handler, given the form, whose errors are pages."""

        async def take(request: Request) -> Response:
            try:
                return await posted(request, handler)
            except Exception as error:
                return self.sorry(request, error)

        return take

    def sorry(self, request: Request, error: Exception) -> Response:
        """Say what went wrong: what the caller may know, and the rest in the log only."""
        if isinstance(error, DaogouError):
            return self.render(request, "error.html", status=error.status, code=error.status, message=error.message)
        _log.error("a page failed: %s", request.url.path, exc_info=error)
        return self.render(request, "error.html", status=500, code=500, message="")


def own_address(to: str) -> str:
    """Return an address of this shop. Raises BadRequest for one that leads elsewhere."""
    if not to.startswith("/") or to.startswith(("//", "/\\")) or any(ord(letter) < 32 for letter in to):
        raise BadRequest(f"{to!r} is not a page of this shop", where="next")
    return to


def frame(site: Site, request: Request, who: Visitor) -> dict[str, Any]:
    """What every template may use."""
    shop, settings = site.shop, site.shop.settings.shop
    language: Language = who.language
    return {
        "t": words_in(language),
        "lang": language,
        "zone": settings.zone,
        "who": who,
        "shop_name": settings.name.show(language),
        "notice": shop.notice.show(language) if shop.notice else "",
        "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        "path": request.url.path,
        "other_language": _in_language(request, "en" if language == "zh" else "zh"),
        "asset": address,
        "show": functools.partial(Text.show, language=language),
        "basket_n": sum(line.quantity for line in carried.unpack(request.cookies.get(carried.COOKIE, ""))),
    }


def _in_language(request: Request, language: Language) -> str:
    url = request.url.include_query_params(lang=language)
    return f"{url.path}?{url.query}"


@pass_context
def _day(page: Context, at: Instant | None, language: Language) -> str:
    return look.day(at, language, page["zone"])


@pass_context
def _moment(page: Context, at: Instant | None) -> str:
    return look.moment(at, page["zone"])


@functools.cache
def templates() -> Environment:
    """The templates; a name that is not given is an error, never an empty string."""
    env = Environment(
        loader=PackageLoader("daogou.server", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update({name: getattr(look, name) for name in ("product_at", "search_at", "percent_off", "tint")})
    env.filters |= {"day": _day, "moment": _moment}
    for name in ("iso", "stars", "initial", "other", "joined", "picture_at", "figure"):
        env.filters[name] = getattr(look, name)
    return env
