"""A page of the console, for the operator who asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daogou.server.pages.words import words_in

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.server.pages.site import Site


def shown(site: Site, request: Request, page: str, *, status: int = 200, **context: Any) -> Response:
    """The page's template under its title, in the operator's language."""
    return site.render(
        request,
        f"console/{page}.html",
        status=status,
        operator=request.state.operator,
        page=page,
        title=words_in(site.visitor(request).language)(f"console.{page}"),
        **context,
    )
