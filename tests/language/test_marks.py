from hypothesis import given
from hypothesis import strategies as st

from daogou.language.marks import Marks


@given(st.sets(st.text(max_size=4)), st.sets(st.text(max_size=4)), st.text(max_size=4))
def test_what_was_met_is_known_before_and_after_it_is_kept(before: set[str], after: set[str], other: str) -> None:
    marks = Marks()
    for text in before:
        marks.add(text)
    marks = Marks(marks.kept())
    for text in after:
        marks.add(text)
    for each in (marks, Marks(marks.kept())):
        assert all(text in each for text in before | after)
        assert (other in each) == (other in before | after)
    assert len(marks.kept()) == 8 * len(before | after)
