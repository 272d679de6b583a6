"""Progress bars for long commands; on standard error, so that output can be piped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from daogou.ingest.run import Progress as ImportProgress

Report = Callable[[str, float], None]
"""(what is being done, the part of it that is done: 0 to 1)."""


def _bars() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeElapsedColumn()
    return Progress(*columns, console=Console(stderr=True), transient=not sys.stderr.isatty())


@contextmanager
def step_progress(*, enabled: bool = True) -> Iterator[Report | None]:
    """One bar a step, for training and building."""
    if not enabled:
        yield None
        return
    with _bars() as bars:
        tasks: dict[str, TaskID] = {}

        def report(step: str, done: float) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=1.0)
            bars.update(tasks[step], completed=done)

        yield report


@contextmanager
def import_progress(*, enabled: bool = True) -> Iterator[Callable[[ImportProgress], None] | None]:
    """One bar a file, by bytes read."""
    with step_progress(enabled=enabled) as report:
        if report is None:
            yield None
        else:
            yield lambda seen: report(seen.file, seen.done / seen.total if seen.total else 1.0)
