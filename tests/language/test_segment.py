import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.language.normalise import plain
from daogou.language.segment import Segmenter, fold


def test_a_compound_of_the_shop_is_cut_whole_and_in_parts() -> None:
    assert Segmenter(["手机壳"]).cut("手机壳") == ["手机壳", "手机", "壳"]
    assert Segmenter().cut("手机壳") == ["手机", "壳"]


def test_a_head_noun_finds_every_compound_that_ends_in_it() -> None:
    assert "鞋" in Segmenter().cut("运动鞋")
    assert "鞋" in Segmenter().cut("皮鞋")


def test_joined_words_are_found_whole_and_in_parts() -> None:
    assert Segmenter().cut("Wi-Fi") == ["wifi", "wi", "fi"]


def test_numbers_keep_their_units_however_they_are_spaced() -> None:
    cut = Segmenter().cut
    assert cut("500ml") == cut("500 ML") == ["500ml", "500"]
    assert cut("43.2 cm") == ["43.2cm", "43.2"]


_PLAIN = Segmenter()


@pytest.mark.parametrize(
    ("word", "folded"),
    [("shoes", "shoe"), ("batteries", "battery"), ("dresses", "dress"), ("women's", "woman"), ("glass", "glass")],
)
def test_folds_plurals(word: str, folded: str) -> None:
    assert fold(word) == folded


@given(st.text())
def test_tokens_lie_in_the_text_in_order(text: str) -> None:
    tokens = _PLAIN.tokens(text)
    places = [place for token in tokens for place in (token.start, token.end)]
    assert places == sorted(places)
    assert all(0 <= place <= len(plain(text)) for place in places)
    assert all(token.text for token in tokens)
    assert _PLAIN.words(text) == [token.text for token in tokens]
