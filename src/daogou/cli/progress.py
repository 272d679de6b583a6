"""How far long commands have come: bars in a terminal, lines elsewhere; on standard error, so that output can be
piped."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from daogou.ingest.run import Progress as ImportProgress

Report = Callable[[str, float], None]
"""(what is being done, the part of it that is done: 0 to 1)."""
_APART_S = 10.0
"""Seconds between two lines about one step."""


@contextmanager
def step_progress(*, enabled: bool = True) -> Iterator[Report | None]:
    """One bar a step, for training and building; lines where nobody can watch a bar."""
    if not enabled:
        yield None
    elif sys.stderr.isatty():
        with _bars() as bars:
            yield _Bars(bars)
    else:
        yield Lines(sys.stderr)


@contextmanager
def import_progress(*, enabled: bool = True) -> Iterator[Callable[[ImportProgress], None] | None]:
    """One bar a file, by bytes read."""
    with step_progress(enabled=enabled) as report:
        if report is None:
            yield None
        else:
            yield lambda seen: report(seen.file, seen.done / seen.total if seen.total else 1.0)


def _bars() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeElapsedColumn()
    return Progress(*columns, console=Console(stderr=True))


class _Bars:
    """A bar of each step."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, step: str, done: float) -> None:
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(step, total=1.0)
        self._bars.update(self._tasks[step], completed=done)


class Lines:
    """A line when a step begins and one when it ends, and not too many between them, for logs and pipes."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._out, self._clock = out, clock
        self._began = clock()
        self._told: dict[str, tuple[float, float]] = {}
        """Of each step: when it was told of last, and what was done of it then."""

    def __call__(self, step: str, done: float) -> None:
        now = self._clock()
        at, before = self._told.get(step, (-_APART_S, -1.0))
        if done > before and (done >= 1.0 or now - at >= _APART_S):
            self._told[step] = now, done
            news = step if before < 0 and done >= 1.0 else f"{step}: {done:.0%}"  # what is done at once is a remark
            print(f"{now - self._began:6.0f} s  {news}", file=self._out, flush=True)
