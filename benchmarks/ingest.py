"""Import speed of our own event files: prints one JSON line a file format, with events a second end to end.

    python benchmarks/ingest.py [--events 200000] [--groceries FOLDER]

With --groceries, the folder that `daogou.evaluation.groceries.write` made is imported as well, with its peak memory.
Everything goes into a new SQLite store, as in a shop.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from daogou.adapters.addresses import open_stores
from daogou.ingest.options import ImportOptions
from daogou.ingest.run import import_paths

_EVENTS = """
    SELECT 'purchase' AS type, 'e' || i AS id, 1767225600000 + i AS at, 's' || (i * 7919) % 2500 AS shopper,
           'p' || (i * 104729) % 5000 AS product, 1 + i % 3 AS quantity, (i % 900) / 10.0 + 1 AS price
    FROM range(?) t(i)
"""
_FORMATS = {"jsonl": "FORMAT json", "csv": "FORMAT csv, HEADER", "parquet": "FORMAT parquet"}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=200_000)
    options.add_argument("--groceries", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for result in _measure(Path(folder), chosen.events):
            print(json.dumps(result))
        if chosen.groceries:
            print(json.dumps(_timed("import.groceries", Path(folder) / "groceries.db", chosen.groceries)))


def _measure(folder: Path, n: int) -> Iterator[dict[str, object]]:
    catalogue = folder / "products.jsonl"
    catalogue.write_text("".join(f'{{"id":"p{i}","title":"Product {i}","price":9.9}}\n' for i in range(5000)))
    for name, how in _FORMATS.items():
        target = folder / f"events.{name}"
        duckdb.connect().execute(f"COPY ({_EVENTS.replace('?', str(n))}) TO '{target}' ({how})")
        store = folder / f"{name}.db"
        import_paths([catalogue], open_stores(f"sqlite:///{store}"), options=ImportOptions())
        yield _timed(f"import.events.{name}", store, target)


def _timed(id: str, store: Path, source: Path) -> dict[str, object]:
    stores = open_stores(f"sqlite:///{store}")
    wall, cpu = time.perf_counter(), time.process_time()
    report = import_paths([source], stores, options=ImportOptions())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rows = sum(count.read for count in report.totals.values())
    return {
        "id": id,
        "value": round(rows / wall),
        "unit": "records/s",
        "records": rows,
        "seconds": round(wall, 2),
        "cpu_seconds": round(cpu, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "rejected": report.n_rejects,
    }


if __name__ == "__main__":
    main()
