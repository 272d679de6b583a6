from pathlib import Path

import pytest

from daogou.domain.errors import BadSettings
from daogou.settings.synonyms import FILE, parse_synonyms, read_synonyms, with_group, write_synonyms

_GROUP = '[[synonym]]\nwords = ["sneakers", " trainers ", "运动鞋", "sneakers"]\n'


def test_a_group_is_its_different_words() -> None:
    assert parse_synonyms(_GROUP) == (("sneakers", "trainers", "运动鞋"),)
    assert parse_synonyms("") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[synonym", "synonyms.toml"),
        ("[[rule]]", "'rule'"),
        ("synonym = 3", r"\[\[synonym\]\]"),
        ("[[synonym]]\nword = ['a', 'b']", "synonym 1: expected words"),
        ("[[synonym]]\nwords = ['a', 3]", "expected words"),
        ("[[synonym]]\nwords = ['a', 'b']\nfor = 1", "nothing else"),
        ("[[synonym]]\nwords = ['a', ' a']", "two different words"),
        ("[[synonym]]\nwords = ['a', '']", "none empty"),
        (f"[[synonym]]\nwords = ['a', '{'b' * 61}']", "60 characters"),
    ],
)
def test_a_mistake_is_named(text: str, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        parse_synonyms(text)


def test_a_mistake_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    assert read_synonyms(tmp_path) == ()
    write_synonyms(tmp_path, _GROUP)
    with pytest.raises(BadSettings):
        write_synonyms(tmp_path, "[[synonym]]")
    assert (tmp_path / FILE).read_text("utf-8") == _GROUP


def test_a_group_is_added_whatever_its_words_hold() -> None:
    text = with_group("# ours\n" + _GROUP, ['17" screen', "17 inch\\screen"])
    assert text.startswith("# ours\n[[synonym]]")
    assert parse_synonyms(text)[1] == ('17" screen', "17 inch\\screen")
    with pytest.raises(BadSettings):
        with_group("", ["alone"])
