"""Searches that name a person or an occasion and no kind of goods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

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
