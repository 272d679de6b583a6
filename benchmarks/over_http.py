"""Requests and durable events a second over HTTP on the loopback, and resident memory. Prints one JSON line.

    python benchmarks/over_http.py SHOP [--seconds 5] [--connections 16] [--workers 1]

SHOP is the folder of a trained shop; it is copied first, so that the events posted here do not stay in it. The load
comes from wrk, which must be installed: a client in Python would measure itself.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "chaos"))

from process import Served

_EVENTS = """
local n, run = 0, "%(run)s"
request = function()
  local parts = {}
  for i = 1, %(batch)d do
    n = n + 1
    parts[i] = '{"type":"view","shopper":"b' .. n %% 1000 .. '","product":"%(product)s","id":"' .. run .. tostring({}) .. n .. '"}'
  end
  return wrk.format("POST", "/v1/events", nil, "[" .. table.concat(parts, ",") .. "]")
end
"""  # noqa: E501 (Lua)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("shop", type=Path)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    if not shutil.which("wrk"):
        print("wrk is not installed; on Debian: apt-get install wrk", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "shop"
        shutil.copytree(options.shop, copy)
        served = Served.open(copy, workers=options.workers)
        served.start()
        try:
            print(json.dumps(measure(served, options, Path(folder))))
        finally:
            served.stop()
    return 0


def measure(served: Served, options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Every figure in turn."""
    product = served.a_product()
    paths = {
        "health": "/healthz",
        "search": "/v1/search?q=shoes",
        "recommend_shopper": "/v1/recommend?shopper=u1",
        "recommend_product": f"/v1/recommend?product={product}",
    }
    found: dict[str, object] = {"benchmark": "http", "workers": options.workers, "connections": options.connections}
    for name, path in paths.items():
        found[name] = _load(served, path, options)
    for name, batch in (("events_single", 1), ("events_batched", 100)):
        script = folder / f"{name}.lua"
        script.write_text(_EVENTS % {"run": name, "batch": batch, "product": product})
        load = _load(served, "/v1/events", options, script)
        found[name] = load | {"events_s": round(load["requests_s"] * batch)}
    found["rss_mb"] = _rss_mb(served)
    return found


def _load(served: Served, path: str, options: argparse.Namespace, script: Path | None = None) -> dict[str, float]:
    command = ["wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", "--latency"]
    command += ["-H", f"Authorization: Bearer {served.key}", "-H", "Content-Type: application/json"]
    command += ["-s", str(script)] if script else []
    text = subprocess.run(
        [*command, f"http://127.0.0.1:{served.port}{path}"], check=True, capture_output=True, text=True
    ).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    rate, slow = re.search(r"Requests/sec:\s+([\d.]+)", text), re.search(r"99%\s+([\d.]+)(us|ms|s)", text)
    assert rate is not None
    assert slow is not None
    p99_ms = float(slow[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[slow[2]]
    return {"requests_s": float(rate[1]), "p99_ms": round(p99_ms, 2), "refused": int(bad[1]) if bad else 0}


def _rss_mb(served: Served) -> float:
    """Resident memory of the server and its workers, in MiB."""
    assert served.process is not None
    children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text().split()
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in (served.process.pid, *children)]
    return round(sum(pages) * 4096 / 2**20, 1)


if __name__ == "__main__":
    sys.exit(main())
