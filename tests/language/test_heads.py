"""What the ends of words name: a smartphone is a phone, 狗窝 a 窝, and 小米手机 no millet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from daogou.domain.product import Product
from daogou.domain.query import Understood
from daogou.domain.text import Text
from daogou.language.called import Called, called
from daogou.language.glossary import Glossary
from daogou.language.glossing import learn
from daogou.language.naming import learn_names
from daogou.language.understand import Understander
from daogou.language.vocabulary import Vocabulary
from daogou.testing.builders import product
from daogou.testing.words import WordList

_PHONES = {
    "智能手机": "smartphone",
    "手机": "cell phone/mobile phone",
    "耳机": "headphone/earphone",
    "苹果手机": "iPhone",
}


def _understander(goods: Iterable[Product], words: Mapping[str, str]) -> Understander:
    goods, vocabulary, entries = list(goods), Vocabulary(), WordList(words)
    vocabulary.learn(goods)
    names = Called(*learn_names(entries, vocabulary, goods))
    return Understander(vocabulary, glossary=Glossary(learn(entries, vocabulary, goods)), called=names)


def _phones() -> Understander:
    kinds = {"Nova 5": "smartphones", "Nova 6": "smartphones", "iPhone 5": "smartphones", "iPhone 6": "smartphones"}
    goods = [
        product(title, Text("", title), category=[kind], attributes={"tags": "gadgets"})
        for title, kind in kinds.items()
    ]
    goods += [product("case", Text("", "Silicone case"), attributes={"tags": "phone accessories"}, category=["extras"])]
    goods += [product("cord", Text("", "Charging cord"), attributes={"tags": "chargers"}, category=["extras"])]
    return _understander(goods, {**_PHONES, "充电器": "charger"})


def _read(understander: Understander, text: str) -> Understood:
    return understander.understand(text, currency="CNY")


@pytest.mark.parametrize("text", ["phone", "cell phone", "cheap phones", "手机", "phone with a camera", "小米手机"])
def test_what_the_names_of_goods_end_in_names_them_where_its_chinese_does(text: str) -> None:
    assert _read(_phones(), text).where.category == "smartphones"


def test_a_synonym_of_the_shop_comes_before_what_a_word_is_in_general() -> None:
    understander = _phones()
    assert _read(understander, "phone").meant
    understander.vocabulary.set_synonyms([("phone", "charging cord")])
    understood = _read(understander, "phone")
    assert understood.meant == {}
    assert understood.also == {"phone": ("charging cord",)}


def test_a_headphone_is_no_phone() -> None:
    goods = [product(f"{n}", Text("", f"Red headphones {n}"), category=["headphones"]) for n in range(3)]
    assert _read(_understander(goods, _PHONES), "phone").where.category is None


def test_a_phone_case_is_no_phone() -> None:
    assert _read(_phones(), "phone case").where.category is None
    found = _read(_phones(), "手机充电器")
    assert found.where.category is None
    assert found.where.attributes == {"tags": {"chargers"}}


def test_a_brand_that_the_shop_lacks_is_none_of_its_goods() -> None:
    kinds = [("小米 五谷", "小米"), ("苹果 礼盒", "水果"), ("新星 手机", "手机"), ("苹果 果汁", "果汁")]
    goods = [product(title, title, category=[kind]) for title, kind in kinds[:-1]]
    goods += [product(title, title, category=[kind], attributes={"口味": "苹果"}) for title, kind in kinds[-1:]]
    understander = _understander(goods, {"小米": "millet"})
    assert _read(understander, "小米手机").missing == ("小米",)
    assert _read(understander, "小米手机").where.category == "手机"
    assert _read(understander, "小米").where.category == "小米"
    assert _read(understander, "苹果果汁").missing == ()


def _home() -> Understander:
    titles = ["端午粽礼盒", "条纹宠物窝", "厚绒宠物窝", "20寸 铝框登机箱", "纯PC拉链斜纹拉杆箱", "大号雨伞"]
    kinds = ["糕点", "宠物", "宠物", "箱包", "箱包", "杂货"]
    goods = [product(title, title, category=["居家", kind]) for title, kind in zip(titles, kinds, strict=True)]
    words = {
        "粽子": "rice wrapped in leaves", "狗窝": "doghouse/ kennel", "箱": "box/trunk", "冰箱": "refrigerator",
        "箱子": "suitcase/chest", "行李箱": "suitcase/(car) trunk", "雨伞": "umbrella", "衣柜": "wardrobe",
    }  # fmt: skip
    return _understander(goods, words)


@pytest.mark.parametrize(("text", "words"), [("粽子", ("粽",)), ("狗窝", ("窝",)), ("umbrella", ("雨伞",))])
def test_a_shop_in_chinese_has_it_under_a_shorter_or_its_own_name(text: str, words: tuple[str, ...]) -> None:
    found = _read(_home(), text)
    assert (found.words, found.unknown, found.corrected) == (words, (), None)


@pytest.mark.parametrize(("text", "category"), [("行李箱", "箱包"), ("suitcase", "箱包"), ("冰箱", "")])
def test_a_character_means_of_goods_what_it_means_alone(text: str, category: str) -> None:
    named = [slot.value for slot in _read(_home(), text).slots if slot.kind == "category"]
    assert named == ([category] if category else [])


def test_titles_with_latin_letters_end_in_what_the_thing_is() -> None:
    vocabulary = Vocabulary()
    goods = [product(f"{n}", title, category=["箱包"]) for n, title in enumerate(["PC拉链斜纹拉杆箱", "纯棉T恤"])]
    vocabulary.learn(goods)
    names = called(goods, vocabulary)
    assert "拉杆箱" in names
    assert "恤" not in names


@pytest.mark.parametrize(("text", "tag"), [("狗粮", "dog food"), ("猫粮", "cat food"), ("T恤", "shirt")])
def test_words_of_letters_and_characters_and_of_somebody_are_looked_up_whole(text: str, tag: str) -> None:
    tags = ("dog food", "cat food", "grain", "shirt")
    goods = [product(tag, Text("", f"Good {tag}"), attributes={"tags": tag}, category=["all"]) for tag in tags]
    words = {"狗粮": "dog food", "粮": "grain/food", "T恤": "T-shirt"}
    assert _read(_understander(goods, words), text).where.attributes == {"tags": {tag}}


@pytest.mark.parametrize("text", ["送给刚出生的宝宝", "刚出生宝宝的礼物"])
def test_a_newborn_is_nothing_new_here(text: str) -> None:
    found = _read(_home(), text)
    assert found.sort == "relevance"
    assert {slot.value for slot in found.slots if slot.kind == "recipient"} == {"baby"}


@pytest.mark.parametrize("text", ["徒步鞋", "trekking boots", "爬山鞋"])
def test_a_thing_may_have_another_word_for_the_same_idea_before_it(text: str) -> None:
    shoes = Text("鞋靴", "Shoes")
    kinds = (Text("登山鞋", "Hiking boots"), Text("跑步鞋", "Running shoes"))
    goods = [product(kind.en, Text("款", "Model"), category=(shoes, kind)) for kind in kinds]
    found = _read(_understander(goods, {}), text)
    assert found.where.category == "hiking boots"
    assert found.words == ()


def test_whose_things_a_category_is_of_may_be_said_in_the_other_language() -> None:
    goods = [product("bowl", "不锈钢碗", category=["居家", "宠物"])]
    assert _read(_understander(goods, {}), "pet stuff").where.category == "宠物"
