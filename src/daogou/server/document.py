"""The OpenAPI document: schemas come from the very types that are read and written, roles from the routes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

import daogou
from daogou.domain.article import Article
from daogou.domain.conversation import Claim
from daogou.domain.order import Order
from daogou.domain.product import PricePoint, Product
from daogou.domain.promotion import Promotion
from daogou.domain.query import Understood
from daogou.domain.review import RatingSummary, Review
from daogou.knowledge.attributes import Suggestion
from daogou.opinions.board import Side
from daogou.opinions.doubts import Doubt
from daogou.opinions.summary import ReviewSummary
from daogou.profile.build import Profile
from daogou.promotions.basket import Priced
from daogou.recommend.explanation import Explanation
from daogou.server import wire
from daogou.server.auth import Allow
from daogou.server.errors import Problem
from daogou.shop.questioning import AskedLine, OftenAsked

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI

Schema = dict[str, Any]

_PREFIX = "#/components/schemas/"
_PLAIN = (Article, Claim, Explanation, Order, Priced, PricePoint, Product, Profile, Promotion, RatingSummary, Review,
          ReviewSummary, Side, Doubt, Suggestion, OftenAsked, AskedLine, Understood)  # fmt: skip
"""Sent in their plain form: empty fields are left out."""
_WIRE = (Problem, wire.Answered, wire.Item, wire.Text, wire.Money)
_MEANINGS = {
    400: "The request says something that cannot be, or has a parameter that is unknown.",
    401: "No key or token, or one that does not hold.",
    403: "Known, but not allowed.",
    404: "There is no such thing.",
    409: "Not possible in the state it is in.",
    413: "More than one request may carry.",
    422: "A parameter is missing or out of range.",
    429: "Too much at once; try again after Retry-After seconds.",
    503: "The shop cannot answer this yet.",
    507: "The disk is full; reads go on, try again after Retry-After seconds.",
}


def ref(kind: type) -> Schema:
    """Point at the schema of a type."""
    return {"$ref": _PREFIX + kind.__name__}


def listing(kind: type, name: str = "items", **more: Schema) -> Schema:
    """An object with a list of a type, and other properties."""
    properties = {name: {"type": "array", "items": ref(kind)}, **more}
    return {"type": "object", "properties": properties, "required": [name]}


def answers(schema: Schema, *errors: int, example: object = None) -> dict[str, Any]:
    """Arguments of a route that answers 200 with JSON of the schema, or with one of the errors."""
    content: dict[str, Any] = {"schema": schema} | ({"example": example} if example is not None else {})
    responses: dict[int | str, Any] = {200: {"description": "Done.", "content": {"application/json": content}}}
    for status in sorted({400, 401, 403, 422, 429, *errors}):
        problem = {"application/json": {"schema": ref(Problem)}}
        responses[status] = {"description": _MEANINGS[status], "content": problem}
    return {"responses": responses, "response_model": None}


def takes(schema: Schema, example: object) -> dict[str, Any]:
    """Arguments of a route that reads a JSON body of the schema."""
    content = {"application/json": {"schema": schema, "example": example}}
    return {"openapi_extra": {"requestBody": {"required": True, "content": content}}}


def install(app: FastAPI, routers: Iterable[APIRouter], bodies: Iterable[type] = ()) -> None:
    """Make the application serve the document of the API's routers."""
    routes = routes_of(routers)

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(routes, bodies)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def routes_of(routers: Iterable[APIRouter]) -> list[APIRoute]:
    """The routes of the routers, in order."""
    return [route for router in routers for route in router.routes if isinstance(route, APIRoute)]


def roles_of(route: APIRoute) -> frozenset[str]:
    """The roles a route declares. Raises ValueError where it declares none, or more than once."""
    declared = [each.call for each in route.dependant.dependencies if isinstance(each.call, Allow)]
    if len(declared) != 1:
        raise ValueError(f"{route.path} declares {len(declared)} sets of roles; expected 1 (see daogou.server.auth)")
    return frozenset(declared[0].roles)


def _document(routes: list[APIRoute], bodies: Iterable[type]) -> dict[str, Any]:
    made = get_openapi(
        title="Daogou", version=daogou.__version__, summary="Search, recommendations and answers of one shop.",
        routes=routes,
    )  # fmt: skip
    for route in routes:
        for method in route.methods or ():
            _secure(made["paths"][route.path_format][method.lower()], roles_of(route))
    components = made.setdefault("components", {})
    components["schemas"] = components.get("schemas", {}) | _schemas(bodies)
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    description = "A service, operator or admin key (`daogou key make`), or a shopper token (`POST /v1/token`)."
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "description": description}}
    return made


def _secure(operation: dict[str, Any], roles: frozenset[str]) -> None:
    if "public" in roles:
        operation["responses"] = {k: v for k, v in operation["responses"].items() if k not in ("401", "403")}
        return
    operation["security"] = [{"bearer": []}]
    operation["x-roles"] = sorted(roles)


def _schemas(bodies: Iterable[type]) -> dict[str, Schema]:
    template = _PREFIX + "{name}"
    _, plain = msgspec.json.schema_components(_PLAIN, ref_template=template)
    for schema in plain.values():
        schema.pop("required", None)
    _, sent = msgspec.json.schema_components((*_WIRE, *bodies), ref_template=template)
    return plain | sent


def merged(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """Put the arguments of a route together."""
    return {name: value for part in parts for name, value in part.items()}
