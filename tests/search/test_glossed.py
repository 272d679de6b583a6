"""Search in words that the shop does not use, through its glossary."""

from __future__ import annotations

import pytest

from daogou.adapters.array_index import ArrayIndex
from daogou.domain.ids import ProductId
from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.language.glossary import Glossary, Meaning, pack
from daogou.language.glossing import learn
from daogou.language.understand import Understander
from daogou.language.vocabulary import Vocabulary
from daogou.retrieval.shelf import Shelf
from daogou.search.indexing import build
from daogou.search.searcher import Searcher
from daogou.testing.words import WordList

_GLOSSARY = Glossary(
    pack(
        {
            "手机": [Meaning("phone", 0.9), Meaning("mobile", 0.5)],
            "灯泡": [Meaning("light bulb", 0.9), Meaning("light", 0.8)],
            "平板": [Meaning("plate", 0.6), Meaning("tablet", 0.5)],
        },
        {},
    )
)


def _searcher(*products: tuple[str, str]) -> Searcher:
    shelf, index = Shelf(), ArrayIndex()
    made = [Product(ProductId(title), Text("", title), category=(Text("", kind),)) for title, kind in products]
    shelf.put(made)
    vocabulary = Vocabulary.from_shelf(shelf)
    build(index, made, vocabulary.segmenter, vocabulary=vocabulary)
    return Searcher(shelf, index, Understander(vocabulary, glossary=_GLOSSARY))


def test_what_is_named_comes_before_what_is_made_for_it_in_any_language() -> None:
    found = _searcher(("Phone case for a phone", "Phone case"), ("Nova 5 phone", "Smart phone")).search("手机")
    assert found.items[0].product == "Nova 5 phone"
    reasons = {reason.text.en for reason in found.items[0].because}
    assert {"The kind of thing you named", "Matches “手机”"} <= reasons


def test_another_meaning_finds_too_but_counts_for_less() -> None:
    found = _searcher(("Tablet", "Things"), ("Plate", "Things"), ("Lamp", "Things")).search("平板")
    assert [hit.product for hit in found.items] == ["Plate", "Tablet"]
    assert found.items[0].score > found.items[1].score


def test_another_meaning_of_a_phrase_is_no_more_than_that_of_a_word() -> None:
    products = [("Light bulb", "Things"), ("Night light, light for a light box", "Things"), ("Lamp", "Things")]
    found = _searcher(*products).search("灯泡")
    assert [hit.product for hit in found.items] == ["Light bulb", "Night light, light for a light box"]
    assert found.items[0].score > 2 * found.items[1].score


@pytest.mark.parametrize(("text", "other"), [("红色", "red"), ("red", "红色")])
def test_a_word_that_only_its_other_language_has_ranks_as_that(text: str, other: str) -> None:
    titles = (f"{other} lamp", f"{other} lamp, {other} shade", "lamp on a shelf with much beside it", "vase", "cup")
    shelf, index = Shelf(), ArrayIndex()
    made = [Product(ProductId(title), Text.of(title)) for title in titles]
    shelf.put(made)
    vocabulary = Vocabulary.from_shelf(shelf)
    build(index, made, vocabulary.segmenter, vocabulary=vocabulary)
    searcher = Searcher(shelf, index, Understander(vocabulary))
    assert _places(searcher, text) == _places(searcher, other)


def _places(searcher: Searcher, text: str) -> list[str]:
    return [hit.product for hit in searcher.search(text).items]


@pytest.mark.parametrize(
    ("kinds", "text"),
    [
        ({"sofa": ["Grey sofa", "Sofa bed"], "table": ["Oak table", "Sofa table"]}, "沙发"),
        ({"沙发": ["灰色沙发", "转角沙发"], "餐桌": ["实木餐桌", "沙发边餐桌"]}, "sofa"),
    ],
)
def test_a_shop_in_one_language_is_asked_in_the_other(kinds: dict[str, list[str]], text: str) -> None:
    shelf, index = Shelf(), ArrayIndex()
    made = [
        Product(ProductId(title), Text.of(title), category=(Text.of(kind),))
        for kind, titles in kinds.items()
        for title in titles
    ]
    shelf.put(made)
    vocabulary = Vocabulary.from_shelf(shelf)
    build(index, made, vocabulary.segmenter, vocabulary=vocabulary)
    glossary = Glossary(learn(WordList({"沙发": "sofa (loanword)"}), vocabulary, made))
    hits = Searcher(shelf, index, Understander(vocabulary, glossary=glossary)).search(text)
    kind = next(iter(kinds))
    assert {hit.product for hit in hits.items} == set(kinds[kind])
    assert [meant.phrase for meant in hits.understood.meant[text]] == [kind]


def _found(text: str, *titles: str) -> dict[str, list[str]]:
    shelf, index = Shelf(), ArrayIndex()
    made = [Product(ProductId(title), Text.of(title)) for title in titles]
    shelf.put(made)
    vocabulary = Vocabulary.from_shelf(shelf)
    build(index, made, vocabulary.segmenter, vocabulary=vocabulary)
    hits = Searcher(shelf, index, Understander(vocabulary)).search(text).items
    return {hit.product: [reason.text.show("en") for reason in hit.because] for hit in hits}


def test_of_a_word_that_the_shop_does_not_know_no_single_character_is_matched() -> None:
    assert _found("洗发水", "清水 木棉", "头层 水 牛皮") == {}
    assert set(_found("水", "清水 木棉", "头层 水 牛皮")) == {"清水 木棉", "头层 水 牛皮"}


def test_what_is_matched_in_part_is_said_in_part() -> None:
    assert "Matches “shoe”" in _found("running shoes", "Red shoes", "Running vest")["Red shoes"]
    assert "Matches “runing shoes”" not in str(_found("runing shoes", "Running shoes"))
    assert "Matches “running, shoe”" in _found("runing shoes", "Running shoes")["Running shoes"]
