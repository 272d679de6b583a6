import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from daogou.retrieval import neighbours
from daogou.retrieval.neighbours import strongest

_ROW = st.lists(st.integers(-1, 3), max_size=8)


@given(
    st.lists(_ROW, min_size=1, max_size=12),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(1, 12),
    st.integers(1, 8),
)
def test_the_highest_of_each_row_stay_and_the_first_of_equals(
    table: list[list[int]], n: int, rows: int, entries: int, alone: int
) -> None:
    ends = np.cumsum([0, *map(len, table)])
    columns = np.concatenate([np.arange(len(row)) for row in table])
    matrix = sp.csr_matrix((np.concatenate([*table, []]).astype(np.float32), columns, ends), (len(table), 8))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "_ROWS", rows)
        patch.setattr(neighbours, "_ENTRIES", entries)
        patch.setattr(neighbours, "_ALONE", alone)
        found = strongest(matrix, n)
    for row, values in enumerate(table):
        best = sorted(range(len(values)), key=lambda place: (-values[place], place))[:n]
        expected = sorted(place for place in best if values[place] > 0)
        assert found.indices[found.indptr[row] : found.indptr[row + 1]].tolist() == expected
