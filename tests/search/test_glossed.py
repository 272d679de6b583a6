"""Search in words that the shop does not use, through its glossary."""

from __future__ import annotations

from daogou.adapters.tantivy_index import TantivyIndex
from daogou.domain.ids import ProductId
from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.language.glossary import Glossary, Meaning, pack
from daogou.language.understand import Understander
from daogou.language.vocabulary import Vocabulary
from daogou.retrieval.shelf import Shelf
from daogou.search.indexing import build
from daogou.search.searcher import Searcher

_GLOSSARY = Glossary(
    pack(
        {
            "手机": [Meaning("phone", 0.9), Meaning("mobile", 0.5)],
            "平板": [Meaning("plate", 0.6), Meaning("tablet", 0.5)],
        },
        {},
    )
)


def _searcher(*products: tuple[str, str]) -> Searcher:
    shelf, index = Shelf(), TantivyIndex()
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
