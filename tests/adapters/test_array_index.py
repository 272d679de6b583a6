from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daogou.adapters import array_index
from daogou.adapters.array_index import ArrayIndex
from daogou.domain.errors import CorruptRelease
from daogou.domain.ids import ProductId
from daogou.ports.index import Document, Row

_WEIGHTS = {"title": 3.0, "brand": 2.0, "description": 0.5}


def _document(id: str, **fields: str) -> Document:
    return Document(ProductId(id), fields)


def _index(*documents: Document) -> ArrayIndex:
    index = ArrayIndex()
    index.put(documents)
    index.commit()
    return index


def _scores(index: ArrayIndex, *words: str, worth: float = 1.0) -> dict[str, float]:
    """The scores of the words together, of what has all of them."""
    scores = index.scores([Row(words, worth)], weights=_WEIGHTS)
    return {index.ids[number]: float(scores[number]) for number in np.flatnonzero(scores)}


def _found(index: ArrayIndex, *words: str) -> list[str]:
    scores = _scores(index, *words)
    return sorted(scores, key=lambda id: (-scores[id], id))


def test_the_heavier_field_comes_first() -> None:
    index = _index(_document("a", description="red shoe"), _document("b", title="red shoe"))
    assert _found(index, "red") == ["b", "a"]


def test_a_row_needs_all_of_its_words_in_any_field() -> None:
    index = _index(_document("a", title="red shoe", brand="nike"), _document("b", title="red"))
    assert _found(index, "red", "nike") == ["a"]
    assert _found(index, "red") == ["b", "a"]  # the shorter title is more of it
    assert _found(index, "red", "blue") == []


def test_a_rare_word_says_more_than_a_common_one() -> None:
    index = _index(*(_document(f"p{n}", title="red shoe" if n else "red boot") for n in range(9)))
    assert _scores(index, "boot")["p0"] > _scores(index, "red")["p0"]


def test_a_word_counts_with_its_best_field_and_a_little_with_the_others() -> None:
    index = _index(
        _document("a", title="red"), _document("b", title="red", brand="red"), _document("c", title="x", brand="y")
    )
    one, both = _scores(index, "red")["a"], _scores(index, "red")["b"]
    assert one < both < 1.5 * one


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


def test_of_several_puts_of_one_product_the_last_counts() -> None:
    index = ArrayIndex()
    index.put([_document("a", title="red"), _document("b", title="red"), _document("a", title="blue")])
    index.commit()
    assert (_found(index, "red"), _found(index, "blue")) == (["b"], ["a"])


def test_what_was_removed_can_be_put_again() -> None:
    index = _index(_document("a", title="red"))
    index.remove([ProductId("a"), ProductId("never-there")])
    index.put([_document("a", title="red")])
    index.commit()
    assert _found(index, "red") == ["a"]


def test_a_saved_index_opens_elsewhere_and_stays_as_it_was(tmp_path: Path) -> None:
    index = _index(_document("a", title="red"), _document("b", title="blue"))
    index.save(tmp_path)
    opened = ArrayIndex.open(tmp_path)
    assert _scores(opened, "red") == _scores(index, "red")
    opened.put([_document("b", title="red"), _document("c", title="red")])
    opened.commit()
    assert _found(opened, "red") == ["a", "b", "c"]
    assert _found(opened, "blue") == []
    assert _found(ArrayIndex.open(tmp_path), "red") == ["a"]


def test_goes_on_after_a_save(tmp_path: Path) -> None:
    index = _index(_document("a", title="red"))
    index.save(tmp_path)
    index.put([_document("b", title="red")])
    index.commit()
    assert _found(index, "red") == ["a", "b"]


def test_an_empty_index_can_be_saved_and_filled(tmp_path: Path) -> None:
    ArrayIndex().save(tmp_path)
    index = ArrayIndex.open(tmp_path)
    assert _found(index, "red") == []
    index.put([_document("a", title="red")])
    index.commit()
    assert _found(index, "red") == ["a"]


def test_a_folder_without_an_index_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorruptRelease, match="nothing-here"):
        ArrayIndex.open(tmp_path / "nothing-here")


def test_the_reading_that_says_most_of_a_document_counts() -> None:
    index = _index(
        _document("a", title="sneaker red"),
        _document("b", title="running shoe red"),
        _document("c", title="running red"),
    )
    scores = index.scores([Row(["sneaker"]), Row(["running", "shoe"], 0.5)], weights=_WEIGHTS)
    assert scores[0] == pytest.approx(_scores(index, "sneaker")["a"])
    assert scores[1] == pytest.approx(0.5 * _scores(index, "running", "shoe")["b"])
    assert scores[2] == 0


_TEXTS = st.lists(st.sampled_from(["red", "blue", "shoe", "boot"]), max_size=4).map(" ".join)
_STEPS = st.lists(
    st.tuples(st.sampled_from("abcde"), st.none() | st.fixed_dictionaries({"title": _TEXTS, "description": _TEXTS})),
    max_size=20,
)


@settings(max_examples=60)
@given(steps=_STEPS, commits=st.sets(st.integers(0, 20)), most_words=st.sampled_from([1, 5, 100]))
def test_however_it_was_written_it_finds_what_is_there_now(
    steps: list[tuple[str, dict[str, str] | None]], commits: set[int], most_words: int
) -> None:
    index, now = ArrayIndex(), dict[str, dict[str, str]]()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(array_index, "_MOST_WORDS", most_words)
        for place, (id, fields) in enumerate(steps):
            if fields is None:
                index.remove([ProductId(id)])
                now.pop(id, None)
            else:
                index.put([_document(id, **fields)])
                now[id] = fields
            if place in commits:
                index.commit()
        index.commit()
    for word in ("red", "blue", "shoe", "boot"):
        having = {id for id, fields in now.items() if word in " ".join(fields.values()).split()}
        assert set(_scores(index, word)) == having


def test_much_that_changes_stays_in_few_segments() -> None:
    index = _index(*(_document(f"p{n}", title=f"red {n}") for n in range(300)))
    for n in range(200):
        index.put([_document(f"p{n}", title=f"blue {n}")])
        index.commit()
    assert len(index._parts) < 6
    assert len(_found(index, "blue")) == 200
    assert len(_found(index, "red")) == 100
