"""Searches that name a person or an occasion and no kind of goods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from daogou.adapters.array_index import ArrayIndex
from daogou.domain.hit import Hits
from daogou.domain.ids import Instant, ProductId
from daogou.domain.review import Review
from daogou.domain.text import Text
from daogou.language.understand import Understander
from daogou.language.vocabulary import Vocabulary
from daogou.opinions.bought_for import purposes
from daogou.opinions.voices import ShelfPraise, Voices
from daogou.retrieval.shelf import Shelf
from daogou.search.indexing import build
from daogou.search.searcher import Searcher, ShopperContext
from daogou.testing.builders import product

_MEN, _WOMEN = {"gender": Text("男士", "Men")}, {"gender": Text("女士", "Women")}
_SCARF, _MUG = (Text("围巾", "Scarf"),), (Text("杯子", "Mug"),)


def _shop(*reviews: tuple[str, str]) -> Searcher:
    shelf = Shelf()
    shelf.put(
        [
            product("men", "Grey scarf", category=_SCARF, attributes=_MEN),
            product("women", "Red scarf", category=_SCARF, attributes=_WOMEN),
            product("blue", "Blue mug", category=_MUG),
            product("black", "Black mug", category=_MUG),
            product("box", "Gift box", category=(Text("包装", "Wrapping"),)),
        ]
    )
    vocabulary = Vocabulary.from_shelf(shelf)
    index = ArrayIndex()
    build(index, [p for p in shelf.products if p], vocabulary.segmenter, vocabulary=vocabulary)
    written = [Review(ProductId(id), 5.0, Instant(7), text=text) for id, text in reviews]
    voices = Voices.gather((review, purposes(review)) for review in written)
    prior = np.array([0.85, 0.9, 0.8, 0.7, 0.2], np.float32)
    praise = ShelfPraise(voices, shelf.row.get)
    return Searcher(shelf, index, Understander(vocabulary), prior=prior, praise=praise)


def _ids(hits: Hits) -> Sequence[str]:
    return [hit.product for hit in hits.items]


def test_what_reviewers_gave_to_a_father_comes_first_and_says_so() -> None:
    hits = _shop(("black", "给爸爸买的"), ("black", "给爸妈买的"), ("blue", "给妈妈买的")).search("送爸爸")
    assert _ids(hits)[0] == "black"
    first = next(reason for reason in hits.items[0].because if reason.kind == "reviews")
    assert (first.text.en, first.source) == ("Bought for: father (1 review), parents (1 review)", "search.suits")


def test_what_is_for_others_is_left_out_where_no_kind_of_goods_is_named() -> None:
    assert set(_ids(_shop(("black", "给爸爸买的")).search("送爸爸"))) == {"men", "blue", "black", "box"}
    assert "women" in _ids(_shop(("women", "给妈妈买的")).search("送妈妈"))
    assert "men" not in _ids(_shop().search("送妈妈"))


def test_kinds_of_goods_are_mixed() -> None:
    assert _ids(_shop().search("送朋友"))[:3] == ["women", "blue", "men"]
    assert _ids(_shop().search("scarf")) == ["women", "men"]


def test_a_person_of_whom_nothing_is_known_is_said_to_be_set_aside() -> None:
    assert _shop().search("送爸爸").relaxed == ("“爸爸”",)
    assert _shop(("black", "给爸爸买的")).search("送爸爸").relaxed == ()
    assert _shop().search("skiing").relaxed == ("“skiing”",)
    assert _shop().search("mug for my father").relaxed == ()
    assert _shop().search("box for my cat").relaxed == ("“cat”",)


def test_a_present_is_not_only_what_is_called_one() -> None:
    assert _ids(_shop().search("gift")) == ["box"]
    assert set(_ids(_shop(("black", "送人很好")).search("gift"))) == {"box", "black"}


def test_what_somebody_likes_for_themselves_says_nothing_of_whom_they_buy_for() -> None:
    taste = ShopperContext(np.array([0, 0, 0, 0, 9], np.float32))
    searcher = _shop(("black", "给爸爸买的"))
    assert _ids(searcher.search("送爸爸", shopper_context=taste)) == _ids(searcher.search("送爸爸"))
    assert _ids(searcher.search("for the office", shopper_context=taste))[0] == "box"


def test_a_category_made_for_others_is_not_shown() -> None:
    shelf = Shelf()
    shelf.put(
        [product("tie", "Tie", category=(Text(en="mens-ties"),)), product("bag", "Bag", category=(Text("女包"),))]
    )
    vocabulary = Vocabulary.from_shelf(shelf)
    index = ArrayIndex()
    build(index, [p for p in shelf.products if p], vocabulary.segmenter, vocabulary=vocabulary)
    searcher = Searcher(shelf, index, Understander(vocabulary))
    assert (_ids(searcher.search("for dad")), _ids(searcher.search("for mom"))) == (["tie"], ["bag"])


def test_titles_say_for_whom_goods_are() -> None:
    shelf, index = Shelf(), ArrayIndex()
    titles = ("男式玩色内裤", "女式真丝内裤", "纯棉内裤", "Men's cotton briefs 内裤", "情侣 男士女士 内裤")
    shelf.put([product(title, title, category=[Text.of("内裤")]) for title in titles])
    vocabulary = Vocabulary.from_shelf(shelf)
    build(index, [p for p in shelf.products if p], vocabulary.segmenter, vocabulary=vocabulary)
    searcher = Searcher(shelf, index, Understander(vocabulary))
    assert set(_ids(searcher.search("内裤男"))) == {titles[0], titles[2], titles[3], titles[4]}
    assert set(_ids(searcher.search("送女朋友 内裤"))) == {titles[1], titles[2], titles[4]}
    assert len(searcher.search("内裤").items) == len(titles)


def test_a_thing_that_nothing_here_is_called_is_said_to_be_none_whoever_it_is_for() -> None:
    hits = _shop().search("perfume for women")
    assert (_ids(hits), hits.total) == (["women"], 1)
    assert hits.relaxed == ("“perfume” (nothing here is called so; shown is what goes with “women”)",)
    assert _shop().search("女士 香水", language="zh").relaxed == (
        "“香水”（本店没有叫这个名字的，以下只是与“女士”相符）",
    )
    assert _shop().search("zyx mug").relaxed == ("“zyx”",)
    assert _shop().search("perfume").total == 0


def _nursery() -> Searcher:
    toys, pets = (Text("婴幼儿", "Baby & toddler"),), (Text("宠物", "Pet"),)
    shelf = Shelf()
    shelf.put(
        [
            product("rattle", Text("木质摇铃", "Wooden rattle"), category=toys),
            product("bowl", Text("不锈钢碗", "Steel bowl"), category=pets),
            product("basket", Text("脏衣篮", "Laundry basket"), category=(Text("收纳", "Storage"),)),
        ]
    )
    vocabulary = Vocabulary.from_shelf(shelf)
    index = ArrayIndex()
    build(index, [p for p in shelf.products if p], vocabulary.segmenter, vocabulary=vocabulary)
    return Searcher(shelf, index, Understander(vocabulary))


@pytest.mark.parametrize("text", ["something for a baby", "gift for a newborn", "送刚出生的宝宝", "给婴儿的礼物"])
def test_what_is_called_a_babys_is_for_a_baby(text: str) -> None:
    hits = _nursery().search(text)
    assert (_ids(hits), hits.relaxed) == (["rattle"], ())
    assert hits.understood is not None
    assert {slot.value for slot in hits.understood.slots if slot.kind == "recipient"} == {"baby"}
    assert hits.understood.where.category is None


@pytest.mark.parametrize("text", ["something for my dog", "狗狗用品"])
def test_a_dogs_things_are_a_pets(text: str) -> None:
    hits = _nursery().search(text)
    assert _ids(hits) == ["bowl"]
    assert hits.understood is not None
    assert [first.phrase for first, *_ in hits.understood.meant.values()] == ["pet"]
