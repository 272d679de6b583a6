"""Runs other recommenders beside Daogou on the same files, each in an environment of its own, and prints a table.

    python -m benchmarks.peers [--set beauty] [--only implicit daogou …] [--cache FOLDER] [--out ROWS.jsonl]

Environments are made from `requirements/` with pip and kept in the cache folder. Each row is fitted in a process of
its own with one thread, so seconds and memory are its own; the lists it writes are measured by `judge.py`. What cannot
be installed or run is named under the table, with the reason. Each row is printed when it is ready; with `--out` it is
kept in that file, the table in one beside it that ends in `.md`, and the same command goes on after an interruption.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks.peers import own_shop, task
from benchmarks.peers.judge import judge
from benchmarks.peers.report import Report, Row

HERE = Path(__file__).parent
PEERS = {
    "implicit": ("item-kNN, BM25", "item-kNN, cosine", "item-kNN, TF-IDF", "ALS", "BPR"),
    "cornac": ("EASE", "BPR"),
    "lenskit": ("item-kNN", "ALS"),
    "rectools": ("SASRec", "eSASRec"),
}
"""Library to the methods of its program, `with_LIBRARY.py`."""
LISTS = "lists.jsonl"
Run = Callable[[Path], Row]
"""Fits, writes `LISTS` into the folder and returns the figures."""


def main(words: Sequence[str]) -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "../shared/data/amazon14")
    parser.add_argument("--set", default="beauty", choices=["beauty", "sports"])
    parser.add_argument("--only", nargs="+", choices=["daogou", *PEERS], default=["daogou", *PEERS])
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "daogou-peers")
    parser.add_argument("--out", type=Path, help="keeps finished rows; those it holds already are not run again")
    asked = parser.parse_args(words)
    report = Report.open(asked.out, f"python -m benchmarks.peers --set {asked.set}", of=asked.set)
    with tempfile.TemporaryDirectory() as scratch:
        files = Path(scratch) / "task"
        files.mkdir()
        wanted = task.write(asked.data, asked.set, files)
        for library in asked.only:
            for method, run in _runs(library, files, asked.cache.resolve()).items():
                row = {"set": asked.set, "library": library, "method": method}
                if not report.has(row):
                    with tempfile.TemporaryDirectory(dir=scratch) as folder:
                        found = _row(run, Path(folder), wanted)
                    report.add({**row, **found, "ended": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())})
    print(f"\n{report.markdown()}")


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
        return {"failed": (said.strip() or repr(error)).splitlines()[-1][:300]}


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


if __name__ == "__main__":
    main(sys.argv[1:])
