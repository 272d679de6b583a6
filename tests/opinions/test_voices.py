"""Opinions of all reviews, counted by product."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.ids import Instant, ProductId
from daogou.domain.review import Review
from daogou.opinions.mining import opinions
from daogou.opinions.voices import ShelfPraise, Voices, sureness


def review(product: str, text: str) -> Review:
    return Review(ProductId(product), None, Instant(7), text=text)


def voices(*said: tuple[str, str]) -> Voices:
    return Voices.gather((each, opinions(each)) for product, text in said for each in [review(product, text)])


def test_voices_are_counted_by_product_and_side() -> None:
    found = voices(("a", "续航很好"), ("a", "电池不行，屏幕清晰"), ("b", "great battery"), ("c", "收到了"))
    good, bad = found.counts("battery")
    assert (found.products, good.tolist(), bad.tolist()) == (("a", "b"), [1, 1], [1, 0])
    assert [counts.tolist() for counts in found.counts("smell")] == [[0, 0], [0, 0]]


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    one = voices(("a", "续航很好"), ("b", "电池不行"))
    one.save(tmp_path)
    other = Voices.load(tmp_path)
    assert (other.products, other.aspects) == (one.products, one.aspects)
    np.testing.assert_array_equal(other.good, one.good)
    np.testing.assert_array_equal(other.at, [7, 7])
    voices().save(tmp_path)
    assert len(Voices.load(tmp_path).good) == 0


@given(st.integers(0, 200), st.integers(0, 200))
def test_how_sure_it_is_grows_with_voices_that_like_it(good: int, bad: int) -> None:
    def sure(good: int, bad: int) -> float:
        return float(sureness(np.array([good]), np.array([bad]))[0])

    assert 0 <= sure(good, bad) <= sure(good + 1, bad) < 1
    assert sure(good, bad + 1) <= sure(good, bad)
    if good <= bad:
        assert sure(good, bad) == 0


def test_one_voice_alone_is_not_sure() -> None:
    found = sureness(np.array([1, 2, 12]), np.array([0, 0, 2]))
    assert found == pytest.approx([0, 1 / 3, 0.480], abs=0.01)


def test_a_shelf_is_told_what_is_liked_and_in_what_words() -> None:
    said = [("gone", "续航很好")] * 3 + [("b", "great battery")] * 12 + [("b", "bad battery")] * 2
    rows = {ProductId("a"): 0, ProductId("b"): 1}
    praise = ShelfPraise(voices(*said), rows.get)
    assert praise.sure("battery").tolist() == [0, pytest.approx(0.480, abs=0.01)]
    assert praise.said("battery", 1).en == "Battery: 12 of 14 reviews that mention it like it"
    assert praise.said("battery", 1).zh == "14 条评价提到电池，12 条满意"
    assert praise.sure("smell").tolist() == [0, 0]


def test_what_is_said_anew_of_a_product_takes_the_place_of_what_was_said() -> None:
    before = voices(("a", "续航很好"), ("b", "电池不行，屏幕清晰"))
    found = before.with_anew({ProductId("b"): voices(("b", "有异味")), ProductId("c"): voices(("c", "电池耐用"))})

    def said(aspect: str) -> dict[str, tuple[int, int]]:
        counts = zip(found.products, *found.counts(aspect), strict=True)
        return {str(product): (int(good), int(bad)) for product, good, bad in counts if good or bad}

    assert (said("battery"), said("screen"), said("smell")) == ({"a": (1, 0), "c": (1, 0)}, {}, {"b": (0, 1)})


def test_praise_that_is_heard_later_counts_at_its_row_even_if_that_is_not_there_yet() -> None:
    row = {ProductId("a"): 0}
    praise = ShelfPraise(voices(("a", "续航很好")), row.get)
    assert praise.sure("battery").tolist() == pytest.approx([0.0])
    praise.put(ProductId("c"), {"battery": (3, 0)})
    assert len(praise.sure("battery")) == 1
    row[ProductId("c")] = 2
    praise.placed([ProductId("c")])
    assert (praise.sure("battery") > 0.4).tolist() == [False, False, True]
    assert praise.said("battery", 2).en == "Battery: all 3 reviews that mention it like it"
    praise.put(ProductId("a"), {"screen": (1, 1)})
    assert praise.sure("battery")[0] == 0
    assert praise.said("screen", 0).en == "Screen: 1 of 2 reviews that mention it like it"
