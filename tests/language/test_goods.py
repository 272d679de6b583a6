from __future__ import annotations

from collections.abc import Iterator

from daogou.language.goods import goods
from daogou.ports.dictionary import Entry


class Small:
    """A dictionary of a few words."""

    def entries(self) -> Iterator[Entry]:
        yield Entry("背包", ("knapsack", "backpack"))
        yield Entry("跑", ("quickly", "merrily", "happily", "backpack"))
        yield Entry("沙发", ("Sofa (loanword)",))
        yield Entry("快乐", ("happy", "merry"))
        yield Entry("T-bag", ("bag",))
        yield Entry("一个很长很长的背包", ("backpack",))


def test_goods_are_named_in_both_languages() -> None:
    found = goods(Small())
    assert [name for name in found if not name.isascii()] == ["沙发", "背包"]
    assert {"rucksack", "soup bowl", "lunch box"} & set(found) == {"rucksack", "soup bowl"}
    assert "Zamboni" not in found
    assert len(set(found)) == len(found)
