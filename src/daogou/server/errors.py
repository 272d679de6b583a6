"""Every error over HTTP in one shape: {"error": code, "message": words for a person, "where": what it is about}."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from daogou.domain.errors import DaogouError, NotFound
from daogou.server.pages.site import Site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from starlette.requests import Request

_RETRY_AFTER_S = {429: "1", 503: "5", 507: "30"}
"""When a caller should try again, by status."""


class Problem(msgspec.Struct, frozen=True):
    """What went wrong."""

    error: str
    """A code for programs."""
    message: str
    """Words for a person: what was found, what was expected."""
    where: str
    """The field, parameter or path it is about; may be empty."""


class Unauthorised(DaogouError):
    """No key or token, or one that does not hold."""

    code = "unauthorised"
    status = 401


class Conflict(DaogouError):
    """The thing is not in a state in which that can be done."""

    code = "conflict"
    status = 409


class TooLarge(DaogouError):
    """More than one request may carry."""

    code = "too_large"
    status = 413


def problem(
    status: int, code: str, message: str, *, where: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """Build the answer that says what went wrong."""
    extra = dict(headers or {})
    if status in _RETRY_AFTER_S:
        extra.setdefault("Retry-After", _RETRY_AFTER_S[status])
    if status == HTTPStatus.UNAUTHORIZED:
        extra.setdefault("WWW-Authenticate", 'Bearer realm="daogou"')
    body = msgspec.json.encode(Problem(code, message, where))
    return Response(body, status, extra, "application/json")


def install(app: FastAPI) -> None:
    """Teach the application the one shape."""
    app.add_exception_handler(DaogouError, _known)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, DaogouError)
    return problem(error.status, error.code, error.message, where=error.where)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.NOT_FOUND and "text/html" in request.headers.get("accept", ""):
        where = f"nothing at {request.url.path}"
        return await run_in_threadpool(Site(request.app.state.shop).sorry, request, NotFound(where, where="path"))
    phrase = HTTPStatus(error.status_code).phrase
    where = f"{request.method} {request.url.path}"
    return problem(error.status_code, _code(phrase), str(error.detail), where=where, headers=error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first: dict[str, Any] = error.errors()[0]
    where = ".".join(str(step) for step in first["loc"])
    return problem(422, "invalid_request", str(first["msg"]), where=where)


def _code(phrase: str) -> str:
    return phrase.lower().replace(" ", "_").replace("-", "_")
