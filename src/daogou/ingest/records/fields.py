"""Read one field of a record at a time, and say exactly what is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from daogou.domain.errors import BadRequest
from daogou.domain.ids import Instant
from daogou.domain.money import Money
from daogou.domain.text import Text
from daogou.ingest.records.amounts import written
from daogou.ingest.records.dates import TwoWays, date_of

Object = Mapping[str, Any]
"""A record as it came out of JSON, a CSV row or a Parquet row."""

LONGEST_ID = 256
"""Characters; longer than any identifier a shop uses, short enough to index."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 253_402_300_800_000  # the first millisecond of the year 10000
_SECONDS_BELOW = 100_000_000_000  # 1973 as milliseconds, 5138 as seconds
_LARGEST_INTEGER = 2**63
_HASHABLE = (str, int, float)  # named once: a union written in line is built anew for every record
_TRUE = {"true", "1", "yes", "y", "t", "是"}
_FALSE = {"false", "0", "no", "n", "f", "否"}


class FieldError(BadRequest):
    """A field that cannot be read; `rule` names the rule of `daogou.ingest.rules` that refused it."""

    def __init__(self, field: str, reason: str, *, rule: str = "bad-value", where: str = "") -> None:
        super().__init__(f"{field}: {reason}", where=f"{where}.{field}" if where else field)
        self.field = field
        self.reason = reason
        self.rule = rule


def plain(value: Any, name: str) -> str:
    """Read text; numbers are written out. Refuses NUL and unpaired surrogates, which no store can keep."""
    if isinstance(value, str):
        if "\0" in value:
            raise FieldError(name, "contains a NUL character")
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise FieldError(name, "contains half of a surrogate pair")
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) < _LARGEST_INTEGER:
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return str(value)
    raise FieldError(name, f"expected text, found {shown(value)}")


def shown(value: Any) -> str:
    """A value as an error message shows it: short."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def text(record: Object, name: str) -> str:
    """Text that may be left out."""
    value = record.get(name)
    return "" if value is None else plain(value, name)


def identifier(record: Object, name: str) -> str | None:
    """An id, or None where the field is left out or blank."""
    value = record.get(name)
    if value is None or value == "":
        return None
    if type(value) is str and len(value) <= LONGEST_ID and value.isprintable() and not value.isspace():
        return value  # by far the most frequent case, and the one an import of millions spends its time on
    if isinstance(value, float | bool):
        raise FieldError(name, f"expected an id, found {shown(value)}")
    found = plain(value, name)
    if not found.strip() or len(found) > LONGEST_ID:
        raise FieldError(name, f"expected an id of 1 to {LONGEST_ID} characters, found {shown(value)}")
    return found


def required_id(record: Object, name: str) -> str:
    found = identifier(record, name)
    if found is None:
        raise FieldError(name, "is missing", rule="missing-field")
    return found


def identifiers(record: Object, name: str) -> tuple[str, ...]:
    """A list of ids; in a table cell they are separated by "|"."""
    return tuple(required_id({name: value}, name) for value in items(record.get(name)))


def items(value: Any) -> list[Any]:
    """The values of a list; a single value stands for a list of one, and text is split at "|"."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split("|")] if "|" in value else [value]
    return list(value) if isinstance(value, list | tuple) else [value]


def words(value: Any, name: str) -> Text:
    """Text in one language (found by looking) or an object {"zh", "en"}."""
    if value is None:
        return Text()
    if not isinstance(value, Mapping):
        return Text.of(plain(value, name))
    strange = set(value) - {"zh", "en"}
    if strange:
        raise FieldError(name, f"expected the languages zh and en, found {sorted(map(str, strange))}")
    return Text(
        zh=plain(value.get("zh") or "", name),
        en=plain(value.get("en") or "", name),
    )


def unworded(text: Text) -> str | dict[str, str]:
    """The inverse of `words`."""
    if not (text.zh and text.en):
        single = text.zh or text.en
        if Text.of(single) == text:
            return single
    return {name: value for name, value in (("zh", text.zh), ("en", text.en)) if value}


@lru_cache(maxsize=65_536)
def _money(amount: str | int | float, currency: str) -> Money:
    """Raises ValueError."""
    try:
        return Money.of(amount, currency)
    except ValueError:
        said = written(amount, currency) if isinstance(amount, str) else None
        if said is None:
            raise
        return Money.of(said[0], said[1] or currency)


def money(record: Object, name: str, currency: str) -> Money | None:
    """An amount of major units, not negative, or what the API answers for one; None where it is left out."""
    value = record.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, Mapping) and value.keys() == {"amount", "currency"}:
        return money({name: value["amount"]}, name, currency_of(value, currency))
    try:
        found = _money(value, currency) if isinstance(value, _HASHABLE) else Money.of(value, currency)
    except (ValueError, TypeError, OverflowError):
        raise FieldError(name, f"expected an amount of {currency}, found {shown(value)}") from None
    if isinstance(value, bool):
        raise FieldError(name, f"expected an amount of {currency}, found {value}")
    if found.minor < 0:
        raise FieldError(name, f"is negative: {shown(value)}", rule="negative-price")
    return found


def unmoney(amount: Money) -> int | float | str:
    """The inverse of `money`: a number where JSON keeps it exactly, else text."""
    major = amount.major
    if major == major.to_integral_value():
        return int(major)
    return float(major) if abs(amount.minor) < 10**15 else str(major)


def currency_of(record: Object, default: str) -> str:
    """The ISO 4217 code of the record, upper case."""
    value = record.get("currency")
    if value is None or value == "":
        return default
    if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha():
        return value.upper()
    raise FieldError("currency", f"expected a code of three letters such as CNY, found {shown(value)}")


def instant(value: Any, name: str) -> Instant:
    """Read a moment: ISO 8601 (without an offset: UTC), as people write dates, or epoch seconds or milliseconds.

    Numbers below 10**11 are seconds (that is the year 5138); as milliseconds they would lie before 1973.
    """
    if isinstance(value, str):
        moment = _from_text(value.strip(), name)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LAST:
        moment = int(value * 1000 if abs(value) < _SECONDS_BELOW else value)
    elif isinstance(value, datetime):
        moment = _milliseconds(value)
    else:
        raise FieldError(name, f"expected ISO 8601 or epoch time, found {shown(value)}")
    if not 0 <= moment < _LAST:
        raise FieldError(name, f"is outside the years 1970 to 9999: {shown(value)}")
    return Instant(moment)


def _from_text(value: str, name: str) -> int:
    try:
        if value.isdecimal() and len(value) != 8:
            number = int(value)
            return number * 1000 if number < _SECONDS_BELOW else number
        return _milliseconds(date_of(value))
    except TwoWays:
        advice = "does the day or the month come first? Import with --dates day-first or --dates month-first"
        raise FieldError(name, f"{shown(value)}: {advice}") from None
    except (ValueError, OverflowError):
        pass
    try:
        return int(float(value) * (1000 if abs(float(value)) < _SECONDS_BELOW else 1))
    except (ValueError, OverflowError):
        raise FieldError(name, f"expected a date such as 2026-03-01 10:15, found {shown(value)}") from None


def _milliseconds(moment: datetime) -> int:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(milliseconds=1)


def optional_instant(record: Object, name: str) -> Instant | None:
    value = record.get(name)
    return None if value is None or value == "" else instant(value, name)


def required_instant(record: Object, name: str) -> Instant:
    value = record.get(name)
    if value is None or value == "":
        raise FieldError(name, "is missing", rule="missing-field")
    if type(value) is int and _SECONDS_BELOW <= value < _LAST:
        return Instant(value)  # milliseconds, as most exports write them
    return instant(value, name)


def uninstant(moment: Instant) -> str:
    """The inverse of `instant`: ISO 8601 in UTC, with milliseconds where there are any."""
    seconds, milliseconds = divmod(moment, 1000)
    written = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{written}.{milliseconds:03d}Z" if milliseconds else f"{written}Z"


def integer(record: Object, name: str, *, least: int | None = None) -> int | None:
    """A whole number of at most 63 bits; None where it is left out."""
    value = record.get(name)
    if value is None or value == "":
        return None
    try:
        number = float(value) if not isinstance(value, int) else value
        whole = int(value) if isinstance(value, int) or (isinstance(value, str) and "." not in value) else int(number)
    except (ValueError, TypeError, OverflowError):
        raise FieldError(name, f"expected a whole number, found {shown(value)}") from None
    if isinstance(value, bool) or whole != number or abs(whole) >= _LARGEST_INTEGER:
        raise FieldError(name, f"expected a whole number, found {shown(value)}")
    if least is not None and whole < least:
        raise FieldError(name, f"expected at least {least}, found {whole}")
    return whole


def number(record: Object, name: str, *, least: float = -math.inf, most: float = math.inf) -> float | None:
    """A finite number; None where it is left out."""
    value = record.get(name)
    if value is None or value == "":
        return None
    try:
        found = float(value)
    except (ValueError, TypeError, OverflowError):
        raise FieldError(name, f"expected a number, found {shown(value)}") from None
    if isinstance(value, bool) or not math.isfinite(found):
        raise FieldError(name, f"expected a number, found {shown(value)}")
    if not least <= found <= most:
        raise FieldError(name, f"expected {least:g} to {most:g}, found {shown(value)}", rule="out-of-range")
    return found


def flag(record: Object, name: str) -> bool:
    """True or false, also as text; false where it is left out."""
    value = record.get(name)
    if value is None or value == "":
        return False
    folded = str(value).strip().casefold()
    if folded in _TRUE:
        return True
    if folded in _FALSE:
        return False
    raise FieldError(name, f"expected true or false, found {shown(value)}")


def choice(record: Object, name: str, choices: Iterable[str], default: str | None = None) -> str:
    """One of the choices; `default` where it is left out, an error where there is no default."""
    value = record.get(name)
    if value is None or value == "":
        if default is None:
            raise FieldError(name, "is missing", rule="missing-field")
        return default
    if value not in choices:
        raise FieldError(name, f"expected one of {', '.join(choices)}, found {shown(value)}")
    return str(value)


def nested(record: Object, name: str) -> Object:
    """An object inside the record; empty where it is left out."""
    value = record.get(name)
    if value is None or value == "":
        return {}
    if not isinstance(value, Mapping):
        raise FieldError(name, f"expected an object, found {shown(value)}")
    return value


def objects(record: Object, name: str) -> list[Object]:
    """A list of objects inside the record."""
    value = record.get(name)
    if value is None or value == "":
        return []
    if not isinstance(value, list | tuple) or not all(isinstance(entry, Mapping) for entry in value):
        raise FieldError(name, f"expected a list of objects, found {shown(value)}")
    return list(value)


def compact(record: dict[str, Any]) -> dict[str, Any]:
    """Without the fields that say nothing."""
    return {name: value for name, value in record.items() if value not in (None, "", [], {}, ())}
