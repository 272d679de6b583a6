"""What an operator is told of the shop's own texts, over HTTP and in the console."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from page_shop import PageShop, furnish
from starlette.testclient import TestClient

from daogou.domain.ids import Instant, ProductId, ReviewId
from daogou.domain.product import Product
from daogou.domain.review import Review
from daogou.domain.text import Text
from daogou.server.app import build_app
from daogou.server.auth import create_key
from daogou.shop import suggesting

FAKE = "Best thing I ever bought in my whole life, buy it now, really"


@pytest.fixture
def shop(tmp_path: Path) -> PageShop:
    shop = furnish(tmp_path)
    p0 = shop.stores.catalogue.get([ProductId("p0")])[ProductId("p0")]
    shop.stores.catalogue.put([replace(p0, id=ProductId("new"), title=Text("跑鞋墨黑"), attributes={})], at=Instant(1))
    about = Review(ProductId("p1"), 1.0, Instant(1_749_000_000_000), text="包装压坏了，物流太慢", verified=True)
    shop.stores.reviews.put([replace(about, id=ReviewId(f"d{n}"), at=Instant(about.at + n)) for n in range(3)])
    shop.stores.reviews.put(
        [Review(ProductId(f"p{n}"), 5.0, Instant(n), id=ReviewId(f"f{n}"), text=FAKE) for n in range(4)]
    )
    return shop


@pytest.fixture
def http(shop: PageShop) -> Iterator[TestClient]:
    with TestClient(build_app(shop), base_url="http://localhost") as client:  # type: ignore[arg-type]
        client.headers["Authorization"] = f"Bearer {create_key(shop.stores, 'operator', 'boss')}"
        yield client


def test_sides_and_doubts_are_told_to_operators_only(http: TestClient, shop: PageShop) -> None:
    sides = {side["aspect"]: side for side in http.get("/v1/admin/reviews/aspects").json()["items"]}
    assert (sides["delivery"]["bad"], sides["delivery"]["products"]) == (3, 1)
    doubts = http.get("/v1/admin/reviews/doubts").json()["items"]
    assert {"f0", "f1", "f2", "f3"} <= {doubt["review"] for doubt in doubts}
    fake = next(doubt for doubt in doubts if doubt["review"] == "f0")
    assert fake["signs"]["copied"] == 3
    service = {"Authorization": f"Bearer {create_key(shop.stores, 'service', 'svc')}"}
    for path in ("reviews/aspects", "reviews/doubts", "attributes/suggestions"):
        assert http.get(f"/v1/admin/{path}", headers=service).status_code == 403


def test_a_suggestion_is_written_only_when_accepted_and_its_origin_is_kept(http: TestClient, shop: PageShop) -> None:
    def new() -> Product:
        return shop.stores.catalogue.get([ProductId("new")])[ProductId("new")]

    (found,) = http.get("/v1/admin/attributes/suggestions").json()["items"]
    assert (found["product"], found["name"], found["value"]["en"]) == ("new", "color", "Black")
    assert new().attributes == {}
    said = {"product": "new", "name": "color", "accept": True}
    assert http.post("/v1/admin/attributes/suggestions", json=said).status_code == 200
    assert new().attributes == {"color": (Text("墨黑", "Black"),)}
    assert http.get("/v1/admin/attributes/suggestions").json()["items"] == []
    ((_, record),) = shop.stores.ledger.of("attribute")
    assert (record["decision"], record["by"], record["origin"]) == ("accepted", "boss", "title")
    assert http.post("/v1/admin/attributes/suggestions", json=said).status_code == 404
    shop.stores.catalogue.put([replace(new(), attributes={})], at=Instant(2))
    assert len(http.get("/v1/admin/attributes/suggestions").json()["items"]) == 1


def test_the_next_ones_are_offered_when_some_are_rejected(
    http: TestClient, shop: PageShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "_OFFERED", 1)
    new = shop.stores.catalogue.get([ProductId("new")])[ProductId("new")]
    shop.stores.catalogue.put([replace(new, id=ProductId("newer"))], at=Instant(2))
    offered = []
    for _ in range(2):
        (found,) = http.get("/v1/admin/attributes/suggestions").json()["items"]
        offered.append(found["product"])
        said = {"product": found["product"], "name": "color", "accept": False}
        assert http.post("/v1/admin/attributes/suggestions", json=said).status_code == 200
    assert sorted(offered) == ["new", "newer"]
    assert http.get("/v1/admin/attributes/suggestions").json()["items"] == []


def test_what_changed_between_a_decision_and_its_record_is_read(
    http: TestClient, shop: PageShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = shop.stores.catalogue.get([ProductId("new")])[ProductId("new")]
    later = [replace(new, id=ProductId("later"))]
    assert len(http.get("/v1/admin/attributes/suggestions").json()["items"]) == 1
    put = shop.stores.catalogue.put

    def put_and_another(products: Iterable[Product], *, at: Instant) -> int:
        changed = put(products, at=at)
        put(later, at=at)  # an import that runs beside
        return changed

    monkeypatch.setattr(shop.stores.catalogue, "put", put_and_another)
    said = {"product": "new", "name": "color", "accept": True}
    assert http.post("/v1/admin/attributes/suggestions", json=said).status_code == 200
    (found,) = http.get("/v1/admin/attributes/suggestions").json()["items"]
    assert found["product"] == "later"


def test_what_was_rejected_is_not_offered_again(http: TestClient, shop: PageShop) -> None:
    said = {"product": "new", "name": "color", "accept": False}
    assert http.post("/v1/admin/attributes/suggestions", json=said).status_code == 200
    assert http.get("/v1/admin/attributes/suggestions").json()["items"] == []
    assert shop.stores.catalogue.get([ProductId("new")])[ProductId("new")].attributes == {}
    shop.stores.catalogue.put([Product(ProductId("other"), Text("杯"))], at=Instant(2))
    assert http.get("/v1/admin/attributes/suggestions").json()["items"] == []


def test_the_console_shows_sides_with_quotes_and_doubts_with_signs(http: TestClient, shop: PageShop) -> None:
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "operator", "eve")})
    page = http.get("/console/reviews?aspect=delivery&lang=en").text
    assert "物流太慢" in page
    assert "0 of 3 like it" in page
    assert "3 other reviews are nearly the same" in page
    assert FAKE in page
    page = http.get("/console/attributes?lang=en").text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf
    form = {"csrf": csrf[1], "product": "new", "name": "color", "accept": "1"}
    assert "There is nothing to suggest." in http.post("/console/attributes", data=form).text
    assert http.post("/console/attributes", data=form | {"csrf": "no"}).status_code == 403


def test_a_side_that_nobody_has_spoken_of_for_years_has_a_page(shop: PageShop) -> None:
    old = Review(ProductId("p1"), 5.0, Instant(1_500_000_000_000), text="屏幕很清晰", verified=True)
    shop.stores.reviews.put([replace(old, id=ReviewId(f"o{n}"), at=Instant(old.at + n)) for n in range(3)])
    with TestClient(build_app(shop), base_url="http://localhost") as client:  # type: ignore[arg-type]
        client.post("/console/sign-in", data={"key": create_key(shop.stores, "operator", "eve")})
        assert client.get("/console/reviews?aspect=screen&lang=en").status_code == 200
