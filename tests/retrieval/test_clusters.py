from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from daogou.retrieval.clusters import Clusters


def unit(n: int, *, seed: int, topics: int = 30, spread: float = 0.5) -> np.ndarray:
    """Unit vectors around some topics, as products are."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(topics, 16))[random.integers(topics, size=n)] + spread * random.normal(size=(n, 16))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@settings(deadline=None, max_examples=25)
@given(n=st.integers(1, 300), seed=st.integers(0, 99))
def test_asked_for_all_it_scores_every_row_once_and_exactly(n: int, seed: int) -> None:
    vectors = unit(n, seed=seed)
    rows, scores, passed, _ = Clusters.of(vectors).scores(vectors[0], n)
    assert passed.sum() == 0
    assert sorted(rows.tolist()) == list(range(n))
    assert np.allclose(scores, (vectors @ vectors[0])[rows], atol=1e-6)


def test_a_fifth_of_the_rows_holds_nearly_all_of_the_best() -> None:
    vectors, questions = unit(4_000, seed=1), unit(50, seed=2, topics=30)
    questions = vectors[:50] * 0.7 + questions * 0.3
    clusters, found = Clusters.of(vectors), 0
    for question in questions:
        rows, scores, passed, centres = clusters.scores(question, 800)
        assert 800 <= len(rows) < 1_600
        assert len(rows) + passed.sum() == 4_000
        assert len(centres) == len(passed)
        exact = np.argsort(-(vectors @ question))[:10]
        found += len(set(exact.tolist()) & set(rows[np.argsort(-scores)[:10]].tolist()))
    assert found >= 475


def test_in_finer_groups_more_of_the_best_are_among_as_many_rows() -> None:
    vectors, found = unit(4_000, seed=1, topics=300), {}
    best = [np.argsort(-(vectors @ question))[:20] for question in vectors[:50]]
    for fine in (1, 2):
        clusters = Clusters.of(vectors, fine=fine)
        assert len(clusters.centres) == int(fine * np.sqrt(4_000))
        near = [clusters.scores(question, 300).rows for question in vectors[:50]]
        found[fine] = sum(np.isin(*both).sum() for both in zip(best, near, strict=True))
    assert found[2] > found[1]


def test_the_same_vectors_give_the_same_groups() -> None:
    vectors = unit(500, seed=3)
    one, two = Clusters.of(vectors), Clusters.of(vectors)
    assert np.array_equal(one.rows, two.rows)
    assert np.array_equal(one.centres, two.centres)
