"""Dates that name no zone are the shop's own: what a till or an export writes is the time on the wall.

Where clocks were put back an hour came twice, and the first is taken; where they were put forward an hour never was,
and what is dated in it is moved on by what was skipped, as in Temporal's "compatible" (tc39.es/proposal-temporal).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from daogou.ingest.formats.base import Fix
from daogou.ingest.records.dates import date_of

MOMENTS = frozenset({"at", "starts", "ends", "released", "joined", "shipped", "expected", "delivered"})
"""Every field of a record that is a moment."""


class LocalDates:
    """Puts the zone to dates that have none, and remembers the files that had such dates."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._met: dict[Path, None] = {}

    def read(self, record: dict[str, Any], file: Path) -> tuple[dict[str, Any], list[Fix]]:
        """The record with a zone to each of its dates, and what had to be moved."""
        if self._zone is UTC and file in self._met:  # nothing would change, and the file is already known
            return record, []
        fixes: list[Fix] = []
        changed = self._dated(record, file, fixes)
        parcels = record.get("shipments")
        if not changed and parcels is None:
            return record, fixes
        if isinstance(parcels, list) and any(isinstance(each, Mapping) for each in parcels):
            dated = [each | self._dated(each, file, fixes) if isinstance(each, dict) else each for each in parcels]
            changed["shipments"] = dated
        return {**record, **changed}, fixes

    def note(self) -> str | None:
        """What to say of it in the report; None where every date said its zone."""
        if not self._met:
            return None
        advice = ": where they are the shop's own time, say it as [shop] timezone and import again"
        return f"dates without a zone were read as {self._zone} ({', '.join(file.name for file in self._met)})" + (
            advice if self._zone is UTC else ""
        )

    def _dated(self, record: Mapping[str, Any], file: Path, fixes: list[Fix]) -> dict[str, Any]:
        changed = {}
        for name in MOMENTS & record.keys():
            value = record[name]
            if type(value) is not int and (bare := _bare(value)) is not None:
                self._met[file] = None
                changed[name] = self._placed(bare, name, fixes)
        return changed

    def _placed(self, bare: datetime, name: str, fixes: list[Fix]) -> datetime:
        try:
            moment = bare.replace(tzinfo=self._zone).astimezone(UTC)
            shown = moment.astimezone(self._zone).replace(tzinfo=None)
        except OverflowError:  # the years 1 and 9999, which are refused further on
            return bare.replace(tzinfo=UTC)
        if shown != bare:
            said = f"{bare} never was in {self._zone}, where clocks were put forward: read as {shown}"
            fixes.append(Fix(name, said, "clock-change"))
        return moment


def _bare(value: Any) -> datetime | None:
    """The date of a cell that names no zone; None for anything else, also for what is no date at all."""
    if isinstance(value, datetime):
        return value if value.tzinfo is None else None
    if type(value) is not str or not value:
        return None
    try:
        found = date_of(value.strip())
    except ValueError:
        return None
    return found if found.tzinfo is None else None
