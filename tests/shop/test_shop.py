"""The whole slice through the public door: import, train, search, recommend, explain, record, roll back."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from shop_world import build_shop, events, products, write_lines
from starlette.testclient import TestClient

import daogou
from daogou.cli.main import cli
from daogou.domain.errors import BadRequest, Busy, CorruptRelease, NotFound, NotReady
from daogou.domain.event import Event, EventType
from daogou.domain.ids import Instant, ProductId, ReviewId, SessionId, ShopperId, VariantId
from daogou.domain.money import Money
from daogou.domain.product import Product, Variant
from daogou.domain.query import Where
from daogou.domain.review import Review
from daogou.domain.text import Text
from daogou.opinions.board import board
from daogou.opinions.targets import LEAST
from daogou.server.app import build_app
from daogou.server.auth import create_key
from daogou.shop.backup import backup, restore
from daogou.shop.batch import ask_lines, recommend_lines, search_lines
from daogou.shop.shop import Shop, releases_of

NOW = Instant(1_775_000_000_000)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Shared by the tests that only read."""
    shop = build_shop(tmp_path_factory.mktemp("read") / "shop")
    yield shop
    shop.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A trained shop of the test's own."""
    made = build_shop(tmp_path / "shop")
    yield made
    made.close()


def act(type: EventType, product: str, *, shopper: str | None = None, session: str | None = None) -> Event:
    return Event(
        type,
        NOW,
        shopper=ShopperId(shopper) if shopper else None,
        session=SessionId(session) if session else None,
        product=ProductId(product),
    )


@pytest.mark.parametrize("words", ["跑步鞋", "running shoes", "我想找一款跑步鞋", "runing shoes"])
def test_both_languages_and_a_typo_find_the_same_shoes(trained: Shop, words: str) -> None:
    found = {str(hit.product) for hit in trained.search(words, k=6)}
    assert found == {f"running-shoes-{n}" for n in range(6)}


def test_a_price_in_dollars_and_a_negation_are_kept_in_a_shop_that_sells_in_yuan(trained: Shop) -> None:
    hits = trained.search("running shoes under $48, not leather")
    assert {str(hit.product) for hit in hits} == {"running-shoes-1", "running-shoes-3"}
    assert hits.understood is not None
    assert hits.understood.where.price_max == Money(33_600, "CNY")


def test_every_hit_says_why_and_shares_add_up(trained: Shop) -> None:
    answers = [trained.search("boots"), trained.recommend(shopper="s1"), trained.recommend(product="boots-1")]
    for answer in answers:
        assert answer.items
        for hit in answer:
            assert hit.because
            assert sum(reason.share for reason in hit.because) <= 1 + 1e-6
            assert all(reason.text.zh and reason.text.en for reason in hit.because)


def test_socks_go_with_boots(trained: Shop) -> None:
    together = trained.recommend(product="boots-2", kind="together", k=1)
    assert [hit.product for hit in together] == ["socks-2"]
    assert together.items[0].because[0].kind == "together"


def test_likeness_is_said_with_the_graph(trained: Shop) -> None:
    found = {
        hit.product: reason
        for hit in trained.recommend(shopper="s1", k=24)
        for reason in hit.because
        if reason.kind == "graph"
    }
    assert found
    for product, reason in found.items():
        ours, theirs = trained.product(product), trained.product(reason.products[0])
        assert ours is not None
        assert theirs is not None
        if "brand" in reason.text.en:
            assert ours.brand == theirs.brand
        assert ours.category[0] == theirs.category[0]


def test_an_event_changes_the_very_next_answer(shop: Shop) -> None:
    before = shop.recommend(session="new", k=3)
    shop.record([act("view", "boots-3", session="new")])
    after = shop.recommend(session="new", k=3)
    assert [hit.product for hit in before] != [hit.product for hit in after]
    assert any("boots-3" in reason.products for hit in after for reason in hit.because)


def test_an_event_on_a_product_put_a_moment_ago_changes_the_very_next_answer(shop: Shop) -> None:
    shop.recommend(session="new")  # the catalogue has just been looked at
    put = Product(ProductId("boots-9"), Text(en="Hiking boots"), category=(Text(en="Outdoor"), Text(en="Hiking boots")))
    shop.stores.catalogue.put([put], at=NOW)
    shop.record([act("view", "boots-9", session="new")])
    after = shop.recommend(session="new", k=3)
    assert any("boots-9" in reason.products for hit in after for reason in hit.because)


def test_an_event_on_a_product_put_a_moment_ago_is_known_over_http(shop: Shop) -> None:
    product = {"id": "boots-9", "title": {"en": "Hiking boots"}, "price": "9.00", "stock": 3}
    headers = {"Authorization": f"Bearer {create_key(shop.stores, 'admin', 'all')}"}
    with TestClient(build_app(shop), base_url="http://localhost") as http:
        http.get("/v1/recommend?shopper=new", headers=headers)
        assert http.put("/v1/products", json=[product], headers=headers).status_code == 200
        view = {"type": "view", "product": "boots-9", "shopper": "new"}
        assert http.post("/v1/events", json=view, headers=headers).json()["recorded"] == 1
        answer = http.get("/v1/recommend?shopper=new&k=3", headers=headers).json()
    assert any("boots-9" in reason["products"] for hit in answer["items"] for reason in hit["because"])


def _with_variants(shop: Shop) -> None:
    lamps = [
        Product(
            ProductId(id),
            Text(en=title),
            attributes={"gtin": (Text.of(f"400{id[-1]}"),)},
            variants=(Variant(VariantId(f"{id}-red"), sku=f"{id.upper()}-R"), Variant(VariantId("shared"))),
        )
        for id, title in (("lamp-1", "Desk lamp"), ("lamp-2", "Floor lamp"))
    ]
    shop.stores.catalogue.put(lamps, at=NOW)
    shop.engine._looked = 0.0


def test_a_live_event_that_names_a_variant_or_a_code_is_of_its_product(shop: Shop) -> None:
    _with_variants(shop)
    said = ["lamp-1", "lamp-1-red", "LAMP-2-R", "4002", "Desk lamp", "shared", "LAMP-9-R"]
    events = [Event("view", shop.clock(), shopper=ShopperId("s1"), product=ProductId(each)) for each in said]
    put, unknown = shop.known([*events, Event("search", shop.clock(), shopper=ShopperId("s1"), query="lamp")])
    assert [(event.product, event.variant) for event in put] == [
        ("lamp-1", None), ("lamp-1", "lamp-1-red"), ("lamp-2", "LAMP-2-R"), ("lamp-2", None), ("Desk lamp", None),
        ("shared", None), ("LAMP-9-R", None), (None, None),
    ]  # fmt: skip
    assert unknown == ["Desk lamp", "shared", "LAMP-9-R"]  # a title is no id, and two products have "shared"


def test_events_of_a_shop_whose_release_is_damaged_go_to_the_disk_as_they_came(shop: Shop) -> None:
    items = shop.folder / "models" / "releases" / shop.release_id / "items.json"
    items.write_bytes(items.read_bytes()[:-1] + b" ")
    other = daogou.open_shop(shop.folder)
    try:
        event = Event("view", shop.clock(), shopper=ShopperId("s1"), product=ProductId("unheard of"))
        assert other.known([event]) == ([event], [])
    finally:
        other.close()


def test_a_basket_or_a_history_of_variants_is_answered_as_one_of_their_products(shop: Shop) -> None:
    _with_variants(shop)
    for said in ({"product": "lamp-1-red"}, {"basket": ["LAMP-1-R"]}, {"history": ["4001"]}):
        meant = {name: "lamp-1" if name == "product" else ["lamp-1"] for name in said}
        answered = shop.recommend(**said, k=5)  # type: ignore[arg-type]
        assert list(answered) == list(shop.recommend(**meant, k=5))  # type: ignore[arg-type]
        assert "unknown" not in (answered.degraded or "")


def test_what_was_just_bought_is_not_recommended(shop: Shop) -> None:
    first = shop.recommend(shopper="s1", k=1).items[0].product
    shop.record([Event("purchase", shop.clock(), shopper=ShopperId("s1"), product=first)])
    assert first not in {hit.product for hit in shop.recommend(shopper="s1", k=24)}


def test_sold_out_and_hidden_products_do_not_come_back(shop: Shop) -> None:
    gone = Product(ProductId("boots-1"), Text(en="Hiking boots model 1"), stock=0)
    hidden = Product(ProductId("boots-2"), Text(en="Hiking boots model 2"), hidden=True)
    shop.stores.catalogue.put([gone, hidden], at=NOW)
    shop.engine._looked = 0.0
    for answer in (
        shop.search("boots", k=24),
        shop.recommend(shopper="s1", k=24),
        shop.recommend(product="boots-0", k=24),
    ):
        assert {"boots-1", "boots-2", "pack-5"}.isdisjoint(hit.product for hit in answer)


def test_a_new_product_is_found_and_recommended_without_training(shop: Shop) -> None:
    new = Product(
        ProductId("boots-9"), Text(en="Hiking boots waterproof", zh="防水徒步鞋"), brand="Alta",
        category=(Text(en="Outdoor", zh="户外"), Text(en="Hiking boots", zh="徒步鞋")), price=Money(69900, "CNY"),
    )  # fmt: skip
    shop.stores.catalogue.put([new], at=NOW)
    shop.engine._looked = 0.0
    assert [hit.product for hit in shop.search("waterproof boots", k=1)] == ["boots-9"]
    assert "boots-9" in {hit.product for hit in shop.recommend(product="boots-0", k=12)}


def no_disk(*_: object, **__: object) -> None:
    raise OSError("no disk")


def test_a_product_that_could_not_be_indexed_is_indexed_with_the_next_look(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daogou.shop.engine._CATALOGUE_EVERY_S", 0)
    assert shop.search("boots")
    shop.stores.catalogue.put([Product(ProductId("lamp"), Text(en="Camping lantern"))], at=NOW)
    with monkeypatch.context() as broken:
        broken.setattr("daogou.shop.lexical.Lexical.refresh", no_disk)
        with pytest.raises(OSError, match="no disk"):
            shop.search("boots")
    assert [hit.product for hit in shop.search("lantern", k=1)] == ["lamp"]


def test_a_shop_is_trained_by_one_at_a_time_and_the_other_is_told_by_whom(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def meanwhile(step: str, part: float) -> None:
        if not told:
            with pytest.raises(Busy) as refused:
                shop.train()
            told.append(refused.value.message)

    shop.train(progress=meanwhile)
    assert f"by process {os.getpid()} on {platform.node()} since 20" in told[0]
    assert not (shop.folder / ".training.json").exists()
    with monkeypatch.context() as broken:
        broken.setattr("daogou.training.train.facts.read", no_disk)
        with pytest.raises(OSError, match="no disk"):
            shop.train()
    assert shop.train()


@pytest.mark.parametrize("recipe", ["catalogue", "lexical"])
def test_training_one_half_of_the_index_loses_no_product(shop: Shop, recipe: str) -> None:
    shop.stores.catalogue.put([Product(ProductId("lamp"), Text(en="Camping lantern"))], at=NOW)
    shop.train(only=[recipe])
    assert [hit.product for hit in shop.search("lantern", k=1)] == ["lamp"]


def test_explanations_say_what_the_score_would_be_without_a_reason(trained: Shop) -> None:
    best = trained.recommend(shopper="s1", k=1).items[0]
    explained = trained.explain("s1", best.product)
    assert explained.score == pytest.approx(best.score, rel=1e-5)
    assert explained.rank == 0
    assert all(part.score != explained.score for part in explained.because)
    with pytest.raises(NotFound):
        trained.explain("s1", "nothing")


def test_an_untrained_shop_answers_and_says_it_is_degraded(tmp_path: Path) -> None:
    shop = build_shop(tmp_path / "shop", train=False)
    try:
        assert {hit.product for hit in shop.search("徒步鞋", k=6)} == {f"boots-{n}" for n in range(6)}
        answer = shop.recommend(shopper="s1", k=3)
        assert len(answer) == 3
        assert answer.degraded
        with pytest.raises(NotReady):
            shop.graph("SELECT ?s WHERE { ?s ?p ?o }")
    finally:
        shop.close()


def test_releases_switch_back_and_every_answer_names_one(shop: Shop) -> None:
    first = shop.release_id
    second = shop.train().id
    assert shop.search("boots").release == shop.recommend(shopper="s1").release == second
    shop.activate(first)
    assert shop.search("boots").release == shop.recommend(shopper="s1").release == first
    listed = releases_of(shop.folder)
    assert [(entry.id, entry.active) for entry in listed] == [(second, False), (first, True)]


def test_a_damaged_release_does_not_keep_a_shop_from_a_new_one(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    damaged = shop.releases.active()
    assert damaged is not None
    (damaged.path("sequential") / "rows.npy").unlink()
    with pytest.raises(CorruptRelease, match="rows"):
        shop.train(only=["popularity"])
    release = shop.train()
    assert "nothing of that release is taken over" in caplog.text
    assert shop.search("boots").release == release.id != damaged.id


def test_a_corrupt_release_is_refused_and_the_old_one_stays(shop: Shop) -> None:
    first = shop.release_id
    second = shop.train().id
    shop.activate(first)
    damaged = shop.folder / "models" / "releases" / second / "items.json"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b" ")
    with pytest.raises(CorruptRelease, match=r"items\.json"):
        shop.activate(second)
    assert shop.recommend(shopper="s1").release == first


def test_another_process_activates_and_this_one_follows(shop: Shop) -> None:
    first = shop.release_id
    second = shop.train().id
    other = daogou.open_shop(shop.folder)
    try:
        assert other.release_id == second
        shop.activate(first)
        other._looked = 0.0
        assert other.release_id in {first, second}
        opening = other._opening
        assert opening is not None
        opening.join()
        assert other.release_id == other.recommend(shopper="s1").release == first
    finally:
        other.close()


def test_nobody_waits_while_the_release_of_another_process_is_opened(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shop.release_id
    other = daogou.open_shop(shop.folder)
    ready, load = threading.Event(), other._load
    try:
        assert other.release_id == first
        monkeypatch.setattr(other, "_load", lambda: load() if ready.wait(60) else None)
        second = shop.train().id
        other._looked = 0.0
        assert other.recommend(shopper="s1").release == first
        other._looked = 0.0
        assert other.search("boots").release == first  # nor is it opened twice
        ready.set()
        assert other._opening is not None
        other._opening.join()
        assert other.search("boots").release == second
    finally:
        ready.set()
        other.close()


def test_a_release_that_another_process_activated_and_is_damaged_leaves_the_old_one_answering(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    first = shop.release_id
    other = daogou.open_shop(shop.folder)
    try:
        assert other.release_id == first
        second = shop.train()
        items = second.folder / "items.json"
        items.write_bytes(items.read_bytes()[:-1] + b" ")
        other._looked = 0.0
        assert other.release_id == first
        assert other._opening is not None
        other._opening.join()
        assert other.recommend(shopper="s1").release == first
        assert f"release {first} goes on answering" in caplog.text
    finally:
        other.close()


def test_importing_again_changes_nothing(shop: Shop) -> None:
    again = shop.import_files([shop.folder / "products.jsonl", shop.folder / "events.jsonl"])
    assert {kind: (count.read, count.unchanged) for kind, count in again.totals.items()} == {
        "product": (24, 24),
        "event": (150, 150),
    }
    assert len(shop.stores.ledger.of("import")) >= 1


def test_the_assistant_finds_keeps_the_thread_and_states_only_records(shop: Shop) -> None:
    async def talk() -> list[str]:
        first = await shop.chat("我想找一款跑步鞋", conversation="c1")
        second = await shop.chat("不要皮革的", conversation="c1")
        assert first.products
        assert {str(hit.product) for hit in second.products} == {f"running-shoes-{n}" for n in (1, 3, 5)}
        for answer in (first, second):
            prices = [claim for claim in answer.claims if claim.kind == "price"]
            assert prices
            for claim in prices:
                product = shop.product(claim.source.removeprefix("product:").removesuffix("#price"))
                assert product is not None
                assert product.price is not None
                assert str(product.price.minor) in claim.value
        return [first.text, second.text]

    assert all(asyncio.run(talk()))


def test_batch_files_answer_line_by_line(trained: Shop) -> None:
    found = [json.loads(line) for line in search_lines(trained, [b'{"id": 1, "text": "boots"}', b"\n"], k=3)]
    assert [(answer["id"], len(answer["items"])) for answer in found] == [(1, 3)]
    assert found[0]["understood"]["language"] == "en"
    lines = [b'{"id": "a", "history": ["boots-1"]}', b'{"id": "b", "shopper": "s1"}']
    recommended = [json.loads(line) for line in recommend_lines(trained, lines, k=4)]
    assert [(answer["id"], len(answer["items"])) for answer in recommended] == [("a", 4), ("b", 4)]
    assert "boots-1" not in {item["product"] for item in recommended[0]["items"]}
    turns = [
        json.loads(line) for line in ask_lines(trained, ['{"id": "q", "turns": ["找徒步鞋", "第一个多少钱"]}'.encode()])
    ]
    assert [(turn["turn"], turn["language"]) for turn in turns] == [(0, "zh"), (1, "zh")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "line 1"),
        (b'{"id": 1}', "text"),
        (b'{"id": 1, "text": "x", "were": {}}', "were"),
        (b'{"id": 1, "text": "x", "where": {"brands": 1}}', "where.brands"),
    ],
)
def test_a_wrong_batch_line_is_named(trained: Shop, line: bytes, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        list(search_lines(trained, [line], k=1))


def test_a_backup_is_a_whole_shop_again(shop: Shop, tmp_path: Path) -> None:
    answer = [hit.product for hit in shop.recommend(shopper="s1", k=5)]
    newest = backup(shop.folder, tmp_path / "copy")
    assert newest == shop.stores.events.head()
    restore(tmp_path / "copy", tmp_path / "again")
    again = daogou.open_shop(tmp_path / "again")
    try:
        assert [hit.product for hit in again.recommend(shopper="s1", k=5)] == answer
    finally:
        again.close()
    with pytest.raises(BadRequest, match="is a shop already"):
        restore(tmp_path / "copy", tmp_path / "again")


def test_a_full_profile_of_a_shopper(trained: Shop) -> None:
    profile = trained.profile("s1")
    assert profile.known
    assert any(fact.name == "category" and fact.value == "hiking boots" for fact in profile.facts)


def test_a_folder_without_a_shop_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="daogou init"):
        daogou.open_shop(tmp_path)


def test_rejected_lines_are_kept_with_their_reason(shop: Shop, tmp_path: Path) -> None:
    bad = write_lines(tmp_path / "bad.jsonl", [{"id": "x", "title": "X", "price": -1}, products()[0], events()[0]])
    report = shop.import_files([bad])
    assert report.n_rejects == 1
    assert report.adds_up
    kept = json.loads((shop.folder / "rejects.jsonl").read_text("utf-8"))
    assert (kept["line"], kept["field"]) == (1, "price")


def test_of_no_candidates_none_come_back_over_http_either(trained: Shop) -> None:
    assert trained.recommend(shopper="s1", candidates=[]).items == ()
    headers = {"Authorization": f"Bearer {create_key(trained.stores, 'admin', 'none')}"}
    with TestClient(build_app(trained), base_url="http://localhost") as http:
        answer = http.post("/v1/recommend", json={"shopper": "s1", "candidates": []}, headers=headers).json()
    assert (answer["items"], answer["degraded"]) == ([], None)


def test_a_history_that_is_sent_counts_in_place_of_what_the_shop_knows(shop: Shop) -> None:
    shop.record([act("view", "pack-1", shopper="lin")])
    with TestClient(build_app(shop), base_url="http://localhost") as http:
        headers = {"Authorization": f"Bearer {create_key(shop.stores, 'service', 'app')}"}
        asked = {"shopper": "lin", "history": ["boots-0", "running-shoes-1"], "kind": "for-you", "k": 3}
        items = http.post("/v1/recommend", json=asked, headers=headers).json()["items"]
        wrong = http.post("/v1/recommend", json=asked | {"history": "boots-0"}, headers=headers)
    assert {cause for item in items for reason in item["because"] for cause in reason["products"]} <= set(
        asked["history"]
    )
    assert [hit.product for hit in shop.recommend(history=asked["history"], k=3).items] == [i["product"] for i in items]
    assert (wrong.status_code, wrong.json()["where"]) == (400, "history")


def test_too_many_candidates_are_named_as_such(trained: Shop) -> None:
    with pytest.raises(BadRequest, match="10000 candidates; at most 1000"):
        trained.recommend(candidates=["boots-1"] * 10_000)


def test_all_candidates_come_back_unless_fewer_are_asked_for(trained: Shop) -> None:
    asked = [f"boots-{n}" for n in range(6)] + [f"socks-{n}" for n in range(6)]
    ranked = [str(hit.product) for hit in trained.recommend(shopper="s1", candidates=asked)]
    assert sorted(ranked) == sorted(asked)
    assert [str(hit.product) for hit in trained.recommend(shopper="s1", candidates=asked, k=3)] == ranked[:3]


@pytest.mark.parametrize("like", ["hiking boots", "徒步鞋"])
def test_what_someone_new_likes_is_understood_in_both_languages(trained: Shop, like: str) -> None:
    hits = trained.recommend(likes=[like], k=3)
    assert all(str(hit.product).startswith("boots") for hit in hits)
    assert {hit.because[0].kind for hit in hits} == {"stated"}
    assert hits.degraded is None


def test_a_like_the_shop_has_nothing_of_is_said(trained: Shop) -> None:
    assert trained.recommend(likes=["zeppelin"]).degraded == "nothing in the shop is called 'zeppelin'"


def test_the_command_line_recommends_for_a_group_and_among_candidates(trained: Shop) -> None:
    folder = str(trained.folder)
    for words in (["--member", "s1", "--member", "s2"], ["--candidate", "boots-1", "--candidate", "socks-1"]):
        done = CliRunner().invoke(cli, ["--shop", folder, "--json", "recommend", *words])
        assert done.exit_code == 0, done.output
        items = json.loads(done.output)["items"]
        assert len(items) == (10 if words[0] == "--member" else 2)
        assert items[0]["because"][0]["kind"] == "group" or words[0] == "--candidate"


def test_the_command_line_says_what_of_the_context_is_not_used(trained: Shop) -> None:
    words = ["--shop", str(trained.folder), "--json", "recommend"]
    done = CliRunner().invoke(cli, [*words, "--context", "country=DE"])
    assert done.exit_code == 0, done.output
    assert "context not used: 'country=DE'" in json.loads(done.output)["degraded"]
    done = CliRunner().invoke(cli, [*words, "--context", "DE"])
    assert done.exit_code == 2
    assert "'DE' is not name=value, such as country=DE" in done.output


def test_what_reviewers_say_follows_the_reviews(shop: Shop) -> None:
    def said() -> list[tuple[str, int, int]]:
        return [(each.aspect, each.good, each.bad) for each in shop.review_summary("boots-1").aspects]

    assert said() == []
    about = Review(ProductId("boots-1"), 5.0, NOW, text="尺码正好，物流很快")
    shop.stores.reviews.put([replace(about, id=ReviewId(f"r{n}")) for n in range(3)])
    assert said() == [("delivery", 3, 0), ("fit", 3, 0)]
    shop.stores.reviews.put([replace(about, id=ReviewId("r0"), text="尺码偏小")])
    assert said() == [("fit", 2, 1), ("delivery", 2, 0)]


def test_a_shop_learns_from_the_stars_of_its_reviews(shop: Shop) -> None:
    about = Review(ProductId("boots-1"), 5.0, NOW, text="尺码像量过一样")
    shop.stores.reviews.put([replace(about, id=ReviewId(f"g{n}")) for n in range(LEAST)])
    shop.stores.reviews.put(
        [replace(about, id=ReviewId(f"b{n}"), rating=1.0, text="尺码三天就散架") for n in range(LEAST)]
    )
    assert shop.review_summary("boots-1").aspects == ()
    shop.train()
    assert [(each.aspect, each.bad) for each in shop.review_summary("boots-1").aspects] == [("fit", LEAST)]


def test_what_reviewers_like_can_be_searched_for_once_it_is_learnt(shop: Shop) -> None:
    about = Review(ProductId("boots-1"), 5.0, NOW, text="穿着很舒服")
    shop.stores.reviews.put([replace(about, id=ReviewId(f"c{n}")) for n in range(4)])
    shop.stores.reviews.put([replace(about, id=ReviewId("d"), product=ProductId("boots-2"), text="不舒服，磨脚")])
    assert not any(slot.kind == "aspect" for slot in shop.understand("舒服的徒步鞋").slots)
    shop.train()
    first = shop.search("舒服的徒步鞋")
    (slot,) = (slot for slot in first.understood.slots if slot.kind == "aspect")  # type: ignore[union-attr]
    assert (slot.name, first.understood.text[slot.start : slot.end]) == ("comfort", "舒服的")  # type: ignore[union-attr]
    assert first.items[0].product == "boots-1"
    (said,) = (reason for reason in first.items[0].because if reason.kind == "reviews")
    assert said.text.zh == "4 条评价提到舒适，都满意"
    assert said.share > 0.2
    assert {hit.product for hit in first.items} == {f"boots-{n}" for n in range(6)}
    assert shop.search("comfortable hiking boots").items[0].product == "boots-1"
    assert not any(reason.kind == "reviews" for hit in first.items[1:] for reason in hit.because)


def test_reviews_that_are_imported_after_the_training_count_at_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daogou.shop.engine._CATALOGUE_EVERY_S", 0)

    def write(product: str, said: dict[str, tuple[int, str]]) -> None:
        lines = [
            {"id": id, "product": product, "rating": stars, "text": text, "at": f"2026-04-{n + 1:02d}"}
            for n, (id, (stars, text)) in enumerate(said.items())
        ]
        assert shop.import_files([write_lines(shop.folder / "reviews.jsonl", lines)]).clean

    def sides() -> dict[str, tuple[int, int]]:
        assert shop.voices is not None
        return {side.aspect: (side.good, side.bad) for side in board(shop.voices)}

    def wished() -> list[str]:
        return [slot.name for slot in shop.understand("舒服的徒步鞋").slots if slot.kind == "aspect"]

    write("boots-1", {f"b{n}": (5, "尺码偏大") for n in range(3)})
    shop.train()
    assert (sides(), wished()) == ({"fit": (0, 3)}, [])
    write("boots-2", {f"c{n}": (5, f"穿着很舒服，第{n}次买") for n in range(4)})
    assert sides() == {"fit": (0, 3), "comfort": (4, 0)}
    assert wished() == ["comfort"]
    first = shop.search("舒服的徒步鞋").items[0]
    assert first.product == "boots-2"
    assert "Comfort: all 4 reviews that mention it like it" in {reason.text.en for reason in first.because}
    rated = shop.search("", where=Where(rating_min=5.0)).items
    assert {hit.product for hit in rated} == {"boots-1", "boots-2"}
    write("boots-1", {"b0": (5, "尺码正好，穿着很舒服"), "b9": (1, "不舒服")})
    assert sides() == {"fit": (1, 2), "comfort": (5, 1)}
    assert {hit.product for hit in shop.search("", where=Where(rating_min=5.0)).items} == {"boots-2"}
    assert shop.train()
    assert sides() == {"fit": (1, 2), "comfort": (5, 1)}


def test_reviews_that_could_not_be_read_are_read_later(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daogou.shop.engine._CATALOGUE_EVERY_S", 0)
    shop.stores.reviews.put([Review(ProductId("boots-1"), 5.0, NOW, text="穿着很舒服")])
    with monkeypatch.context() as broken:
        broken.setattr(shop.stores.reviews, "of", lambda product, limit: [][limit])
        with pytest.raises(IndexError):
            shop.search("boots")
    assert shop.voices is not None
    assert len(shop.voices.good) == 1


def test_copied_reviews_that_come_after_the_training_are_doubted_at_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daogou.shop.engine._CATALOGUE_EVERY_S", 0)
    praise = Review(ProductId("boots-1"), 5.0, NOW, text="穿着很舒服，是我这辈子买过的最好的一双鞋，强烈推荐给大家")
    shop.stores.reviews.put([replace(praise, id=ReviewId(f"f{n}")) for n in range(6)])
    assert [(doubt.review, doubt.left_out) for doubt in shop.doubts] == [(f"f{n}", True) for n in range(6)]
    assert shop.voices is not None
    assert len(shop.voices.good) == 0
    assert shop.review_summary("boots-1").left_out == 6


def test_a_release_that_does_not_say_which_reviews_it_read_keeps_to_these(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daogou.shop.engine._CATALOGUE_EVERY_S", 0)
    monkeypatch.setattr("daogou.shop.opining.Opinions.read", None)
    shop.stores.reviews.put([Review(ProductId("boots-1"), 5.0, NOW, text="穿着很舒服")])
    assert shop.search("boots").items
    assert shop.voices is not None
    assert len(shop.voices.good) == 0


def test_the_shops_own_words_for_sides_of_products_count(shop: Shop) -> None:
    about = Review(ProductId("boots-1"), 5.0, NOW, text="抓地力yyds")
    shop.stores.reviews.put([replace(about, id=ReviewId(f"g{n}")) for n in range(3)])
    assert shop.review_summary("boots-1").aspects == ()
    own = 'good = ["yyds"]\n[grip]\nlabel = { zh = "抓地", en = "Grip" }\nwords = ["抓地力"]\nasked = ["抓地好"]\n'
    (shop.folder / "aspects.toml").write_text(own, "utf-8")
    shop.train()
    (grip,) = shop.review_summary("boots-1").aspects
    assert (grip.label.en, grip.good, grip.quotes[0].text) == ("Grip", 3, "抓地力yyds")
    first = shop.search("抓地好的徒步鞋").items[0]
    assert "Grip: all 3 reviews that mention it like it" in {reason.text.en for reason in first.because}
    turns = {"id": "c", "turns": ["徒步鞋1型", "第一个的抓地力怎么样"]}
    answers = [json.loads(line) for line in ask_lines(shop, [json.dumps(turns).encode()])]
    assert "3 条评价提到抓地，都满意" in answers[1]["text"]
    with TestClient(build_app(shop), base_url="http://localhost") as client:
        page = client.get("/search", params={"q": "抓地好的徒步鞋", "lang": "en"}).text
    assert re.search(r'class="chips".*</small> Grip<', page)


def test_an_event_of_the_future_is_not_put_on_record(shop: Shop) -> None:
    ahead = replace(act("view", "boots-1", shopper="lin"), at=Instant(shop.clock() + 2 * 86_400_000))
    head = shop.stores.events.head()
    with pytest.raises(BadRequest, match="more than a day in the future") as raised:
        shop.record([act("view", "boots-0", shopper="lin"), ahead])
    assert (raised.value.where, shop.stores.events.head()) == ("[1].at", head)
    with pytest.raises(BadRequest, match="more than a day in the future"):
        shop.record_async([ahead])
    assert shop.stores.events.head() == head
