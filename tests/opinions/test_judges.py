"""What is judged without a word of opinion: by the words around it, and by what an encoder makes of its clause."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from daogou.domain.ids import Instant, ProductId, ReviewId
from daogou.domain.review import Review
from daogou.opinions.aspects import lexicon
from daogou.opinions.context import Target
from daogou.opinions.judges import Judges
from daogou.opinions.mining import opinions, undecided
from daogou.opinions.senses import SenseModel, Verdicts, text_of, unread
from daogou.opinions.summary import summarise
from daogou.opinions.targets import TargetModel
from daogou.retrieval.meaning import hash_of

P = ProductId("p")
GOOD, BAD = Target("", "屏幕", "会发光如星"), Target("", "屏幕", "像隔着雾")


def review(text: str, id: str = "r") -> Review:
    return Review(P, None, Instant(0), ReviewId(id), text=text)


def verdicts(said: dict[str, float]) -> Verdicts:
    return Verdicts.of({hash_of(text): odds for text, odds in said.items()})


def judges(said: dict[str, float]) -> Judges:
    return Judges(TargetModel.fit([GOOD, BAD] * 20, [1, 0] * 20), verdicts(said))


def test_the_clause_around_a_term_ends_where_the_sentence_turns() -> None:
    assert Target("很贵，这款", "屏幕", "像隔着雾，但是快").clause == "这款屏幕像隔着雾"
    assert text_of(Target("Dear, and the ", "screen", " glows but it is slow")) == "screen:  and the screen glows "


def test_what_no_word_of_opinion_decides_is_found() -> None:
    said = review("屏幕像隔着雾，音质很好，电池两天一充")
    assert [target.term for target in undecided(said, lexicon())] == ["屏幕", "电池"]


def test_both_judges_add_their_evidence_and_it_is_said_what_an_opinion_rests_on() -> None:
    asked = Target("", "屏幕", "糊作一团")
    alone, by = judges({}).content(asked, lexicon())
    assert (abs(alone - 0.5) < 0.2, by) == (True, "learnt")
    for odds in (4.0, -4.0):
        content, by = judges({"屏幕: 屏幕糊作一团": odds}).content(asked, lexicon())
        assert (content > 0.9, content < 0.1, by) == (odds > 0, odds < 0, "meaning")
    against, _ = judges({"屏幕: 屏幕会发光如星": -40.0}).content(GOOD, lexicon())
    assert against < 0.01


def test_a_summary_says_how_many_opinions_have_no_word_of_praise_or_blame() -> None:
    said = judges({"屏幕: 屏幕糊作一团": -4.0, "屏幕: 屏幕通透得像窗": 4.0})
    assert opinions(review("屏幕糊作一团")) == []
    assert [(each.polarity, each.by) for each in opinions(review("屏幕糊作一团"), said)] == [("bad", "meaning")]
    texts = ["屏幕糊作一团", "屏幕通透得像窗", "屏幕清晰", "屏幕很好"]
    (screen,) = summarise(P, [review(text, id=text) for text in texts], judges=said).aspects
    assert (screen.good, screen.bad, screen.by, screen.inferred) == (3, 1, {"meaning": 2, "word": 2}, 2)
    assert {quote.text: quote.by for quote in screen.quotes}["屏幕糊作一团"] == "meaning"


def test_verdicts_are_kept_and_those_that_come_later_are_known_too(tmp_path: Path) -> None:
    verdicts({"屏幕: 屏幕像隔着雾": -1.5, "屏幕: 屏幕会发光如星": 2.5}).save(tmp_path)
    found = Verdicts.load(tmp_path)
    assert (found.get(GOOD), found.get(BAD)) == (2.5, -1.5)
    new = Target("", "屏幕", "糊作一团")
    assert list(unread([GOOD, BAD, new], found).values()) == ["屏幕: 屏幕糊作一团"]
    found.later[hash_of("屏幕: 屏幕糊作一团")] = -3.0
    assert found.get(new) == -3.0
    assert not unread([new], found)


def test_it_learns_from_vectors_and_is_kept(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    content = draw.random(4_000) < 0.5
    vectors = draw.normal(size=(4_000, 8)).astype(np.float32)
    vectors[:, 3] += 3 * content
    made = SenseModel.fit("tiny", vectors[:3_000], content[:3_000].tolist())
    assert np.mean((made.odds(vectors[3_000:]) > 0) == content[3_000:]) > 0.9
    made.save(tmp_path)
    kept = SenseModel.load(tmp_path)
    assert kept.encoder == "tiny"
    assert kept.odds(vectors).tolist() == pytest.approx(made.odds(vectors).tolist())
