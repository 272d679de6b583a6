"""`python -m tests.chaos kill --rounds 20 --events 100000`: one line of JSON; exit status 1 off target."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from kill import kill
from stop import stop


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("test", choices=["kill", "stop"])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = {"kill": kill, "stop": stop}[options.test]
        found = run(Path(folder) / "shop", rounds=options.rounds, events=options.events, workers=options.workers)
    print(json.dumps(found))
    return 0 if found["value"] == found["target"] else 1


if __name__ == "__main__":
    sys.exit(main())
