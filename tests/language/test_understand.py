from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.money import Money
from daogou.domain.query import Meant, Slot, Understood, Where
from daogou.domain.text import Text
from daogou.language.aspects import AspectWish
from daogou.language.understand import Understander
from daogou.language.vocabulary import Vocabulary
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import product

_SHOES = Text("鞋", "Shoes")
_RUNNING = (_SHOES, Text("跑步鞋", "Running shoes"))
_SPORTS = (_SHOES, Text("运动鞋", "Sports shoes"))
_BREATHABLE = Text("透气", "Breathable")


@cache
def _vocabulary() -> Vocabulary:
    shelf = Shelf()
    leather, mesh = Text("皮革", "Leather"), Text("网面", "Mesh")
    red, black = Text("红色", "Red"), Text("黑色", "Black")
    shelf.put(
        [
            product("1", "running shoes", category=_RUNNING, brand="Nike",
                    attributes={"material": mesh, "feature": _BREATHABLE, "color": red}),
            product("2", "sports shoes", category=_SPORTS, brand="Adidas",
                    attributes={"material": leather, "feature": _BREATHABLE, "color": black}),
            product("3", "跑步鞋", category=_RUNNING, brand="李宁", attributes={"material": mesh, "color": black}),
        ]
    )  # fmt: skip
    return Vocabulary.from_shelf(shelf)


def _where(text: str, rates: Mapping[str, float] | None = None) -> Where:
    return Understander(_vocabulary(), rates=rates).understand(text, currency="CNY").where


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("我想找一款运动鞋", Where(category="sports shoes")),
        ("I am looking for running shoes", Where(category="running shoes")),
        (
            "500元以下透气的跑步鞋",
            Where(
                category="running shoes",
                price_max=Money(50000, "CNY"),
                attributes={"feature": frozenset({"breathable"})},
            ),
        ),
        ("runing shoes not nike", Where(category="running shoes", not_brands=frozenset({"nike"}))),
        ("不要皮的", Where(not_attributes={"material": frozenset({"leather"})})),
        ("not leather or mesh", Where(not_attributes={"material": frozenset({"leather", "mesh"})})),
        ("皮的不要", Where(not_attributes={"material": frozenset({"leather"})})),
        ("除了耐克的运动鞋", Where(category="sports shoes", not_brands=frozenset({"nike"}))),
        ("不要耐克，要红色的", Where(not_brands=frozenset({"nike"}), attributes={"color": frozenset({"red"})})),
        ("red or black shoes", Where(category="shoes", attributes={"color": frozenset({"red", "black"})})),
        ("shoes without leather", Where(category="shoes", not_attributes={"material": frozenset({"leather"})})),
    ],
)
def test_understands(text: str, where: Where) -> None:
    assert _where(text) == where


def test_a_foreign_price_is_kept_and_said_to_be_unknown() -> None:
    understood = Understander(_vocabulary()).understand("under $80, not leather", currency="CNY")
    assert understood.where == Where(not_attributes={"material": frozenset({"leather"})})
    assert understood.unknown == ("under $80",)
    assert understood.slots[0] == Slot("price", "price", "..80 USD", 0, 9, confidence=0.0)
    assert _where("under $80, not leather", {"USD": 7.0}).price_max == Money(56000, "CNY")


def test_says_what_it_corrected_and_points_at_what_was_typed() -> None:
    text = "runing shoes"
    understood = Understander(_vocabulary()).understand(text, currency="CNY")
    assert understood.corrected == "running shoes"
    assert [text[slot.start : slot.end] for slot in understood.slots] == ["runing shoes"]


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("最便宜的鞋", "price_asc"),
        ("best rated shoes", "rating"),
        ("新款鞋", "newest"),
        ("性价比高的鞋", "value"),
        ("性价比最高的鞋", "value"),
        ("good value shoes", "value"),
    ],
)
def test_hears_an_order(text: str, sort: str) -> None:
    assert Understander(_vocabulary()).understand(text, currency="CNY").sort == sort


@pytest.mark.parametrize("text", ["跑鞋", "500元以下的跑鞋"])
def test_an_abbreviation_is_the_one_category_it_can_mean(text: str) -> None:
    assert _where(text).category == "running shoes"


def test_an_abbreviation_that_could_mean_two_categories_stays_a_word() -> None:
    shelf = Shelf()
    shelf.put(
        [
            product("1", "one", category=(Text("跑步鞋", "Running shoes"),)),
            product("2", "two", category=(Text("跑酷鞋", "Parkour shoes"),)),
        ]
    )
    understood = Understander(Vocabulary.from_shelf(shelf)).understand("跑鞋", currency="CNY")
    assert (understood.where.category, understood.words) == (None, ("跑鞋",))


def test_hears_for_whom_and_what_for() -> None:
    slots = Understander(_vocabulary()).understand("送给妈妈的生日礼物", currency="CNY").slots
    assert [(slot.kind, slot.value) for slot in slots] == [
        ("recipient", "mother"), ("occasion", "birthday"), ("occasion", "gift"),
    ]  # fmt: skip


@cache
def _measured() -> Vocabulary:
    """A shop with sizes, measures in both languages, brands whose Chinese name only titles say, and a short name."""
    shelf = Shelf()
    kettle, boots = (Text("电热水壶", "Electric kettle"),), (Text("登山鞋", "Hiking boots"),)
    litres, half = Text("1.5升", "1.5 L"), Text("500毫升", "500 ml")
    sizes = tuple(Text(en=size) for size in ("42", "43", "XL"))
    for_women, for_all = Text("女士", "women"), Text("男女通用", "unisex")
    for n in range(4):
        title = Text(f"暖炉 电热水壶{n}", f"Hearthwell kettle {n}")
        shelf.put(
            [
                replace(
                    product(f"k{n}", category=kettle, brand="Hearthwell", attributes={"capacity": (litres, half)}),
                    title=title,
                )
            ]
        )
        boot = product(
            f"b{n}",
            category=boots,
            brand="Northtrail",
            attributes={"size": sizes, "feature": Text("防滑", "non-slip"), "gender": (for_women, for_all)},
        )
        shelf.put([replace(boot, title=Text(f"北径 登山鞋{n}", f"Northtrail boots {n}"))])
    return Vocabulary.from_shelf(shelf)  # fmt: skip


def _slots(text: str) -> list[str]:
    understood = Understander(_measured()).understand(text, currency="CNY")
    return [f"{'not ' * slot.negated}{slot.kind} {slot.name} {slot.value}" for slot in understood.slots]


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("1.5升电热水壶", ["attribute capacity 1.5 l", "category category electric kettle"]),
        ("electric kettle 0.5 litres", ["category category electric kettle", "attribute capacity 500 ml"]),
        ("登山鞋42码", ["category category hiking boots", "size size 42"]),
        ("hiking boots size XL", ["category category hiking boots", "size size xl"]),
        ("hiking boots in XL, not 43", ["category category hiking boots", "size size xl", "not size size 43"]),
        ("两双登山鞋", ["quantity quantity 2", "category category hiking boots"]),
        ("一双登山鞋", ["category category hiking boots"]),
        ("three non slip hiking boots", ["quantity quantity 3", "attribute feature non-slip",
                                         "category category hiking boots"]),
        ("半打电热水壶", ["quantity quantity 6", "category category electric kettle"]),
        ("更便宜的", ["comparative price less"]),
        ("a bigger kettle", ["comparative size more", "category category electric kettle"]),
        ("cheaper than this", ["comparative price less"]),
        ("北径的鞋", ["brand brand northtrail"]),
        ("除了暖炉", ["not brand brand hearthwell"]),
        ("anything other than Hearthwell", ["not brand brand hearthwell"]),
        ("don't show me northtrail", ["not brand brand northtrail"]),
        ("dengshanxie", ["category category hiking boots"]),
        ("deng shan xie", ["category category hiking boots"]),
        ("等山鞋", ["category category hiking boots"]),
        ("登山鞋 送女朋友", ["category category hiking boots", "recipient recipient girlfriend"]),
        ("除北径以外的登山鞋", ["not brand brand northtrail", "category category hiking boots"]),
        ("hikingboots nonslip", ["category category hiking boots", "attribute feature non-slip"]),
        ("别太贵的登山鞋", ["sort sort price_asc", "category category hiking boots"]),
        ("太贵了", ["comparative price less"]),
        ("大一码的登山鞋", ["comparative size more", "category category hiking boots"]),
        ("想买双登山鞋", ["category category hiking boots"]),
        ("perfume for her", ["recipient recipient her"]),
        ("isn't there a kettle", ["category category electric kettle"]),
        ("没有电热水壶吗", ["category category electric kettle"]),
    ],
)  # fmt: skip
def test_hears_measures_sizes_counts_and_comparisons(text: str, slots: list[str]) -> None:
    assert _slots(text) == slots


@pytest.mark.parametrize(
    ("text", "slot", "inside"),
    [
        ("电热水壶 1升以上", "attribute capacity >=1升", {"1.5 l"}),
        ("electric kettle over 500 ml", "attribute capacity >500 ml", {"1.5 l"}),
        ("electric kettle at least 500 ml", "attribute capacity >=500 ml", {"500 ml", "1.5 l"}),
        ("1.5升以内的电热水壶", "attribute capacity <=1.5升", {"500 ml", "1.5 l"}),
        ("electric kettle smaller than 1.5 l", "attribute capacity <1.5 l", {"500 ml"}),
        ("500到1000毫升的电热水壶", "attribute capacity 500..1000毫升", {"500 ml"}),
        ("electric kettle 1-2 l", "attribute capacity 1..2 l", {"1.5 l"}),
        ("electric kettle <= 500 ml", "attribute capacity <=500 ml", {"500 ml"}),
        ("electric kettle > 500 ml", "attribute capacity >500 ml", {"1.5 l"}),
        ("electric kettle over 9 l", "attribute capacity >9 l", {">9 l"}),
        ("electric kettle 1.5 l max 150 yuan", "attribute capacity 1.5 l", {"1.5 l"}),
    ],
)
def test_a_limit_is_kept_by_every_measure_inside_it(text: str, slot: str, inside: set[str]) -> None:
    assert slot in _slots(text)
    assert Understander(_measured()).understand(text, currency="CNY").where.attributes == {"capacity": inside}


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("boots for a 5 year old", ["child"]),
        ("给8岁男孩", ["child", "boy"]),
        ("七十岁", ["elderly"]),
        ("3-6岁", ["child"]),
        ("3到6岁的", ["child"]),
        ("for 3 to 6 year olds", ["child"]),
        ("ages 3-6", ["child"]),
        ("aged 13", ["teenager"]),
        ("for my two-year-old", ["baby"]),
        ("30岁", []),
    ],
)
def test_an_age_says_whom_it_is_for(text: str, slots: list[str]) -> None:
    understood = Understander(_measured()).understand(text, currency="CNY")
    assert [slot.value for slot in understood.slots if slot.kind == "recipient"] == slots


def test_a_size_the_shop_does_not_have_is_heard_and_named_as_unknown() -> None:
    understood = Understander(_measured()).understand("hiking boots size 9", currency="CNY")
    assert understood.slots[1] == Slot("size", "size", "9", 13, 19, confidence=0.0)
    assert (understood.unknown, understood.where.attributes) == (("size 9",), {})


def test_what_suits_the_person_filters_where_the_category_says_for_whom() -> None:
    understood = Understander(_measured()).understand("登山鞋 送女朋友", currency="CNY")
    assert understood.where.attributes == {"gender": frozenset({"women", "unisex"})}
    assert Understander(_measured()).understand("送女朋友", currency="CNY").where == Where()


def test_a_brand_the_shop_does_not_have_is_unknown_however_well_known() -> None:
    assert Understander(_measured()).understand("nike 登山鞋", currency="CNY").unknown == ("nike",)


def test_what_is_free_of_something_is_what_it_is_called() -> None:
    shelf = Shelf()
    shelf.put(
        [product("1", category=[Text("面霜", "Face cream")], attributes={"feature": Text("无香", "fragrance-free")})]
    )
    understood = Understander(Vocabulary.from_shelf(shelf)).understand("face cream without fragrance", currency="CNY")
    assert understood.where.attributes == {"feature": frozenset({"fragrance-free"})}


def test_a_price_that_is_not_wanted_bounds_the_other_way() -> None:
    assert _where("不要500元以上的").price_max == Money(50000, "CNY")


def test_tells_the_languages_of_a_mixed_text() -> None:
    understood = Understander(_vocabulary()).understand("nike 跑步鞋 42", currency="CNY")
    assert [(span.start, span.end, span.language) for span in understood.spans] == [(0, 5, "en"), (5, 11, "zh")]


def test_a_taxonomy_names_what_the_shop_has_and_nothing_else() -> None:
    shelf = Shelf()
    shelf.put([product("1", "浴巾", category=(Text("毛巾"),))])
    kinds = [Text("毛巾", "Towels"), Text("家具", "Furniture")]
    understander = Understander(Vocabulary.from_shelf(shelf, taxonomy=kinds))
    assert understander.understand("two towels", currency="CNY").where == Where(category="毛巾")
    assert understander.understand("furniture", currency="CNY").unknown == ("furniture",)


def test_what_was_learnt_is_taken_up_again() -> None:
    again = Vocabulary.from_learnt(_measured().learnt())
    for text in ("北径 登山鞋 42码", "dengshanxie", "0.5 litres", "kettle"):
        first, second = (Understander(v).understand(text, currency="CNY") for v in (_measured(), again))
        assert first == second


def test_an_attribute_few_products_fill_in_ranks_without_filtering() -> None:
    shelf = Shelf()
    shelf.put([product("1", attributes={"feature": _BREATHABLE}), product("2"), product("3")])
    understood = Understander(Vocabulary.from_shelf(shelf)).understand("透气", currency="CNY")
    assert understood.where == Where()
    assert understood.words == ("透气",)
    assert understood.slots[0].confidence == pytest.approx(0.333)


def test_what_is_not_wanted_and_not_an_attribute_is_kept_as_words() -> None:
    (slot,) = Understander(_vocabulary()).understand("no sequins", currency="CNY").slots
    assert (slot.name, slot.value, slot.negated) == ("words", "sequin", True)


def test_words_nobody_knows_are_named() -> None:
    understood = Understander(_vocabulary()).understand("zyx shoes", currency="CNY")
    assert understood.unknown == ("zyx",)
    assert understood.words == ("zyx",)


def test_learns_new_words_while_open() -> None:
    vocabulary = Vocabulary()
    understander = Understander(vocabulary)
    vocabulary.learn([product("1", "Umbrella", category=[Text("雨伞", "Umbrellas")])])
    assert understander.understand("umbrela", currency="CNY").where == Where(category="umbrellas")


@given(st.text() | st.text(alphabet="不要皮的红色鞋跑步元以下1234567890 notleahrunig$,.和或Nike"))
def test_never_raises_and_spans_lie_inside_the_text(text: str) -> None:
    understood = Understander(_vocabulary()).understand(text, currency="CNY")
    assert understood.text == text
    assert all(0 <= slot.start < slot.end <= len(text) for slot in understood.slots)


def test_a_side_that_shall_be_liked_is_a_slot_and_no_word() -> None:
    def reader(text: str) -> list[AspectWish]:
        return [AspectWish("battery", text.find("good"), len(text))]

    understander = Understander(Vocabulary(), aspects=reader)
    understood = understander.understand("zorble, Good  battery", currency="CNY")
    (slot,) = understood.slots
    assert (slot.kind, slot.name, slot.value) == ("aspect", "battery", "good")
    assert understood.text[slot.start : slot.end] == "Good  battery"
    assert understood.words == ("zorble",)


def test_what_products_of_the_shop_are_comes_before_what_reviewers_like() -> None:
    vocabulary = Vocabulary()
    vocabulary.learn([product("b", "AA", category=["Battery"])])
    understander = Understander(vocabulary, aspects=lambda text: [AspectWish("battery", 0, len(text))])
    assert [slot.kind for slot in understander.understand("good battery", currency="CNY").slots] == ["category"]


def _understand(text: str) -> Understood:
    return Understander(_vocabulary()).understand(text, currency="CNY")


def test_where_no_category_is_named_another_name_of_one_ranks() -> None:
    asked: list[Sequence[str]] = []

    def kinds(texts: Sequence[str]) -> tuple[int, str] | None:
        asked.append(texts)
        return next(((n, "running shoes") for n, text in enumerate(texts) if "joggers" in text), None)

    understander = Understander(_vocabulary(), kinds=kinds)
    found = understander.understand("gizmo, black fast joggers", currency="CNY")
    (slot,) = [slot for slot in found.slots if slot.kind == "category"]
    assert (slot.value, found.text[slot.start : slot.end], slot.confidence) == ("running shoes", "fast joggers", 0.5)
    assert found.where.category is None
    assert found.words == ("gizmo", "running", "shoe")
    assert found.meant == {"fast joggers": (Meant("running shoes", 1.0),)}
    assert found.unknown == ("gizmo",)
    with_a_word_of_the_shop = understander.understand("sports joggers", currency="CNY")
    assert with_a_word_of_the_shop.words == ("sport", "jogger")
    assert not with_a_word_of_the_shop.meant
    understander.understand("running shoes for joggers", currency="CNY")
    assert asked == [["gizmo", "fast joggers"], ["sports joggers"]]


def test_a_category_that_the_shop_no_longer_has_is_not_read() -> None:
    understander = Understander(_vocabulary(), kinds=lambda texts: (0, "hats"))
    found = understander.understand("panama", currency="CNY")
    assert not found.slots
    assert found.unknown == ("panama",)


@pytest.mark.parametrize(
    "text", ["mostly running shoes", "running shoes, thinking tonight", "平时穿的跑步鞋", "刚跑步，跑步鞋"]
)
def test_words_that_nobody_would_miss_are_not_named_as_unknown(text: str) -> None:
    assert _understand(text).unknown == ()


@pytest.mark.parametrize("text", ["2 gizmos", "black gizmos two", "gizmos, pack of 2", "two gizmos black"])
def test_how_many_is_heard_before_and_behind_what_the_shop_does_not_have(text: str) -> None:
    assert [slot.value for slot in _understand(text).slots if slot.kind == "quantity"] == ["2"]


@pytest.mark.parametrize("text", ["3 days", "the first two black"])
def test_other_numbers_are_no_quantities(text: str) -> None:
    assert not [slot for slot in _understand(text).slots if slot.kind == "quantity"]


def test_a_negation_carries_over_real() -> None:
    (slot,) = _understand("no real leather").slots
    assert (slot.value, slot.negated) == ("leather", True)


def _with_audiences() -> Understander:
    shelf = Shelf()
    shelf.put(
        [
            product("men", "Trainers", category=(Text(en="mens-shoes"),)),
            product("women", "Pumps", category=(Text(en="womens-shoes"),)),
            product("watch", "Watch", category=(Text(en="watches"),), attributes={"gender": Text(en="F")}),
            product("dress", "连衣裙", category=(Text("女装"),)),
        ]
    )
    return Understander(Vocabulary.from_shelf(shelf))


@pytest.mark.parametrize("text", ["mens shoes", "men's shoes", "mens-shoes", "Men Shoes"])
def test_a_category_named_as_in_an_address_is_found_by_its_words(text: str) -> None:
    assert _with_audiences().understand(text, currency="USD").where.category == "mens-shoes"


def test_a_letter_says_whose_it_is_where_the_attribute_is_a_gender() -> None:
    assert _with_audiences().understand("women's watches", currency="USD").where.attributes == {"gender": {"f"}}


def test_categories_made_for_others_are_left_out_where_a_person_alone_is_named() -> None:
    where = _with_audiences().understand("for dad", currency="USD").where
    assert where.not_attributes == {"category": {"womens-shoes", "女装"}}
    assert _with_audiences().understand("mens shoes for dad", currency="USD").where.not_attributes == {}


def test_words_that_are_missing_together_are_one_thing_as_typed() -> None:
    found = Understander(_vocabulary()).understand("Trampolines Nets for running shoes, guitars", currency="CNY")
    assert found.missing == ("Trampolines Nets", "guitars")
    assert found.unknown == ("trampoline", "net", "guitar")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("四件套 1.8米", "1.8 m"),
        ("一米八的", "1.8 m"),
        ("28 cm", "28 cm"),
        ("half-litre 500 millilitres", "500 ml"),
        ("shirt, XL", "xl"),
    ],
)
def test_a_size_that_no_product_has_is_still_a_size(text: str, size: str) -> None:
    found = Understander(_vocabulary()).understand(text, currency="CNY")
    assert [(slot.value, slot.confidence) for slot in found.slots if slot.kind == "size"] == [(size, 0.0)]
    assert found.where == Where()


def test_the_last_noun_of_a_compound_says_what_it_is() -> None:
    shelf = Shelf()
    kinds = ("Dress", "Shoes", "Perfume", "Scented candle")
    shelf.put(product(kind, kind, category=[kind]) for kind in kinds)
    understander = Understander(Vocabulary.from_shelf(shelf))

    def categories(text: str) -> list[str]:
        slots = understander.understand(text, currency="CNY").slots
        return [slot.value for slot in slots if slot.kind == "category"]

    assert categories("brown dress shoes") == ["shoes"]
    assert categories("a perfume candle") == ["scented candle"]
    assert categories("dress, shoes") == ["dress", "shoes"]


@pytest.mark.parametrize(
    ("text", "quantity"),
    [("running shoes 3", ["3"]), ("running shoes black 2", ["2"]), ("running shoes 42", []), ("galaxy 4", [])],
)
def test_a_bare_number_behind_what_is_wanted_counts(text: str, quantity: list[str]) -> None:
    slots = Understander(_vocabulary()).understand(text, currency="CNY").slots
    assert [slot.value for slot in slots if slot.kind == "quantity"] == quantity


def test_a_category_guessed_by_meaning_can_be_set_apart() -> None:
    understander = Understander(_vocabulary(), kinds=lambda texts: (0, "running shoes"))

    def categories() -> list[str]:
        slots = understander.understand("joggers", currency="CNY").slots
        return [slot.value for slot in slots if slot.kind == "category"]

    assert categories() == ["running shoes"]
    understander.set_apart([("joggers", "跑步鞋")])
    assert categories() == []


def test_a_material_is_called_without_its_share() -> None:
    shelf = Shelf()
    shelf.put(
        [product("1", "地毯", attributes={"材质": "100%羊毛"}), product("2", "垫", attributes={"材质": "100%棉"})]
    )
    understander = Understander(Vocabulary.from_shelf(shelf))
    for text in ("羊毛", "wool"):
        slots = understander.understand(text, currency="CNY").slots
        assert [(slot.name, slot.value) for slot in slots] == [("材质", "100%羊毛")]


def test_what_is_friendly_to_beginners_is_for_beginners() -> None:
    shelf = Shelf()
    shelf.put([product("1", "racket", attributes={"feature": "Beginner-friendly"})])
    slots = Understander(Vocabulary.from_shelf(shelf)).understand("rackets for beginners", currency="CNY").slots
    assert [(slot.value, slot.negated) for slot in slots] == [("beginner-friendly", False)]


def test_what_titles_say_of_what_their_products_do_not_do_is_no_negation() -> None:
    shelf = Shelf()
    shelf.put([product("1", "不粘厨具组合"), product("2", "钻石炒锅"), product("3", "无钢圈 文胸")])
    learnt = Vocabulary.from_shelf(shelf)
    for vocabulary in (learnt, Vocabulary.from_learnt(learnt.learnt())):
        understood = Understander(vocabulary).understand("炒锅 不粘", currency="CNY")
        assert understood.slots == ()
        assert understood.words == ("炒锅", "不粘")
        assert Understander(vocabulary).understand("不要钻石的炒锅", currency="CNY").slots[0].negated


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("running shoes, guitars", ("guitars",)),
        ("running shoes, because I play guitar", ()),
        ("I play guitar. sports shoes please", ()),
        ("running shoes guitar", ("guitar",)),
        ("no running shoes, a red guitar", ("guitar",)),
        ("sports guitar", ("sports guitar",)),
        ("guitar 4.5 m", ("guitar",)),
        ("hmm, umm, hiya", ()),
    ],
)
def test_only_what_the_shop_lacks_is_missed(text: str, missing: tuple[str, ...]) -> None:
    assert Understander(_vocabulary()).understand(text, currency="CNY").missing == missing
