"""The authorisation matrix, made from the route table: a new route must be entered here by hand."""

from __future__ import annotations

import pytest
from fake_shop import Served
from fastapi import APIRouter

from daogou.domain.ids import OrderId, ProductId, ShopperId
from daogou.domain.money import Money
from daogou.domain.order import Order, OrderLine
from daogou.server import document
from daogou.server.app import api_routers
from daogou.server.document import roles_of

ANYONE = {"shopper", "service", "operator", "admin"}
EXPECTED = {
    "GET /v1/search": ANYONE,
    "GET /v1/suggest": ANYONE,
    "GET /v1/understand": ANYONE,
    "GET /v1/recommend": ANYONE,
    "POST /v1/recommend": ANYONE,
    "GET /v1/recommend/articles": ANYONE,
    "GET /v1/explain": ANYONE,
    "POST /v1/embeddings": {"service", "admin"},
    "GET /recommend": ANYONE,
    "GET /v1/products/{id:path}": ANYONE,
    "GET /v1/products/{id:path}/reviews/summary": ANYONE,
    "GET /v1/products/{id:path}/similar": ANYONE,
    "GET /v1/products/{id:path}/together": ANYONE,
    "GET /v1/products/{id:path}/reviews": ANYONE,
    "GET /v1/products/{id:path}/questions": ANYONE,
    "GET /v1/products/{id:path}/price-history": ANYONE,
    "PUT /v1/products": {"service", "admin"},
    "PATCH /v1/products/{id:path}": {"service", "admin"},
    "DELETE /v1/products/{id:path}": {"service", "admin"},
    "POST /v1/events": ANYONE,
    "POST /v1/chat": ANYONE,
    "GET /v1/shoppers/{id:path}/profile": ANYONE,
    "GET /v1/promotions": ANYONE,
    "POST /v1/basket/price": ANYONE,
    "GET /v1/articles": ANYONE,
    "GET /v1/articles/{id:path}": ANYONE,
    "GET /v1/orders": ANYONE,
    "GET /v1/orders/{id:path}": ANYONE,
    "POST /v1/token": {"service", "admin"},
    "GET /v1/admin/releases": {"operator", "admin"},
    "POST /v1/admin/releases/{id}/activate": {"operator", "admin"},
    "GET /v1/admin/events": {"operator", "admin"},
    "GET /v1/admin/imports": {"operator", "admin"},
    "GET /v1/admin/searches": {"operator", "admin"},
    "GET /v1/admin/synonyms": {"operator", "admin"},
    "POST /v1/admin/synonyms": {"operator", "admin"},
    "GET /v1/admin/reviews/aspects": {"operator", "admin"},
    "GET /v1/admin/reviews/doubts": {"operator", "admin"},
    "GET /v1/admin/questions": {"operator", "admin"},
    "GET /v1/admin/attributes/suggestions": {"operator", "admin"},
    "POST /v1/admin/attributes/suggestions": {"operator", "admin"},
    "GET /metrics": {"service", "operator", "admin"},
    "GET /healthz": {"public"},
    "GET /readyz": {"public"},
}


def test_every_route_declares_what_is_expected(served: Served) -> None:
    routes = document.routes_of(api_routers(served.shop))
    declared = {f"{method} {route.path}": set(roles_of(route)) for route in routes for method in route.methods or ()}
    assert declared == EXPECTED


def test_a_route_without_roles_is_refused() -> None:
    routes = APIRouter()
    routes.add_api_route("/v1/open", lambda: None)
    (route,) = document.routes_of([routes])
    with pytest.raises(ValueError, match="/v1/open declares 0 sets of roles"):
        roles_of(route)


@pytest.mark.parametrize("role", ["nobody", "shopper", "service", "operator", "admin"])
def test_only_the_expected_roles_come_in(served: Served, role: str) -> None:
    headers = {"nobody": {}, "shopper": served.token("u1")}.get(role) if role in {"nobody", "shopper"} else None
    headers = served.key(role) if headers is None else headers
    let_in = {}
    for entry in EXPECTED:
        method, _, path = entry.partition(" ")
        answer = served.http.request(method, path.replace("{id:path}", "u1").replace("{id}", "u1"), headers=headers)
        let_in[entry] = answer.status_code not in {401, 403}
        refusal = 401 if role == "nobody" else 403
        assert answer.status_code == refusal or let_in[entry]
    assert let_in == {entry: "public" in expected or role in expected for entry, expected in EXPECTED.items()}


@pytest.mark.parametrize("path", ["/v1", "/v1/none", "/v1/admin", "/docs", "/redoc", "/metrics/", "//v1/search"])
def test_what_is_no_route_is_not_found(served: Served, path: str) -> None:
    answer = served.http.get(f"http://localhost{path}")
    assert answer.status_code == 404
    assert set(answer.json()) == {"error", "message", "where"}


def test_a_token_sees_its_own_orders_only(served: Served) -> None:
    line = OrderLine(ProductId("p1"), 1, Money(1900, "USD"))
    orders = [Order(OrderId(f"o{i}"), ShopperId(f"u{i}"), served.shop.now, (line,)) for i in (1, 2)]
    served.shop.stores.orders.put(orders)
    assert served.http.get("/v1/orders/o1", headers=served.token("u1")).json()["shopper"] == "u1"
    assert served.http.get("/v1/orders/o2", headers=served.token("u1")).status_code == 404
    assert served.http.get("/v1/orders/o1", headers=served.token(None, "s1")).status_code == 404
    assert served.http.get("/v1/orders?shopper=u2", headers=served.token("u1")).status_code == 403
    mine = served.http.get("/v1/orders", headers=served.token("u1")).json()["items"]
    assert [order["id"] for order in mine] == ["o1"]


def test_a_shopper_never_reaches_the_conversation_of_another(served: Served) -> None:
    said = {"text": "hello", "conversation": "c7"}
    kept = []
    for headers in (served.token("u1"), served.token("u2"), served.token(None, "u1"), served.key("service")):
        served.http.post("/v1/chat", json=said, headers=headers)
        kept.append(served.shop.asked["conversation"])
    assert len(set(kept)) == 4
