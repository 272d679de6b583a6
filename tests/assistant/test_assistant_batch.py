"""`daogou ask`: lines in, one line per turn out."""

from __future__ import annotations

import json

import pytest
from assistant_world import World

from daogou.assistant.batch import answer_lines
from daogou.domain.errors import BadRequest


def line(**record: object) -> str:
    return json.dumps(record, ensure_ascii=False)


def test_one_line_per_turn_with_the_documented_keys() -> None:
    lines = [
        line(id="a", turns=["running shoes", "第二个多少钱"]),
        "",
        line(id="b", shopper="ann", turns=["where is my order"]),
    ]
    found = list(answer_lines(World().assistant(), lines))
    assert [(answer["id"], answer["turn"], answer["language"], answer["intent"]) for answer in found] == [
        ("a", 0, "en", "find"),
        ("a", 1, "zh", "price"),
        ("b", 0, "en", "order_status"),
    ]
    assert set(found[0]) == {
        "id", "turn", "language", "intent", "slots", "text", "products", "claims", "actions",
    }  # fmt: skip
    assert {"text": "$129.00", "kind": "price", "value": "12900 USD", "source": "product:p2#price"} in found[1][
        "claims"
    ]
    assert json.loads(json.dumps(found, ensure_ascii=False)) == found


def test_conversations_do_not_run_into_each_other_and_leave_no_trace() -> None:
    assistant = World().assistant()
    lines = [line(id="a", turns=["running shoes"]), line(id="a", turns=["how much is the second one"])]
    assert list(answer_lines(assistant, lines))[1]["products"] == []
    assert assistant.conversations.messages == []


@pytest.mark.parametrize(
    "bad", ["{", "[]", '{"id": 1}', '{"turns": ["x"]}', '{"id": 1, "turns": [""]}', '{"id": 1, "turns": "x"}']
)
def test_a_bad_line_is_named(bad: str) -> None:
    with pytest.raises(BadRequest, match="line 2"):
        list(answer_lines(World().assistant(), [line(id="a", turns=["hello"]), bad]))
