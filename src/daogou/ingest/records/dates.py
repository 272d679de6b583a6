"""Moments as people and shops write them: 01.03.2026 10:15, 2026/3/2 9:30, 2026年3月6日, 1 Mar 2026, 3/14/2026."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_TIME = (
    r"(?:日?[T\s,]*(?P<hour>\d{1,2})[:：时点h](?P<minute>\d{2})(?:[:：分](?P<second>\d{1,2})(?:[.,]\d+)?)?[分秒]?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?日?"
)
_WRITTEN = tuple(
    re.compile(date + _TIME, re.IGNORECASE)
    for date in (
        r"(?P<year>\d{4})\s*[-./年]\s*(?P<month>\d{1,2})\s*[-./月]\s*(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})",
        r"(?:[a-z]{3,9},?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<name>[a-z]{3,9})\.?,?[\s-]+(?P<year>\d{4})",
        r"(?:[a-z]{3,9},?\s+)?(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
    )
)
_SLASHED = re.compile(r"(?P<first>\d{1,2})[/-](?P<second>\d{1,2})[/-](?P<year>\d{4})" + _TIME.replace("second>", "s>"))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class TwoWays(ValueError):
    """A date of which nothing says whether the day or the month comes first."""


def date_of(text: str) -> datetime:
    """The date in ISO 8601, or as people write it; one that names no zone has none.

    Raises TwoWays for 03/04/2026, ValueError for what is no date, such as the digits of an epoch time.
    """
    if text.isdecimal() and len(text) != 8:
        raise ValueError(f"{text!r} is a number")
    bare = text.removesuffix(" UTC")
    try:
        found = datetime.fromisoformat(bare)
    except ValueError:
        return _spelled(text)
    return found.replace(tzinfo=UTC) if len(bare) < len(text) and found.tzinfo is None else found


def _spelled(text: str) -> datetime:
    for pattern in _WRITTEN:
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            name = parts.get("name")
            month = int(parts["month"]) if name is None else _month(name)
            return _moment(parts, int(parts["year"]), month, int(parts["day"]))
    slashed = _SLASHED.fullmatch(text)
    if slashed is None:
        raise ValueError(f"{text!r} is no date")
    parts = slashed.groupdict()
    first, second = int(parts["first"]), int(parts["second"])
    if first <= 12 and second <= 12 and first != second:
        raise TwoWays(text)
    day, month = (first, second) if first > 12 else (second, first)
    return _moment(parts | {"second": parts["s"]}, int(parts["year"]), month, day)


def _month(name: str) -> int:
    try:
        return _MONTHS.index(name[:3].lower()) + 1
    except ValueError:
        raise ValueError(f"{name!r} is no month") from None


def _moment(parts: dict[str, str | None], year: int, month: int, day: int) -> datetime:
    hour, half = int(parts["hour"] or 0), (parts["half"] or "").replace(".", "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    minute, second = int(parts["minute"] or 0), int(parts["second"] or 0)
    return datetime(year, month, day, hour, minute, second, tzinfo=_zone(parts["zone"]))


def _zone(said: str | None) -> timezone | None:
    if said is None:
        return None
    if said[0] not in "+-":
        return UTC
    digits = said[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if said[0] == "-" else offset)
