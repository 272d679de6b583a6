"""Other names of kinds of goods, on WordNet and a few words of a dictionary."""

from collections.abc import Iterator

import pytest

from daogou.domain.text import Text
from daogou.language.also_called import also_called
from daogou.ports.dictionary import Entry


class Words:
    """A dictionary."""

    def entries(self) -> Iterator[Entry]:
        yield Entry("夹克", ("jacket (loanword)", "CL:件[jian4]"))
        yield Entry("外套", ("coat", "jacket"))
        yield Entry("套子", ("sheath", "case", "cover", "jacket"))  # in a later meaning
        yield Entry("平板电脑", ("tablet computer (iPad etc)",))
        yield Entry("药片", ("a pill or tablet",))
        yield Entry("西装", ("suit", "Western-style clothes"))
        yield Entry("西服", ("suit",))
        yield Entry("相称", ("to match", "to suit"))
        yield Entry("耳机", ("headphones", "earphones"))


@pytest.mark.parametrize(
    ("kind", "others", "no_others"),
    [
        (Text("夹克", "Jacket"), {"blazer", "windbreaker", "外套"}, {"jacket", "夹克", "套子"}),
        (Text("平板电脑", "Tablet"), {"tablet computer"}, {"slate", "药片"}),  # the Chinese name says which tablet
        (Text("西装", "Suits"), {"business suit", "西服"}, {"相称"}),
        (Text(en="Headphones"), {"earphone", "耳机"}, set[str]()),
    ],
)
def test_a_kind_has_other_names_in_both_languages(kind: Text, others: set[str], no_others: set[str]) -> None:
    found = also_called([kind], Words())
    assert set(found) == {name.casefold() for name in (kind.zh, kind.en) if name}
    for also in found.values():
        assert others <= set(also)
        assert not no_others & set(also)


def test_what_no_dictionary_knows_has_none() -> None:
    assert also_called([Text("瑜伽垫", "Yoga Mat"), Text()], Words()) == {}
