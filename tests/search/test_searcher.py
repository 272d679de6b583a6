from collections.abc import Iterable

import numpy as np
import pytest

from daogou.adapters.array_index import ArrayIndex
from daogou.domain.hit import Hits
from daogou.domain.ids import ProductId
from daogou.domain.money import Money
from daogou.domain.product import Product, Variant
from daogou.domain.query import Sort, Where
from daogou.domain.rule import Rule
from daogou.domain.text import Text
from daogou.language.understand import Understander
from daogou.language.vocabulary import Vocabulary
from daogou.retrieval.rules import Rulebook
from daogou.retrieval.shelf import Shelf
from daogou.search.indexing import build
from daogou.search.searcher import Searcher, ShopperContext
from daogou.testing.builders import product

_RUNNING = (Text("鞋", "Shoes"), Text("跑步鞋", "Running shoes"))
_CUP = (Text("杯子", "Cup"),)
_RED, _BLACK = Text("红色", "Red"), Text("黑色", "Black")
_LEATHER, _MESH = Text("皮革", "Leather"), Text("网面", "Mesh")


def _searcher(products: Iterable[Product], prior: list[float] | None = None) -> Searcher:
    shelf = Shelf()
    shelf.put(products)
    vocabulary = Vocabulary.from_shelf(shelf)
    index = ArrayIndex()
    build(index, [p for p in shelf.products if p], vocabulary.segmenter, vocabulary=vocabulary)
    popularity = None if prior is None else np.array(prior, np.float32)
    return Searcher(shelf, index, Understander(vocabulary), prior=popularity)


def _shop(prior: list[float] | None = None) -> Searcher:
    return _searcher(
        [
            product("nike", Text("耐克透气跑步鞋", "Nike running shoes"), price=399, category=_RUNNING, brand="Nike",
                    attributes={"material": _MESH, "color": _RED}),
            product("leather", "Leather dress shoes", price=599, category=_RUNNING[:1], brand="Clarks",
                    attributes={"material": _LEATHER, "color": _BLACK}),
            product("zh", "轻便跑步鞋", price=199, category=_RUNNING, brand="李宁",
                    attributes={"material": _MESH, "color": _BLACK}),
            product("mug", Text("马克杯", "Mug"), price=29, category=[Text("厨房", "Kitchen")],
                    attributes={"color": _RED}),
        ],
        prior,
    )  # fmt: skip


def _ids(hits: Hits) -> list[str]:
    return [hit.product for hit in hits.items]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("running shoes", {"nike", "zh"}),
        ("跑步鞋", {"nike", "zh"}),
        ("runing shoes not nike", {"zh"}),
        ("under ¥500, not leather", {"nike", "zh", "mug"}),
        ("500元以下的鞋", {"nike", "zh"}),
        ("dress shoes", {"leather"}),
        ("杯", {"mug"}),
    ],
)
def test_finds(text: str, found: set[str]) -> None:
    assert set(_ids(_shop().search(text))) == found


def test_english_finds_what_is_written_in_chinese_only() -> None:
    searcher = _searcher(
        [
            product("both", "tent", attributes={"feature": Text("防风", "Windproof")}),
            product("zh", "防风帐篷"),
            product("other", "杯子"),
        ]
    )
    assert set(_ids(searcher.search("windproof"))) == {"both", "zh"}


def test_an_sku_an_id_and_a_whole_title_come_first() -> None:
    searcher = _searcher(
        [
            product("p1", "cup cup cup"),
            product("p2", "cup", variants=(Variant(id="v1", sku="AB-77"),)),  # type: ignore[arg-type]
        ]
    )
    assert _ids(searcher.search("ab-77")) == ["p2"]
    assert _ids(searcher.search("P1"))[0] == "p1"
    hit = searcher.search("Cup").items[0]
    assert hit.product == "p2"
    assert hit.because[0].source == "search.exact"


def test_a_whole_title_finds_its_product_whatever_is_read_out_of_it() -> None:
    searcher = _searcher(
        [
            product("filed", "Steel mug", attributes={"feature": Text("保温", "Insulated")}, brand="Alta"),
            product("unfiled", Text("紫晶保温杯", "Insulated cup")),
            product("without", "No sugar candy"),
            product("sugar", "Sugar candy"),
        ]
    )
    for title, id in (("紫晶保温杯", "unfiled"), ("insulated cup", "unfiled"), ("no sugar candy", "without")):
        hit = searcher.search(title).items[0]
        assert (hit.product, hit.because[0].source) == (id, "search.exact")
    assert "unfiled" not in _ids(searcher.search("insulated cup", where=Where(brands=frozenset({"alta"}))))
    searcher.rules = Rulebook([Rule("Out", "hide", products=(ProductId("unfiled"),))], searcher.shelf)
    assert "unfiled" not in _ids(searcher.search("insulated cup"))


def test_sold_out_and_hidden_products_do_not_come_back() -> None:
    searcher = _searcher([product("a", "cup", stock=0), product("b", "cup", hidden=True), product("c", "cup", stock=1)])
    assert _ids(searcher.search("cup")) == ["c"]


def test_words_that_are_not_wanted_rule_out_by_text() -> None:
    searcher = _searcher([product("a", "dress with sequins"), product("b", "dress")])
    assert _ids(searcher.search("dress no sequins")) == ["b"]


def test_no_words_and_a_filter_browse_by_popularity() -> None:
    hits = _shop([0.1, 0.2, 0.9, 1.0]).search("", where=Where(category="shoes"))
    assert _ids(hits) == ["zh", "leather", "nike"]
    assert hits.items[0].because[0].kind == "popular"


@pytest.mark.parametrize(
    ("sort", "order"),
    [("price_asc", ["mug", "zh", "nike", "leather"]), ("price_desc", ["leather", "nike", "zh", "mug"])],
)
def test_sorts(sort: str, order: list[str]) -> None:
    assert _ids(_shop().search("", sort=sort)) == order  # type: ignore[arg-type]


def test_value_is_what_is_liked_for_little() -> None:
    searcher = _searcher(
        [product(id, "cup", price=n) for id, n in (("poor", 1), ("good", 2), ("fine", 3), ("dear", 9))]
    )
    searcher.shelf.rate([(ProductId("poor"), 3.0), (ProductId("good"), 4.8), (ProductId("dear"), 5.0)])
    assert _ids(searcher.search("cup", sort="value")) == ["good", "poor", "dear", "fine"]


def test_a_letter_typed_apart_belongs_to_the_word_behind_it() -> None:
    searcher = _searcher([product("t", "Striped T-Shirt"), product("dress", "Dress shirt"), product("c", "C cable")])
    assert _ids(searcher.search("t shirt"))[0] == "t"
    assert searcher.search("t shirt").suggestion == "t-shirt"
    assert searcher.search("c cable").suggestion is None


def test_a_size_or_a_letter_alone_finds_nothing() -> None:
    searcher = _searcher([product("wok", "Wok 30cm"), product("bed", "Dog bed 32cm"), product("t", "T square")])
    assert _ids(searcher.search("wok 32cm")) == ["wok"]
    assert _ids(searcher.search("t-shirt")) == []


def test_products_of_unknown_price_come_last_by_price() -> None:
    searcher = _searcher([product("unknown", "cup"), product("known", "cup", price=5)])
    assert _ids(searcher.search("cup", sort="price_asc")) == ["known", "unknown"]


def test_pages_cut_one_order() -> None:
    searcher = _searcher([product(f"p{n}", "cup", price=n + 1) for n in range(25)])
    whole = searcher.search("cup", k=25)
    pages = [searcher.search("cup", k=10, offset=offset) for offset in (0, 10, 20)]
    assert [id for page in pages for id in _ids(page)] == _ids(whole)
    assert [page.total for page in pages] == [25, 25, 25]


def test_gives_up_the_price_alone_where_that_is_enough_and_says_so() -> None:
    hits = _shop().search("red running shoes under ¥100")
    assert _ids(hits) == ["nike"]
    assert hits.relaxed == ("≤ ¥100.00",)


def test_gives_up_an_adjective_before_the_price() -> None:
    searcher = _searcher(
        [
            product("cheap", "Cup", price=5, category=_CUP),
            product("dear", "Dainty cup", price=500, category=_CUP),
            product("spoon", "Spoon, dainty", price=5),
        ]
    )
    hits = searcher.search("dainty cup under ¥50")
    assert (_ids(hits), hits.relaxed) == (["cheap"], ("words: dainty",))


def test_a_limit_that_no_product_keeps_is_given_up_as_it_was_typed() -> None:
    mats = [product(f"m{n}", "Mat", category=_CUP, attributes={"thickness": Text(en=f"{n} mm")}) for n in (4, 6, 8)]
    searcher = _searcher(mats)
    assert _ids(searcher.search("cup thicker than 6 mm")) == ["m8"]
    hits = searcher.search("cup thicker than 9 mm")
    assert (len(hits.items), hits.relaxed) == (3, ("Thickness: >9 mm",))


def test_a_figure_alone_does_not_find_what_was_named() -> None:
    searcher = _searcher([product("guide", "Lisbon in 15 days"), product("phone", "Telephone 15")])
    assert _ids(searcher.search("telephone 15")) == ["phone"]
    assert _ids(searcher.search("zapato 15")) == []
    assert len(_ids(searcher.search("15"))) == 2


def test_by_price_what_is_made_for_it_does_not_come_before_the_thing() -> None:
    assert _ids(_phones().search("最便宜的手机")) == ["phone"]
    assert len(_ids(_phones().search("手机"))) > 1


def test_never_gives_up_what_is_not_wanted_nor_what_was_set_by_hand() -> None:
    searcher = _shop()
    assert _ids(searcher.search("running shoes not nike not 李宁")) == []
    assert _ids(searcher.search("running shoes", where=Where(price_max=Money(100, "CNY")))) == []


def test_unknown_words_give_way_to_known_ones() -> None:
    hits = _shop().search("qwxyzt running shoes")
    assert set(_ids(hits)) == {"nike", "zh"}
    assert hits.relaxed == ("“qwxyzt”",)


def test_finds_nothing_rather_than_anything() -> None:
    hits = _shop().search("qwxyzt")
    assert (_ids(hits), hits.total, hits.relaxed) == ([], 0, ())


def test_says_what_was_meant() -> None:
    assert _shop().search("runing shoes").suggestion == "running shoes"
    assert _shop().search("running shoes").suggestion is None


def test_a_stated_reason_is_part_of_the_score() -> None:
    with_prior, without = (_shop(prior).search("running shoes") for prior in ([1.0, 0, 0, 0], None))
    hit = next(hit for hit in with_prior.items if hit.product == "nike")
    (popular,) = (reason for reason in hit.because if reason.kind == "popular")
    bare = next(hit for hit in without.items if hit.product == "nike")
    assert hit.score * (1 - popular.share) == pytest.approx(bare.score, abs=1e-3)
    assert sum(reason.share for reason in hit.because) <= 1


def test_the_shoppers_taste_orders_equals_and_says_so() -> None:
    searcher = _searcher([product("a", "blue cup"), product("b", "blue cup")])
    context = ShopperContext(np.array([0, 1], np.float32))
    hits = searcher.search("cup", shopper_context=context)
    assert _ids(hits) == ["b", "a"]
    assert [reason.kind for reason in hits.items[0].because] == ["words", "history"]
    assert [reason.kind for reason in hits.items[1].because] == ["words"]


def test_every_hit_has_a_reason() -> None:
    for text in ("", "shoes", "红色", "not leather"):
        hits = _shop().search(text)
        assert hits.items
        assert all(hit.because for hit in hits.items)


def test_words_of_a_product_that_was_put_later_are_understood() -> None:
    searcher = _shop()
    searcher.shelf.put([product("new", "Walnut tumbler", price=9, brand="Zyx", attributes={"finish": "Satin"})])
    searcher.refresh([ProductId("new")])
    hits = searcher.search("zyx walnutt tumbler satin")
    assert _ids(hits) == ["new"]
    assert {(slot.kind, slot.value) for slot in hits.understood.slots} == {("brand", "zyx"), ("attribute", "satin")}
    assert (hits.suggestion, hits.understood.unknown) == ("zyx walnut tumbler satin", ())


def test_a_changed_product_is_found_after_refresh() -> None:
    searcher = _shop()
    searcher.shelf.put([product("mug", "Teapot", price=99), product("new", "Lantern", category=[Text("灯", "Lamps")])])
    searcher.refresh([ProductId("mug"), ProductId("new")])
    assert _ids(searcher.search("teapot")) == ["mug"]
    assert _ids(searcher.search("马克杯")) == []
    assert _ids(searcher.search("Mug")) != []  # the id is a name, too
    hits = searcher.search("lamps")
    assert _ids(hits) == ["new"]
    assert [(value.value, value.n) for value in hits.facets["category"]] == [("lamps", 1)]


def test_a_rare_word_is_not_drowned_by_a_common_one() -> None:
    searcher = _searcher([product("phone", "iphone x"), *(product(f"p{n}", f"cable x {n}") for n in range(30))])
    assert _ids(searcher.search("iphone x")) == ["phone"]


def _phones() -> Searcher:
    phones, phone, case = Text("手机通讯", "Phones"), Text("智能手机", "Smartphone"), Text("手机壳", "Phone case")
    return _searcher(
        [
            product("case", Text("手机壳", "Phone case for phones"), category=[phones, case]),
            product(
                "phone", Text("星尘 极光 高清智能手机 手写笔 快充", "Stardust Aurora 5G"), category=[phones, phone]
            ),
            product("charger", Text("手机充电器", "Phone charger"), category=[phones, Text("充电器", "Charger")]),
            product("stylus", "Phone stylus", attributes={"product_type": Text("手写笔", "Stylus")}),
        ]
    )


@pytest.mark.parametrize(("text", "first"), [("手机", "phone"), ("phone", "phone"), ("手写笔", "stylus")])
def test_what_is_named_comes_before_what_is_made_for_it(text: str, first: str) -> None:
    hits = _phones().search(text)
    assert _ids(hits)[0] == first
    assert "The kind of thing you named" in [reason.text.en for reason in hits.items[0].because]


def test_the_thing_made_for_it_is_found_by_its_own_name() -> None:
    assert _ids(_phones().search("手机壳"))[0] == "case"
    assert _ids(_phones().search("phone charger"))[0] == "charger"


def test_a_product_that_changes_its_kind_is_found_as_what_it_is_now() -> None:
    searcher = _phones()
    searcher.shelf.put([product("case", Text("手机壳", "Phone case"), category=[Text("礼品", "Gifts")])])
    searcher.refresh([ProductId("case")])
    hits = searcher.search("手机壳")
    assert "The kind of thing you named" not in [reason.text.en for hit in hits.items for reason in hit.because]


def _english(near: dict[str, list[float]]) -> Searcher:
    shelf = Shelf()
    shelf.put([product("speaker", "Bluetooth speaker", price=20), product("lamp", "Desk lamp", price=90)])
    vocabulary = Vocabulary.from_shelf(shelf)
    index = ArrayIndex()
    build(index, [p for p in shelf.products if p], vocabulary.segmenter, vocabulary=vocabulary)
    asked = {text: np.array(values, np.float32) for text, values in near.items()}
    return Searcher(shelf, index, Understander(vocabulary), near=lambda text: asked[text])


def test_where_no_word_is_known_what_is_near_in_meaning_is_found_and_said() -> None:
    hits = _english({"音箱": [0.5, -0.2]}).search("音箱")
    assert _ids(hits) == ["speaker"]
    assert hits.relaxed == ("“音箱”",)
    assert [reason.text.en for reason in hits.items[0].because] == ["Near in meaning to what you typed"]


def test_a_known_word_is_not_asked_for_its_meaning() -> None:
    assert _ids(_english({}).search("lamp")) == ["lamp"]


def test_what_is_far_in_meaning_is_not_found() -> None:
    assert _ids(_english({"电影": [0.1, 0.15]}).search("电影")) == []


def test_meaning_keeps_the_filters() -> None:
    hits = _english({"音箱": [0.5, 0.4]}).search("音箱", where=Where(price_min=Money.of(50, "CNY")))
    assert _ids(hits) == ["lamp"]


def test_of_many_that_pass_a_filter_only_those_near_in_meaning_are_shown() -> None:
    hits = _english({"音箱 100元以下": [0.5, -0.4]}).search("音箱 100元以下")
    assert _ids(hits) == ["speaker"]
    assert hits.relaxed == ("“音箱”",)


def test_where_nothing_is_near_a_price_alone_is_no_answer() -> None:
    assert _ids(_english({"音箱 100元以下": [0.1, -0.4]}).search("音箱 100元以下")) == []
    assert _ids(_english({}).search("100元以下")) == ["speaker", "lamp"]


def test_an_encoder_that_does_not_answer_costs_its_part_of_the_answer_and_is_said() -> None:
    shelf = Shelf()
    shelf.put([product("lamp", "Desk lamp")])
    vocabulary = Vocabulary.from_shelf(shelf)
    index = ArrayIndex()
    build(index, [p for p in shelf.products if p], vocabulary.segmenter, vocabulary=vocabulary)
    searcher = Searcher(shelf, index, Understander(vocabulary), near=lambda text: None)
    assert "encoder" in (searcher.search("灯 lamp").degraded or "")
    assert searcher.search("lamp").degraded is None


def test_what_is_not_wanted_is_left_out_of_what_is_near_in_meaning_too() -> None:
    text = "音箱 not desk"
    assert _ids(_english({text: [0.5, 0.4]}).search(text)) == ["speaker"]


def _tablets(n: int = 12) -> Searcher:
    tablet = {"screen": "10 inch", "system": "Android", "form": "slate"}
    return _searcher(
        [
            product("stand", "Tablet stand, tablet holder", attributes={"material": "metal"}),
            *(product(f"stand-{i}", f"Laptop stand {i}", attributes={"material": "metal"}) for i in range(40)),
            product("plain", "Tablet M7 for the family", attributes=tablet),
            *(product(f"t{i}", f"Tablet {i}", attributes=tablet) for i in range(n)),
        ]
    )


def test_what_is_like_the_best_matches_comes_before_what_only_mentions_the_word() -> None:
    hits = _tablets().search("tablet", k=20)
    assert _ids(hits)[-1] == "stand"
    alike = {hit.product: [r.share for r in hit.because if r.source == "search.alike"] for hit in hits.items}
    assert alike["stand"][0] < 0.1 < alike["plain"][0]


def test_few_matches_do_not_vote_on_what_is_meant() -> None:
    hits = _tablets(5).search("tablet", k=20)
    assert not any(reason.source == "search.alike" for hit in hits.items for reason in hit.because)


def test_a_product_with_every_word_comes_before_one_that_says_one_word_often() -> None:
    searcher = _searcher(
        [
            product("some", "camera camera camera", description="camera"),
            product("every", "A bag with many pockets and a long strap, for a camera or for lenses of any maker"),
            *(product(f"p{n}", f"camera {n}") for n in range(3)),
        ]
    )
    hits = searcher.search("camera bag")
    assert _ids(hits)[0] == "every"
    assert "Has every word of your query" in [reason.text.en for reason in hits.items[0].because]
    assert not any(reason.source == "search.complete" for hit in hits.items[1:] for reason in hit.because)


def _synonymous(*groups: tuple[str, ...]) -> Searcher:
    searcher = _searcher(
        [
            product("runner", "Gym trainers, light", category=[Text("鞋", "Shoes"), Text("运动鞋", "Trainers")]),
            product("sofa", "Sofa for three"),
            product("kettle", "Water kettle, electric"),
            product("bag", "Bag"),
        ]
    )
    searcher.vocabulary.set_synonyms(groups)
    return searcher


def test_a_synonym_finds_what_the_other_word_finds_and_is_said() -> None:
    searcher = _synonymous(("couch", "sofa"), ("sneakers", "trainers"), ("热水壶", "electric kettle"))
    hits = searcher.search("couch")
    assert _ids(hits) == ["sofa"]
    assert hits.understood is not None
    assert hits.understood.also == {"couch": ("sofa",)}
    assert hits.understood.unknown == ()
    assert (hits.relaxed, hits.suggestion) == ((), None)
    assert [reason.text.en for reason in hits.items[0].because] == ["Matches “couch”"]
    assert _ids(searcher.search("热水壶")) == ["kettle"]
    assert _ids(searcher.search("sofa")) == ["sofa"]


def test_a_synonym_of_a_category_is_understood_as_the_category() -> None:
    hits = _synonymous(("sneakers", "trainers")).search("sneakers")
    assert _ids(hits) == ["runner"]
    assert hits.understood is not None
    assert hits.understood.where.category == "trainers"


def test_synonyms_hold_until_they_are_replaced() -> None:
    searcher = _synonymous(("couch", "sofa"))
    searcher.vocabulary.set_synonyms([("couch", "bag")])
    assert _ids(searcher.search("couch")) == ["bag"]
    searcher.vocabulary.set_synonyms([])
    assert _ids(searcher.search("couch")) == []


def test_a_product_is_a_query_for_others_like_it() -> None:
    searcher = _shop()
    hits = searcher.search("", like=ProductId("nike"))
    assert _ids(hits) == ["zh", "leather"]
    said = [reason.text.en for hit in hits.items for reason in hit.because]
    assert "Like the product you chose" in said
    assert "Named in words of the product you chose" in said
    assert not any("your" in each for each in said)
    assert _ids(searcher.search("", like=ProductId("nike"), where=Where(brands=frozenset({"clarks"})))) == ["leather"]


def test_a_product_beside_words_orders_what_the_words_find() -> None:
    searcher = _searcher(
        [
            product("a", "cup", attributes={"color": _RED, "material": "clay"}),
            product("b", "cup", attributes={"color": _BLACK, "material": "glass"}),
            product("c", "cup", attributes={"color": _RED, "material": "clay"}),
            product("d", "plate", attributes={"color": _BLACK, "material": "glass"}),
            product("e", "plate", attributes={"color": "blue"}),
        ]
    )
    assert _ids(searcher.search("cup", like=ProductId("c")))[0] == "a"
    assert _ids(searcher.search("cup", like=ProductId("d")))[0] == "b"


def test_what_is_called_by_all_of_the_words_comes_before_giving_one_up() -> None:
    knives, kitchen = (Text(en="Knives"),), (Text(en="Kitchen"),)
    searcher = _searcher(
        [
            product("pocket", "Pocket knife", category=knives),
            product("set", "Kitchen knife set", category=kitchen),
            product("board", "Kitchen board", category=kitchen),
        ]
    )
    hits = searcher.search("chef knife")
    assert (_ids(hits), hits.relaxed) == (["pocket"], ("“chef”",))
    hits = searcher.search("set knife")
    assert (_ids(hits), hits.relaxed) == (["set"], ())


def test_what_it_is_for_or_has_is_not_the_thing() -> None:
    phones, cameras = (Text("手机", "Phone"),), (Text("相机", "Camera"),)
    searcher = _searcher(
        [
            product("phone", Text("星尘 手机", "Stardust phone"), category=phones),
            product("camera", Text("流明 相机", "Lumenova camera"), category=cameras),
            product("other", "Camera bag", category=(Text("相机包", "Camera bag"),)),
        ]
    )
    assert _ids(searcher.search("phone with good camera")) == ["phone"]
    assert _ids(searcher.search("带相机的手机")) == ["phone"]
    assert _ids(searcher.search("camera for my phone")) == ["camera"]


def test_what_the_index_knows_before_the_shelf_is_found_once_it_is_there() -> None:
    lamp, chair = product("lamp", "Desk lamp"), product("chair", "Desk chair")
    shelf = Shelf()
    shelf.put([lamp])
    vocabulary = Vocabulary.from_shelf(shelf)
    index = ArrayIndex()
    build(index, [chair, lamp], vocabulary.segmenter, vocabulary=vocabulary)
    searcher = Searcher(shelf, index, Understander(vocabulary))
    assert _ids(searcher.search("desk")) == ["lamp"]
    shelf.put([chair])
    assert set(_ids(searcher.search("desk"))) == {"lamp", "chair"}


def test_where_few_have_all_words_the_thing_comes_before_what_is_said_of_it() -> None:
    """None is a red dress: by its kind's name, and where no kind is called so by the end of its title."""
    things = [
        ("onions", "Red Onions", Text(en="Groceries")),
        ("lipstick", "Red Lipstick", Text(en="Beauty")),
        ("shirt", "White Dress Shirt", Text(en="Shirts")),
    ]
    for kind, title in (("Summer dresses", "Gray gown, light"), ("Clothes", "Gray Dress, light")):
        searcher = _searcher(
            [product(id, name, category=[of]) for id, name, of in (*things, ("gray", title, Text(en=kind)))]
        )
        hits = searcher.search("red dress")
        assert _ids(hits)[0] == "gray", kind
        assert hits.relaxed == ("part of “red dress”",)
    worn = "A warm hat of red felt, to be worn over a coat or a dress"
    plain = product("plain", "Light evening dress")
    searcher = _searcher([*searcher.shelf.products, plain, product("both", "Hat", description=worn)])
    assert _ids(searcher.search("red dress"))[:2] == ["both", "gray"]  # all the words say more than the thing alone
    assert searcher.search("red dress").relaxed == ()


def test_gives_up_what_is_said_of_a_thing_before_the_tag_that_names_it() -> None:
    searcher = _searcher(
        [
            product("onions", "Red onions", attributes={"tags": "vegetables"}),
            product("gray", "Gray gown", attributes={"tags": "dresses"}),
        ]
    )
    hits = searcher.search("red dresses")
    assert (_ids(hits), hits.relaxed) == (["gray"], ("words: red",))


@pytest.mark.parametrize("sort", ["relevance", "price_asc", "rating"])
def test_pages_follow_one_another_where_many_products_are_tied(sort: Sort) -> None:
    searcher = _searcher([product(f"p{n:02}", "Cup", price=1 + n % 3) for n in range(20)])
    whole = _ids(searcher.search("cup", k=20, sort=sort))
    paged = [id for offset in range(0, 21, 3) for id in _ids(searcher.search("cup", k=3, offset=offset, sort=sort))]
    assert paged == whole
    assert len(set(whole)) == 20


def test_what_is_named_beside_an_unknown_brand_comes_before_what_is_made_for_it() -> None:
    phones = [
        product(title, title, category=[Text("", "Phones"), Text("", kind)])
        for title, kind in (
            ("Case for a phone", "Phone case"),
            ("Nova 5 phone", "Smart phone"),
            ("Phone stand", "Stand"),
        )
    ]
    searcher = _searcher(phones)
    for text in ("phone", "xiaomi phone", "new phone"):
        assert searcher.search(text).items[0].product == "Nova 5 phone", text
    assert searcher.search("new phone").relaxed == ()
