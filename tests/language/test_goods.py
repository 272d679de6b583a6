from __future__ import annotations

from daogou.language.goods import goods
from daogou.testing.words import WordList

_ENTRIES = {
    "背包": "knapsack/backpack",
    "跑": "quickly/merrily/happily/backpack",
    "沙发": "Sofa (loanword)",
    "快乐": "happy/merry",
    "T-bag": "bag",
    "一个很长很长的背包": "backpack",
}


def test_goods_are_named_in_both_languages() -> None:
    found = goods(WordList(_ENTRIES))
    assert [name for name in found if not name.isascii()] == ["沙发", "背包"]
    assert {"rucksack", "soup bowl", "lunch box"} & set(found) == {"rucksack", "soup bowl"}
    assert "Zamboni" not in found
    assert len(set(found)) == len(found)
