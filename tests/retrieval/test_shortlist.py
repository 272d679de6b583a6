from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from daogou.domain.errors import CorruptRelease
from daogou.retrieval.shortlist import Shortlist

N, DIM = 3_000, 32


def products(*, seed: int) -> np.ndarray:
    """Unit vectors around topics, most of whose length lies in a few directions, as that of product vectors does."""
    random = np.random.default_rng(seed)
    strength = 0.9 ** np.arange(DIM)
    vectors = (random.normal(size=(60, DIM))[random.integers(60, size=N)] + random.normal(size=(N, DIM))) * strength
    turn, _ = np.linalg.qr(random.normal(size=(DIM, DIM)))
    vectors = vectors @ turn
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def questions(vectors: np.ndarray) -> np.ndarray:
    """Between two products each, as long as a transformer's answers are."""
    mixed = vectors[:40] + 0.5 * vectors[40:80]
    return (10 * mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("grouped", [True, False])
def test_the_best_are_found_by_a_part_of_the_numbers(grouped: bool) -> None:
    vectors = products(seed=0)
    shortlist, found = Shortlist.of(vectors, 16, grouped=grouped), 0
    for question in questions(vectors):
        rows, _ = shortlist.nearest(question, scored=1_000, kept=100)
        assert len(rows) == len(set(rows.tolist())) == 100
        found += len(set(rows.tolist()) & set(np.argsort(-(vectors @ question))[:10].tolist()))
    assert found >= 0.95 * 400


@pytest.mark.parametrize(("short", "scored", "least"), [(16, 1_000, -0.07), (16, 500, -0.21), (4, 1_000, -0.55)])
def test_the_sum_over_all_products_is_nearly_that_of_exact_scores(short: int, scored: int, least: float) -> None:
    """Too small, as centres stand for what lies around them; without what was passed over and without what is not seen
    of a score it would be smaller still."""
    vectors = products(seed=1)
    shortlist, errors = Shortlist.of(vectors, short, grouped=True), []
    for question in questions(vectors):
        scores = vectors @ question
        rows, others = shortlist.nearest(question, scored=scored, kept=100)
        whole = np.logaddexp(np.log(np.exp(scores[rows]).sum()), others)
        errors.append(whole - np.log(np.exp(scores).sum()))
    assert least < np.mean(errors) < 0


def test_with_nothing_passed_over_the_sum_is_closer() -> None:
    vectors = products(seed=1)
    shortlist, errors = Shortlist.of(vectors, 16, grouped=False), []
    for question in questions(vectors):
        scores = vectors @ question
        rows, others = shortlist.nearest(question, scored=0, kept=100)
        whole = np.logaddexp(np.log(np.exp(scores[rows]).sum()), others)
        errors.append(whole - np.log(np.exp(scores).sum()))
    assert np.abs(errors).mean() < 0.01


@pytest.mark.parametrize("grouped", [True, False])
def test_with_everything_scored_and_kept_nothing_is_estimated(tmp_path: Path, grouped: bool) -> None:
    vectors = products(seed=2)
    Shortlist.of(vectors, DIM, grouped=grouped).save(tmp_path)
    rows, others = Shortlist.load(tmp_path).nearest(questions(vectors)[0], scored=N, kept=N)
    assert sorted(rows.tolist()) == list(range(N))
    assert others < -50


def test_what_an_earlier_version_wrote_is_refused_with_what_to_do(tmp_path: Path) -> None:
    vectors = products(seed=0)
    Shortlist.of(vectors, 16, grouped=False).save(tmp_path)
    (tmp_path / "scan").rename(tmp_path / "points")
    with pytest.raises(CorruptRelease, match="daogou train"):
        Shortlist.load(tmp_path)
