from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from fake_shop import Served
from starlette.testclient import TestClient

from daogou.adapters.sql.catalogue import SqlCatalogue
from daogou.domain.ids import ProductId
from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.server.app import build_app
from daogou.server.keys import create_key
from daogou.shop.create import create
from daogou.shop.shop import open_shop

KETTLE = {"id": "kettle", "title": {"en": "Gooseneck kettle", "zh": "细嘴手冲壶"}, "price": "59.00", "stock": 4}


class Door:
    """The API of a real shop that was trained, with a service key."""

    def __init__(self, http: TestClient, key: str) -> None:
        self._http, self._headers = http, {"Authorization": f"Bearer {key}"}

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = self._http.request(method, path, json=body, headers=self._headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def found(self, query: str, **parameters: str) -> list[str]:
        more = "".join(f"&{name}={value}" for name, value in parameters.items())
        return [item["product"] for item in self.call("GET", f"/v1/search?q={query}{more}")["items"]]

    def suggested(self, prefix: str) -> list[str]:
        return [each["text"] for each in self.call("GET", f"/v1/suggest?prefix={prefix}")["items"]]


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    monkeypatch.setattr("daogou.shop.engine._CATALOGUE_EVERY_S", 0.0)  # else a test had to wait
    create(tmp_path / "shop", name=Text(en="Kitchen"), currency="CNY")
    shop = open_shop(tmp_path / "shop")
    file = tmp_path / "products.jsonl"
    file.write_text(
        "".join(json.dumps({"id": f"cup-{n}", "title": f"Cup no {n}", "price": 9}) + "\n" for n in range(9))
    )
    shop.import_files([file])
    shop.train()
    key = create_key(shop.stores, name="till", role="service")
    with TestClient(build_app(shop, owner=True), base_url="http://localhost") as http:
        yield Door(http, key)


def test_a_product_that_is_put_is_found_and_suggested_at_once(door: Door) -> None:
    assert door.found("kettle") == []
    assert door.call("PUT", "/v1/products", KETTLE) == {"changed": 1}
    assert door.found("kettle") == door.found("手冲壶") == ["kettle"]
    assert door.suggested("goosen") == ["Gooseneck kettle"]
    assert door.suggested("细嘴") == ["细嘴手冲壶"]
    assert door.call("PUT", "/v1/products", KETTLE) == {"changed": 0}


def test_price_and_stock_that_change_hold_at_once(door: Door) -> None:
    door.call("PUT", "/v1/products", [KETTLE, KETTLE | {"id": "dear", "price": "99.00"}])
    assert door.found("kettle", price_max="60") == ["kettle"]
    assert door.call("PATCH", "/v1/products/kettle", {"price": "79.00"}) == {"changed": 1}
    assert door.found("kettle", price_max="60") == []
    card = door.call("GET", "/v1/search?q=kettle&sort=price_asc&cards=true")["items"][0]["card"]
    assert (card["title"]["en"], card["price"]["amount"]) == ("Gooseneck kettle", "79.00")
    history = door.call("GET", "/v1/products/kettle/price-history")["items"]
    assert [point["price"]["amount"] for point in history] == ["59.00", "79.00"]
    door.call("PATCH", "/v1/products/kettle", {"stock": 0})
    assert door.found("kettle") == ["dear"]
    door.call("PATCH", "/v1/products/kettle", {"stock": 1})
    assert sorted(door.found("kettle")) == ["dear", "kettle"]


LISTS = (
    "/v1/search?q=cup&cards=true",
    "/v1/recommend?shopper=ann&k=20&cards=true",
    "/v1/recommend?kind=similar&product=cup-1&k=20&cards=true",
    "/v1/recommend?kind=trending&k=20&cards=true",
)


def test_what_is_sold_out_is_in_no_list_unless_asked_for_and_comes_back_with_its_stock(door: Door) -> None:
    seen = [{"type": "view", "shopper": "ann", "product": f"cup-{n}"} for n in (1, 2)]
    door.call("POST", "/v1/events", seen)

    def lists(more: str = "") -> list[dict[str, Any]]:
        return [{i["product"]: i["card"] for i in door.call("GET", path + more)["items"]} for path in LISTS]

    assert all("cup-3" in found for found in lists())
    door.call("PATCH", "/v1/products/cup-3", {"stock": 0})
    assert all("cup-3" not in found and len(found) >= 6 for found in lists())
    asked = lists("&sold_out=true")
    assert all(found["cup-3"]["available"] is False and found["cup-4"]["available"] is True for found in asked)
    door.call("PATCH", "/v1/products/cup-3", {"hidden": True})
    assert all("cup-3" not in found for found in lists("&sold_out=true"))
    door.call("PATCH", "/v1/products/cup-3", {"stock": 2, "hidden": False})
    assert all("cup-3" in found for found in lists())


def test_what_another_process_sells_out_is_gone_from_lists_too(door: Door, tmp_path: Path) -> None:
    file = tmp_path / "stock.jsonl"
    for stock, gone in ((0, True), (5, False)):
        file.write_text(json.dumps({"id": "cup-3", "title": "Cup no 3", "price": 9, "stock": stock}))
        with closing(open_shop(tmp_path / "shop")) as other:
            other.import_files([file])
        for path in LISTS:
            assert ("cup-3" not in [item["product"] for item in door.call("GET", path)["items"]]) == gone


def test_what_was_got_can_be_put_back(door: Door) -> None:
    door.call("PUT", "/v1/products", {**KETTLE, "list_price": "79.90", "brand": "Alta"})
    got = door.call("GET", "/v1/products/kettle")["product"]
    assert got["price"] == {"amount": "59.00", "currency": "CNY"}
    assert door.call("PUT", "/v1/products", got) == {"changed": 0}
    dearer = {**got, "price": {"amount": "69.00", "currency": "CNY"}}
    assert door.call("PUT", "/v1/products", dearer) == {"changed": 1}
    assert door.call("GET", "/v1/products/kettle")["product"] == dearer


def test_a_product_that_is_deleted_is_in_no_list_and_may_come_back(door: Door) -> None:
    door.call("PUT", "/v1/products", KETTLE)
    assert door.call("DELETE", "/v1/products/kettle") == {"changed": 1}
    assert door.found("kettle") == []
    assert door.suggested("goosen") == []
    assert "kettle" not in [each["product"] for each in door.call("GET", "/v1/recommend?k=20")["items"]]
    door.call("PUT", "/v1/products", KETTLE)
    assert door.found("kettle") == ["kettle"]
    assert door.suggested("goosen") == ["Gooseneck kettle"]


def test_two_changes_at_once_both_stay(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door.call("PUT", "/v1/products", KETTLE)
    both, get = Barrier(2), SqlCatalogue.get

    def read_by_both(catalogue: SqlCatalogue, ids: Iterable[ProductId]) -> dict[ProductId, Product]:
        found = get(catalogue, ids)
        both.wait(5)  # who reads outside of the write waits until the other has read the same
        return found

    with monkeypatch.context() as patched, ThreadPoolExecutor(2) as threads:
        patched.setattr(SqlCatalogue, "get", read_by_both)
        changes: list[dict[str, Any]] = [{"price": "79.00"}, {"brand": "Hario"}]
        assert list(threads.map(partial(door.call, "PATCH", "/v1/products/kettle"), changes)) == [{"changed": 1}] * 2
    assert door.found("kettle", price_max="60") == []
    assert door.found("kettle", brand="Hario") == ["kettle"]


def test_another_title_is_found_by_its_new_words_only(door: Door) -> None:
    door.call("PUT", "/v1/products", KETTLE)
    door.call("PATCH", "/v1/products/kettle", {"title": "Enamel teapot"})
    assert door.found("teapot") == ["kettle"]
    assert door.found("gooseneck") == []
    assert door.suggested("enam") == ["Enamel teapot"]
    assert door.suggested("goosen") == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "where", "said"),
    [
        ("PUT", "/v1/products", {"id": "a"}, 400, "title", "is missing"),
        ("PUT", "/v1/products", [KETTLE, {"id": "b", "titel": "B"}], 400, "[1]", "did you mean 'title'"),
        ("PUT", "/v1/products", [KETTLE, {"id": "b", "title": "B", "price": "dear"}], 400, "[1].price", "price"),
        ("PUT", "/v1/products", [KETTLE] * 1001, 413, "body", "at most 1000"),
        ("PATCH", "/v1/products/none", {"stock": 1}, 404, "path.id", "no product 'none'"),
        ("PATCH", "/v1/products/p1", {"id": "p2"}, 400, "id", "the path names 'p1', the body 'p2'"),
        ("DELETE", "/v1/products/none", None, 404, "path.id", "no product 'none'"),
    ],
)
def test_what_cannot_be_is_named_and_changes_nothing(
    served: Served, method: str, path: str, body: Any, status: int, where: str, said: str
) -> None:
    before = list(served.shop.stores.catalogue.scan())
    answer = served.http.request(method, path, json=body, headers=served.key("service"))
    assert (answer.status_code, answer.json()["where"]) == (status, where)
    assert said in answer.json()["message"]
    assert list(served.shop.stores.catalogue.scan()) == before
