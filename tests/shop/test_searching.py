"""Synonyms, the report of searches and a product as the query through the public doors."""

from __future__ import annotations

import pytest
from shop_world import build_shop

from daogou.domain.errors import BadSettings, NotFound
from daogou.domain.event import Event
from daogou.domain.ids import SessionId
from daogou.settings.synonyms import FILE
from daogou.shop.shop import Shop, open_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return build_shop(tmp_path_factory.mktemp("synonymous") / "shop")


def test_an_accepted_synonym_holds_from_the_next_search_on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daogou.shop.engine._CATALOGUE_EVERY_S", 0)
    people = [Event("search", shop.clock(), session=SessionId(f"x{n}"), query="wellies") for n in range(10)]
    shop.record(people[:9])
    assert shop.search_report().queries == ()
    shop.record(people[9:])
    (line,) = shop.search_report().nothing
    assert (line.asked.query, line.asked.shoppers, line.found) == ("wellies", 10, 0)
    shop.add_synonyms(["wellies", "boots"])
    hits = shop.search("wellies")
    assert hits.total == shop.search("boots").total != 0
    assert hits.understood is not None
    assert hits.understood.also == {"wellies": ("boots",)}
    assert shop.search_report().nothing == ()
    shop.set_synonyms("")
    assert shop.search("wellies").total == 0


def test_what_a_search_gives_up_is_said_in_the_language_of_the_page(shop: Shop) -> None:
    shop.record([Event("search", shop.clock(), session=SessionId(f"g{n}"), query="red mesh boots") for n in range(10)])
    assert ("颜色: 红色",) in {line.relaxed for line in shop.search_report(language="zh").nothing}
    assert ("Colour: red",) in {line.relaxed for line in shop.search_report(language="en").nothing}


def test_a_trained_shop_has_a_dictionary_for_words_it_does_not_use(shop: Shop) -> None:
    hits = shop.search("靴子")
    assert hits.understood is not None
    assert [meant.phrase for meant in hits.understood.meant["靴子"]] == ["boot"]
    assert hits.total == shop.search("boots").total != 0
    assert hits.items[0].because[0].text.en == "Matches “靴子”"


def test_an_operator_rejects_what_the_dictionary_says(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daogou.shop.engine._CATALOGUE_EVERY_S", 0)
    shop.set_synonyms('[[apart]]\nwords = ["靴子", "boots"]\n')
    hits = shop.search("靴子")
    assert hits.understood is not None
    assert (hits.understood.meant, hits.understood.unknown, hits.total) == ({}, ("靴子",), 0)
    shop.set_synonyms("")
    assert shop.search("靴子").total != 0


def test_a_product_as_the_query_must_exist_and_is_not_among_the_answers(shop: Shop) -> None:
    found = [hit.product for hit in shop.search("", like="boots-1", k=50)]
    assert found
    assert "boots-1" not in found
    with pytest.raises(NotFound, match="no product 'boots-none'"):
        shop.search("", like="boots-none")


def test_a_file_with_a_mistake_leaves_the_synonyms_before_it_and_is_said(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daogou.shop.engine._CATALOGUE_EVERY_S", 0)
    shop.set_synonyms('[[synonym]]\nwords = ["wellies", "boots"]\n')
    assert shop.search("wellies").total
    (shop.folder / FILE).write_text("[[synonym]]\nwords = 3\n", "utf-8")
    hits = shop.search("wellies")
    assert hits.total
    assert "the synonyms before the last change hold" in (hits.degraded or "")
    shop.close()
    again = open_shop(shop.folder)
    with pytest.raises(BadSettings, match="synonym 1"):
        again.search("boots")
    again.close()
