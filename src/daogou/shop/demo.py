"""Builds the demonstration shops: generate or derive the files, import them, train; all or nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from daogou.domain.ids import DAY_MS, Instant, current_instant
from daogou.domain.text import Text

if TYPE_CHECKING:
    from daogou.ingest.run import Progress
    from daogou.shop.shop import Report

Name = Literal["showcase", "groceries"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one demonstration shop is made."""

    title: Text
    currency: str
    settings: Mapping[str, Any]
    write: Callable[[Path], Sequence[Path]]
    """Writes into a folder; returns what is to be imported."""
    rates: Mapping[str, float] = field(default_factory=dict)


def build(name: str, folder: Path, *, progress: Report | None = None) -> str:
    """Build the shop in `folder` unless it is there already; says in one sentence what was done.

    It is built beside its place and moved there whole, so that an interrupted build leaves nothing half made.
    """
    if (folder / "daogou.toml").exists():
        return f"{folder} is built already; remove it to build it anew."
    started = time.monotonic()
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    _build(_recipe(name), partial, progress or _quiet)
    if folder.exists():
        folder.rmdir()
    partial.rename(folder)
    return f"built {folder} in {time.monotonic() - started:.0f} s."


def _build(recipe: Recipe, folder: Path, report: Report) -> None:
    from daogou.shop.create import create
    from daogou.shop.shop import open_shop

    create(folder, name=recipe.title, currency=recipe.currency, rates=recipe.rates, **recipe.settings)
    source = folder / "source"
    report("writing the shop's files", 0.0)
    paths = recipe.write(source)
    if (source / "pictures").exists():
        (folder / "pictures").rmdir()
        (source / "pictures").rename(folder / "pictures")
    report("writing the shop's files", 1.0)
    shop = open_shop(folder)

    def importing(seen: Progress) -> None:
        report("importing", seen.done / seen.total if seen.total else 1.0)

    try:
        shop.import_files(paths, progress=importing)
        report("importing", 1.0)
        shop.train(progress=report)
    finally:
        shop.close()


def _recipe(name: str) -> Recipe:
    return _showcase() if name == "showcase" else _groceries()


def _showcase() -> Recipe:
    from daogou.evaluation.showcase import build

    def write(folder: Path) -> Sequence[Path]:
        today = Instant(current_instant() // DAY_MS * DAY_MS)
        build.write(folder, end=today)
        return build.paths(folder)

    return Recipe(
        Text(zh="万象百货", en="Panorama"),
        "CNY",
        {"language": "zh", "simulated": True, "demo_shoppers": ["lin", "emma", "wei", "sofia"]},
        write,
        rates={"USD": 7.1, "EUR": 7.8},
    )


def _groceries() -> Recipe:
    from daogou.evaluation import groceries

    def write(folder: Path) -> Sequence[Path]:
        groceries.write(folder, None)
        return [folder]

    return Recipe(
        Text(zh="街角超市", en="Corner Groceries"),
        "USD",
        {"language": "en", "demo_shoppers": ["1", "7", "1228"]},
        write,
    )


def _quiet(step: str, done: float) -> None:
    return None
