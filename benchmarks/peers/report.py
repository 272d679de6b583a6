"""The rows of a run, kept as lines of JSON as they come and as a table in Markdown, so that little is lost."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, Any]


@dataclass
class Report:
    """Rows in `path`, the table in a file beside it that ends in `.md`; without a path neither is written."""

    path: Path | None
    command: str
    """What makes all the rows; it stands above the table."""
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def open(cls, path: Path | None, command: str, *, of: str) -> Report:
        """Go on where a run was interrupted: the rows that finished, without a last line that was cut off.

        Raises ValueError for rows of another data set: one table is of one.
        """
        if path is None or not path.exists():
            return cls(path, command)
        text = path.read_text()
        whole = text[: text.rfind("\n") + 1]
        rows = [json.loads(line) for line in whole.splitlines()]
        others = {row["set"] for row in rows} - {of}
        if others:
            raise ValueError(
                f"{path} holds rows of {', '.join(sorted(others))}, this run is of {of}: name another file"
            )
        path.write_text(whole)
        return cls(path, command, rows)

    def has(self, row: Row) -> bool:
        """Whether a row of these names finished; one that failed is tried again."""
        return any("failed" not in each and row.items() <= each.items() for each in self.rows)

    def add(self, row: Row) -> None:
        """Print a row, keep it, and write the table anew."""
        line = json.dumps(row)
        print(line, flush=True)
        self.rows.append(row)
        if self.path is not None:
            with self.path.open("a") as file:
                file.write(line + "\n")
            self.path.with_suffix(".md").write_text(self.markdown())

    def markdown(self) -> str:
        """The command, the table, and when and on what it was made."""
        ended = sorted(row["ended"] for row in self.rows)
        machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
        span = f"; rows ended {ended[0]} to {ended[-1]}" if ended else ""
        return f"`{self.command}`\n\n{table(self.rows)}\n\n{machine}{span}\n"


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown, best NDCG first; then what could not be run."""
    ran = {(row["library"], row["method"]): row for row in rows if "failed" not in row}
    lines = [
        "| library | method | Recall@10 | NDCG@10 | fit, CPU-s | tuning, CPU-s | peak MB | requests/s | one by one |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['library']} | {row['method']} | {_interval(row['recall@10'])} | {_interval(row['ndcg@10'])} "
        f"| {row['fit_cpu_s']:,.1f} | {_tuning(row)} | {row['peak_mb']:,} "
        f"| {row['in_batch_per_s']:,.0f} | {row['one_by_one_per_s']:,.0f} |"
        for row in sorted(ran.values(), key=lambda row: -row["ndcg@10"][0])
    ]
    failed = [
        f"- {row['library']} {row['method']}: {row['failed']}"
        for row in rows
        if "failed" in row and (row["library"], row["method"]) not in ran
    ]
    return "\n".join([*lines, *(["", "Not run:", "", *failed] if failed else [])])


def _interval(found: Sequence[float]) -> str:
    mean, low, high = (f"{each:.4f}".removeprefix("0") for each in found)
    return f"{mean} ({low}–{high})"


def _tuning(row: Row) -> str:
    return f"{row['tuning_cpu_s']:,.0f} ({row['tried']})" if row.get("tried", 1) > 1 else "–"
