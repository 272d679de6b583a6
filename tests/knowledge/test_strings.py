from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daogou.domain.edge import Edge
from daogou.domain.errors import CorruptRelease
from daogou.domain.text import Text
from daogou.knowledge.links import Links
from daogou.knowledge.strings import Strings


@given(st.lists(st.text(), max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_strings_come_back_as_they_were(tmp_path: Path, strings: list[str]) -> None:
    Strings.of(strings).save(tmp_path, "names")
    opened = Strings.load(tmp_path, "names")
    assert list(opened) == strings
    assert len(opened) == len(strings)
    for number in (-1, len(strings)):
        with pytest.raises(IndexError):
            opened[number]


def test_a_graph_of_an_earlier_version_says_what_to_do(tmp_path: Path) -> None:
    Links.of([Edge("product:a", "is_a", "category:b", 1.0, "catalogue")], {"category:b": Text("乙", "B")}).save(
        tmp_path
    )
    assert Links.load(tmp_path).label(1) == Text("乙", "B")
    (tmp_path / "starts.npy").unlink()
    with pytest.raises(CorruptRelease, match="daogou train"):
        Links.load(tmp_path)
