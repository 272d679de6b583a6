from hypothesis import given
from hypothesis import strategies as st

from daogou.language.normalise import normalise, plain


def test_folds_width_case_and_traditional_characters() -> None:
    assert plain("ＵＮＤＥＲ　＄80 運動鞋") == "under $80 运动鞋"


def test_traditional_characters_become_simplified_ones_in_their_places() -> None:
    typed = "藍牙耳機，頭髮乾燥，後臺"
    assert plain(typed) == "蓝牙耳机,头发干燥,后台"
    assert normalise(typed).starts == tuple(range(len(typed) + 1))


def test_accents_and_trade_marks_do_not_keep_a_name_from_being_found() -> None:
    assert plain("Café Core™2") == "cafe core 2"
    assert plain("Cafe\u0301") == "cafe"


def test_a_span_points_into_the_text_as_typed() -> None:
    typed = "1㎏ Red"
    normal = normalise(typed)
    assert normal.text == "1kg red"
    start = normal.text.index("red")
    a, b = normal.span(start, start + 3)
    assert typed[a:b] == "Red"
    assert normal.span(1, 3) == (1, 2)


@given(st.text())
def test_both_forms_agree_and_every_place_lies_in_the_text(text: str) -> None:
    normal = normalise(text)
    assert normal.text == plain(text)
    assert len(normal.starts) == len(normal.text) + 1
    assert list(normal.starts) == sorted(normal.starts)
    assert normal.starts[-1] == len(text)
