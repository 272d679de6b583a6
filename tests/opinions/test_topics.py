"""What is asked about, in both languages."""

from __future__ import annotations

import pytest

from daogou.opinions.aspects import lexicon
from daogou.opinions.own_words import parse_lexicon
from daogou.opinions.topics import is_question, topics_of

TOPICS = topics_of(lexicon())


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Is it waterproof?", ["waterproof"]),
        ("这双鞋防水吗", ["waterproof"]),
        ("does the battery last all day", ["battery"]),
        ("充一次电能用多久", ["battery"]),
        ("会起球吗", ["material"]),
        ("What’s it made of", ["material"]),
        ("能不能机洗，缩水吗", ["washing"]),
        ("can I put them in the dishwasher?", ["washing"]),
        ("what size should I take", ["size"]),
        ("我身高175选什么码", ["size"]),
        ("重不重", ["weight"]),
        ("会不会掉色", ["durability"]),
        ("does it come with a charger, and when does it ship", ["included", "delivery"]),
        ("有没有异味", ["smell"]),
        ("is it comfortable", ["comfort"]),
        ("可以退货吗", ["returns"]),
        ("多少钱", []),
        ("送爸爸什么好", []),
    ],
)
def test_a_question_names_its_topics(text: str, topics: list[str]) -> None:
    assert is_question(text)
    assert list(TOPICS.asked(text)) == topics


@pytest.mark.parametrize("text", ["waterproof boots", "跑步鞋 防水", "running shoes under $80", "不要皮的", "谢谢"])
def test_a_wish_is_no_question(text: str) -> None:
    assert not is_question(text)


def test_values_of_the_catalogue_and_the_shops_own_sides_are_topics_too() -> None:
    assert TOPICS.asked("is it leather?", ["material"]) == ("material",)
    assert TOPICS.asked("is it for beginners?", ["skill_level"]) == ("attribute:skill_level",)
    topic = TOPICS.topic("attribute:skill_level")
    assert (topic.label.en, topic.attributes) == ("skill level", ("skill_level",))
    own = topics_of(parse_lexicon('[steep]\nlabel = { zh = "耐泡", en = "Steeping" }\nwords = ["耐泡"]\n'))
    assert own.asked("耐泡吗") == ("steep",)
    assert own.topic("steep").label.zh == "耐泡"


def test_every_topic_has_a_label_in_both_languages_and_its_side_exists() -> None:
    for topic in TOPICS.by_id.values():
        assert topic.label.zh, topic.id
        assert topic.label.en, topic.id
        assert topic.aspect is None or topic.aspect in lexicon().aspects
        assert topic.attributes or topic.aspect or topic.pages
