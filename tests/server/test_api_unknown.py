from __future__ import annotations

import pytest
from fake_shop import Served

from daogou.server.app import api_routers
from daogou.server.document import roles_of, routes_of


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("/v1/search?qq=x", "unknown parameter 'qq'; did you mean 'q'?"),
        ("/v1/search?q=x&price_mim=3", "unknown parameter 'price_mim'; did you mean 'price_min'?"),
        ("/v1/recommend?K=3", "unknown parameter 'K'; did you mean 'k'?"),
        ("/v1/suggest?prefix=a&limmit=3", "unknown parameter 'limmit'; did you mean 'limit'?"),
        ("/v1/products/p1/reviews?zzz=", "unknown parameter 'zzz'; known: limit"),
        ("/recommend?user=u1", "unknown parameter 'user'; did you mean 'user_id'?"),
        ("/metrics?q=1", "unknown parameter 'q'; this address takes none"),
    ],
)
def test_an_unknown_parameter_is_named_with_the_nearest(served: Served, address: str, advice: str) -> None:
    answer = served.http.get(address, headers=served.key("admin"))
    name = advice.split("'")[1]
    assert answer.status_code == 400
    assert answer.json() == {"error": "bad_request", "message": advice, "where": f"query.{name}"}


def test_a_body_does_not_excuse_the_address(served: Served) -> None:
    answer = served.http.post("/v1/recommend?shopper=u1", json={"k": 3}, headers=served.key("service"))
    assert (answer.status_code, answer.json()["where"]) == (400, "query.shopper")


def test_every_route_that_asks_for_a_role_refuses(served: Served) -> None:
    routes = [route for route in routes_of(api_routers(served.shop)) if "public" not in roles_of(route)]
    for route in routes:
        for method in route.methods or ():
            path = route.path_format.format_map(dict.fromkeys(route.param_convertors, "p1"))
            answer = served.http.request(method, f"{path}?utm_source=x", headers=served.key("admin"))
            assert (answer.status_code, answer.json()["where"]) == (400, "query.utm_source"), path
    assert len(routes) > 30


def test_what_a_monitor_adds_does_no_harm(served: Served) -> None:
    for address in ("/healthz?probe=1", "/readyz?probe=1"):
        assert served.http.get(address).status_code == 200
