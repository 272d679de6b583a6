"""Runs other recommenders beside Daogou on the same files, each in an environment of its own, and prints a table.

    python -m benchmarks.peers [--set beauty] [--only implicit daogou …] [--cache FOLDER]

Environments are made from `requirements/` with pip and kept in the cache folder. Each row is fitted in a process of
its own with one thread, so seconds and memory are its own; the lists it writes are measured by `judge.py`. What cannot
be installed or run is named under the table, with the reason.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import subprocess
import tempfile
import venv
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.peers import own_shop, task
from benchmarks.peers.judge import judge

HERE = Path(__file__).parent
PEERS = {
    "implicit": ("item-kNN, BM25", "item-kNN, cosine", "item-kNN, TF-IDF", "ALS", "BPR"),
    "cornac": ("EASE", "BPR"),
    "lenskit": ("item-kNN", "ALS"),
    "rectools": ("SASRec", "eSASRec"),
}
"""Library to the methods of its program, `with_LIBRARY.py`."""
LISTS = "lists.jsonl"
Row = dict[str, Any]
Run = Callable[[Path], Row]
"""Fits, writes `LISTS` into the folder and returns the figures."""


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "../shared/data/amazon14")
    parser.add_argument("--set", default="beauty", choices=["beauty", "sports"])
    parser.add_argument("--only", nargs="+", choices=["daogou", *PEERS], default=["daogou", *PEERS])
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "daogou-peers")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        files, rows = Path(scratch) / "task", []
        files.mkdir()
        wanted = task.write(asked.data, asked.set, files)
        for library in asked.only:
            for method, run in _runs(library, files, asked.cache.resolve()).items():
                row = {"library": library, "method": method, **_row(run, Path(tempfile.mkdtemp(dir=scratch)), wanted)}
                print(json.dumps(row), flush=True)
                rows.append(row)
    print(f"\n{asked.set}, strict, seen products masked; {_machine()}\n\n{table(rows)}")


def _runs(library: str, files: Path, cache: Path) -> dict[str, Run]:
    """What there is to run of one library."""
    if library == "daogou":
        return {name: partial(own_shop.run, variant, files) for name, variant in own_shop.variants().items()}
    return {method: partial(_peer, library, method, files, cache) for method in PEERS[library]}


def _row(run: Run, folder: Path, wanted: task.Wanted) -> Row:
    try:
        return {**run(folder), **judge(folder / LISTS, wanted)}
    except (subprocess.CalledProcessError, OSError, ValueError) as error:
        said = getattr(error, "stderr", None) or str(error)
        return {"failed": said.strip().splitlines()[-1][:300]}


def _peer(library: str, method: str, files: Path, cache: Path, folder: Path) -> Row:
    """Choose a setting in one process, then fit and answer in another."""
    words = [_environment(library, cache), HERE / f"with_{library}.py", files, folder / LISTS, method]
    tuned = _printed(*words, "tune")
    return {**tuned, **_printed(*words, "run", json.dumps(tuned["setting"]))}


def _printed(*words: str | Path) -> Row:
    """What a program prints in its last line, run with one thread."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1")
    environment = {**os.environ, **one_thread, "LK_NUM_THREADS": "1"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run([str(word) for word in words], env=environment, check=True, capture_output=True, text=True)
    found: Row = json.loads(done.stdout.splitlines()[-1])
    return found


def _environment(library: str, cache: Path) -> Path:
    """The Python of the library's own environment, made if its requirements are not those it was made from."""
    needed = HERE / "requirements" / f"{library}.txt"
    folder = cache / library
    python, made = folder / "bin" / "python", folder / "made-from"
    digest = hashlib.sha256(needed.read_bytes()).hexdigest()
    if not made.exists() or made.read_text() != digest:
        venv.create(folder, clear=True, with_pip=True)
        install = [python, "-m", "pip", "install", "--quiet", "--requirement", needed]
        subprocess.run(install, check=True, capture_output=True, text=True)
        made.write_text(digest)
    return python


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown, best NDCG first; then what could not be run."""
    ran = sorted((row for row in rows if "failed" not in row), key=lambda row: -row["ndcg@10"][0])
    lines = [
        "| library | method | Recall@10 | NDCG@10 | fit, CPU-s | tuning, CPU-s | peak MB | requests/s | one by one |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['library']} | {row['method']} | {_interval(row['recall@10'])} | {_interval(row['ndcg@10'])} "
        f"| {row['fit_cpu_s']:,.1f} | {_tuning(row)} | {row['peak_mb']:,} "
        f"| {row['in_batch_per_s']:,.0f} | {row['one_by_one_per_s']:,.0f} |"
        for row in ran
    ]
    failed = [f"- {row['library']} {row['method']}: {row['failed']}" for row in rows if "failed" in row]
    return "\n".join([*lines, *(["", "Not run:", "", *failed] if failed else [])])


def _interval(found: Sequence[float]) -> str:
    mean, low, high = (f"{each:.4f}".removeprefix("0") for each in found)
    return f"{mean} ({low}–{high})"


def _tuning(row: Row) -> str:
    return f"{row['tuning_cpu_s']:,.0f} ({row['tried']})" if row.get("tried", 1) > 1 else "–"


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
