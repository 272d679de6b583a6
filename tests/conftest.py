"""What every test shares: nothing here depends on how fast the machine is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("daogou", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("daogou")


class FewWords:
    """Stands in for the dictionary, which takes two seconds to read: what shops in tests can learn from."""

    def get_entries(self) -> list[dict[str, Any]]:
        said = {"吉他": "guitar", "靴子": "boots", "沙发": "sofa (loanword)", "长靴": "boot"}
        return [{"simplified": word, "definitions": meaning.split("/")} for word, meaning in said.items()]


@pytest.fixture(scope="session", autouse=True)
def _few_words() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("daogou.adapters.cedict.CcCedict", FewWords)
        yield
