from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from daogou.domain.ids import Instant, ProductId
from daogou.domain.review import Review
from daogou.opinions.polarity import LEAST, PolarityModel, learn, pieces

GOOD, BAD = ["物流很快", "质量很好", "love it", "works great"], ["物流太慢", "质量很差", "hate it", "works badly"]


def test_it_learns_which_texts_are_content() -> None:
    model = PolarityModel.fit(GOOD * 20 + BAD * 20, [True] * 80 + [False] * 80)
    assert (model.score(GOOD) > 0.5).all()
    assert (model.score(BAD) < 0.5).all()
    assert model.score([""])[0] == pytest.approx(0.5, abs=0.2)


def test_the_same_texts_teach_the_same() -> None:
    one, other = (PolarityModel.fit(GOOD + BAD, [True] * 4 + [False] * 4) for _ in range(2))
    np.testing.assert_array_equal(one.weights, other.weights)


def test_one_kind_alone_teaches_nothing() -> None:
    with pytest.raises(ValueError, match="nothing to tell apart"):
        PolarityModel.fit(GOOD, [True] * 4)


def test_pieces_are_short_runs_of_characters_and_pairs_of_words() -> None:
    assert list(pieces("不好! Not good")) == ["不", "好", "不好", "not", "good", "not good"]


def test_a_shop_learns_from_stars_and_only_with_enough_reviews() -> None:
    about = Review(ProductId("p"), 5.0, Instant(0))
    reviews = [replace(about, text=GOOD[n % 4]) for n in range(LEAST)]
    reviews += [replace(about, text=BAD[n % 4], rating=1.0) for n in range(LEAST)]
    reviews += [replace(about, text="质量很差", rating=rating) for rating in (3.0, None)] * LEAST
    model = learn(reviews)
    assert model is not None
    assert model.score(["质量很差"])[0] < 0.5 < model.score(["质量很好"])[0]
    assert learn(reviews[1:]) is None
