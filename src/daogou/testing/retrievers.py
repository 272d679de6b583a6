"""What every source of recommendations must do, whatever it is fitted on. Inherit and give the fixtures.

A source finds evidence for a trail: entries that add up to scores and, as a rule, name the step that caused them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from daogou.retrieval.evidence import NO_CAUSE, Evidence, Trail


class SourceBehaviour:
    """What every source must do.

    Give the fixtures `fit` (a function that makes the same fitted source anew), `load` and `trail`. The trail must lead
    somewhere and have at least two different steps.
    """

    def found(self, source: Any, trail: Trail) -> Evidence:
        """Ask the source. Override it for one that asks for something else than a trail."""
        answer: Evidence = source.evidence(trail)
        return answer

    @pytest.fixture
    def source(self, fit: Callable[[], Any]) -> Any:
        return fit()

    def test_a_fit_is_reproducible(self, fit: Callable[[], Any], trail: Trail) -> None:
        assert_equal(self.found(fit(), trail), self.found(fit(), trail))

    def test_an_answer_is_reproducible(self, source: Any, trail: Trail) -> None:
        first, second = self.found(source, trail).best(10), self.found(source, trail).best(10)
        assert first.rows.tolist() == second.rows.tolist()
        assert len(first) > 0

    def test_loaded_is_what_was_saved(
        self, source: Any, load: Callable[[Path], Any], trail: Trail, tmp_path: Path
    ) -> None:
        before = self.found(source, trail)
        source.save(tmp_path)
        assert_equal(self.found(load(tmp_path), trail), before)

    def test_scores_are_finite_and_not_negative(self, source: Any, trail: Trail) -> None:
        for asked in (trail, longer(trail)):
            values = self.found(source, asked).values
            assert np.isfinite(values).all()
            assert (values >= 0).all()

    def test_a_cause_is_a_step_of_the_trail_or_none(self, source: Any, trail: Trail) -> None:
        causes = self.found(source, trail).apart().causes
        assert ((causes >= NO_CAUSE) & (causes < len(trail))).all()

    def test_shares_add_up_to_one(self, source: Any, trail: Trail) -> None:
        found = self.found(source, trail)
        for row in found.best(10).rows.tolist():
            shares = [share for _, share in found.shares(row)]
            assert sum(shares) == pytest.approx(1.0)
            assert shares == sorted(shares, reverse=True)


class TrailSourceBehaviour(SourceBehaviour):
    """The same of a source that answers to a trail, and to nothing else."""

    def test_an_empty_trail_finds_nothing(self, source: Any) -> None:
        assert len(self.found(source, Trail.of([]))) == 0

    def test_products_newer_than_the_fit_are_passed_over(self, source: Any, trail: Trail) -> None:
        assert_equal(self.found(source, longer(trail)), self.found(source, trail))


class CausedSourceBehaviour(TrailSourceBehaviour):
    """The same of a source that names the step behind each entry."""

    def test_every_entry_has_a_cause(self, source: Any, trail: Trail) -> None:
        assert (self.found(source, trail).apart().causes != NO_CAUSE).all()

    def test_a_stated_cause_that_counts_for_nothing_lowers_the_score(self, source: Any, trail: Trail) -> None:
        found = self.found(source, trail)
        row = int(found.best(1).rows[0])
        cause = found.shares(row)[0][0]
        weights = trail.weights.copy()
        weights[cause] = 0
        assert _score(self.found(source, Trail(trail.rows, weights)), row) < _score(found, row)


def longer(trail: Trail) -> Trail:
    """The same with an older step on a product newer than the fit."""
    return Trail(np.append(trail.rows, np.int32(9_999)), np.append(trail.weights, np.float32(1)))


def assert_equal(found: Evidence, expected: Evidence) -> None:
    """The same scores for the same rows."""
    rows, scores = found.totals()
    expected_rows, expected_scores = expected.totals()
    assert rows.tolist() == expected_rows.tolist()
    np.testing.assert_allclose(scores, expected_scores, rtol=1e-5)


def _score(evidence: Evidence, row: int) -> float:
    return float(evidence.values[evidence.rows == row].sum())
