"""Attributes read out of texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.knowledge.attributes import Extractor, Suggestion
from daogou.testing.builders import product

RED, BLUE = Text("红色", "Red"), Text("蓝色", "Blue")


def shop() -> list[Product]:
    """Twenty shirts of known colour and capacity; "blue" in a title is a lie every other time."""
    made = []
    for n in range(20):
        colour = RED if n % 2 else BLUE
        said = "Red" if n % 2 else "Blue" if n % 4 else "Blue red"
        made.append(
            product(f"k{n}", Text(f"衬衫{colour.zh}", f"{said} shirt {n}"), category=["Shirts"],
                    attributes={"color": colour})
        )  # fmt: skip
    made += [
        product(f"m{n}", f"Mug {n}, {n + 200} ml", category=["Mugs"], attributes={"capacity": f"{n + 200}ml"})
        for n in range(9)
    ]
    return made


def suggested(*more: Product, least: float = 0.8) -> list[Suggestion]:
    extractor = Extractor.learn([*shop(), *more])
    return [found for each in more for found in extractor.suggestions(each, least=least)]


def test_a_value_in_the_title_is_suggested_with_the_share_that_is_right() -> None:
    (found,) = suggested(product("new", Text("纯棉衬衫蓝色"), category=["Shirts"]))
    assert (found.product, found.name, found.value, found.place) == ("new", "color", BLUE, "title")
    assert found.confidence == pytest.approx(11 / 12, abs=0.001)
    assert "蓝色" in found.context


def test_a_word_that_often_lies_is_not_sure() -> None:
    said = product("new", "Red blue shirt", category=["Shirts"])
    assert suggested(said)[0].value == BLUE
    only = product("new", "Red shirt", category=["Shirts"])
    assert suggested(only) == []
    (unsure,) = suggested(only, least=0.5)
    assert unsure.confidence == pytest.approx(11 / 17, abs=0.001)


def test_a_number_with_a_unit_is_read_by_its_unit_even_where_the_value_is_new() -> None:
    (found,) = suggested(product("new", "Big mug, 750 ml", category=["Mugs"]))
    assert (found.name, found.value.en, found.confidence) == ("capacity", "750 ml", pytest.approx(10 / 11, abs=0.001))


@pytest.mark.parametrize(
    "known",
    [
        product("new", "Blue shirt", category=["Shirts"], attributes={"color": RED}),
        product("new", "Blue novel", category=["Books"]),
        product("new", "Bluetooth shirt", category=["Shirts"]),
        product("new", "", category=["Shirts"]),
    ],
)
def test_nothing_is_suggested_that_is_known_unusual_or_part_of_a_word(known: Product) -> None:
    assert suggested(known) == []


@given(st.text(max_size=40))
def test_any_title_can_be_read(title: str) -> None:
    for found in suggested(product("new", title or "x", category=["Shirts"]), least=0.0):
        assert 0 < found.confidence < 1
