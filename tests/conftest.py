"""What every test shares: nothing here depends on how fast the machine is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from daogou.adapters import cedict

settings.register_profile("daogou", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("daogou")


def _few_words() -> str:
    """Stands in for the dictionary, which takes two seconds to learn from: what shops in tests know."""
    return "吉他\tguitar\n靴子\tboots\n沙发\tsofa (loanword)\n长靴\tboot\n"


@pytest.fixture(scope="session", autouse=True)
def _small_dictionary() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cedict, "_written", _few_words)
        yield
