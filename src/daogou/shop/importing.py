"""Imports with a memory: the report of each run is kept for the console."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from daogou.domain.errors import BadRequest
from daogou.domain.zones import zone_of
from daogou.ingest.options import ImportOptions
from daogou.ingest.run import import_paths
from daogou.shop.plain import plain

if TYPE_CHECKING:
    from datetime import tzinfo

    from daogou.ingest.reading.habits import Dates, Decimal
    from daogou.ingest.report import ImportReport
    from daogou.ingest.run import Progress
    from daogou.shop.shop import Shop


def import_files(
    shop: Shop,
    paths: Sequence[Path],
    *,
    kind: str | None = None,
    mapping: Mapping[str, str],
    currency: str,
    decimal: Decimal | None = None,
    dates: Dates | None = None,
    timezone: str | None = None,
    create_missing: bool = False,
    rejects: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> ImportReport:
    """Import into the shop's stores and put the report into its ledger."""
    now = shop.clock()
    options = ImportOptions(
        kind=kind,
        mapping=mapping,
        currency=currency,
        decimal=decimal,
        dates=dates,
        zone=_zone(timezone or shop.settings.shop.timezone),
        now=now,
        create_missing_products=create_missing,
        rejects=rejects or shop.folder / "rejects.jsonl",
    )
    report = import_paths(paths, shop.stores, options=options, progress=progress)
    shop.stores.ledger.put("import", f"{now:013d}", plain(report))
    return report


def _zone(name: str) -> tzinfo:
    try:
        return zone_of(name)
    except ValueError as error:
        raise BadRequest(str(error), where="timezone") from None
