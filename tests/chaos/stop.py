"""SIGTERM while events arrive: what was acknowledged is on record, and the server ends by itself with status 0."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

from process import Served
from writers import Writers


def stop(
    folder: Path, *, rounds: int, events: int, workers: int = 1, sign: signal.Signals = signal.SIGTERM
) -> dict[str, Any]:
    """Stop the server `rounds` times while it takes in events; report lost events, statuses and the slowest stop."""
    lost, statuses, slowest = 0, [], 0.0
    for n in range(rounds):
        served = Served.make(folder / str(n), workers=workers)
        served.start()
        writers = Writers(served, events)
        writers.start()
        writers.await_acknowledged(events // 3)
        began = time.monotonic()
        statuses.append(served.stop(sign))
        slowest = max(slowest, time.monotonic() - began)
        writers.give_up()
        writers.join()
        lost += len(writers.acknowledged - set(served.recorded()))
    return {
        "id": "stop",
        "rounds": rounds,
        "statuses": statuses,
        "slowest_s": round(slowest, 2),
        "value": lost + sum(status != 0 for status in statuses),
        "target": 0,
    }
