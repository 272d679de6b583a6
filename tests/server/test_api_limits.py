from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fake_shop import FakeShop, Served, fill
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from daogou.server.app import build_app
from daogou.server.middleware import Bounded, KnownHosts, Timed, Traced

SECURE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/healthz", "/v1/search", "/nowhere", "/openapi.json"])
def test_every_answer_carries_the_headers(served: Served, path: str) -> None:
    headers = served.http.get(path).headers
    assert {name: headers[name] for name in SECURE} == SECURE
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert len(headers["X-Request-Id"]) == 16
    assert "Strict-Transport-Security" not in headers
    assert "Access-Control-Allow-Origin" not in headers


def test_a_defect_is_a_plain_500_that_tells_nothing(served: Served) -> None:
    served.shop.refusal = RuntimeError("secret detail")
    answer = served.http.get("/v1/search?q=a", headers=served.key("service"))
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.json()["message"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH"])
def test_a_wrong_method_has_the_one_shape(served: Served, method: str) -> None:
    answer = served.http.request(method, "/v1/search")
    assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")


def test_a_large_body_is_refused_before_it_is_read(served: Served) -> None:
    answer = served.http.post("/v1/events", content=b"[" + b" " * 1_000_000, headers=served.key("service"))
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_a_large_body_without_a_length_is_refused(served: Served) -> None:
    def chunks() -> Any:
        for _ in range(11):
            yield b" " * 100_000

    answer = served.http.post("/v1/events", content=chunks(), headers=served.key("service"))
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


@pytest.mark.parametrize("length", ["-1", "abc", "9" * 30])
def test_a_length_that_is_none_is_refused(served: Served, length: str) -> None:
    headers = served.key("service") | {"Content-Length": length}
    assert served.http.post("/v1/events", content=b"", headers=headers).status_code == 413


def test_more_at_once_than_allowed_is_refused(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bounded.__init__, "__defaults__", (1_000_000, 1))
    shop = fill(FakeShop(served.shop.folder, stores=served.shop.stores, gate=Event()))
    headers = served.key("service")
    event = {"type": "view", "shopper": "u1", "product": "p1"}
    with TestClient(build_app(shop), base_url="http://localhost") as http, ThreadPoolExecutor(1) as threads:
        pending = threads.submit(http.post, "/v1/events", json=event, headers=headers)
        while shop.waiting == 0:
            assert not pending.done()
        answer = http.get("/v1/search?q=a", headers=headers)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
        assert http.get("/healthz").status_code == 200
        assert shop.gate is not None
        shop.gate.set()
        assert pending.result().status_code == 200
        assert http.get("/v1/search?q=a", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200), ("127.0.0.1", 200), ("[::1]:8000", 200), ("192.168.1.9:80", 200),
        ("shop.example.com", 200), ("SHOP.example.com:443", 200), ("evil.example", 400), ("", 400),
        ("localhost.evil.example", 400),
    ],
)  # fmt: skip
def test_only_known_names_are_answered(host: str, status: int) -> None:
    app = KnownHosts(PlainTextResponse("ok"), frozenset({"shop.example.com"}))
    assert TestClient(app).get("/", headers={"Host": host}).status_code == status


def test_other_sites_may_call_only_where_the_settings_say(tmp_path: Path) -> None:
    shop = fill(FakeShop(tmp_path))
    server = replace(shop.settings.server, origins=("https://www.example.com",))
    shop.settings = replace(shop.settings, server=server)
    http = TestClient(build_app(shop), base_url="http://localhost")
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    allowed = http.options("/v1/events", headers=asked | {"Origin": "https://www.example.com"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://www.example.com"
    refused = http.options("/v1/events", headers=asked | {"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in refused.headers


def _call(app: Any, receive: Callable[[], Any], path: str = "/") -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "headers": [], "query_string": b""}
    asyncio.run(app(scope, receive, send))
    return sent


async def _never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def _empty() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def test_a_body_that_does_not_arrive_is_given_up() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    assert _call(Timed(app, body_s=0.01), _never)[0]["status"] == 408


def test_an_answer_that_does_not_come_is_given_up() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await asyncio.Event().wait()

    assert _call(Timed(app, answer_s=0.01), _empty)[0]["status"] == 504


def test_a_stream_that_has_begun_may_take_its_time() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("begun")(scope, receive, send)
        begun = asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() < begun + 0.05:
            await asyncio.sleep(0)

    assert [message["type"] for message in _call(Timed(app, answer_s=0.01), _empty)] == [
        "http.response.start",
        "http.response.body",
    ]


def test_a_defect_after_the_answer_began_breaks_the_answer_off() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("late")

    with pytest.raises(RuntimeError, match="late"):
        _call(Traced(app), _empty)


def test_metrics_count_by_route_and_never_by_path(served: Served) -> None:
    headers = served.key("operator")
    for path in ("/v1/products/p1", "/v1/products/p2", "/nowhere/1", "/nowhere/2", "/static/none"):
        served.http.get(path, headers=headers)
    text = served.http.get("/metrics", headers=headers).text
    assert 'daogou_http_requests_total{method="GET",route="/v1/products/{id:path}",status="200"} 2.0' in text
    assert 'daogou_http_requests_total{method="GET",route="none",status="404"} 2.0' in text
    assert 'daogou_http_requests_total{method="GET",route="pages",status="404"} 1.0' in text
    assert 'daogou_release_info{release="r1"} 1.0' in text
