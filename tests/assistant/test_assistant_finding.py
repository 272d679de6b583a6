"""Finding products in a conversation, in both languages."""

from __future__ import annotations

import pytest
from assistant_world import World, ids, talk


@pytest.mark.parametrize("text", ["我想找一款运动鞋", "I'm looking for running shoes"])
def test_a_sentence_finds_products_as_cards_with_reasons(text: str) -> None:
    (answer,) = talk(World().assistant(), text)
    assert answer.intent == "find"
    assert ids(answer) == ["p1", "p2", "p3", "p5"]
    assert all(hit.because for hit in answer.products)
    assert "$89.00" in answer.text


@pytest.mark.parametrize(
    ("first", "second"),
    [("我想找一款运动鞋", "80元以内，不要皮革"), ("I'm looking for running shoes", "under $80, not leather")],
)
def test_conditions_narrow_the_search_that_went_before(first: str, second: str) -> None:
    answers = talk(World().assistant(), first, second)
    assert answers[1].intent == "refine"
    assert ids(answers[1]) == ["p5", "p6"]
