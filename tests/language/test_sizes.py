"""Sizes from one to another."""

from __future__ import annotations

import pytest

from daogou.domain.text import Text
from daogou.language.understand import Understander
from daogou.language.vocabulary import Vocabulary
from daogou.testing.builders import product


def _understander() -> Understander:
    shoes, hoodies = (Text("鞋", "Shoes"),), (Text("卫衣", "Hoodies"),)
    sizes = [(shoes, str(n)) for n in range(35, 41)] + [(hoodies, size) for size in ("S", "M", "L", "XL")]
    vocabulary = Vocabulary()
    vocabulary.learn(
        product(size, Text("款", "Model"), category=kind, attributes={"size": size}) for kind, size in sizes
    )
    return Understander(vocabulary)


@pytest.mark.parametrize(
    ("text", "sizes", "said"),
    [
        ("尺码36-38的鞋", {"36", "37", "38"}, "36..38"),
        ("36到38码的鞋", {"36", "37", "38"}, "36..38"),
        ("shoes size 39 to 45", {"39", "40"}, "39..45"),
        ("M-L码卫衣", {"m", "l"}, "m..l"),
        ("hoodies S to L", {"s", "m", "l"}, "s..l"),
        ("shoes 36-38", set(), ""),
        ("shoes size 50 to 60", set(), ""),
        ("hoodies size L to S", {"l", "s"}, ""),
    ],
)
def test_sizes_from_one_to_another(text: str, sizes: set[str], said: str) -> None:
    found = _understander().understand(text, currency="CNY")
    if said:
        assert [slot.value for slot in found.slots if slot.kind == "size"] == [said]
        assert found.where.attributes["size"] == sizes
    else:
        assert not any(".." in slot.value for slot in found.slots if slot.kind == "size")
