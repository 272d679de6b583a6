"""Fake accounts against what is bought together: hasty ones get nowhere, and without trust they would."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from daogou.training.data import Lines

ROOT = Path(__file__).parents[2]
PRODUCTS, HOUSEHOLDS, DAYS = 60, 600, 90


@pytest.fixture
def shilling(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return import_module("shilling")


@pytest.fixture(scope="module")
def lines() -> Lines:
    """Households who shop on four days, six products at a time; the last ten products nearly nobody buys."""
    rng = np.random.default_rng(0)
    actor = np.repeat(np.arange(HOUSEHOLDS), 24)
    day = np.repeat(rng.integers(DAYS, size=4 * HOUSEHOLDS), 6)
    row = np.where(rng.random(len(actor)) < 0.0005, rng.integers(50, 60, len(actor)), rng.integers(50, size=len(actor)))
    return Lines(actor=actor.astype(np.int32), day=day.astype(np.int64), row=row.astype(np.int32))


def test_hasty_accounts_get_nowhere_with_trust_and_to_the_front_without(shilling: ModuleType, lines: Lines) -> None:
    attack = shilling.Attack(np.array([0, 1, 2]), np.array([57, 58, 59]), np.arange(50))
    pushed = shilling.attacked(lines, attack, 0.01, patient=False)
    places = {name: shilling.ranks(fit(pushed, PRODUCTS), attack) for name, fit in shilling.WAYS.items()}
    assert places["the shop"] == [None, None, None]
    assert all(place is not None and place <= 10 for place in places["plain cosine"])
    assert None not in places["without trust in accounts"]
    before = {name: shilling.ranks(fit(lines, PRODUCTS), attack) for name, fit in shilling.WAYS.items()}
    assert before["the shop"] == [None, None, None]


def test_an_attack_is_its_accounts_on_their_days(shilling: ModuleType, lines: Lines) -> None:
    attack = shilling.Attack(np.array([0]), np.array([57]), np.arange(50))
    for patient, days in ((False, 1), (True, 6)):
        pushed = shilling.attacked(lines, attack, 0.005, patient=patient)
        fake = pushed.actor >= HOUSEHOLDS
        assert len(np.unique(pushed.actor[fake])) == 3
        assert len(np.unique(pushed.day[fake])) == days
        assert np.count_nonzero(pushed.row[fake] == 57) == 3 * days
        assert np.array_equal(pushed.row[~fake], lines.row)
