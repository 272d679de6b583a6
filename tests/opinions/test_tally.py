"""Only what enough different people asked is told."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.ids import Instant
from daogou.opinions.tally import SHOP, About, Tally

PACK: About = ("product", "pack-1")
ACTS = st.lists(
    st.tuples(st.sampled_from("abcde"), st.sampled_from(["size", "washing"]), st.integers(0, 20)), max_size=40
)


def test_ten_questions_of_one_person_are_one_person() -> None:
    tally = Tally()
    for at in range(10):
        tally.note("ann", Instant(at), ["washing"], [PACK, SHOP])
    tally.note("ben", Instant(3), ["washing", "size"], [PACK])
    assert tally.often(PACK, since=Instant(0), people=2) == [("washing", 2)]
    assert tally.often(SHOP, since=Instant(0), people=2) == []
    assert tally.often(PACK, since=Instant(4), people=2) == []
    assert list(tally.every(since=Instant(0), people=2)) == [(PACK, "washing", 2)]


@given(ACTS, st.integers(0, 20), st.integers(1, 5))
def test_what_is_told_is_the_number_of_people_since_then(
    acts: list[tuple[str, str, int]], since: int, people: int
) -> None:
    tally, expected = Tally(), defaultdict(set)
    for who, topic, at in acts:
        tally.note(who, Instant(at), [topic], [PACK])
        if at >= since:
            expected[topic].add(who)
    told = {topic: len(askers) for topic, askers in expected.items() if len(askers) >= people}
    assert dict(tally.often(PACK, since=Instant(since), people=people)) == told
    tally.forget(Instant(since))
    assert dict(tally.often(PACK, since=Instant(0), people=people)) == told


def test_what_is_forgotten_leaves_nothing() -> None:
    tally = Tally()
    tally.note("ann", Instant(1), ["washing"], [PACK])
    tally.forget(Instant(2))
    assert tally == Tally()
