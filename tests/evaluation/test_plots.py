"""What can go wrong in a plot that nobody looks at."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from daogou.evaluation.report.plots import Point, scatter

NAMES = ("this shop", "item-kNN", "similar sessions alone", "仅矩阵分解")
numbers = st.floats(0.0001, 100)


@given(st.lists(st.tuples(st.sampled_from(NAMES), numbers, st.floats(0, 0.1)), min_size=1, max_size=12))
def test_no_name_stands_on_another_or_on_a_point_and_a_line_leads_to_one_that_was_moved(
    systems: list[tuple[str, float, float]],
) -> None:
    drawn = scatter([Point(name, x, y) for name, x, y in systems], x_label="s", y_label="NDCG")
    texts = re.findall(r'<text class="label other" x="([\d.]+)" y="(-?[\d.]+)">([^<]+)', drawn)
    boxes = [(float(x), float(y) - 10, float(x) + 8 * len(name), float(y) + 2) for x, y, name in texts]
    points = [(float(x), float(y)) for x, y in re.findall(r'<circle class="other" cx="([\d.]+)" cy="([\d.]+)"', drawn)]
    assert len(boxes) == len(points) == len(systems)
    for place, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[:place]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
        for x, y in points:
            assert not (left < x < right and top < y < bottom)
    moved = sum(abs(box[1] + 6 - y) > 1 for box, (_, y) in zip(boxes, points, strict=True))
    assert drawn.count('class="leader"') == moved
