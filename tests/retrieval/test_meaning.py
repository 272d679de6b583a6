from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from daogou.domain.text import Text
from daogou.retrieval.meaning import LONGEST_TEXT, Meaning, text_of
from daogou.testing.builders import product


class Letters:
    """An encoder whose vectors are how often each letter stands in the text, with what it was asked for."""

    dim = 26

    def __init__(self, name: str = "letters") -> None:
        self.name = name
        self.asked: list[str] = []

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.passages(texts)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        counts = np.array([[text.count(chr(97 + n)) + 0.01 for n in range(26)] for text in texts], np.float32)
        unit: NDArray[np.float32] = counts / np.linalg.norm(counts, axis=1, keepdims=True)
        return unit


TEXTS = ["red shoe", "tea pot", "blue shoe", "tea cup"]


def test_the_nearest_is_the_one_most_alike_once_the_mean_is_taken_off() -> None:
    encoder = Letters()
    meaning = Meaning.fit(TEXTS, encoder)
    cosines = meaning.cosines(encoder.queries(["shoes red"])[0])
    assert int(np.argmax(cosines)) == 0
    assert cosines[3] < 0 < cosines[2]
    assert np.abs(cosines).max() <= 1 + 1e-3


def test_only_new_and_changed_texts_are_encoded_again() -> None:
    encoder = Letters()
    before = Meaning.fit(TEXTS, encoder)
    encoder.asked.clear()
    after = Meaning.fit(["tea cup", "green shoe", "red shoe", "green shoe"], encoder, before=before)
    assert encoder.asked == ["green shoe"]
    fresh = Meaning.fit(["tea cup", "green shoe", "red shoe", "green shoe"], Letters())
    np.testing.assert_array_equal(after.vectors, fresh.vectors)


def test_vectors_of_another_encoder_are_made_anew() -> None:
    before = Meaning.fit(TEXTS, Letters("old"))
    encoder = Letters("new")
    Meaning.fit(TEXTS, encoder, before=before)
    assert encoder.asked == TEXTS


def test_loaded_is_what_was_saved(tmp_path: Path) -> None:
    encoder = Letters()
    meaning = Meaning.fit(TEXTS, encoder)
    meaning.save(tmp_path)
    loaded = Meaning.load(tmp_path)
    assert loaded.encoder == "letters"
    query = encoder.queries(["cup"])[0]
    np.testing.assert_array_equal(loaded.cosines(query), meaning.cosines(query))


def test_a_shop_without_products_has_no_vectors() -> None:
    meaning = Meaning.fit([], Letters())
    assert meaning.cosines(np.ones(26, np.float32)).shape == (0,)


def test_the_text_says_each_thing_once_and_is_bounded() -> None:
    made = product(
        "p", Text("红茶", "Black tea"), category=[Text("食品", "Food"), Text("茶", "Tea")], brand="Black tea"
    )
    assert text_of(made) == "红茶 Black tea 茶 Tea"
    assert len(text_of(product("q", "long " * 100))) == LONGEST_TEXT


def test_what_was_kept_of_an_interrupted_fit_is_not_encoded_again(tmp_path: Path) -> None:
    kept = tmp_path / "vectors"
    Meaning.fit(TEXTS[:2], Letters(), kept=kept)
    with kept.open("ab") as file:
        file.write(b"half a record")
    encoder = Letters()
    heard: list[float] = []
    meaning = Meaning.fit(TEXTS, encoder, kept=kept, tell=heard.append)
    assert (encoder.asked, heard) == (TEXTS[2:], [0.0])
    np.testing.assert_array_equal(meaning.vectors, Meaning.fit(TEXTS, Letters()).vectors)
    again = Letters()
    Meaning.fit(TEXTS, again, kept=kept)
    assert again.asked == []
    other = Letters("other")
    Meaning.fit(TEXTS, other, kept=kept)
    assert other.asked == TEXTS
