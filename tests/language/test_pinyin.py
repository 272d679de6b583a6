from hypothesis import given
from hypothesis import strategies as st

from daogou.language.pinyin import Sounds, sounds


def test_reads_letters_as_the_words_they_spell() -> None:
    known = Sounds()
    for word in ("手机", "绿色", "长袖", "乐高"):
        known.add(word)
    assert known.spelt("shouji") == ["手机"]
    assert known.spelt("lvse") == known.spelt("luse") == ["绿色"]
    assert known.spelt("changxiu") == ["长袖"]
    assert known.spelt("legao") == ["乐高"]
    assert known.spelt("shou") == []


def test_finds_words_that_sound_alike() -> None:
    known = Sounds()
    known.add("蓝牙")
    assert known.like("兰牙") == ["蓝牙"]
    assert known.like("蓝牙") == []
    known.add("羽绒服")
    assert known.like("羽绒被") == []  # both may be a bi, which 被 hardly is


@given(st.text(alphabet="长乐行重鞋x1 ", max_size=12))
def test_every_reading_is_letters_and_few(word: str) -> None:
    found = list(sounds(word))
    assert len(found) <= 32
    assert all(reading.isascii() and reading.isalpha() for reading in found)
