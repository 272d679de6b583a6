"""Weights learnt from which product of a list was clicked."""

from __future__ import annotations

import numpy as np
import pytest

from daogou.features.preference import Preferences, fit

LOOKED = 1 / (1 + np.arange(8))
NOW = np.array([0.2, 0.0, 0.3])
TRUE = np.array([0.8, 0.6, 0.0])
MOST = np.array([2.0, 2.0, 1.0])


def clicks(*, n: int = 6_000, seed: int = 0, weighed: bool = True) -> Preferences:
    """Lists in the order of what they score now; people look down them and click what truly pleases."""
    draw = np.random.default_rng(seed)
    base, differences, heavy = [], [], []
    for _ in range(n):
        words, parts = draw.random(8), draw.random((8, 3))
        order = np.argsort(-(words + parts @ NOW))
        words, parts = words[order], parts[order]
        pleases = 1 / (1 + np.exp(2.5 - 2 * (words + parts @ TRUE)))
        for place in np.flatnonzero(draw.random(8) < LOOKED * pleases).tolist():
            others = np.delete(np.arange(8), place)
            base.append(words[place] - words[others])
            differences.append(parts[place] - parts[others])
            heavy.append(np.full(7, 1 / LOOKED[place] if weighed else 1.0) / 7)
    return Preferences(np.concatenate(base), np.concatenate(differences), np.concatenate(heavy))


def test_it_finds_what_people_look_for_whatever_stood_first() -> None:
    found = fit(clicks(), NOW, most=MOST, pull=1e-4)
    assert found == pytest.approx(TRUE, abs=0.25)
    naive = fit(clicks(weighed=False), NOW, most=MOST, pull=1e-4)
    assert np.abs(naive - TRUE).max() > np.abs(found - TRUE).max()


def test_little_is_changed_where_the_pull_is_strong() -> None:
    assert fit(clicks(n=500), NOW, most=MOST, pull=100.0) == pytest.approx(NOW, abs=0.01)


def test_no_weight_is_negative_or_above_its_limit() -> None:
    draw = np.random.default_rng(1)
    parts = np.stack([draw.random(500) + 1, -draw.random(500) - 1, np.zeros(500)], 1)
    found = fit(Preferences(np.zeros(500), parts, np.ones(500)), NOW, most=MOST, pull=1e-6)
    assert found.tolist() == pytest.approx([2.0, 0.0, 0.3])
