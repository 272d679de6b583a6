"""What the caller of an import may decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path

from daogou.domain.ids import Instant, current_instant
from daogou.ingest.reading.habits import Dates, Decimal
from daogou.ingest.reading.limits import Limits


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How an import reads and what it does where a file leaves a choice."""

    kind: str | None = None
    """Read our own files as this kind of record ("event", "product", …) instead of looking at their keys."""
    format: str | None = None
    """Read every file as this format (a name of `daogou.ingest.formats.FORMATS`) instead of looking."""
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Their column → our field, applied before the format is looked for."""
    currency: str = "USD"
    """Of amounts that name none."""
    decimal: Decimal | None = None
    """The mark before decimals of amounts such as 1.299; None: as the file's other amounts show, or its currency."""
    dates: Dates | None = None
    """Whether day or month comes first in 03/04/2026; None: as the file's other dates show."""
    zone: tzinfo = UTC
    """Of dates that name none."""
    now: Instant = field(default_factory=current_instant)
    """The moment of the import: undated facts get it, facts after it are refused."""
    create_missing_products: bool = False
    """Create a product titled with its id where an event, review or order names one that is unknown."""
    rejects: Path | None = None
    """Where rejected lines are written as JSON lines; None: they are only counted and the first ones kept."""
    listed: int = 50
    """How many repairs and rejects the report itself keeps; all are counted."""
    limits: Limits = field(default_factory=Limits)
    batch: int = 50_000
    """Records written in one transaction: a commit costs by the pages it touched, which large batches share.

    A live shop's own writes wait while it lasts, about a second for events.
    """
