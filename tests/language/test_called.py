"""What goods are called below the categories of a shop, and what else shoppers call them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.product import Product
from daogou.domain.query import Meant, Understood
from daogou.domain.text import Text
from daogou.language.called import Called, called
from daogou.language.glossary import Glossary, Meaning, pack
from daogou.language.glossing import learn
from daogou.language.naming import learn_names
from daogou.language.understand import Understander
from daogou.language.vocabulary import Vocabulary
from daogou.testing.builders import product
from daogou.testing.words import WordList

_HOME = Text("居家", "")
_GOODS = {
    "布艺": ["手工羊毛地毯", "几何地毯 160*230", "日式条纹抱枕", "绣花抱枕（两只）", "素色窗帘"],
    "锅具": ["钻石炒锅30cm", "传世珐琅锅 全家系列", "汤锅24cm", "木柄奶锅"],
    "家具": ["实木餐椅", "人体工学转椅", "实木书桌", "折叠圆桌"],
    "收纳": ["透明收纳箱", "大号置物箱"],
    "糕点": ["蛋黄酥 200克", "凤梨酥 360克"],
    "宠物": ["圆形猫窝", "木质猫爬架"],
}
_ENTRIES = {
    "地毯": "carpet/rug",
    "抱枕": "bolster/long pillow (used for hugging)",
    "窗帘": "window curtains",
    "锅": "pot/pan/wok",
    "炒锅": "wok/frying pan",
    "汤锅": "stockpot",
    "火锅": "hotpot",
    "平底锅": "frying pan",
    "椅子": "chair",
    "转椅": "swivel chair",
    "毯子": "rug/blanket",
    "电椅": "instrument of execution",
    "跑": "to run/pot",
}


def _products() -> list[Product]:
    return [
        product(f"{kind}{place}", title, category=(_HOME, Text(kind, "")))
        for kind, titles in _GOODS.items()
        for place, title in enumerate(titles)
    ]


@cache
def _names() -> tuple[dict[str, str], dict[str, str]]:
    return learn_names(WordList(_ENTRIES), _vocabulary(), _products())


@cache
def _vocabulary() -> Vocabulary:
    vocabulary = Vocabulary()
    vocabulary.learn(_products())
    return vocabulary


def _read(text: str, apart: Sequence[Sequence[str]] = ()) -> Understood:
    vocabulary = Vocabulary()
    vocabulary.learn(_products())
    understander = Understander(vocabulary, called=Called(*_names()))
    understander.set_apart(apart)
    return understander.understand(text, currency="CNY")


def _category(text: str, apart: Sequence[Sequence[str]] = ()) -> list[str]:
    return [slot.value for slot in _read(text, apart).slots if slot.kind == "category"]


def test_what_titles_end_in_tells_the_category() -> None:
    names = called(_products(), _vocabulary())
    assert {name: names.get(name) for name in ("地毯", "抱枕", "窗帘", "奶锅", "锅", "书桌")} == {
        "地毯": "布艺", "抱枕": "布艺", "窗帘": "布艺", "奶锅": "锅具", "锅": "锅具", "书桌": "家具",
    }  # fmt: skip


def test_what_is_no_name_stands_in_one_order_in_every_process() -> None:
    words = {**_ENTRIES, **{f"{head}锅": "instrument of execution" for head in "电水火土木金"}}
    _, others = learn_names(WordList(words), _vocabulary(), _products())
    none = [phrase for phrase, name in others.items() if not name]
    assert len(none) > 5
    assert none == sorted(none)


def test_amounts_and_departments_are_no_names() -> None:
    names = called(_products(), _vocabulary())
    assert not {"克", "居家", "全家系列"} & names.keys()
    assert "居家" not in names.values()


def test_a_character_is_a_name_where_several_compounds_end_in_it() -> None:
    names = called(_products(), _vocabulary())
    assert "锅" in names
    assert "帘" not in names


def test_what_is_called_alike_in_two_categories_is_no_name_of_either() -> None:
    lamps = [product(str(n), f"Small lamp {n}", category=[f"kind {n % 2}"]) for n in range(8)]
    mugs = [product(f"m{n}", f"White mug {n}", category=["tableware"]) for n in range(3)]
    vocabulary = Vocabulary()
    vocabulary.learn(lamps + mugs)
    assert called(lamps + mugs, vocabulary) == {"mug": "tableware"}


def test_a_title_that_names_its_category_ends_there() -> None:
    titles = ["On Tea – History Book by Lin", "Tea for Everyone – History Book by He"]
    books = [product(f"{n}", Text("", title), category=["Books", "History Book"]) for n, title in enumerate(titles)]
    lamps = [product(f"l{n}", Text("", f"Desk lamp {n}"), category=["Home", "Lamp"]) for n in range(2)]
    vocabulary = Vocabulary()
    vocabulary.learn(books + lamps)
    assert "tea" not in called(books + lamps, vocabulary)


def test_what_titles_end_in_is_no_word_of_the_dictionary() -> None:
    vocabulary = Vocabulary()
    vocabulary.learn(_products())
    assert not vocabulary.has("抱枕")
    glossary = Glossary(pack({"抱枕": [Meaning("地毯", 1.0)], "绣花": [Meaning("地毯", 1.0)]}, {}))
    understander = Understander(vocabulary, glossary=glossary, called=Called(*_names()))
    assert understander.understand("抱枕", currency="CNY").meant == {}
    understander = Understander(vocabulary, glossary=glossary)
    assert understander.understand("抱枕", currency="CNY").meant != {}


def test_a_name_that_was_cut_in_two_is_one() -> None:
    sofas = [product(f"s{n}", f"灰色沙发{n}", category=[Text("沙发", "Sofa")]) for n in range(2)]
    vocabulary = Vocabulary()
    vocabulary.learn(sofas)
    assert [token.text for token in vocabulary.segmenter.tokens("长沙发")] == ["长沙", "发"]
    understood = Understander(vocabulary).understand("长沙发", currency="CNY")
    assert [slot.value for slot in understood.slots] == ["sofa"]


def test_names_and_other_words_for_them_may_be_spelt_in_pinyin() -> None:
    assert _category("ditan 300") == ["布艺"]  # 地毯
    assert _category("maotan") == []  # 毛毯 is called nothing here
    assert Called({"枕": "被枕"}, {"枕头": "枕"}).spelt("zhentou") == "枕头"
    assert Called({"枕": "被枕"}, {"耳": "枕", "耳机": "枕"}).spelt("erji") is None  # four letters may be anything


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("地毯 羊毛", "布艺"),
        ("平底锅 30cm", "锅具"),
        ("办公椅", "家具"),
        ("a rug under 300", "布艺"),
        ("oak swivel chairs", "家具"),
        ("curtans beige", ""),
        ("rugs 3", "布艺"),
        ("窗廉 白色", "布艺"),
        ("毯子", "布艺"),
    ],
)
def test_goods_are_understood_by_other_names(text: str, category: str) -> None:
    assert _category(text) == ([category] if category else [])


def test_other_names_are_searched_as_the_shop_has_them() -> None:
    found = _read("a rug under 300")
    assert found.words == ("地毯",)
    assert found.meant == {"rug": (Meant("地毯", 1.0),)}
    assert found.unknown == ()
    assert found.where.category is None


def test_a_word_of_the_dictionary_is_not_what_its_last_character_is() -> None:
    assert _names()[1]["电椅"] == ""
    assert _category("电椅") == []


def test_verbs_are_no_other_names() -> None:
    assert "跑" not in _names()[1]


def test_a_name_that_is_set_apart_is_read_no_longer() -> None:
    assert _category("rug", [("rug", "地毯")]) == []
    assert _category("rug", [("rug", "布艺")]) == []
    assert _category("carpet", [("rug", "布艺")]) == ["布艺"]


def test_the_longest_name_is_found_between_two_words() -> None:
    names = Called({"desk lamp": "lighting", "lamp": "home"})
    found = names.find(["red", "desk", "lamp"], 0, 3)
    assert found is not None
    assert (found.phrase, found.first, found.last) == ("desk lamp", 1, 3)
    short = names.find(["red", "desk", "lamp"], 2, 3)
    assert short is not None
    assert short.phrase == "lamp"


@given(st.text(alphabet="锅椅子头儿炒煎 potrug", max_size=8))
def test_any_text_has_a_name_of_the_shop_or_none(text: str) -> None:
    names = Called(*_names())
    found = names.name(text)
    assert found is None or found in names.categories


def test_a_word_that_is_first_of_all_another_thing_is_no_name() -> None:
    vocabulary = Vocabulary()
    heard = [product(f"h{n}", "Wired headphones", category=(Text(en="Headphones"),)) for n in range(3)]
    vocabulary.learn(heard)
    others = learn_names(WordList(_ENTRIES), vocabulary, heard)[1]
    assert others["earphone"] == "headphone"
    assert "phone" not in others  # though the dictionary has it for an earphone as well


def _shop(entries: dict[str, str], *titles: tuple[str, Text, Text]) -> Understander:
    """A shop with a product for each (id, title, category) in a department, and a dictionary."""
    department = Text("百货", "Department")
    goods = [product(number, title, category=(department, kind)) for number, title, kind in titles]
    vocabulary = Vocabulary()
    vocabulary.learn(goods)
    words = WordList(entries)
    glossary = Glossary(learn(words, vocabulary, goods))
    return Understander(vocabulary, glossary=glossary, called=Called(*learn_names(words, vocabulary, goods)))


def _kind(understander: Understander, text: str) -> str | None:
    return next((slot.value for slot in understander.understand(text, currency="CNY").slots), None)


_BAGS = {
    "背包": "knapsack/rucksack/infantry pack",
    "钱包": "purse/wallet",
    "床": "bed/couch",
    "被单": "(bed) sheet",
    "本子": "book/notebook",
    "书": "book/letter",
    "孔": "hole/purse",
}


@cache
def _department() -> Understander:
    return _shop(
        _BAGS,
        ("1", Text("登山包", "Grey backpack"), Text("登山包", "Backpack")),
        ("2", Text("真皮手提包", "Leather handbag"), Text("手提包", "Handbag")),
        ("3", Text("沙发", "Corner sofa"), Text("沙发", "Sofa")),
        ("4", Text("床单", "White bed sheet"), Text("床单", "Bed sheet")),
        ("5", Text("笔记本子", "Ruled notebook"), Text("笔记本子", "Notebook")),
        ("6", Text("枕头", "Pillow"), Text("枕头", "Pillow")),
    )


def test_english_that_agrees_says_what_a_chinese_word_is_another_name_of() -> None:
    assert _kind(_department(), "背包") == "backpack"
    assert _kind(_department(), "钱包") is None
    assert _kind(_department(), "床") is None


def test_what_a_dictionary_puts_in_brackets_may_be_said_or_not() -> None:
    assert _kind(_department(), "被单") == "bed sheet"


def test_a_word_for_what_a_department_is_called_is_no_other_name_of_one_of_its_goods() -> None:
    books = Text("图书", "Books")
    goods = [
        product("1", Text("笔记本子", "Ruled notebook"), category=(books, Text("笔记本子", "Notebook"))),
        product("2", Text("小说", "Novel"), category=(books, Text("小说", "Novel"))),
    ]
    vocabulary = Vocabulary()
    vocabulary.learn(goods)
    _, others = learn_names(WordList(_BAGS), vocabulary, goods)
    assert others.get("书") is None


@pytest.mark.parametrize("text", ["a purse", "what purse"])
def test_a_word_that_is_another_name_is_not_misspelt(text: str) -> None:
    understander = _shop(
        {}, ("1", Text("", "Blue pulse"), Text("", "Pulse")), ("2", Text("", "Bag"), Text("", "Handbag"))
    )
    found = understander.understand(text, currency="CNY")
    assert found.corrected is None
    assert [slot.value for slot in found.slots] == ["handbag"]


def test_a_thing_that_has_no_commoner_name_is_called_so_though_the_word_means_another_first() -> None:
    kinds = (Text("", "Laundry basket"), Text("", "Basket"))
    understander = _shop({}, *((f"{n}", Text("", f"Big {kind.en}"), kind) for n, kind in enumerate(kinds)))
    assert _kind(understander, "hamper") == "basket"
