"""The showcase is whole, says everything in two languages, and is the same every time."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from daogou.domain.ids import Instant
from daogou.domain.order import OrderStatus, ShipmentStatus
from daogou.domain.promotion import BenefitKind
from daogou.domain.text import language_of
from daogou.evaluation.showcase import build
from daogou.evaluation.showcase.pictures import draw, drawings
from daogou.evaluation.showcase.prices import in_campaign
from daogou.evaluation.showcase.vocabulary import vocabulary
from daogou.ingest import records

Read = Callable[[str], list[dict[str, Any]]]


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        build.write(tmp_path / name, scale=0.02, end=Instant(1_790_000_000_000))
    one, two = _bytes(tmp_path / "one"), _bytes(tmp_path / "two")
    assert one == two
    build.write(tmp_path / "other", seed=1, scale=0.02, end=Instant(1_790_000_000_000))
    assert _bytes(tmp_path / "other")["products.jsonl"] != one["products.jsonl"]


def test_every_record_reads_back(lines: Read) -> None:
    for name in build.RECORDS:
        kind = name.removesuffix(".jsonl").removesuffix("s") if name != "policies.jsonl" else "policy"
        for record in lines(name.removesuffix(".jsonl")):
            assert records.kind_of(record) == ("article" if kind == "policy" else kind)
            records.KINDS[kind].decode(record, currency="CNY")


def test_the_folder_names_what_is_to_be_imported(showcase: Path) -> None:
    assert all(path.is_file() for path in build.paths(showcase))


def test_products_speak_both_languages(lines: Read) -> None:
    for product in lines("products"):
        for text in (product["title"], product["description"], *product["category"]):
            assert language_of(text["zh"]) == "zh"
            assert text["en"]
            assert language_of(text["en"]) == "en"


def test_a_full_showcase_covers_eight_departments(lines: Read) -> None:
    assert len({product["category"][0]["en"] for product in lines("products")}) == 8
    assert 90 <= len(vocabulary().kinds) <= 120
    assert 1400 <= sum(kind.n for kind in vocabulary().kinds.values()) <= 1600


def test_titles_are_unique_and_some_goods_are_sold_out(lines: Read) -> None:
    products = lines("products")
    titles = [product["title"]["en"] for product in products]
    assert len(titles) == len(set(titles))
    stocks = [product["stock"] for product in products]
    assert 0 in stocks
    assert any(0 < stock < 5 for stock in stocks)


def test_titles_claim_only_features_the_product_has(lines: Read) -> None:
    for product in lines("products"):
        has = {value["en"] for value in _listed(product["attributes"].get("feature"))}
        for label in ("waterproof", "wireless", "noise-cancelling"):
            if label in product["title"]["en"].lower() and label not in product["category"][-1]["en"].lower():
                assert label in has, product["title"]


def test_references_lead_somewhere(lines: Read) -> None:
    products = {product["id"]: product for product in lines("products")}
    variants = {variant["id"] for product in products.values() for variant in product.get("variants", ())}
    shoppers = {shopper["id"] for shopper in lines("shoppers")}
    for event in lines("events"):
        assert event["shopper"] in shoppers
        assert event["type"] == "search" or event["product"] in products
        assert event.get("variant") is None or event["variant"] in variants
    for order in lines("orders"):
        assert order["shopper"] in shoppers
        assert {line["product"] for line in order["lines"]} <= products.keys()
    for record in (*lines("reviews"), *lines("prices")):
        assert record["product"] in products
    for article in lines("articles"):
        assert set(article.get("products", ())) <= products.keys()
    steps = {step["en"].casefold() for product in products.values() for step in product["category"]}
    for promotion in lines("promotions"):
        assert set(promotion.get("condition", {}).get("categories", ())) <= steps


def test_orders_are_in_every_state(lines: Read) -> None:
    orders = lines("orders")
    assert {order.get("status", "paid") for order in orders} == set(get_args(OrderStatus))
    parcels = {parcel["status"] for order in orders for parcel in order.get("shipments", ())}
    assert parcels == set(get_args(ShipmentStatus))
    for person in ("lin", "emma", "wei", "sofia"):
        mine = {order.get("status", "paid") for order in orders if order["shopper"] == person}
        assert "shipped" in mine
        assert len(mine) >= 4


def test_promotions_offer_every_benefit_before_now_and_after(lines: Read) -> None:
    promotions = [records.decode_promotion(record, currency="CNY") for record in lines("promotions")]
    assert {promotion.benefit.kind for promotion in promotions} == set(get_args(BenefitKind))
    assert any(promotion.ends and promotion.ends <= build.END for promotion in promotions)
    assert any(promotion.holds_at(build.END) for promotion in promotions)
    assert any(promotion.starts and promotion.starts > build.END for promotion in promotions)


def test_price_history_ends_with_todays_price(lines: Read) -> None:
    last = {point["product"]: point["price"] for point in lines("prices")}
    assert last == {product["id"]: product["price"] for product in lines("products")}
    for before, after in pairwise(lines("prices")):
        assert before["product"] != after["product"] or before["at"] < after["at"]


def test_mid_year_is_a_campaign_and_may_is_not() -> None:
    assert in_campaign(Instant(1_781_740_800_000))  # 18 June 2026
    assert not in_campaign(Instant(1_778_803_200_000))  # 15 May 2026


def test_reviews_come_in_both_languages_and_follow_the_stars(lines: Read) -> None:
    reviews = lines("reviews")
    assert len(reviews) == 800
    assert {language_of(review["text"]) for review in reviews} == {"zh", "en"}
    praised = {stars: [_praises(each["text"]) for each in reviews if each["rating"] == stars] for stars in (1.0, 5.0)}
    assert sum(praised[5.0]) / len(praised[5.0]) > 2 * sum(praised[1.0]) / len(praised[1.0])


def test_sixty_guides_and_the_policies_a_shopper_asks_about(lines: Read) -> None:
    assert len(lines("articles")) == 60
    topics = {policy["topic"] for policy in lines("policies")}
    assert {"delivery", "returns", "payment", "warranty", "privacy"} <= topics


def test_every_kind_has_a_drawing_and_every_product_a_picture(showcase: Path, lines: Read) -> None:
    assert {kind.picture for kind in vocabulary().kinds.values()} <= drawings().keys()
    for product in lines("products"):
        assert (showcase / product["images"][0].removeprefix("/")).is_file()
    for name in drawings():
        ET.fromstring(draw(name, "#4a86c5"))
        assert "$" not in draw(name, "#4a86c5")


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _listed(value: Any) -> Iterable[dict[str, str]]:
    return value if isinstance(value, list) else [value] if value else []


def _praises(text: str) -> bool:
    return any(word in text for word in _PRAISE)


_PRAISE = ("推荐。", "满意", "好评", "很好", "excellent", "great", "Recommended", "happy")
