"""The grocer's households, with what about a third of them told of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daogou.evaluation.lines import write_lines

if TYPE_CHECKING:
    import duckdb

LABELS = (
    "age", "income", "home_ownership", "marital_status", "household_size", "household_comp", "kids_count", "campaigns",
)  # fmt: skip
"""Labels of a household, as far as they are known; `campaigns` are the numbers of those it was sent."""


def write(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write every household that bought anything and return how many. They joined when they first bought."""
    return write_lines(path, _records(con))


def _records(con: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    rows = con.execute("""
        WITH sent AS (
            SELECT household_id, string_agg(campaign_id::VARCHAR, ', ' ORDER BY campaign_id) AS campaigns
            FROM campaigns GROUP BY household_id
        ),
        known AS (SELECT household, min("at") AS joined FROM lines GROUP BY household)
        SELECT household, joined, age, income, home_ownership, marital_status, household_size, household_comp,
               kids_count, campaigns
        FROM known LEFT JOIN demographics d ON d.household_id = household LEFT JOIN sent s ON s.household_id = household
        ORDER BY household
    """).fetchall()
    for household, joined, *facts in rows:
        yield {
            "id": str(household),
            "name": f"Household {household}",
            "language": "en",
            "joined": joined,
            "labels": {name: fact for name, fact in zip(LABELS, facts, strict=True) if fact is not None},
        }
