"""Daogou in the same table, through its own doors: `daogou init`, `import`, `train`, `recommend --histories`."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

STRICT = "\n[training]\nrefit = false\n"
"""The one setting that is not the default: the fit may not take in the held-back step."""
WITHOUT = "\n[training.transformer]\nenabled = false\n"


@dataclass(frozen=True)
class Variant:
    """A row of the table: what it adds to `daogou.toml`, and which products it is told of."""

    settings: str
    products: str = "products.jsonl"


def variants() -> dict[str, Variant]:
    """The rows by name. "Events only" knows nothing of a product but its number, as the peers do; the transformer needs
    torch in this environment."""
    rows = {
        "events only, without the transformer": Variant(STRICT + WITHOUT, "bare.jsonl"),
        "without the transformer": Variant(STRICT + WITHOUT),
    }
    return rows | {"default": Variant(STRICT)} if find_spec("torch") else rows


def run(variant: Variant, files: Path, folder: Path) -> dict[str, Any]:
    """Build a shop from the task's files and let it answer; figures as the peers give them.

    A file of histories is answered line by line, with reasons: there is one speed, without that of starting.
    """
    shop = folder / "shop"
    daogou("init", shop, "--name", "Peers", "--currency", "USD")
    with (shop / "daogou.toml").open("a") as file:
        file.write(variant.settings)
    imported = daogou("--shop", shop, "import", files / variant.products, files / "events.jsonl")
    if (shop / "rejects.jsonl").exists():
        raise ValueError("the shop rejected lines of the task: " + (shop / "rejects.jsonl").read_text()[:200])
    trained = daogou("--shop", shop, "train")
    lines = (files / "asked.jsonl").read_text().splitlines(keepends=True)
    (folder / "one.jsonl").write_text(lines[0])
    answer = ("--shop", shop, "recommend", "--k", "10", "--histories")
    opened = daogou(*answer, folder / "one.jsonl", "--out", folder / "one.out.jsonl")
    answered = daogou(*answer, files / "asked.jsonl", "--out", folder / "lists.jsonl")
    per_s = (len(lines) - 1) / (answered["cpu_s"] - opened["cpu_s"])
    return {
        "fit_cpu_s": imported["cpu_s"] + trained["cpu_s"],
        "import_cpu_s": imported["cpu_s"],
        "in_batch_per_s": per_s,
        "one_by_one_per_s": per_s,
        "peak_mb": max(step["peak_mb"] for step in (imported, trained, answered)),
    }


def daogou(*words: str | Path) -> dict[str, float]:
    """Run one command; its processor seconds and its memory at the highest."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    code = "from daogou.cli.main import main; main()"
    command = [sys.executable, "-c", code, *map(str, words)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), command)
    return {"cpu_s": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss // 1024}
