"""Time zones by their IANA names; facts stay in UTC, a zone is only how people write and read a moment."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from daogou.domain.ids import Instant


def zone_of(name: str) -> tzinfo:
    """The zone; UTC needs no database of zones. Raises ValueError for a name that is none here."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"no time zone {name!r} on this machine; expected an IANA name such as Asia/Shanghai or Europe/Berlin"
            " (where the machine has none at all, `pip install tzdata` brings them)"
        ) from None


def in_zone(at: Instant, zone: tzinfo) -> datetime:
    """The moment as a clock there shows it."""
    return datetime.fromtimestamp(at / 1000, zone)
