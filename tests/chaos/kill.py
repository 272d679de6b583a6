"""kill -9 in the middle of posted events: every acknowledged event is on record, and once."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

from process import Served
from writers import Writers


def kill(folder: Path, *, rounds: int, events: int, workers: int = 1, seed: int = 0) -> dict[str, Any]:
    """Post `events` events through `rounds` kills at random moments; return what was lost and what was doubled."""
    served = Served.make(folder, workers=workers)
    served.start()
    writers = Writers(served, events)
    moments = sorted(random.Random(seed).sample(range(1, events), rounds))
    began = time.monotonic()
    writers.start()
    for moment in moments:
        writers.await_acknowledged(moment)
        writers.server_down()
        served.kill()
        served.start()
        writers.server_up()
    writers.join()
    seconds = time.monotonic() - began
    served.kill()
    counts = Counter(served.recorded())
    return {
        "id": "kill",
        "rounds": rounds,
        "events": events,
        "acknowledged": len(writers.acknowledged),
        "retries": writers.retries,
        "refused": len(writers.refused),
        "lost": len(writers.acknowledged - set(counts)),
        "doubled": sum(n > 1 for n in counts.values()),
        "seconds": round(seconds, 1),
        "value": len(writers.acknowledged - set(counts)) + sum(n > 1 for n in counts.values()),
        "target": 0,
    }
