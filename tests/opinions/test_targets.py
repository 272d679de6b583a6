"""Terms judged in their sentences."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.ids import Instant, ProductId
from daogou.domain.review import Review
from daogou.opinions.context import WEIGHTS, Target, groups
from daogou.opinions.targets import LEAST, TargetModel, around, learn, named

SENTENCES = [
    ("the ", "food", " was zorky", 1),
    ("we found the ", "staff", " blenk", 0),
    ("the ", "bread", " was zorky", 1),
    ("the ", "service", " was blenk", 0),
    ("not zorky at all , the ", "soup", "", 0),
    ("", "灯光", "很咕咕", 1),
    ("", "座椅", "嘎嘎的", 0),
]


def taught() -> TargetModel:
    targets = [Target(before, term, after) for before, term, after, _ in SENTENCES] * 8
    return TargetModel.fit(targets, [judged for *_, judged in SENTENCES] * 8)


def test_it_learns_words_for_terms_it_has_not_seen() -> None:
    asked = [Target("the ", "wine", " was zorky"), Target("the ", "wine", " was blenk"), Target("", "内饰", "很咕咕")]
    assert taught().score(asked).argmax(1).tolist() == [1, 0, 1]


def test_each_term_is_judged_by_what_stands_by_it() -> None:
    sentence = ("food", " was zorky but the ", "staff", " was blenk")
    food = Target("the ", sentence[0], "".join(sentence[1:]))
    staff = Target("the " + "".join(sentence[:2]), *sentence[2:])
    of_food, of_staff = taught().score([food, staff])[:, 1]
    assert of_staff < of_food - 0.1


def test_a_negation_makes_another_piece_until_the_clause_turns() -> None:
    found = groups(Target("not good , but the ", "food", " is fine"))["sentence"]
    assert {"NOT good", "fine"} <= set(found)
    assert not {"good", "NOT fine"} & set(found)


@given(st.text(max_size=30), st.text(max_size=8), st.text(max_size=30))
def test_any_text_can_be_read(before: str, term: str, after: str) -> None:
    found = groups(Target(before, term, after))
    assert set(found) == set(WEIGHTS)
    assert np.isfinite(taught_once.score([Target(before, term, after)])).all()


taught_once = taught()


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    one = taught()
    one.save(tmp_path)
    asked = [Target("", "soup", " blenk")]
    np.testing.assert_array_equal(TargetModel.load(tmp_path).score(asked), one.score(asked))


def test_terms_that_are_all_judged_alike_teach_nothing() -> None:
    with pytest.raises(ValueError, match="nothing to tell apart"):
        TargetModel.fit([Target("", "soup", "")] * 3, [1, 1, 1])


def test_stars_teach_what_is_said_of_the_sides_that_are_named() -> None:
    about = Review(ProductId("p"), 5.0, Instant(0), text="屏幕亮如白昼")
    reviews = [about] * LEAST + [replace(about, rating=1.0, text="屏幕灰蒙蒙")] * LEAST
    model = learn(reviews + [replace(about, rating=3.0)] * LEAST)
    assert model is not None
    good, bad = model.score([Target("", "屏幕", "亮如白昼"), Target("", "屏幕", "灰蒙蒙")])[:, 1]
    assert bad < 0.5 < good
    assert learn(reviews[1:]) is None


def test_words_that_say_otherwise_than_the_stars_teach_nothing() -> None:
    assert [target.term for target in named("屏幕亮。物流太慢了", True)] == ["屏幕"]
    assert around("x" * 99 + "屏幕", 99, 101) == Target("x" * 40, "屏幕", "")
