"""What words that a shop does not use mean in words that it does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.ids import ProductId
from daogou.domain.product import Product
from daogou.domain.query import Understood
from daogou.domain.text import Text
from daogou.language.aligning import align
from daogou.language.glossary import Glossary, Meaning, beside, pack, together
from daogou.language.glossing import learn, phrases
from daogou.language.segment import Segmenter
from daogou.language.understand import Understander
from daogou.language.vocabulary import Vocabulary
from daogou.testing.builders import product
from daogou.testing.words import WordList

_ENTRIES = {
    "沙发": "sofa (loanword)/CL:條|条[tiao2]",
    "键盘": "keyboard",
    "游戏": "game/to play",
    "手机": "cell phone; mobile phone",
    "手": "hand/personally",
    "包": "to cover/to wrap/bag/parcel",
    "书包": "schoolbag",
    "壳": "shell",
    "机壳": "phone case",
    "外壳": "case",
    "平板": "plate/tablet",
    "吉他": "guitar",
    "吉": "lucky",
    "他": "phone",
    "台式机": "desktop computer",
    "文具": "stationery",
    "风扇": "electric fan",
    "手表": "wristwatch",
    "线": "thread/line",
    "网线": "network cable",
    "电线": "electric wire",
    "直线": "straight line",
    "平": "flat",
    "板": "panel",
    "安卓": "Android",
}


_TITLES = {
    "Sofas": ["Grey sofa", "Corner sofa", "Sofa with lucky charm"],
    "Keyboards": ["Gaming keyboard", "Gaming keyboard RGB", "Gaming keyboard small", "Keyboard for a game"],
    "Phone cases": ["Mobile phone case", "Phone case red", "Phone case blue", "Phone case green"],
    "Tablets": ["Tablet 10", "Tablet 11", "Tablet 12"],
    "Plates": ["Dinner plate", "Plate of glass", "Plate of gold", "Plate of wood", "Deep plate"],
    "Hands": ["Hand cream", "Hand soap", "Hand shell"],
    "Desktops": ["Desktop 1", "Desktop 2", "Desktop 3", "Desktop computer 4"],
}


def _products() -> list[Product]:
    return [
        Product(ProductId(f"{kind} {n}"), Text("", title), category=(Text("", kind),))
        for kind, titles in _TITLES.items()
        for n, title in enumerate(titles)
    ]


def _vocabulary(*more: Product) -> Vocabulary:
    vocabulary = Vocabulary()
    vocabulary.learn([*_products(), *more])
    return vocabulary


def _glossary(vocabulary: Vocabulary) -> Glossary:
    return Glossary(learn(WordList(_ENTRIES), vocabulary, _products()))


def _understand(text: str, *more: Product) -> Understood:
    vocabulary = _vocabulary(*more)
    return Understander(vocabulary, glossary=_glossary(vocabulary)).understand(text, currency="CNY")


def test_a_word_the_shop_does_not_use_is_read_as_its_own() -> None:
    understood = _understand("灰色沙发")
    assert understood.where.category == "sofas"
    (slot,) = (slot for slot in understood.slots if slot.kind == "category")
    assert understood.text[slot.start : slot.end] == "沙发"
    assert [meant.phrase for meant in understood.meant["沙发"]] == ["sofa"]
    assert understood.unknown == ()
    assert understood.corrected is None


def test_meanings_of_a_compound_are_those_titles_have_in_common() -> None:
    assert _understand("手机壳").worded().split() == ["phone", "case"]
    assert _understand("游戏键盘").worded().split() == ["gaming", "keyboard"]


def test_the_words_around_say_which_meaning_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _understand("平板").worded().split() == ["plate"]
    glossary = Glossary(pack({"线": [Meaning("line", 0.6), Meaning("cable", 0.2)]}, {}))
    assert glossary.apart("线", _never)[0].meanings[0].phrase == "line"
    vocabulary = _vocabulary()
    titles = ["HDMI cable black", "HDMI cable white", "HDMI cable red", "Line of five"]
    products = [Product(ProductId(title), Text("", title)) for title in titles]
    vocabulary.learn(products)
    monkeypatch.setitem(_ENTRIES, "线", "line/cable")
    learnt = Glossary(learn(WordList(_ENTRIES), vocabulary, products))
    understood = Understander(vocabulary, glossary=learnt).understand("hdmi线", currency="CNY")
    assert understood.meant["线"][0].phrase == "cable"


def _reading(text: str, *products: Product) -> Understood:
    vocabulary = Vocabulary()
    vocabulary.learn(products)
    glossary = Glossary(learn(WordList(_ENTRIES), vocabulary, products))
    return Understander(vocabulary, glossary=glossary).understand(text, currency="CNY")


def _titled(*titles: str, **attributes: str) -> list[Product]:
    values = {name: (Text("", value),) for name, value in attributes.items()}
    return [Product(ProductId(title), Text("", title), attributes=values) for title in titles]


def test_what_no_title_says_in_full_is_said_in_less_words() -> None:
    fans = _titled("Table fan white", "Table fan black", "Tower fan")
    assert _reading("风扇", *fans).worded() == "fan"
    assert (
        _reading("风扇", *fans, *_titled("Electric fan", "Electric fan oak", "Electric fan 3")).worded()
        == "electric fan"
    )


def test_less_words_are_no_less_than_the_shop_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_ENTRIES, "手机套", "cell phone case")
    cases = _titled(*(f"Phone case {n}" for n in range(9)), *(f"Case for glasses {n}" for n in range(40)))
    assert _reading("手机套", *cases).meant["手机套"][0].phrase == "phone case"


def test_a_word_of_letters_and_characters_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_ENTRIES, "U盘", "USB flash drive")
    monkeypatch.setitem(_ENTRIES, "盘", "plate")
    drives = _titled(*(f"USB flash drive {n}" for n in range(9)), "Plate 1", "Plate 2")
    for typed in ("U盘", "64GB u盘", "金士顿Ｕ盘"):
        assert "usb flash drive" in _reading(typed, *drives).worded()
    assert _reading("U 盘", *drives).meant == {}
    assert _reading("U盘", *drives, *_titled("U盘 32 GB", "U盘 64 GB")).meant == {}


def test_what_no_title_says_is_called_what_wordnet_calls_it() -> None:
    assert _reading("手表", *_titled("Watch gold", "Watch steel", "Watch for men")).worded() == "watch"
    assert _reading("手表", *_titled("Sofa", "Chair", "Table")).unknown == ("手表",)


def test_a_character_means_what_compounds_that_the_shop_has_end_in() -> None:
    cables = _titled("Network cable 1 m", "Network cable 2 m", "Network cable 5 m", "Wire 1", "Wire 2", "Wire 3")
    assert _reading("线", *cables).worded() == "cable"


def test_what_a_product_has_decides_between_meanings_too() -> None:
    plates = _titled("Plate white", "Plate blue", "Plate deep", "Plate small", "Plate 5", "Plate 6", "Plate 7")
    tablets = _titled(*(f"Tablet {n}" for n in range(7)), system="Android")
    assert _reading("安卓平板", *plates, *tablets).worded() == "android tablet"
    assert _reading("平板", *plates, *tablets).worded() == "plate"


def test_half_a_word_is_no_word() -> None:
    panels = _titled(
        "Flat panel 1", "Flat panel 2", "Flat panel 3", "Flat panel 4", "Tablet 10", "Tablet 11", "Tablet 12"
    )
    assert _reading("平板", *panels).worded() == "tablet"


def test_other_meanings_are_weighed_as_the_words_around_have_it() -> None:
    word = {"平板": [Meaning("plate", 0.6), Meaning("tablet", 0.5), Meaning("slab", 0.5)]}
    glossary = Glossary(pack(word, {together("android", "tablet"): 20, together("android", "plate"): 3}))
    ((_, _, meanings),) = glossary.apart("平板", _never, before="android")
    assert [meaning.phrase for meaning in meanings] == ["tablet", "plate", "slab"]
    assert meanings[0].weight == 1
    assert meanings[1].weight == pytest.approx(0.6 / 0.5 * (4 / 21) ** 0.4)
    assert meanings[2].weight == pytest.approx(1 / 21**0.4)


def test_an_attribute_by_name_is_read_through_the_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_ENTRIES, "电池", "battery")
    assert _reading("电池", *_titled("AA battery", "AAA battery", "Battery 9 V")).worded() == "battery"


def test_a_word_for_a_thing_the_shop_does_not_have_is_not_taken_apart() -> None:
    understood = _understand("吉他")
    assert understood.meant == {}
    assert understood.unknown == ("吉他",)


def test_a_word_of_the_shop_means_what_the_shop_means_by_it() -> None:
    own = Product(ProductId("own"), Text("沙发", ""), category=(Text("沙发", ""),))
    understood = _understand("沙发", own)
    assert understood.meant == {}
    assert understood.where.category == "沙发"


def test_a_desktop_computer_is_a_desktop_where_the_shop_says_so() -> None:
    assert _understand("台式机").where.category == "desktops"


@pytest.mark.parametrize(
    ("titles", "words"),
    [
        (["Fruit bowl", "Juice"], "juice fruit"),
        (["Fruit bowl"], ""),
        (["Fruit juice", "Fruit bowl", "Fruit basket"], "fruit juice fruit juice"),
        (["Red onions", "Wine"], "wine"),
    ],
)
def test_fruit_juice_is_first_of_all_juice_and_red_wine_nothing_red(titles: list[str], words: str) -> None:
    products = [product(f"{n}", Text("", title)) for n, title in enumerate(titles)]
    vocabulary = Vocabulary()
    vocabulary.learn(products)
    word, english = ("红酒", "red wine") if "Wine" in titles else ("果汁", "fruit juice")
    glossary = Glossary(learn(WordList({word: english}), vocabulary, products))
    said = " ".join(meaning.phrase for meaning in glossary.meanings(word))
    assert said == words


@pytest.mark.parametrize(("title", "phrase"), [("Blue T-shirt", "t-shirt"), ("Blue tshirt", "tshirt")])
def test_a_word_with_a_hyphen_is_the_one_that_the_shop_has(title: str, phrase: str) -> None:
    products = [product("shirt", Text("", title)), product("other", Text("", "Dress shirt"))]
    vocabulary = Vocabulary()
    vocabulary.learn(products)
    glossary = Glossary(learn(WordList({"T恤": "T-shirt"}), vocabulary, products))
    assert glossary.meanings("t恤")[0].phrase == phrase


def test_a_word_is_the_shop_s_own_without_its_suffix() -> None:
    products = [product("mug", Text("保温水杯", "")), product("glass", Text("玻璃碗", "Glass bowl"))]
    vocabulary = Vocabulary()
    vocabulary.learn(products)
    entries = WordList(
        {"杯子": "cup/glass", "杯": "cup", "包子": "steamed bun", "包": "bag", "被子": "quilt", "被": "quilt"}
    )
    glossary = Glossary(learn(entries, vocabulary, products))
    assert [meaning.phrase for meaning in glossary.meanings("杯子")] == ["杯", "glass"]
    assert glossary.meanings("包子") == glossary.meanings("被子") == ()
    quilts = [product(f"{n}", Text(f"{kind}被", "")) for n, kind in enumerate(("羽绒", "蚕丝", "羊毛", "夏凉"))]
    vocabulary = Vocabulary(Segmenter(quilt.title.zh for quilt in quilts))
    vocabulary.learn(quilts)
    assert Glossary(learn(entries, vocabulary, quilts)).meanings("被子")[0].phrase == "被"


def test_a_shop_with_chinese_titles_says_its_compounds_itself() -> None:
    entries = {"碎": "piece", "花": "blossom"}
    for zh, meant in (("连衣裙", {}), ("", {"碎", "花"})):
        products = [product("dress", Text(zh, "Dress of one piece")), product("bowl", Text(zh, "Blossom bowl"))]
        vocabulary = Vocabulary()
        vocabulary.learn(products)
        glossary = Glossary(learn(WordList(entries), vocabulary, products))
        understood = Understander(vocabulary, glossary=glossary).understand("碎花", currency="CNY")
        assert set(understood.meant) == set(meant)


def test_a_word_is_put_right_beside_one_that_was() -> None:
    vocabulary = Vocabulary()
    vocabulary.learn(product(f"{n}", Text("", f"Running shoe {n}")) for n in range(4))
    glossary = Glossary(pack({}, {beside("running", "shoe"): 4}, ["shoo"]))
    understander = Understander(vocabulary, glossary=glossary)
    assert understander.understand("runing shoos", currency="CNY").corrected == "running shoe"
    assert understander.understand("shoos", currency="CNY").corrected is None


def test_a_synonym_of_the_shop_comes_before_the_dictionary() -> None:
    vocabulary = _vocabulary()
    understander = Understander(vocabulary, glossary=_glossary(vocabulary))
    vocabulary.set_synonyms([("沙发", "keyboards")])
    understood = understander.understand("沙发", currency="CNY")
    assert understood.meant == {}
    assert understood.where.category == "keyboards"


def test_a_single_character_in_a_sentence_is_no_noun() -> None:
    assert _understand("手").where.category == "hands"
    assert _understand("phones 手 red").meant == {}


def _in_shop(text: str, *categories: str) -> Understood:
    products = [Product(ProductId(name), Text.of(name), category=(Text.of(name),)) for name in categories]
    vocabulary = Vocabulary()
    vocabulary.learn(products)
    glossary = Glossary(learn(WordList(_ENTRIES), vocabulary, products))
    return Understander(vocabulary, glossary=glossary).understand(text, currency="CNY")


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("a grey couch", "sofas"),  # the same thing
        ("knapsack", "hiking backpack"),  # the end of the one name
        ("cardigans", "sweaters"),  # a kind of it
        ("a stockpot", "soup pot"),  # a kind of what one name ends in, as its own does
        ("couch or love seat", "sofas"),
    ],
)
def test_english_that_the_shop_does_not_use_is_read_as_its_own(text: str, category: str) -> None:
    understood = _in_shop(text, "Sofas", "Hiking backpack", "Sweaters", "Soup pot", "Phone case")
    assert {slot.value for slot in understood.slots if slot.kind == "category"} == {category}
    assert understood.meant


def test_a_wallet_is_no_phone_case() -> None:
    assert _in_shop("wallet", "Phone case").unknown == ("wallet",)


def test_a_shop_in_chinese_is_asked_in_english() -> None:
    assert _in_shop("stationery", "文具").where.category == "文具"


_KINDS = [
    Text(f"{zh}支架", f"{en} Stands") for zh, en in (("键盘", "Keyboard"), ("手机", "Mobile Phone"), ("吉他", "Guitar"))
] + [Text("键盘", "Keyboards"), Text("手机/电话", "Mobile Phones"), Text("吉他", "Guitars"), Text("支架台", "Racks")]


def test_names_of_goods_say_which_words_go_together() -> None:
    aligned = align([*_KINDS, Text("吉他（木制）", "Guitars (wooden)")], Segmenter())
    assert aligned["支架"] == {("stand",): 3}
    assert aligned["手机"] == {("mobile", "phone"): 3}, "once in a longer name, and as a name of its own"
    assert aligned["手机支架"] == {("mobile", "phone", "stand"): 2}
    assert "吉他手机" not in aligned
    assert align([], Segmenter()) == {}


@given(
    st.lists(
        st.builds(Text, zh=st.text("支架手机&/（）台灯 a", max_size=9), en=st.text("ab &/,()", max_size=12)), max_size=6
    )
)
def test_names_however_written_can_be_read(names: list[Text]) -> None:
    for word, phrases_of_it in align(names, Segmenter()).items():
        assert any(set(word) <= set(name.zh) for name in names)
        assert all(phrase and n > 0 for phrase, n in phrases_of_it.items())


def test_names_of_goods_come_before_the_first_sense_of_a_word() -> None:
    entries = WordList({"支架": "support/trestle", "台": "platform"})
    products = _titled(*(f"Support {n}" for n in range(9)), *(f"Stand {n}" for n in range(9)))
    vocabulary = Vocabulary()
    vocabulary.learn(products)
    kinds = [
        Text(f"{zh}支架", f"{en} Stands") for zh, en in zip("甲乙丙丁戊己庚辛壬癸子丑", "abcdefghijkl", strict=True)
    ]
    assert Glossary(learn(entries, vocabulary, products)).meanings("支架")[0].phrase == "support"
    assert Glossary(learn(entries, vocabulary, products, kinds)).meanings("支架")[0].phrase == "stand"
    once = Glossary(learn(entries, vocabulary, products, [Text("木台", "Wood Stand")]))
    assert not once.meanings("台"), "what one name says is chance"


def test_other_names_of_one_thing_are_as_sure() -> None:
    products = _titled(*(f"Headphone {n}" for n in range(40)), *(f"Earphone {n}" for n in range(3)), "Receiver 1")
    vocabulary = Vocabulary()
    vocabulary.learn(products)
    glossary = Glossary(learn(WordList({"耳机": "headphones/receiver/earphones"}), vocabulary, products))
    weights = {meaning.phrase: meaning.weight for meaning in glossary.meanings("耳机")}
    assert weights["earphone"] > 0.9 * weights["headphone"] > 3 * weights["receiver"]


@pytest.mark.parametrize(
    ("meaning", "said"),
    [
        ("tablet computer (iPad, Android devices etc)", ["tablet computer"]),
        ("to wrap", ["wrap"]),
        ("sports shoes; sneakers", ["sports shoes", "sneakers"]),
        ("CD or DVD Drive", ["CD Drive", "DVD Drive"]),
        ("solid-state drive (SSD)", ["solid-state drive", "SSD"]),
        ("CL:臺|台[tai2]", []),
        ("variant of 鞋[xie2]", []),
    ],
)
def test_what_a_meaning_says(meaning: str, said: list[str]) -> None:
    assert list(phrases(meaning)) == said


_words = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=6)
_meanings = st.lists(
    st.builds(
        Meaning, st.from_regex("[a-z]{1,9}( [a-z]{1,9})?", fullmatch=True), st.integers(1, 100).map(lambda n: n / 100)
    ),
    min_size=1,
    max_size=4,
)


@given(st.dictionaries(_words, _meanings, max_size=9), st.lists(_words, max_size=3))
def test_every_word_is_found_as_it_was_written(found: dict[str, list[Meaning]], others: list[str]) -> None:
    glossary = Glossary(pack(found, {}))
    assert len(glossary) == len(found)
    for word in (*found, *others):
        assert glossary.meanings(word) == tuple(found.get(word, ()))


@given(st.dictionaries(_words, _meanings, max_size=9), _words, st.lists(_words, max_size=3))
def test_pieces_make_up_the_text(found: dict[str, list[Meaning]], text: str, elsewhere: list[str]) -> None:
    pieces = Glossary(pack(found, {}, elsewhere)).apart(text, _never)
    assert "".join(text[piece.start : piece.end] for piece in pieces) == text
    for piece in pieces:
        said = {meaning.phrase for meaning in found.get(text[piece.start : piece.end], ())}
        assert {meaning.phrase for meaning in piece.meanings} <= said
        assert [meaning.weight for meaning in piece.meanings[:1]] in ([], [1.0])


def _never(word: str) -> bool:
    return False


def _chinese(*titles: str, **entries: str) -> tuple[Vocabulary, Glossary]:
    vocabulary = Vocabulary()
    products = [Product(ProductId(title), Text.of(title)) for title in titles]
    vocabulary.learn(products)
    return vocabulary, Glossary(learn(WordList(entries), vocabulary, products))


def test_a_chinese_word_is_what_the_shop_calls_the_same_thing() -> None:
    said = {"被子": "quilt", "被": "quilt/by (indicates passive)", "饭碗": "bowl", "安静": "quiet", "静谧": "quiet"}
    vocabulary, glossary = _chinese("天鹅 羽绒被", "澳洲 羊毛被", "桑蚕丝被", "静谧 灯", **said)
    assert [meaning.phrase for meaning in glossary.meanings("被子")] == ["被"]
    assert glossary.meanings("安静") == ()  # no thing
    assert glossary.is_elsewhere("饭碗")
    understood = Understander(vocabulary, glossary=glossary).understand("不要羽绒的被子", currency="CNY")
    assert understood.words == ("被",), "a filler elsewhere, here it is what is wanted"
    assert understood.unknown == ()


@pytest.mark.parametrize("typed", ["坚果", "waterproof jacket"])
def test_a_word_of_a_dictionary_is_typed_right_however_near_to_one_of_the_shop(typed: str) -> None:
    vocabulary = Vocabulary()
    vocabulary.learn(
        [
            Product(ProductId("1"), Text.of("铸铁 煎锅"), category=(Text.of("煎锅"),)),
            Product(ProductId("2"), Text.of("Tennis racket")),
        ]
    )
    glossary = Glossary(learn(WordList({"坚果": "nut", "煎锅": "frying pan"}), vocabulary, ()))
    assert Understander(vocabulary, glossary=glossary).understand(typed, currency="CNY").corrected is None
    untaught = Understander(vocabulary).understand(typed, currency="CNY")
    assert untaught.corrected is not None


def test_a_word_of_a_dictionary_is_mended_where_titles_have_another_beside_its_neighbour() -> None:
    products = [Product(ProductId(f"{n}"), Text("", f"Phone case no {n}")) for n in range(3)]
    vocabulary = Vocabulary()
    vocabulary.learn(products)
    understander = Understander(vocabulary, glossary=Glossary(learn(WordList({}), vocabulary, products)))
    assert understander.understand("pone case", currency="CNY").corrected == "phone case"
    assert understander.understand("pone", currency="CNY").corrected is None


def test_a_word_that_is_first_of_all_another_thing_is_none() -> None:
    products = [Product(ProductId(title), Text("", title)) for title in ("Grey headphones", "Red headphones")]
    vocabulary = Vocabulary()
    vocabulary.learn(products)
    glossary = Glossary(learn(WordList({}), vocabulary, products))
    assert glossary.meanings("phone") == ()
    assert [meaning.phrase for meaning in glossary.meanings("earphone")] == ["headphone"]


def test_a_compound_of_the_dictionary_is_unknown_though_its_parts_are_not() -> None:
    vocabulary, glossary = _chinese("牛仔 帽", "男式 内裤", 牛仔裤="jeans", 牛仔="cowboy")
    assert Understander(vocabulary, glossary=glossary).understand("牛仔裤", currency="CNY").unknown == ("牛仔裤",)


def _furniture() -> Understander:
    chairs, beds = Text("椅子", "Chairs"), Text("被子", "Quilts")
    goods = [
        product("1", Text("木椅", "Wooden chair"), category=(chairs,)),
        product("2", Text("棉被", "Cotton quilt"), category=(beds,)),
        product("3", Text("上衣", "Shirt"), category=(Text("上装", "Tops"),)),
    ]
    vocabulary = Vocabulary()
    vocabulary.learn(goods)
    words = WordList({"转": "swivel (as of a chair)", "杯子": "cup/glass", "头": "head/top", "软": "soft/weak"})
    return Understander(vocabulary, glossary=Glossary(learn(words, vocabulary, goods)))


def test_a_word_that_says_which_kind_of_goods_is_meant_is_not_missed_but_a_brand_is() -> None:
    understander = _furniture()
    assert understander.understand("swivel chair", currency="CNY").missing == ()
    assert understander.understand("zyx chair", currency="CNY").missing == ("zyx",)
    assert understander.understand("chair with swivel", currency="CNY").missing == ("swivel",)


def test_a_word_of_the_dictionary_is_not_taken_for_one_that_sounds_so() -> None:
    assert _furniture().understand("杯子", currency="CNY").slots == ()
    assert [slot.value for slot in _furniture().understand("北子", currency="CNY").slots] == ["quilts"]


def test_a_character_of_a_longer_word_names_no_category_that_is_not_called_so() -> None:
    assert _furniture().understand("充电头", currency="CNY").slots == ()
