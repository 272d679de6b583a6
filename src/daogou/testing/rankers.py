"""What whatever puts the entries of all sources in one order must do, the fusion and a ranker on top of it. Inherit and
give the fixtures. And a ranker to test with, which nobody has taught."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from daogou.retrieval.fusion import Fused
from daogou.retrieval.ranking import NAMES, QUESTIONS, Ranker, RankingConfig


class OrderBehaviour:
    """Give the fixtures `made` (a function that makes the same component anew), `load` and `order` (a function that
    orders the same entries of several sources with it)."""

    def test_an_order_is_reproducible(self, made: Callable[[], Any], order: Callable[[Any], Fused]) -> None:
        first, second = order(made()).totals, order(made()).totals
        assert len(first[0]) > 1
        assert [column.tolist() for column in first] == [column.tolist() for column in second]

    def test_loaded_is_what_was_saved(
        self, made: Callable[[], Any], load: Callable[[Path], Any], order: Callable[[Any], Fused], tmp_path: Path
    ) -> None:
        made().save(tmp_path)
        before, after = order(made()).totals, order(load(tmp_path)).totals
        assert [column.tolist() for column in before] == [column.tolist() for column in after]

    def test_scores_are_finite_and_positive(self, made: Callable[[], Any], order: Callable[[Any], Fused]) -> None:
        scores = order(made()).totals[1]
        assert np.isfinite(scores).all()
        assert (scores > 0).all()

    def test_what_a_score_is_made_of_adds_up_to_it(
        self, made: Callable[[], Any], order: Callable[[Any], Fused]
    ) -> None:
        fused = order(made())
        rows, scores = fused.totals
        np.testing.assert_allclose(fused.parts(rows.tolist()).sum((1, 2)), scores, rtol=1e-5)

    def test_without_a_source_the_score_is_less_by_its_part(
        self, made: Callable[[], Any], order: Callable[[Any], Fused]
    ) -> None:
        fused = order(made())
        rows, scores = fused.totals
        parts = fused.parts(rows.tolist()).sum(2)  # (rows, sources)
        for place, name in enumerate(fused.names):
            left = dict(zip(*(column.tolist() for column in fused.silenced(name).totals), strict=True))
            for row, score, part in zip(rows.tolist(), scores.tolist(), parts[:, place].tolist(), strict=True):
                assert left.get(row, 0.0) == pytest.approx(score - part, rel=1e-4, abs=1e-6)


def untaught(sources: Sequence[str], *, names: Sequence[str] = NAMES, seed: int = 0, trees: int = 20) -> Ranker:
    """A ranker whose questions and answers are drawn, so that it asks for everything it is told."""
    random = np.random.default_rng(seed)
    features = random.integers(len(names) + len(sources), size=(trees, QUESTIONS)).astype(np.int32)
    limits = random.uniform(-0.5, 1.5, features.shape).astype(np.float32)
    says = random.normal(0, 0.2, (trees, 1 << QUESTIONS)).astype(np.float32)
    return Ranker(sources, features, limits, says, RankingConfig())
