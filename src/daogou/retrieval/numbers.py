"""What makes vectors quick to look through, as it is kept: a scan of all, or groups of which some are asked."""

from __future__ import annotations

from pathlib import Path

from daogou.retrieval.clusters import Clusters
from daogou.retrieval.scan import Scan

Numbers = Scan | Clusters


def save_numbers(numbers: Numbers, folder: Path) -> None:
    """Write them below the folder, by the name of what they are."""
    numbers.save(folder / ("scan" if isinstance(numbers, Scan) else "clusters"))


def load_numbers(folder: Path) -> Numbers | None:
    """Map what `save_numbers` wrote; None where there are none."""
    if (folder / "scan").is_dir():
        return Scan.load(folder / "scan")
    return Clusters.load(folder / "clusters") if (folder / "clusters").is_dir() else None
