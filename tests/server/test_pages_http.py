"""Pages as plain HTTP: what they say, in both languages, and what hostile data cannot do to them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from fake_shop import NOW
from page_shop import HOSTILE, PageShop, furnish
from starlette.testclient import TestClient

import daogou.server
from daogou.adapters.memory.stores import open_memory
from daogou.domain.conversation import Answer, Message
from daogou.domain.errors import BadRequest, NotFound, Overloaded
from daogou.domain.event import Event
from daogou.domain.hit import Hit, Reason
from daogou.domain.ids import ConversationId, Instant, ProductId, SessionId, ShopperId, VariantId
from daogou.domain.money import Money
from daogou.domain.product import PricePoint, Product, Variant
from daogou.domain.query import SlotKind
from daogou.domain.review import Review
from daogou.domain.text import Text
from daogou.ingest.options import ImportOptions
from daogou.ingest.run import import_paths
from daogou.server.app import build_app
from daogou.server.auth import create_key
from daogou.server.keys import revoke_key, role_of
from daogou.server.pages.words import words_in
from daogou.server.storefront.chips import attribute_heading
from daogou.server.tokens import Identity, open_tokens
from daogou.settings.rules import parse_rules
from daogou.shop.plain import plain

PAGES = (
    "/", "/search?q=shoes", "/search?q=zzz", "/search", "/product/p0", "/product/p4", "/basket", "/me", "/chat",
    "/guides", "/guides/shoes", "/campaign/tea", "/product/nope", "/console",
)  # fmt: skip
CONSOLE = (
    "/console",
    "/console/imports",
    "/console/releases",
    "/console/events",
    "/console/preview?q=shoes&kind=new",
    "/console/rules",
    "/console/searches",
    "/console/reviews",
    "/console/reviews?aspect=weight",
    "/console/questions",
    "/console/attributes",
    "/console/evaluation",
)


@pytest.fixture
def shop(tmp_path: Path) -> PageShop:
    return furnish(tmp_path)


@pytest.fixture
def http(shop: PageShop) -> Iterator[TestClient]:
    with client_of(shop) as client:
        yield client


def client_of(shop: PageShop) -> TestClient:
    return TestClient(build_app(shop), base_url="http://localhost", raise_server_exceptions=False)  # type: ignore[arg-type]


def test_both_catalogues_have_the_same_keys_and_fields() -> None:
    zh, en = words_in("zh").entries, words_in("en").entries
    plural = {key for key in en if key.endswith("_one")}
    assert set(zh) == set(en) - plural
    fields = re.compile(r"{(\w+)}")
    assert all(set(fields.findall(zh[key])) == set(fields.findall(en[key])) for key in zh)


def test_every_key_a_page_names_is_in_the_catalogue() -> None:
    home = Path(daogou.server.__file__).parent
    files = [*home.rglob("*.html"), *(home / "storefront").glob("*.py"), *(home / "console").glob("*.py")]
    named = {
        key for file in files for key in re.findall(r"""\bt\(["']([a-z_]+\.[a-z_0-9]+)["'][,)]""", file.read_text())
    }
    assert len(named) > 100
    assert named <= set(words_in("zh").entries)


def test_one_is_one_however_it_is_written() -> None:
    t = words_in("en")
    assert [t("product.n_stars", n=n) for n in (1, "1", "1.5", 2)] == ["1 star", "1 star", "1.5 stars", "2 stars"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_speaks_the_language_asked_for(http: TestClient, page: str) -> None:
    join = "&" if "?" in page else "?"
    zh = http.get(f"{page}{join}lang=zh")
    en = http.get(f"{page}{join}lang=en")
    assert '<html lang="zh-CN">' in zh.text
    assert '<html lang="en">' in en.text
    assert words_in("en")("frame.skip") in en.text
    assert words_in("zh")("frame.skip") in zh.text
    assert zh.status_code in ({401} if page == "/console" else {404} if "nope" in page else {200})


@pytest.mark.parametrize("page", ["/", "/search?q=shoes", "/product/p0", "/campaign/tea"])
def test_a_page_bears_what_an_advertisement_adds_to_its_address(http: TestClient, page: str) -> None:
    plain = http.get(page)
    followed = http.get(f"{page}{'&' if '?' in page else '?'}utm_source=mail&utm_campaign=tea&gclid=x1")
    assert plain.status_code < 400
    assert followed.status_code == plain.status_code


def test_the_chosen_language_is_kept(http: TestClient) -> None:
    http.get("/?lang=en")
    assert '<html lang="en">' in http.get("/guides", headers={"Accept-Language": "zh"}).text


def test_the_browser_decides_where_nothing_was_chosen(http: TestClient) -> None:
    assert '<html lang="en">' in http.get("/", headers={"Accept-Language": "fr;q=.9,en-GB;q=.8,zh;q=.1"}).text


@pytest.mark.parametrize("page", PAGES)
def test_a_page_with_its_style_and_scripts_fits_100_kb(http: TestClient, page: str) -> None:
    answer = http.get(page)
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', answer.text)
    assert len(answer.content) + sum(len(http.get(file).content) for file in set(files)) <= 100_000


@pytest.mark.parametrize("page", PAGES)
def test_a_page_forbids_inline_script_and_has_none(http: TestClient, page: str) -> None:
    answer = http.get(page)
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\son\w+=|\sstyle=|<style", answer.text)
    assert set(re.findall(r"<script(?! src=)([^>]*)>", answer.text)) <= {' type="application/ld+json"'}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_can_be_read_aloud(http: TestClient, page: str) -> None:
    read = Outline()
    read.feed(http.get(page).text)
    assert read.h1 == 1
    assert read.unlabelled == []
    assert read.without_alt == []
    assert len(read.ids) == len(set(read.ids))
    assert "main" in read.tags


def test_a_row_says_why_each_product_is_there(http: TestClient) -> None:
    page = http.get("/?lang=en").text
    assert page.count("37 people bought it this week") == 6
    assert "−20%" in page


def test_a_sold_out_product_says_so_and_cannot_be_added(http: TestClient) -> None:
    page = http.get("/product/p7?lang=en").text
    assert "Sold out" in page
    assert "/basket/add" not in page


def test_labels_are_shown_by_their_names(shop: PageShop, http: TestClient) -> None:
    shop.settings = replace(shop.settings, labels={"segment=runner": Text("跑步者", "Runners")})
    token = open_tokens(shop.folder).sign(Identity(ShopperId("lin"), None, Instant(NOW + 1_000)))
    cookie = {"Cookie": f"daogou_shopper={token}"}
    for language, said in (("zh", "<dt>顾客群</dt><dd>跑步者</dd>"), ("en", "<dt>Customer group</dt><dd>Runners</dd>")):
        assert said in http.get(f"/me?lang={language}", headers=cookie).text


def test_an_attribute_without_words_of_its_own_has_a_name_in_both_languages() -> None:
    assert attribute_heading("connectivity", words_in("zh")) == "连接方式"
    assert attribute_heading("heel_height", words_in("en")) == "Heel height"


@pytest.mark.parametrize(("bought", "rows"), [(2, ["p13", "p15", "|", "p16"]), (3, ["p13", "p15", "p16"])])
def test_a_product_few_bought_anything_with_shows_what_goes_with_it(
    shop: PageShop, http: TestClient, monkeypatch: pytest.MonkeyPatch, bought: int, rows: list[str]
) -> None:
    """Not what is of its own category, nor what is merely alike."""
    said = Text("一起买", "with it")
    for id, category in (("p0", "Watches"), ("p13", "Cases"), ("p14", "Watches"), ("p15", "Cases"), ("p16", "Cases")):
        known = shop.product(id)
        assert known is not None
        shop.stores.catalogue.put([replace(known, category=(Text.of(category),))], at=NOW)
    found = [("p13", "together"), ("p15", "together"), ("p16", "together" if bought == 3 else "history")]
    found += [("p14", "history"), ("p17", "content")]
    hits = tuple(Hit(ProductId(id), 1.0, (Reason(kind, said, 1.0),)) for id, kind in found)  # type: ignore[arg-type]
    plain_answer = shop.recommend

    def recommend(**options: Any) -> Any:
        shown = plain_answer(**options)
        return replace(shown, items=hits if options["kind"] == "together" else ())

    monkeypatch.setattr(shop, "recommend", recommend)
    page = http.get("/product/p0", params={"lang": "en"}).text
    with_it = page[page.index("Often bought together") :]
    marks = re.findall(r'href="/product/(p\d+)\?from=|(Goes well with it)', with_it)
    assert list(dict.fromkeys(id or "|" for id, _ in marks)) == rows


def test_what_was_viewed_changes_the_next_page(http: TestClient) -> None:
    assert "Because you looked at" not in http.get("/?lang=en").text
    http.get("/product/p3?from=home:new.2")
    assert "Because you looked at Ru-glaze gaiwan tea set, black" in http.get("/").text


def test_a_click_points_back_to_the_list_that_showed_it(http: TestClient, shop: PageShop) -> None:
    http.get("/product/p3?from=home:new.2")
    events = [entry.event for entry in shop.stores.events.since(0)]
    click = next(event for event in events if event.type == "click")
    assert (click.product, click.list, click.position) == ("p3", "home:new", 2)
    assert {e.session for e in events} == {click.session}
    assert [e.type for e in events if e.type != "impression"] == ["click", "view"]


def test_impressions_carry_list_and_position(http: TestClient, shop: PageShop) -> None:
    http.get("/search?q=shoes")
    shown = [e.event for e in shop.stores.events.since(0) if e.event.type == "impression"]
    assert [(e.list, e.position, e.query) for e in shown] == [("search", n, "shoes") for n in range(9)]


def test_where_nothing_is_found_what_is_much_bought_stands_under_its_own_heading(
    http: TestClient, shop: PageShop
) -> None:
    page = http.get("/search?q=zzz&lang=en").text
    assert page.index("Nothing on our shelves") < page.index("Much bought these days") < page.index("/product/p")
    shown = [e.event for e in shop.stores.events.since(0) if e.event.type == "impression"]
    assert shown
    assert {(event.list, event.query) for event in shown} == {("search:nothing", None)}


def test_impressions_of_a_list_that_explores_carry_their_propensity(http: TestClient, shop: PageShop) -> None:
    http.get("/")
    shown = [e.event for e in shop.stores.events.since(0) if e.event.type == "impression"]
    assert {(e.list, e.propensity) for e in shown} >= {("home:new", 0.9), ("home:trending", None)}


def test_a_full_queue_costs_the_event_not_the_page(http: TestClient, shop: PageShop) -> None:
    shop.refusal = Overloaded("the queue is full")
    assert http.get("/product/p3").status_code == 200
    assert shop.stores.events.head() == 0


def test_every_kind_of_slot_has_a_name_for_its_chip() -> None:
    assert {f"chip.{kind}" for kind in get_args(SlotKind)} <= set(words_in("zh").entries)


def test_an_understood_condition_can_be_taken_away(http: TestClient) -> None:
    page = http.get("/search?q=shoes+under+$80&a.color=black&lang=en").text
    assert 'href="/search?q=shoes&amp;a.color=black"' in page
    assert 'href="/search?q=shoes+under+%2480"' in page
    assert "<small>Colour</small>" in page
    assert "<small>颜色</small>" in http.get("/search?q=shoes&a.color=black&lang=zh").text


def test_a_facet_narrows_and_stays_ticked(http: TestClient) -> None:
    page = http.get("/search?q=shoes&a.color=celadon&lang=en").text
    assert "3 products" in page
    assert 'value="celadon" checked' in page


def test_what_all_of_the_hits_have_is_no_choice(tmp_path: Path) -> None:
    for products, offered in ((8, False), (9, True)):  # the fake shop says that each colour has eight products
        folder = tmp_path / str(products)
        folder.mkdir()
        with client_of(furnish(folder, products=products)) as http:
            assert ('value="celadon"' in http.get("/search?lang=en").text) is offered


def test_pages_of_results_lead_to_each_other(tmp_path: Path) -> None:
    with client_of(furnish(tmp_path, products=60)) as http:
        pages = [http.get(f"/search?page={n}").text for n in (1, 2, 3)]
    links = [re.findall(r'rel="(prev|next)" href="([^"]+)"', page) for page in pages]
    assert links == [
        [("next", "/search?page=2")],
        [("prev", "/search"), ("next", "/search?page=3")],
        [("prev", "/search?page=2")],
    ]
    assert [page.count('<li class="card') for page in pages] == [24, 24, 12]


def test_a_browser_that_lost_its_way_gets_a_page_and_a_program_gets_json(http: TestClient) -> None:
    page = http.get("/no/such/thing?lang=en", headers={"Accept": "text/html,*/*;q=.8"})
    assert page.status_code == 404
    assert "Nothing here" in page.text
    assert http.get("/no/such/thing").json()["error"] == "not_found"


def test_price_ranges_are_asked_for_in_two_fields_only(http: TestClient) -> None:
    page = http.get("/search?q=shoes").text
    assert 'name="price_min"' in page
    assert 'name="a.price"' not in page


def test_an_address_that_makes_no_sense_is_read_as_far_as_it_does(http: TestClient) -> None:
    odd = "/search?q=shoes&page=-3&rating=x&price_min=abc&price_max=-1&sort=worst&a.=1"
    assert "9 products" in http.get(f"{odd}&lang=en").text


def test_a_suggestion_is_an_option_of_the_list(http: TestClient) -> None:
    options = http.get("/suggest?q=tea&lang=en").text
    assert re.findall(r'role="option" id="(s\d)"', options) == ["s1", "s2"]
    assert 'href="/search?q=teapot"' in options


def test_the_basket_is_priced_from_the_record(http: TestClient) -> None:
    http.post("/basket/add", data={"product": "p3", "quantity": "2"})
    page = http.get("/basket?lang=en").text
    assert "¥542.00" in page
    assert "Autumn tea: a fifth off teaware" in page
    assert "−¥108.40" in page
    assert "¥433.60" in page
    http.post("/basket/set", data={"product": "p3", "quantity": "0"})
    assert "Your basket is empty." in http.get("/basket").text


def test_what_is_put_in_the_basket_is_on_record(http: TestClient, shop: PageShop) -> None:
    http.post("/basket/add", data={"product": "p0", "variant": "p0-40", "quantity": "2"})
    cart = next(e.event for e in shop.stores.events.since(0) if e.event.type == "cart")
    assert (cart.product, cart.variant, cart.quantity) == ("p0", "p0-40", 2)
    http.post("/basket/set", data={"product": "p0", "variant": "p0-40", "quantity": "1"})
    http.post("/basket/set", data={"product": "p0", "variant": "p0-40", "quantity": "0"})
    last = [e.event for e in shop.stores.events.since(0)][-1]
    assert (last.type, last.product, last.variant) == ("remove_from_cart", "p0", "p0-40")
    assert [e.event.type for e in shop.stores.events.since(0)].count("remove_from_cart") == 1


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"product": "nope"}, 404),
        ({"product": "p7"}, 400),
        ({"product": "p0", "variant": "p0-42"}, 400),
        ({"product": "p0", "variant": "p1-40"}, 404),
        ({"product": "p3", "quantity": "1000"}, 400),
        ({"product": "p3", "quantity": "-1"}, 400),
    ],
)
def test_what_cannot_be_bought_is_refused(http: TestClient, form: dict[str, str], status: int) -> None:
    assert http.post("/basket/add", data=form).status_code == status
    assert "daogou_basket" not in http.cookies


@pytest.mark.parametrize("cookie", ["x", "W1tdXQ", "W1sicDMiLG51bGwsLTVdXQ", "[" * 2000])
def test_a_basket_cookie_from_elsewhere_is_an_empty_basket(http: TestClient, cookie: str) -> None:
    assert "购物篮是空的" in http.get("/basket?lang=zh", headers={"Cookie": f"daogou_basket={cookie}"}).text


def test_a_form_from_another_site_is_refused(http: TestClient, shop: PageShop) -> None:
    form = {"product": "p3"}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert http.post("/basket/add", data=form, headers=headers).status_code == 403
    assert not [e for e in shop.stores.events.since(0) if e.event.type == "cart"]
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert http.post("/basket/add", data=form, headers=own).status_code == 200


def test_a_demo_shopper_sees_their_orders_and_nobody_elses_can_be_chosen(http: TestClient) -> None:
    assert http.post("/sign-in", data={"shopper": "root"}).status_code == 403
    assert "SF1234" not in http.get("/me").text
    page = http.post("/sign-in", data={"shopper": "lin"}).text
    assert "林晓" in page
    assert "SF1234" in page


def test_a_shopper_cookie_that_was_changed_is_nobody(http: TestClient) -> None:
    http.post("/sign-in", data={"shopper": "lin"})
    forged = http.cookies["daogou_shopper"][:-4] + "AAAA"
    http.cookies.clear()
    assert "林晓" not in http.get("/me", headers={"Cookie": f"daogou_shopper={forged}"}).text.split("<select")[0]


def test_the_chat_answers_with_cards_and_sources_without_script(http: TestClient) -> None:
    page = http.post("/chat?lang=en", data={"text": "running shoes please"}).text
    assert "running shoes please" in page
    assert '<span class="fact">¥399.00<sup>1</sup></span>' in page
    assert "product:p0#price" in page
    assert "Fits what you said" in page


def test_the_chat_begins_anew_with_another_shopper(http: TestClient) -> None:
    http.post("/chat", data={"text": "a secret of mine"})
    http.post("/sign-in", data={"shopper": "amy"})
    assert "a secret of mine" not in http.get("/chat").text


def test_hostile_text_stays_text(http: TestClient, shop: PageShop) -> None:
    bad = Text(HOSTILE, HOSTILE)
    shop.stores.catalogue.put(
        [
            Product(
                ProductId("bad/../<x>"), bad, bad, HOSTILE, (bad,), Money(100, "CNY"),
                attributes={"color": (bad,), HOSTILE: (bad,)}, images=("javascript:alert(1)",),
            )
        ],
        at=Instant(1),
    )  # fmt: skip
    shop.stores.reviews.put([Review(ProductId("bad/../<x>"), 1.0, Instant(1), title=HOSTILE, text=HOSTILE)])
    for page in ("/product/bad%2F..%2F%3Cx%3E", f"/search?q={HOSTILE}&brand={HOSTILE}", "/", "/chat"):
        http.post("/chat", data={"text": HOSTILE})
        answer = http.get(page)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert "javascript:" not in answer.text


@pytest.mark.parametrize(
    "name", ["../secret.svg", "%2e%2e/secret.svg", "..%2fsecret.svg", "link.svg", ".hidden.svg", "x.html"]
)
def test_only_pictures_inside_the_folder_are_sent(http: TestClient, shop: PageShop, name: str) -> None:
    (shop.folder / "secret.svg").write_text("secret")
    (shop.pictures / "link.svg").symlink_to(shop.folder / "secret.svg")
    (shop.pictures / ".hidden.svg").write_text("secret")
    (shop.pictures / "x.html").write_text("secret")
    answer = http.get(f"/pictures/{name}")
    assert answer.status_code == 404
    assert "secret</" not in answer.text


def test_a_picture_cannot_run_anything(http: TestClient) -> None:
    answer = http.get("/pictures/p1.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "sandbox" in answer.headers["content-security-policy"]


def test_an_empty_shop_says_what_to_do(tmp_path: Path) -> None:
    shop = furnish(tmp_path, products=0)
    shop.stores = open_memory()
    with client_of(shop) as http:
        assert "daogou import" in http.get("/").text
        assert "daogou import" in http.get("/search?q=x").text
        for page in ("/search?q=x", "/basket", "/me", "/chat", "/guides"):
            assert http.get(page).status_code == 200


def test_a_simulated_shop_says_so_on_every_page(http: TestClient, tmp_path: Path) -> None:
    for page in PAGES:
        assert 'class="notice"' in http.get(page).text
    with client_of(furnish(tmp_path, simulated=False)) as real:
        assert 'class="notice"' not in real.get("/").text


@pytest.mark.parametrize("page", CONSOLE)
def test_the_console_is_closed_without_an_operators_key(http: TestClient, shop: PageShop, page: str) -> None:
    service = create_key(shop.stores, "service", "till")
    assert http.get(page).status_code == 401
    assert http.post("/console/sign-in", data={"key": service}).status_code == 403
    assert http.get(page).status_code == 401
    key = create_key(shop.stores, "operator", "boss")
    http.post("/console/sign-in", data={"key": key})
    assert http.get(page).status_code == 200


def test_a_withdrawn_key_closes_its_sessions(http: TestClient, shop: PageShop) -> None:
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "operator", "boss")})
    create_key(shop.stores, "operator", "boss")
    assert http.get("/console").status_code == 401


def test_a_revoked_key_opens_nothing(http: TestClient, shop: PageShop) -> None:
    key = create_key(shop.stores, "operator", "boss")
    http.post("/console/sign-in", data={"key": key})
    revoke_key(shop.stores, "boss")
    assert http.get("/console").status_code == 401
    assert role_of(shop.stores, key) is None
    with pytest.raises(NotFound, match="no key is called 'bos'"):
        revoke_key(shop.stores, "bos")


def test_activating_needs_the_forms_token(http: TestClient, shop: PageShop) -> None:
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "operator", "boss")})
    token = re.search(r'name="csrf" value="([^"]+)"', http.get("/console").text)
    assert token
    assert http.post("/console/activate", data={"release": "r9"}).status_code == 403
    assert http.post("/console/activate", data={"release": "r9", "csrf": token[1]}).status_code == 404


def test_rules_are_changed_in_the_console_and_a_mistake_changes_nothing(http: TestClient, shop: PageShop) -> None:
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "operator", "boss")})
    token, seen = _hidden(http.get("/console/rules").text)
    rule = '[[rule]]\r\nname = "Shoes first"\r\naction = "boost"\r\ncategory = "跑鞋"\r\n'
    assert http.post("/console/rules", data={"rules": rule}).status_code == 403
    assert shop.rules_text == ""
    page = http.post("/console/rules", data={"rules": rule, "csrf": token, "seen": seen}).text
    assert shop.rules_text == rule.replace("\r\n", "\n")
    assert "Shoes first" in page
    shoes = sum(product.category[-1].zh == "跑鞋" and product.available for product in shop.stores.catalogue.scan())
    assert f"<td>{shoes}</td>" in page
    wrong = rule.replace("boost", HOSTILE.replace('"', ""))
    refused = http.post("/console/rules", data={"rules": wrong, "csrf": token, "seen": _hidden(page)[1]})
    assert refused.status_code == 400
    assert 'role="alert"' in refused.text
    assert "<script>alert" not in refused.text
    assert shop.rules_text == rule.replace("\r\n", "\n")


def test_a_preview_says_what_was_understood_of_a_query_that_finds_nothing(http: TestClient, shop: PageShop) -> None:
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "operator", "boss")})
    en = words_in("en")
    page = http.get("/console/preview?q=zzz&lang=en").text
    assert en("console.type_query") not in page
    assert en("search.nothing") in page
    assert en("console.type_query") in http.get("/console/preview").text


def test_a_preview_for_several_people_is_for_a_group(http: TestClient, shop: PageShop) -> None:
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "operator", "boss")})
    http.get("/console/preview?shopper=lin%2C+emma")
    assert (shop.asked["group"], shop.asked["shopper"]) == (["lin", "emma"], None)
    http.get("/console/preview?shopper=lin&kind=group")
    assert shop.asked["group"] == ["lin"]


def test_a_preview_that_cannot_be_says_why_and_keeps_its_form(
    http: TestClient, shop: PageShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "operator", "boss")})

    def refuse(self: PageShop, **options: Any) -> Any:
        raise BadRequest("'similar' needs a product", where="product")

    monkeypatch.setattr(PageShop, "recommend", refuse)
    answer = http.get("/console/preview?kind=similar&q=shoes")
    assert answer.status_code == 200
    assert "&#39;similar&#39; needs a product" in answer.text
    assert 'value="shoes"' in answer.text


def test_the_evaluation_is_told_in_a_sentence_and_its_report_opened(http: TestClient, shop: PageShop) -> None:
    assert http.get("/console/evaluation/report").status_code == 401
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "operator", "boss")})
    assert "daogou evaluate" in http.get("/console/evaluation?lang=en").text
    assert http.get("/console/evaluation/report").status_code == 404
    place = shop.folder / "evaluation"
    place.mkdir()
    (place / "report.html").write_text("<!doctype html><style>p{color:red}</style><p>报告", "utf-8")
    assert "Open the report" in http.get("/console/evaluation").text  # the record beside it is missing
    rates = {"this shop": 0.25, "most popular": 0.1, "random": 0.02}
    accuracy = {name: {"hit rate@5": {"mean": rate, "low": 0, "high": 1}} for name, rate in rates.items()}
    (place / "report.json").write_text(json.dumps({"plan": {"ks": [5, 10]}, "tables": [{"accuracy": accuracy}]}))
    told = http.get("/console/evaluation").text
    assert (
        "Of 1,000 shoppers who turned to something new later, 250 would have found some of it among the first 5" in told
    )
    assert "只推最热门的商品是 100 位，随机是 20 位" in http.get("/console/evaluation?lang=zh").text
    report = http.get("/console/evaluation/report")
    assert report.text.endswith("<p>报告")
    assert "script-src" not in report.headers["content-security-policy"]
    assert "default-src 'none'; style-src 'unsafe-inline'" in report.headers["content-security-policy"]


def test_rules_that_somebody_else_changed_meanwhile_are_not_lost(http: TestClient, shop: PageShop) -> None:
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "operator", "boss")})
    token, seen = _hidden(http.get("/console/rules").text)
    shop.add_rule({"name": "Meanwhile", "action": "hide", "brand": "Brio"})
    refused = http.post("/console/rules", data={"rules": "", "csrf": token, "seen": seen})
    assert refused.status_code == 400
    assert "has changed since this page was loaded" in refused.text
    assert "Meanwhile" in shop.rules_text


def test_a_rule_is_added_and_removed_by_a_form(http: TestClient, shop: PageShop) -> None:
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "operator", "boss")})
    shop.set_rules("# ours\n")
    token, _ = _hidden(http.get("/console/rules").text)
    empty = dict.fromkeys(("by", "products", "brand", "attributes", "place", "query", "since", "until", "because"), "")
    typed = {**empty, "name": 'Shoes "first"', "action": "boost", "category": "跑鞋", "lists": "search", "by": "2.5"}
    assert http.post("/console/rule", data=typed).status_code == 403
    page = http.post("/console/rule", data={**typed, "csrf": token}).text
    assert "Shoes &#34;first&#34;" in page
    assert shop.rules_text.startswith("# ours\n")
    assert [(rule.name, rule.action, rule.by, rule.category, rule.lists) for rule in parse_rules(shop.rules_text)] == [
        ('Shoes "first"', "boost", 2.5, "跑鞋", ("search",))
    ]
    refused = http.post("/console/rule", data={**typed, "csrf": token, "name": "Again", "by": "0.5"})
    assert refused.status_code == 400
    assert "boost multiplies by more than 1" in refused.text
    assert 'value="Again"' in refused.text  # what was typed is not lost
    assert http.post("/console/rule", data={"remove": "Again", "csrf": token}).status_code == 400
    http.post("/console/rule", data={"remove": 'Shoes "first"', "csrf": token})
    assert shop.rules_text == "# ours\n\n"


@pytest.mark.parametrize(
    ("field", "value"),
    [("by", "much"), ("since", "tomorrow"), ("attributes", "red"), ("place", "first"), ("action", "x")],
)
def test_what_cannot_be_read_in_the_form_of_a_rule_is_said(
    http: TestClient, shop: PageShop, field: str, value: str
) -> None:
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "operator", "boss")})
    token, _ = _hidden(http.get("/console/rules").text)
    typed = {"name": "n", "action": "boost", "brand": "b", field: value, "csrf": token}
    refused = http.post("/console/rule", data=typed)
    assert refused.status_code == 400
    assert field in re.sub("&#3[49];", "'", refused.text.split('id="wrong">')[1].split("</p>")[0])
    assert shop.rules_text == ""


def _hidden(page: str) -> tuple[str, str]:
    """The form's token, and the stamp of the file it was made from."""
    token, seen = (re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("csrf", "seen"))
    assert token
    assert seen
    return token[1], seen[1]


def _searched(shop: PageShop, query: str, people: int, **also: Any) -> None:
    shop.stores.events.append(
        [Event("search", shop.clock(), session=SessionId(f"{query}{n}"), query=query, **also) for n in range(people)]
    )


def test_the_console_tells_what_finds_nothing_and_what_few_asked_stays_theirs(http: TestClient, shop: PageShop) -> None:
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "operator", "boss")})
    assert "No query was searched for by enough people" in http.get("/console/searches?lang=en").text
    _searched(shop, "hovercraft", 12)
    _searched(shop, "lamp", 10)
    _searched(shop, "my secret", 9)
    page = http.get("/console/searches?days=7").text
    nothing, frequent = page.split("<h2>")[1:3]
    assert "hovercraft" in nothing
    assert "lamp" not in nothing
    assert "lamp" in frequent
    assert "my secret" not in page


def _asked(shop: PageShop, product: str, *questions: str, people: int = 10) -> None:
    """Some visitors ask the assistant about a product."""
    for n in range(people):
        for place, text in enumerate(("?", *questions)):
            said = Message(ConversationId(f"web:v{n}"), Instant(NOW + place), "shopper", text)
            about = Answer("", "en", "price", {"focus": product}, (Hit(ProductId(product), 1.0),))
            shop.stores.conversations.append(said)
            shop.stores.conversations.append(replace(said, role="assistant", text="", answer=about))
    shop.questions.catch_up()


def test_a_product_shows_what_is_asked_often_where_the_record_answers(http: TestClient, shop: PageShop) -> None:
    _asked(shop, "p0", "what colour is it?", "is it waterproof, asks Zhang San?", people=9)
    assert "Asked often" not in http.get("/product/p0?lang=en").text
    _asked(shop, "p0", "what colours are there?", "防水吗")
    page = http.get("/product/p0?lang=en").text
    assert '<dt>Colour</dt><dd><div class="reply">Black' in page
    assert "<dt>Waterproof</dt>" not in page
    service = {"Authorization": f"Bearer {create_key(shop.stores, 'service', 'svc')}"}
    found = http.get("/v1/products/p0/questions", headers=service).json()["items"]
    assert [(each["topic"]["id"], each["people"]) for each in found] == [("color", 10), ("waterproof", 10)]
    assert found[1].get("replies", []) == []


def test_an_operator_fills_in_what_is_asked_and_missing(http: TestClient, shop: PageShop) -> None:
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "operator", "boss")})
    assert "Not enough people have asked" in http.get("/console/questions?lang=en").text
    _asked(shop, "p0", "is it waterproof, asks Zhang San?")
    page = http.get("/console/questions").text
    assert "10 people asked" in page
    assert "9 of 9 products do not say" in page
    assert "Zhang San" not in page
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token
    value = {"product": "p0", "name": "waterproof", "value": "Up to 2 m"}
    assert http.post("/console/questions", data=value).status_code == 403
    page = http.post("/console/questions", data={**value, "csrf": token[1]}).text
    assert "8 of 9 products do not say" in page
    assert '<dt>Waterproof</dt><dd><div class="reply">Up to 2 m' in http.get("/product/p0").text
    refused = http.post("/console/questions", data={**value, "value": " ", "csrf": token[1]})
    assert refused.status_code == 400


def test_a_likely_synonym_is_accepted_with_one_press(http: TestClient, shop: PageShop) -> None:
    for query, product in (("trainers", "p1"), ("sneakers", "p1")):
        shop.stores.events.append([
            Event(type, shop.clock(), session=SessionId(f"{query}{n}"), query=query, **seen)
            for n in range(12)
            for type, seen in (("search", {}), ("click", {"product": ProductId(product), "position": 0}))
        ])  # fmt: skip
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "operator", "boss")})
    page = http.get("/console/searches").text
    assert 'name="one" value="sneakers"' in page
    assert "<td>1.00</td>" in page  # how much the first place is looked at
    assert "由点击学到的权重，以文字最匹配为 1：“新品”0.50（原为 0.02）。" in page
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token
    pair = {"one": "sneakers", "other": "trainers"}
    assert http.post("/console/synonym", data=pair).status_code == 403
    page = http.post("/console/synonym", data={**pair, "csrf": token[1]}).text
    assert shop.synonyms == (("sneakers", "trainers"),)
    assert 'name="one"' not in page
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    stated = {"csrf": token[1], "seen": seen[1]}
    refused = http.post("/console/searches", data={"synonyms": "[[synonym]]\nwords = 3", **stated})
    assert refused.status_code == 400
    assert 'role="alert"' in refused.text
    shop.add_synonyms(["sofa", "couch"])  # somebody else, meanwhile
    refused = http.post("/console/searches", data={"synonyms": "", **stated})
    assert refused.status_code == 400
    assert "has changed since" in refused.text
    assert shop.synonyms == (("sneakers", "trainers"), ("sofa", "couch"))
    http.post("/console/synonym", data={"words": "保温杯，thermos, 保暖壶", "csrf": token[1]})
    assert shop.synonyms[-1] == ("保温杯", "thermos", "保暖壶")
    page = http.post("/console/synonym", data={"words": "mug, cup", "days": "90", "csrf": token[1]}).text
    assert 'name="days" value="90"' in page  # whoever looks at ninety days goes on looking at them
    alone = http.post("/console/synonym", data={"words": "thermos", "csrf": token[1]})
    assert (alone.status_code, len(shop.synonyms)) == (400, 4)
    assert "two different words" in alone.text


def test_the_console_shows_imports_with_counts_and_rejects(http: TestClient, shop: PageShop) -> None:
    count = {"kind": "product", "read": 9, "accepted": 7, "repaired": 0, "unchanged": 0, "joined": 0, "rejected": 2}
    rejected = {"file": "a.csv", "rule": "price", "field": "price", "line": 4, "said": HOSTILE, "n": 2}
    repaired = {"file": "a.csv", "rule": "date", "field": "at", "line": 7, "said": "read as day/month", "n": 1_300}
    report = {
        "files": [{"path": "/x/a.csv", "format": "csv", "by_kind": {"product": count}}],
        "rejected": [rejected],
        "repaired": [repaired],
        "notes": [f"2 products have no price {HOSTILE}"],
    }
    shop.stores.ledger.put("import", "1750000000000", report | {"n_rejects": 2, "n_repairs": 1_300})
    shop.stores.ledger.put("import", "1740000000000", {"files": [], "refusals": [], "n_rejects": 0, "n_repairs": 0})
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "admin", "boss")})
    page = http.get("/console/imports?lang=en").text
    assert "2 rejected lines" in page
    assert "a.csv:4" in page
    assert "1300 repaired lines" in page
    assert "read as day/month" in page
    assert "2 products have no price" in page
    assert "<script>alert" not in page


def test_the_console_shows_the_report_of_a_broken_file(http: TestClient, shop: PageShop, tmp_path: Path) -> None:
    file = tmp_path / "reviews.csv"
    file.write_text('product,rating,text,date\np0,5,Good,2026-01-02\np1,4,"Light\np1,5,Fine,\n', "utf-8")
    (tmp_path / "page.xml").write_text("<html><body>Sign in</body></html>", "utf-8")
    report = import_paths([file, tmp_path / "page.xml"], shop.stores, options=ImportOptions())
    assert {sort.field for sort in report.rejected} == {""}  # lines and files that are no records have no field
    shop.stores.ledger.put("import", "1750000000000", plain(report))
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "admin", "boss")})
    answer = http.get("/console/imports?lang=en")
    assert answer.status_code == 200
    assert "is a quote not closed?" in answer.text
    assert "is a web page and no feed" in answer.text
    assert "not kept in reports" not in answer.text


def test_a_report_in_the_console_leaves_out_outcomes_that_no_line_had(http: TestClient, shop: PageShop) -> None:
    count = {"kind": "order", "read": 9, "accepted": 7, "repaired": 0, "unchanged": 0, "joined": 2, "rejected": 0}
    report = {
        "files": [{"path": "a.csv", "format": "csv", "by_kind": {"order": count}}],
        "n_rejects": 0,
        "n_repairs": 0,
    }
    shop.stores.ledger.put("import", "1750000000000", report)
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "admin", "boss")})
    page = http.get("/console/imports?lang=en").text
    assert re.findall(r'<th scope="col">(\w+)</th>', page) == ["File", "read", "accepted", "rejected", "joined"]
    assert "0 rejected lines" in http.get("/console?lang=en").text


def test_an_old_report_says_that_it_keeps_no_lines(http: TestClient, shop: PageShop) -> None:
    shop.stores.ledger.put("import", "1750000000000", {"files": [], "refusals": [], "n_rejects": 3, "n_repairs": 0})
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "admin", "boss")})
    page = http.get("/console/imports?lang=en").text
    assert "3 rejected and 0 repaired lines. Their lines are not kept in reports made before" in page


def test_variants_at_several_prices_show_where_they_begin(http: TestClient, shop: PageShop) -> None:
    sizes = [Variant(VariantId("s"), Text(en="S")), Variant(VariantId("l"), Text(en="L"), price=Money(2490, "USD"))]
    shirt = Product(ProductId("shirt"), Text("衬衫", "Shirt"), price=Money(1990, "USD"), variants=tuple(sizes))
    same = replace(shirt, id=ProductId("same"), variants=(sizes[0],))
    shop.stores.catalogue.put([shirt, same], at=NOW)
    page = http.get("/product/shirt?lang=en").text
    assert "<b>from $19.90</b>" in page
    assert "<b>$19.90 起</b>" in http.get("/product/shirt?lang=zh").text
    assert "<b>$19.90</b>" in http.get("/product/same?lang=en").text
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])
    assert (data["offers"]["lowPrice"], data["offers"]["highPrice"]) == ("19.90", "24.90")
    assert data["url"].endswith("/product/shirt")
    assert data["sku"] == "shirt"


def test_pages_show_days_by_the_shops_clock(http: TestClient, shop: PageShop) -> None:
    shop.settings = replace(shop.settings, shop=replace(shop.settings.shop, timezone="Asia/Shanghai"))
    night = Instant(1_772_301_600_000)  # 2026-02-28 18:00 UTC is already the first of March there
    shop.stores.reviews.put([Review(ProductId("p0"), 5.0, night, text="By night")])
    shop.stores.ledger.put("import", f"{night}", {"files": [], "n_rejects": 0, "n_repairs": 0})
    assert "1 Mar 2026" in http.get("/product/p0?lang=en").text
    assert "2026年3月1日" in http.get("/product/p0?lang=zh").text
    http.post("/console/sign-in", data={"key": create_key(shop.stores, "admin", "boss")})
    assert "2026-03-01 02:00:00 Asia/Shanghai" in http.get("/console/imports?lang=en").text
    assert "When (Asia/Shanghai)" in http.get("/console/events?lang=en").text


class Outline(HTMLParser):
    """What a screen reader depends on."""

    def __init__(self) -> None:
        super().__init__()
        self.h1 = 0
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.without_alt: list[str] = []
        self._fields: list[tuple[str | None, bool]] = []
        self._labels: set[str | None] = set()
        self._in_label = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.h1 += tag == "h1"
        self._in_label += tag == "label"
        self.ids += [given["id"] or ""] if "id" in given else []
        if tag == "label" and "for" in given:
            self._labels.add(given["for"])
        if tag == "img" and "alt" not in given:
            self.without_alt.append(str(given.get("src")))
        if tag in {"input", "select", "textarea"} and given.get("type") != "hidden":
            self._fields.append((given.get("id"), bool(self._in_label) or "aria-label" in given))

    def handle_endtag(self, tag: str) -> None:
        self._in_label -= tag == "label"

    @property
    def unlabelled(self) -> list[str | None]:
        return [id for id, labelled in self._fields if not labelled and id not in self._labels]


def test_a_price_that_never_changed_is_said_to_be_steady(http: TestClient, shop: PageShop) -> None:
    price = Money(9900, "CNY")
    steady = Product(ProductId("steady"), Text("壶", "Pot"), price=price)
    shop.stores.catalogue.put([steady], at=NOW)
    shop.stores.catalogue.put_prices(
        [PricePoint(steady.id, Instant(NOW - 86_400_000 * days), price) for days in (9, 5)]
    )
    page = http.get("/product/steady?lang=en").text
    assert "¥99.00 since 6 Jun 2025, without a change." in page
