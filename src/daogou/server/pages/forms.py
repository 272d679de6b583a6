"""Posted forms: read within limits, and only from our own pages."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from daogou.domain.errors import BadRequest, Forbidden, HostileInput

LARGEST = 64 * 1024
"""Bytes of a posted form; the largest we send is a chat message."""
MOST_FIELDS = 100

Form = dict[str, str]
Posted = Callable[[Request, Form], Response]


async def read_form(request: Request) -> Form:
    """Read a urlencoded body; the last of equal names counts.

    Raises HostileInput beyond `LARGEST`, BadRequest for another content type or bytes that are not UTF-8.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        raise BadRequest(f"a form is sent as application/x-www-form-urlencoded, not {kind!r}", where="content-type")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise HostileInput(f"the form is larger than {LARGEST} bytes", where="body")
    try:
        text = body.decode("ascii")
        return dict(parse_qsl(text, errors="strict", keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise BadRequest("the form is not percent-encoded UTF-8", where="body") from None


def refuse_foreign(request: Request) -> None:
    """Raise Forbidden for a form that another site's page sent: browsers say where a post comes from."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    foreign = site not in (None, "same-origin", "none")
    if origin is not None and origin != "null":
        foreign = foreign or urlsplit(origin).netloc != request.headers.get("host")
    if foreign or (origin == "null" and site is None):
        raise Forbidden("this form was sent from another site", where="origin")


async def posted(request: Request, handler: Posted) -> Response:
    """Read the form of our own page and hand it to a synchronous handler, off the event loop."""
    refuse_foreign(request)
    form = await read_form(request)
    return await run_in_threadpool(handler, request, form)
