"""The report that stands in a shop's folder, as far as the console tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from daogou.domain.ids import Instant
from daogou.domain.text import Text
from daogou.evaluation.offline.systems import OURS
from daogou.evaluation.report.words import WORDS

FOLDER = "evaluation"
"""Where in the shop's folder the report goes unless told otherwise."""
PAGE, RECORD = "report.html", "report.json"


@dataclass(frozen=True, slots=True)
class Latest:
    """The report that stands in a shop's folder."""

    at: Instant
    """When it was written."""
    page: Path
    short: Text
    """What it found in a sentence; empty where the record beside it cannot be read."""


def latest(folder: Path) -> Latest | None:
    """The newest report of the shop in `folder`; None where there is none yet."""
    page, record = folder / FOLDER / PAGE, folder / FOLDER / RECORD
    try:
        at = Instant(int(page.stat().st_mtime * 1000))
    except FileNotFoundError:
        return None
    try:
        return Latest(at, page, _short(msgspec.json.decode(record.read_bytes(), type=_Record)))
    except (OSError, KeyError, IndexError, msgspec.DecodeError):
        return Latest(at, page, Text())


class _Mean(msgspec.Struct):
    mean: float


class _Table(msgspec.Struct):
    accuracy: dict[str, dict[str, _Mean]]


class _Plan(msgspec.Struct):
    ks: list[int]


class _Record(msgspec.Struct):
    """What of report.json the sentence is made of."""

    plan: _Plan
    tables: list[_Table]


def _short(record: _Record) -> Text:
    k = record.plan.ks[0]
    found = record.tables[0].accuracy
    ours, popular, random = (
        f"{1000 * found[name][f'hit rate@{k}'].mean:,.0f}" for name in (OURS, "most popular", "random")
    )
    said = {"ours": ours, "popular": popular, "random": random, "k": k}
    return Text(zh=WORDS["short"].zh.format(**said), en=WORDS["short"].en.format(**said))
