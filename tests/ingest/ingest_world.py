"""What the tests of importing share: stores in memory, and one call that imports files into them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from daogou.adapters.addresses import open_stores
from daogou.domain.ids import Instant
from daogou.ingest.options import ImportOptions
from daogou.ingest.report import ImportReport
from daogou.ingest.run import import_paths
from daogou.ports.stores import Stores

NOW = Instant(1_798_761_600_000)  # 2027-01-01
SAMPLES = Path(__file__).parent / "samples"


def run(*paths: Path, stores: Stores | None = None, **options: Any) -> tuple[ImportReport, Stores]:
    """Import the paths; every report must add up."""
    stores = stores or open_stores("memory://")
    report = import_paths(paths, stores, options=ImportOptions(now=NOW, **options))
    assert report.adds_up
    return report, stores


def write(folder: Path, name: str, text: str | bytes) -> Path:
    """A file in the test's folder."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def counted(report: ImportReport) -> dict[str, tuple[int, int, int, int]]:
    """kind → (read, accepted, repaired, rejected)."""
    return {k: (c.read, c.accepted, c.repaired, c.rejected) for k, c in report.totals.items()}
