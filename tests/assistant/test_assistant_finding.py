"""Finding products in a conversation, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from assistant_world import PRODUCTS, World, ids, talk, understand

SHOES = {"zh": "我想找一款运动鞋", "en": "I'm looking for running shoes"}


@pytest.mark.parametrize("text", SHOES.values())
def test_a_sentence_finds_products_as_cards_with_reasons(text: str) -> None:
    (answer,) = talk(World().assistant(), text)
    assert answer.intent == "find"
    assert ids(answer) == ["p1", "p2", "p3", "p5"]
    assert all(hit.because for hit in answer.products)
    assert "$89.00" in answer.text


@pytest.mark.parametrize(
    ("first", "second"), [(SHOES["zh"], "80元以内，不要皮革"), (SHOES["en"], "under $80, not leather")]
)
def test_conditions_narrow_the_search_that_went_before(first: str, second: str) -> None:
    answers = talk(World().assistant(), first, second)
    assert answers[1].intent == "refine"
    assert ids(answers[1]) == ["p5", "p6"]


@pytest.mark.parametrize("turns", [(SHOES["zh"], "不要皮革", "80元以内"), (SHOES["en"], "not leather", "under $80")])
def test_the_thread_is_kept_over_several_turns(turns: tuple[str, ...]) -> None:
    assert ids(talk(World().assistant(), *turns)[-1]) == ["p5", "p6"]


@pytest.mark.parametrize(("first", "second"), [("我想找红色的运动鞋", "蓝色的"), ("red running shoes", "in blue")])
def test_a_newer_value_replaces_the_older_one(first: str, second: str) -> None:
    answer = talk(World().assistant(), first, second)[-1]
    assert ids(answer) == ["p2", "p5"]


@pytest.mark.parametrize(
    ("first", "then"), [(SHOES["zh"], "比第一个便宜点的"), (SHOES["en"], "cheaper than the first one")]
)
def test_cheaper_means_below_what_is_pointed_at(first: str, then: str) -> None:
    answer = talk(World().assistant(), first, then)[-1]
    assert answer.intent == "cheaper"
    assert ids(answer) == ["p3", "p5", "p6"]


def test_cheaper_than_the_cheapest_is_owned_up_to() -> None:
    answer = talk(World().assistant(), SHOES["en"], "cheaper")[-1]
    assert answer.text.startswith("There is nothing cheaper")
    assert ids(answer)[0] == "p5"


@pytest.mark.parametrize(("first", "then"), [(SHOES["zh"], "换一个"), (SHOES["en"], "show me another one")])
def test_another_shows_what_was_not_seen(first: str, then: str) -> None:
    answers = talk(World().assistant(), first, then, then)
    assert ids(answers[1]) == ["p6"]
    assert ids(answers[2]) == []


def test_another_category_is_a_new_search() -> None:
    answer = talk(World().assistant(), "under $80 running shoes", "do you have headphones")[-1]
    assert (answer.intent, ids(answer)) == ("find", ["h1"])


def test_nothing_found_is_said() -> None:
    answer = talk(World().assistant(), "running shoes under $10")[-1]
    assert answer.products == ()
    assert "found nothing" in answer.text


def test_a_product_that_is_hidden_never_shows() -> None:
    answers = talk(World().assistant(), "running shoes", "tell me about Secret Sample", "how much is the Secret Sample")
    assert all("Secret" not in answer.text and "$1.00" not in answer.text for answer in answers)


def test_every_card_is_a_product_of_the_shop() -> None:
    known = {product.id for product in PRODUCTS if not product.hidden}
    for answer in talk(World().assistant(), *SHOES.values(), "cheaper", "换一个", "similar to the first one"):
        assert set(ids(answer)) <= known


def test_words_that_fit_nothing_of_what_was_looked_at_are_a_new_search() -> None:
    toolbox = replace(World().toolbox(), understand=lambda text: replace(understand(text), unknown=()))
    assistant = replace(World().assistant(), tools=toolbox)
    answer = talk(assistant, "我想找红色的运动鞋", "静音 200美元以内")[-1]
    assert (answer.intent, ids(answer)) == ("refine", ["h1"])
