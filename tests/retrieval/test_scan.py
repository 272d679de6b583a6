from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daogou.retrieval.scan import Scan


@settings(deadline=None, max_examples=25)
@given(n=st.integers(1, 200), dim=st.integers(1, 150), seed=st.integers(0, 99))
def test_every_score_is_right_to_a_hundredth_of_the_longest_vector(n: int, dim: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(n, dim)).astype(np.float32) * random.uniform(0.01, 10, (n, 1)).astype(np.float32)
    question = random.normal(size=dim).astype(np.float32)
    off = np.abs(Scan.of(vectors).scores(question) - vectors @ question)
    assert (off <= 0.02 * np.linalg.norm(vectors, axis=1) * np.linalg.norm(question)).all()


@pytest.mark.parametrize("dim", [10, 64, 70])
def test_loaded_it_scores_as_before(tmp_path: Path, dim: int) -> None:
    vectors = np.random.default_rng(0).normal(size=(50, dim)).astype(np.float32)
    scan = Scan.of(vectors)
    scan.save(tmp_path)
    assert np.array_equal(Scan.load(tmp_path).scores(vectors[3]), scan.scores(vectors[3]))


def test_a_vector_of_zeros_scores_nothing() -> None:
    assert Scan.of(np.zeros((2, 8), np.float32)).scores(np.ones(8, np.float32)).tolist() == [0.0, 0.0]
