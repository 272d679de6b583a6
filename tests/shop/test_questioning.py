"""What shoppers ask, through the public doors: the assistant, the search, the pages, the command line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from shop_world import build_shop

from daogou.cli.main import cli
from daogou.domain.conversation import Message
from daogou.domain.errors import BadRequest, NotFound
from daogou.domain.event import Event
from daogou.domain.ids import ConversationId, Instant, ProductId, ReviewId, SessionId
from daogou.domain.review import Review
from daogou.domain.text import Text
from daogou.opinions.summary import ReviewSummary
from daogou.shop.batch import ask_lines
from daogou.shop.plain import plain_json
from daogou.shop.questioning import DAYS, AskedLine
from daogou.shop.shop import Shop
from daogou.testing.builders import article

SECRET = "my name is Zhang San"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = build_shop(tmp_path / "shop", train=False)
    yield made
    made.close()


def chat(shop: Shop, visitor: str, *lines: str, shopper: str | None = None) -> None:
    for line in lines:
        asyncio.run(shop.chat(line, conversation=visitor, shopper=shopper))


def lines(shop: Shop) -> dict[tuple[str, str], AskedLine]:
    return {(line.product or line.about.en or "shop", line.topic.id): line for line in shop.questions.report()}


def often(shop: Shop, product: str) -> list[tuple[str, int, str]]:
    found = shop.product(product)
    assert found is not None
    shop.questions.catch_up()
    return [(each.topic.id, each.people, each.of) for each in shop.questions.of(found)]


def test_what_ten_people_ask_the_assistant_is_told_and_what_nine_ask_is_not(shop: Shop) -> None:
    for n in range(9):
        chat(shop, f"web:v{n}", "how much is Hiking boots model 1", f"is it waterproof? {SECRET}", "能不能机洗")
    chat(shop, "web:v0", *["能不能机洗"] * 5)
    assert shop.questions.report() == []
    assert often(shop, "boots-1") == []
    chat(shop, "web:v9", "徒步鞋1型多少钱", "防水吗？")
    found = lines(shop)
    assert set(found) == {("boots-1", "waterproof"), ("Hiking boots", "waterproof")}
    assert (found["boots-1", "waterproof"].people, found["boots-1", "waterproof"].answered) == (10, False)
    of_kind = found["Hiking boots", "waterproof"]
    assert (len(of_kind.silent), of_kind.looked_at) == (6, 6)
    assert often(shop, "boots-1") == [("waterproof", 10, "product")]
    assert often(shop, "boots-2") == [("waterproof", 10, "kind")]
    assert often(shop, "socks-1") == []
    assert SECRET not in plain_json(shop.questions.report())


def test_a_visitor_who_asks_twice_in_different_places_is_one(shop: Shop) -> None:
    for n in range(9):
        chat(shop, f"web:v{n}", "can hiking boots get wet in the rain?")
    shop.record([Event("search", shop.clock(), session=SessionId("v0"), query="are hiking boots waterproof")])
    assert lines(shop) == {}
    shop.record([Event("search", shop.clock(), session=SessionId("v9"), query="are hiking boots waterproof")])
    assert set(lines(shop)) == {("Hiking boots", "waterproof")}


def test_a_search_that_asks_counts_for_the_product_that_was_clicked_then(shop: Shop) -> None:
    people = [SessionId(f"x{n}") for n in range(10)]
    query = "does model 2 need dry cleaning or can i wash it"
    shop.record([Event("search", shop.clock(), session=who, query=query) for who in people])
    assert often(shop, "pack-2") == []
    shop.record([Event("click", shop.clock(), session=who, product=ProductId("pack-2"), query=query) for who in people])
    assert often(shop, "pack-2") == [("washing", 10, "product")]
    assert often(shop, "pack-1") == [("washing", 10, "kind")]


def test_other_goods_that_a_question_names_are_what_it_is_about(shop: Shop) -> None:
    for n in range(10):
        chat(shop, f"web:v{n}", "how much is Hiking boots model 1", "can merino socks be machine washed?")
    assert set(lines(shop)) == {("Merino socks", "washing")}


def test_products_without_a_category_have_no_kind_in_common(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daogou.shop.engine._CATALOGUE_EVERY_S", 0)
    (boots,) = shop.stores.catalogue.get([ProductId("boots-1")]).values()
    for id in ("a", "b"):
        shop.stores.catalogue.put([replace(boots, id=ProductId(id), category=())], at=shop.clock())
    people = [SessionId(f"x{n}") for n in range(10)]
    query = "can I wash it in the machine?"
    shop.record([Event("search", shop.clock(), session=who, query=query) for who in people])
    shop.record([Event("click", shop.clock(), session=who, product=ProductId("a"), query=query) for who in people])
    assert often(shop, "a") == [("washing", 10, "product")]
    assert often(shop, "b") == []
    assert set(lines(shop)) == {("a", "washing")}


def test_a_kind_whose_products_are_gone_is_not_listed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daogou.shop.engine._CATALOGUE_EVERY_S", 0)
    for n in range(10):
        chat(shop, f"web:v{n}", "can merino socks be machine washed?")
    assert set(lines(shop)) == {("Merino socks", "washing")}
    socks = [product for product in shop.stores.catalogue.scan() if product.id.startswith("socks")]
    shop.stores.catalogue.put([replace(product, hidden=True) for product in socks], at=shop.clock())
    assert shop.product("socks-1") is not None
    assert lines(shop) == {}


def test_a_shop_may_count_only_shoppers_who_are_signed_in(shop: Shop) -> None:
    shop.settings = replace(shop.settings, shop=replace(shop.settings.shop, people="shoppers"))
    for n in range(10):
        chat(shop, f"web:v{n}", "can merino socks be machine washed?")
    assert lines(shop) == {}
    for n in range(10):
        chat(shop, f"web:w{n}", "can merino socks be machine washed?", shopper=f"s{n}")
    assert set(lines(shop)) == {("Merino socks", "washing")}


def test_old_questions_and_those_on_ones_own_orders_are_not_counted(shop: Shop) -> None:
    now = shop.clock()
    shop.clock = lambda: Instant(now - (DAYS + 1) * 86_400_000)
    for n in range(10):
        chat(shop, f"web:v{n}", "are hiking boots waterproof?")
    shop.clock = lambda: now
    for n in range(10):
        chat(shop, f"web:w{n}", "has my order been delivered yet?", shopper=f"s{n}")
    assert lines(shop) == {}


def test_an_answer_that_is_filled_in_answers_at_once_and_is_on_record(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daogou.shop.engine._CATALOGUE_EVERY_S", 0)
    for n in range(10):
        chat(shop, f"web:v{n}", "how much is Hiking boots model 1", "is it waterproof?", "可以退货吗")
    assert lines(shop)["boots-1", "waterproof"].silent == ("boots-1",)
    assert not lines(shop)["shop", "returns"].answered
    shop.suggested_attributes.fill("boots-1", "waterproof", " 防泼水 ", by="eve")
    line = lines(shop)["boots-1", "waterproof"]
    assert (line.answered, line.replies[0].name, line.replies[0].text.zh) == (True, "waterproof", "防泼水")
    assert "boots-1" not in lines(shop)["Hiking boots", "waterproof"].silent
    ((_, record),) = shop.stores.ledger.of("attribute")
    assert (record["decision"], record["by"], record["value"]) == ("filled", "eve", "防泼水")
    shop.stores.articles.put([article("back", "Returns", "Send it back.", kind="policy", topic="returns")])
    assert lines(shop)["shop", "returns"].answered
    for wrong, error in (
        (("boots-1", "waterproof", "no"), BadRequest),
        (("boots-2", "waterproof", "  "), BadRequest),
        (("boots-2", "", "yes"), BadRequest),
        (("none", "waterproof", "yes"), NotFound),
    ):
        with pytest.raises(error):
            shop.suggested_attributes.fill(*wrong, by="eve")


def test_the_command_line_lists_topics_and_what_the_record_says(shop: Shop) -> None:
    folder = str(shop.folder)
    said = CliRunner().invoke(cli, ["--shop", folder, "questions"])
    assert "not enough people have asked the same" in said.output
    for n in range(10):
        chat(shop, f"web:v{n}", "how much is Hiking boots model 1", "what is it made of?", "is it waterproof?")
    said = CliRunner().invoke(cli, ["--shop", folder, "questions"])
    assert "6 of 6 products do not say" in said.output
    said = CliRunner().invoke(cli, ["--shop", folder, "questions", "boots-1"])
    assert "material: mesh" in said.output
    found = json.loads(CliRunner().invoke(cli, ["--shop", folder, "--json", "questions", "boots-1"]).output)
    assert {each["topic"]["id"] for each in found} == {"material", "waterproof"}
    assert CliRunner().invoke(cli, ["--shop", folder, "questions", "none"]).exit_code == 1


def test_other_words_for_sides_count_what_was_asked_anew(shop: Shop) -> None:
    for n in range(10):
        chat(shop, f"web:v{n}", "how much is Hiking boots model 1", "抓地力怎么样")
    assert often(shop, "boots-1") == []
    own = '[grip]\nlabel = { zh = "抓地", en = "Grip" }\nwords = ["抓地力"]\n'
    (shop.folder / "aspects.toml").write_text(own, "utf-8")
    shop.train()
    assert often(shop, "boots-1") == [("grip", 10, "product")]


def test_the_assistant_answers_what_the_record_says_and_says_where_it_says_nothing(shop: Shop) -> None:
    (boots,) = shop.stores.catalogue.get([ProductId("boots-1")]).values()
    said = Text("耐走。可以机洗，水温三十度。", "Made to walk in. Machine wash at 30 degrees.")
    worn = Review(boots.id, 5.0, shop.clock(), text="穿着很舒服")
    shop.stores.catalogue.put([replace(boots, description=said)], at=shop.clock())
    shop.stores.reviews.put([replace(worn, id=ReviewId(f"r{n}")) for n in range(3)])
    shop.stores.articles.put([article("sizes", "Sizes", "They run true.", kind="faq", topic="sizes")])

    def answers(*turns: str) -> list[dict[str, Any]]:
        first = "how much is Hiking boots model 1" if turns[0].isascii() else "徒步鞋1型多少钱"
        lines = ask_lines(shop, [json.dumps({"id": "c", "turns": [first, *turns]}).encode()])
        return [json.loads(line) for line in lines][1:]

    wash, wool, rain, box, size = answers(
        "can I wash it in the machine?", "is it warm enough for winter?", "are they ok in the rain?",
        "does it come with laces?", "does it run small?",
    )  # fmt: skip
    assert "Its description says: “Machine wash at 30 degrees.”" in wash["text"]
    claim = next(each for each in wash["claims"] if each["source"].endswith("#description:washing"))
    assert claim["text"] == "Machine wash at 30 degrees."
    assert wool["text"] == "Nothing is on record for Hiking boots model 1 about this: warmth and breathability."
    assert "about this: waterproof." in rain["text"]
    assert "about this: what is included." in box["text"]
    assert "Sizes: They run true." in size["text"]
    wash, worn_well, heavy = answers("能机洗吗", "穿着舒不舒服", "重不重")
    assert "商品描述里写着：“可以机洗，水温三十度。”" in wash["text"]
    assert "3 条评价提到舒适，都满意" in worn_well["text"]
    assert heavy["text"] == "徒步鞋1型没有关于“重量”的记录。"
    assert [each["intent"] for each in answers("red running shoes", "有没有防水的双肩包")] == ["find", "find"]


def test_words_that_change_while_an_answer_is_made_hold_in_the_next(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(10):
        chat(shop, f"web:v{n}", "how much is Hiking boots model 1", "is it waterproof?", "能不能机洗")
    found, questions, sum_up = shop.product("boots-1"), shop.questions, shop.review_summary
    assert found is not None
    questions.catch_up()
    before = [each.topic for each in questions.of(found)]
    assert len(before) == 2

    def meanwhile(id: str) -> ReviewSummary:
        questions._topics = replace(questions._topics, by_id={})
        return sum_up(id)

    monkeypatch.setattr(shop, "review_summary", meanwhile)
    assert [each.topic for each in questions.of(found)] == before


def test_of_questions_that_never_got_an_answer_not_all_are_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daogou.shop.questioning._TALKS", 3)
    for n in range(9):
        said = Message(ConversationId(f"web:v{n}"), shop.clock(), "shopper", "is it waterproof?")
        shop.stores.conversations.append(said)
    shop.questions.catch_up()
    assert list(shop.questions._said) == [f"web:v{n}" for n in (6, 7, 8)]
