"""The machine that holds stores equal finds a store that is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from daogou.adapters.memory.events import MemoryEvents
from daogou.adapters.memory.stores import open_memory
from daogou.domain.event import Event
from daogou.ports.stores import Appended, Stores
from daogou.testing.stores_machine import stores_machine


class Forgetful(MemoryEvents):
    """Says yes to every event and keeps only the first of a batch."""

    def append(self, events: Sequence[Event]) -> Appended:
        kept = super().append(events[:1])
        return Appended(kept.new, len(events) - kept.new)


def open_forgetful() -> Stores:
    return replace(open_memory(), events=Forgetful())


def test_lost_events_are_found() -> None:
    quick = settings(
        max_examples=50, deadline=None, derandomize=True, database=None, print_blob=False,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    with pytest.raises(AssertionError):
        run_state_machine_as_test(stores_machine(open_memory, open_forgetful), settings=quick)  # type: ignore[no-untyped-call]
