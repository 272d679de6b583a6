"""One run of a training: what it says of how far it is, what its parts take, and what it leaves out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from daogou.training.lesson import Skip


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training has come."""

    step: str
    done: int
    total: int


@dataclass
class Run:
    """Reports steps and collects metrics."""

    total: int
    report: Callable[[Progress], None] | None
    done: int = 0
    metrics: dict[str, float] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def step(self, name: str) -> None:
        """Begin a step."""
        self.tell(name)
        self.done += 1

    def tell(self, name: str) -> None:
        """Say more of the step that has begun."""
        if self.report is not None:
            self.report(Progress(name, self.done, self.total))

    @contextmanager
    def spending(self, part: str) -> Iterator[None]:
        """Add the processor seconds of a block to the metric of its part."""
        cpu = time.process_time()
        yield
        key = f"cpu_s.{part}"
        self.metrics[key] = round(self.metrics.get(key, 0.0) + time.process_time() - cpu, 3)

    @contextmanager
    def trying(self, name: str) -> Iterator[None]:
        """Spend a block on a component that is left out of the release, with the reason, where it raises Skip."""
        try:
            with self.spending(name):
                yield
        except Skip as skip:
            self.skip(name, str(skip))

    def skip(self, name: str, reason: str) -> None:
        """Record and say that a component is not part of the release."""
        self.skipped[name] = reason
        self.metrics[f"{name}.skipped"] = 1.0
        self.tell(f"{name} skipped: {reason}")
