from pathlib import Path

import pytest

from daogou.adapters.tantivy_index import TantivyIndex
from daogou.domain.errors import CorruptRelease
from daogou.domain.ids import ProductId
from daogou.ports.index import Document, Row

_WEIGHTS = {"title": 3.0, "brand": 2.0, "description": 0.5}


def _document(id: str, **fields: str) -> Document:
    return Document(ProductId(id), fields)


def _index(*documents: Document, folder: Path | None = None) -> TantivyIndex:
    index = TantivyIndex(folder)
    index.put(documents)
    index.commit()
    return index


def _found(index: TantivyIndex, *words: str, k: int = 10, require_all: bool = False) -> list[str]:
    return [match.id for match in index.search(words, k, weights=_WEIGHTS, require_all=require_all)]


def test_the_heavier_field_comes_first() -> None:
    index = _index(_document("a", description="red shoe"), _document("b", title="red shoe"))
    assert _found(index, "red") == ["b", "a"]


def test_ties_are_in_order_of_id_even_at_the_cut() -> None:
    index = _index(*(_document(f"p{n:03}", title="red shoe") for n in reversed(range(100))))
    assert _found(index, "red", k=3) == ["p000", "p001", "p002"]


def test_all_words_may_be_required_across_fields() -> None:
    index = _index(_document("a", title="red shoe", brand="nike"), _document("b", title="red"))
    assert _found(index, "red", "nike", require_all=True) == ["a"]
    assert _found(index, "red", "nike") == ["a", "b"]


def test_put_replaces_and_remove_removes_after_commit() -> None:
    index = _index(_document("a", title="red"), _document("b", title="red"))
    index.put([_document("a", title="blue")])
    index.remove([ProductId("b")])
    assert _found(index, "red") == ["a", "b"]
    index.commit()
    assert _found(index, "red") == []
    assert _found(index, "blue") == ["a"]


def test_a_field_without_weight_is_not_searched() -> None:
    index = _index(_document("a", attributes="red"))
    assert _found(index, "red") == []


def test_words_are_taken_literally() -> None:
    index = _index(_document("a", title="red"))
    assert _found(index, 'title:"red" OR *', "red)") == []


def test_a_misspelt_field_is_refused() -> None:
    with pytest.raises(ValueError, match="titel"):
        _index(_document("a", titel="red"))


def test_a_saved_index_opens_elsewhere_and_stays_as_it_was(tmp_path: Path) -> None:
    saved, live = tmp_path / "saved", tmp_path / "live"
    _index(_document("a", title="red"), folder=tmp_path / "made").save(saved)
    index = TantivyIndex.open(saved, live=live)
    index.put([_document("b", title="red")])
    index.commit()
    assert _found(index, "red") == ["a", "b"]
    assert _found(TantivyIndex.open(saved, live=tmp_path / "again"), "red") == ["a"]


def test_goes_on_after_a_save(tmp_path: Path) -> None:
    index = _index(_document("a", title="red"))
    index.save(tmp_path / "saved")
    index.put([_document("b", title="red")])
    index.commit()
    assert _found(index, "red") == ["a", "b"]


def test_a_folder_without_an_index_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorruptRelease, match="nothing-here"):
        TantivyIndex.open(tmp_path / "nothing-here", live=tmp_path / "live")


def test_a_row_of_words_may_stand_in_the_place_of_one() -> None:
    index = _index(
        _document("a", title="sneaker red"),
        _document("b", title="running shoe red"),
        _document("c", title="running red"),
    )
    instead = {"sneaker": [Row(["running", "shoe"])]}
    found = index.search(["sneaker", "red"], 9, weights=_WEIGHTS, require_all=True, instead=instead)
    assert {match.id for match in found} == {"a", "b"}
