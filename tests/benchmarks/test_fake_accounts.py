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
    pushed = shilling.attacked(lines, attack, 0.01, manner="hasty")
    places = {name: shilling.ranks(fit(pushed, PRODUCTS), attack) for name, fit in shilling.WAYS.items()}
    assert places["the shop"] == [None, None, None]
    assert all(place is not None and place <= 10 for place in places["plain cosine"])
    assert None not in places["without trust in accounts"]
    before = {name: shilling.ranks(fit(lines, PRODUCTS), attack) for name, fit in shilling.WAYS.items()}
    assert before["the shop"] == [None, None, None]


def test_patient_accounts_that_buy_the_same_two_every_time_get_nowhere(shilling: ModuleType, lines: Lines) -> None:
    attack = shilling.Attack(np.array([0, 1, 2]), np.array([57, 58, 59]), np.arange(50))
    pushed = shilling.attacked(lines, attack, 0.03, manner="patient")
    places = {name: shilling.ranks(fit(pushed, PRODUCTS), attack) for name, fit in shilling.WAYS.items()}
    assert places["the shop"] == [None, None, None]
    assert None not in places["without trust in accounts"]


def test_an_attack_is_its_accounts_on_their_days(shilling: ModuleType, lines: Lines) -> None:
    attack = shilling.Attack(np.array([0]), np.array([57]), np.arange(50))
    for manner, days, together in (("hasty", 1, 1), ("patient", 6, 6), ("careful", 6, 1)):
        pushed = shilling.attacked(lines, attack, 0.005, manner=manner)
        fake = pushed.actor >= HOUSEHOLDS
        assert len(np.unique(pushed.actor[fake])) == 3
        assert all(len(np.unique(pushed.day[pushed.actor == actor])) == days for actor in pushed.actor[fake])
        assert np.count_nonzero(pushed.row[fake] == 57) == 3 * together
        assert np.array_equal(pushed.row[~fake], lines.row)
