import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from daogou.retrieval import neighbours
from daogou.retrieval.neighbours import grouped, products, strongest

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


_ENTRY = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), max_size=20)


@given(_ENTRY, _ENTRY, st.integers(1, 8))
def test_a_product_is_the_same_a_few_rows_at_a_time(
    left: list[tuple[int, int]], right: list[tuple[int, int]], pairs: int
) -> None:
    one, other = (
        sp.csr_matrix((np.arange(1.0, len(entries) + 1), np.array(entries, np.int32).reshape(-1, 2).T), (5, 7))
        for entries in (left, right)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "_PAIRS", pairs)
        parts = list(products(one, other.T.tocsr()))
    assert [low for low, _, _ in parts] == [0, *(high for _, high, _ in parts[:-1])]
    found = np.concatenate([part.toarray() for _, _, part in parts])
    np.testing.assert_array_equal(found, (one @ other.T).toarray())


@given(st.lists(st.integers(0, 5), max_size=20))
def test_the_places_of_each_row_keep_their_order(rows: list[int]) -> None:
    places, starts = grouped(np.array(rows, np.int32), 6)
    assert places.tolist() == sorted(range(len(rows)), key=lambda place: rows[place])
    assert np.diff(starts).tolist() == [rows.count(row) for row in range(6)]
