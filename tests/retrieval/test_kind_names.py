from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.retrieval.kind_names import KindNames
from daogou.testing.builders import product

SENSES = (("board", "案板", "砧板"), ("shelf", "书架", "书柜"), ("lamp", "灯"))


class Senses:
    """An encoder to which words of one sense are one direction; a text of several lies between."""

    name, dim = "senses", len(SENSES)

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        found = np.array([[any(word in text for word in sense) for sense in SENSES] for text in texts], np.float32)
        return (found + 0.3) / np.linalg.norm(found + 0.3, axis=1, keepdims=True)

    passages = queries


def goods() -> list[Product]:
    kinds = Text("砧板", "Cutting board"), Text("书架", "Bookshelf"), Text("台灯", "Desk lamp")
    return [product(f"p{n}", "thing", category=[kind]) for n, kind in enumerate(kinds)]


@pytest.fixture
def names(tmp_path: Path) -> KindNames:
    KindNames.fit(goods(), Senses()).save(tmp_path)
    loaded = KindNames.load(tmp_path)
    assert loaded is not None
    return loaded


def test_another_name_of_a_category_is_found_among_several_texts(names: KindNames) -> None:
    assert names.nearest(Senses().queries(["nothing of it", "书柜"])) == (1, "bookshelf")


@pytest.mark.parametrize("text", ["nothing of it", "shelf with a lamp"])
def test_what_is_no_surer_one_than_another_is_none(names: KindNames, text: str) -> None:
    assert names.nearest(Senses().queries([text])) is None


def test_one_category_or_none_leaves_nothing_to_compare() -> None:
    for some in (goods()[:1], []):
        assert KindNames.fit(some, Senses()).nearest(Senses().queries(["案板"])) is None


def test_names_that_were_encoded_before_are_not_encoded_again(names: KindNames) -> None:
    asked: list[str] = []

    class Counting(Senses):
        def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
            asked.extend(texts)
            return super().queries(texts)

    more = [*goods(), product("p9", "thing", category=[Text("书柜", "Bookcase"), Text("台灯", "Reading lamp")])]
    found = KindNames.fit(more, Counting(), before=names)
    assert sorted(asked) == ["bookcase", "reading lamp", "书柜"]
    fresh = KindNames.fit(more, Senses())
    assert (found.keys, found.names) == (fresh.keys, fresh.names)
    assert np.array_equal(found.vectors, fresh.vectors)
    asked.clear()
    counting = Counting()
    counting.name = "another"
    KindNames.fit(more, counting, before=names)
    assert len(asked) == len(set(fresh.names))


def test_a_release_that_was_made_without_has_none(tmp_path: Path) -> None:
    assert KindNames.load(tmp_path) is None
