"""The reference says of each setting what reading it refuses."""

from collections.abc import Mapping
from pathlib import Path
from runpy import run_path
from typing import Annotated, Any, Literal

import msgspec
import pytest

from daogou.domain.bounds import Count, Natural, Part, Positive, Weights

bounds = run_path(str(Path(__file__).parents[2] / "tools" / "bounds.py"))["bounds"]


@pytest.mark.parametrize(
    ("kind", "said", "refused"),
    [
        (Count, "≥ 1", 0),
        (Natural | None, "≥ 0", -1),
        (Part, "0 to 1", 1.01),
        (Positive, "> 0", 0.0),
        (Annotated[float, msgspec.Meta(gt=0, le=1)], "> 0, ≤ 1", 2.0),
        (Weights, "each ≥ 0, one at least", []),
        (Mapping[str, Part], "each 0 to 1", {"new": 2.0}),
        (Literal["visits", "shoppers"], '`"shoppers"` or `"visits"`', "robots"),
    ],
)
def test_bounds_are_said_and_kept(kind: Any, said: str, refused: object) -> None:
    assert bounds(kind) == said
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(refused, kind)


@pytest.mark.parametrize("kind", [bool, str, float, tuple[int, ...]])
def test_of_what_may_be_anything_nothing_is_said(kind: Any) -> None:
    assert bounds(kind) == ""
