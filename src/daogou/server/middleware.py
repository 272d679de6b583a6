"""Wrappers round the whole application, each adding one thing. Pure ASGI, so that they cost microseconds."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog
from starlette.datastructures import Headers, MutableHeaders

from daogou.domain.errors import DaogouError, Overloaded
from daogou.server.errors import TooLarge, problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECURE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}


class _Started:
    """Sends on, and knows whether the answer has begun."""

    def __init__(self, send: Send, first: Callable[[Message], None] | None = None) -> None:
        self.begun = False
        self._send = send
        self._first = first

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            if self._first:
                self._first(message)
        await self._send(message)


@dataclass(frozen=True, slots=True)
class Traced:
    """Gives each request an id, and turns a defect into a plain 500 with that id; what went wrong goes to the log."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = id
        sending = _Started(send, lambda message: MutableHeaders(scope=message).append("X-Request-Id", id))
        try:
            await self.app(scope, receive, sending)
        except Exception:
            structlog.get_logger().exception("defect", request=id, method=scope["method"], path=scope["path"])
            if sending.begun:
                raise
            refusal = problem(500, "internal", f"something went wrong here; it is in the log as request {id}")
            await refusal(scope, receive, sending)


@dataclass(frozen=True, slots=True)
class Secured:
    """Adds the headers that keep a browser from doing more than our pages ask; a page's own value stands."""

    app: ASGIApp
    hsts: bool = False
    """True behind HTTPS."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        def add(message: Message) -> None:
            headers = MutableHeaders(scope=message)
            for name, value in _SECURE.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
            if self.hsts:
                headers.setdefault("Strict-Transport-Security", "max-age=31536000")

        await self.app(scope, receive, _Started(send, add))


@dataclass(frozen=True, slots=True)
class KnownHosts:
    """Answers only to the names the shop is known by, so that a foreign page cannot rebind its name to us.

    Addresses and localhost are always right: no name server can point them elsewhere.
    """

    app: ASGIApp
    names: frozenset[str] = frozenset()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            host = _name(Headers(scope=scope).get("host", ""))
            if host not in self.names and host != "localhost" and not _is_address(host):
                message = (
                    f"this shop does not answer to the name {host!r}; add it to hosts under [server] in daogou.toml"
                )
                return await problem(400, "unknown_host", message, where="Host")(scope, receive, send)
        await self.app(scope, receive, send)


@dataclass(slots=True)
class Bounded:
    """Refuses what would cost too much: bodies beyond a size (413), and requests beyond what is under way (429)."""

    app: ASGIApp
    largest_body: int = 1_000_000
    """Bytes."""
    most_at_once: int = 512
    """Requests under way in one process; they wait for the disk together, so more would only wait longer."""
    under_way: int = field(default=0, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        try:
            self._admit(scope)
        except DaogouError as error:
            return await problem(error.status, error.code, error.message, where=error.where)(scope, receive, send)
        self.under_way += 1
        try:
            await self.app(scope, _counted(receive, self.largest_body), send)
        finally:
            self.under_way -= 1

    def _admit(self, scope: Scope) -> None:
        if self.under_way >= self.most_at_once and scope["path"] != "/healthz":
            raise Overloaded(f"{self.under_way} requests are under way; try again in a second")
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or len(length) > 18 or int(length) > self.largest_body:
            raise TooLarge(f"the body may have {self.largest_body} bytes", where="body")


def _counted(receive: Receive, largest: int) -> Receive:
    seen = 0

    async def count() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > largest:
            raise TooLarge(f"the body may have {largest} bytes", where="body")
        return message

    return count


@dataclass(frozen=True, slots=True)
class Timed:
    """Bounds how long a body may take to arrive (408) and an answer to begin (504). A stream may go on longer."""

    app: ASGIApp
    body_s: float = 10.0
    answer_s: float = 30.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        late = False

        async def arriving() -> Message:
            nonlocal late
            try:
                async with asyncio.timeout(self.body_s):
                    message = await receive()
            except TimeoutError:
                late = True
                raise
            return message

        sending = _Started(send)
        try:
            async with asyncio.timeout(self.answer_s) as limit:
                sending._first = lambda _: limit.reschedule(None)
                await self.app(scope, _until_complete(arriving, receive), sending)
        except TimeoutError:
            if sending.begun:
                raise
            if late:
                refusal = problem(408, "request_timeout", f"the body took longer than {self.body_s:g} s", where="body")
            else:
                refusal = problem(504, "timeout", f"no answer within {self.answer_s:g} s", where=scope["path"])
            await refusal(scope, receive, send)


def _until_complete(arriving: Callable[[], Awaitable[Message]], receive: Receive) -> Receive:
    """Use `arriving` until the body is complete; after that, waiting is for the caller to go away."""
    complete = False

    async def next_message() -> Message:
        nonlocal complete
        if complete:
            return await receive()
        message = await arriving()
        complete = not message.get("more_body", False)
        return message

    return next_message


def _name(host: str) -> str:
    """The host without its port, lower case, IPv6 without brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
