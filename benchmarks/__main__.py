"""Runs every benchmark and prints its JSON lines: `make bench`, or `python -m benchmarks NAME…` for some.

One that needs what is not there (a data set, `wrk`) says so in a line of its own and does not stop the others.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).parent
BENCHMARKS: Mapping[str, Sequence[str]] = {
    "command_line": (),
    "stores": ("stores.py",),
    "ingest": ("ingest.py",),
    "shops": ("shops.py",),
    "search": ("search.py",),
    "upsert": ("upsert.py",),
    "clicks": ("clicks.py",),
    "understanding": ("understanding.py",),
    "intents": ("intents.py",),
    "entities": ("entities.py",),
    "reviews": ("reviews.py",),
    "attributes": ("attributes.py",),
    "encoder": ("encoder.py",),
    "recommend": ("recommend.py",),
    "next_item": ("beauty.py",),
    "next_basket": ("next_basket.py",),
    "complete_basket": ("complete_basket.py",),
    "sessions": ("sessions.py",),
    "graph": ("lastfm.py",),
    "fake_accounts": ("shilling.py",),
    "closed_loop": ("closed_loop.py",),
    "over_http": ("over_http.py",),
}
_RUNS = 5
_HELP_LIMIT_S = 0.15


def main() -> int:
    """Run those that are named, or all; exit status 1 where one failed."""
    named = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in named if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    print(json.dumps({"machine": platform.processor() or platform.machine(), "cores": os.cpu_count(),
                      "python": platform.python_version()}), flush=True)  # fmt: skip
    return max([_run(name) for name in named], default=0)


def _run(name: str) -> int:
    if name == "command_line":
        print(json.dumps(_command_line()), flush=True)
        return 0
    words = [sys.executable, str(HERE / BENCHMARKS[name][0])]
    with tempfile.TemporaryDirectory() as folder:
        if name == "over_http":
            shop = Path(folder) / "showcase"
            subprocess.run(["daogou", "demo", "--folder", str(shop), "--no-serve"], check=True, capture_output=True)
            words.append(str(shop))
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    print(done.stdout, end="", flush=True)
    if done.returncode:
        why = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
        print(json.dumps({"benchmark": name, "failed": why[0]}), flush=True)
    return min(done.returncode, 1)


def _command_line() -> dict[str, object]:
    """Processor seconds of `daogou --help`, the median of some runs."""
    found = []
    for _ in range(_RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        subprocess.run(["daogou", "--help"], check=True, capture_output=True)
        wall = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall))
    cpu, wall = sorted(found)[_RUNS // 2]
    return {
        "benchmark": "command_line",
        "help_cpu_s": round(cpu, 3),
        "help_wall_s": round(wall, 3),
        "limit_s": _HELP_LIMIT_S,
    }


if __name__ == "__main__":
    sys.exit(main())
