"""Evaluating a shop: measured in a temporary release that is never activated, written as a page and as JSON."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from daogou.evaluation.offline.run import Evaluation, Plan, evaluate
from daogou.evaluation.report.html import page
from daogou.evaluation.report.latest import FOLDER, PAGE, RECORD
from daogou.evaluation.simulator.truth import FILE, Truth
from daogou.shop.plain import plain_json

if TYPE_CHECKING:
    from daogou.domain.text import Language
    from daogou.shop.shop import Report, Shop


@dataclass(frozen=True, slots=True)
class Written:
    """An evaluation and where its report is."""

    found: Evaluation
    page: Path
    record: Path


def evaluate_shop(
    shop: Shop,
    plan: Plan | None = None,
    *,
    folder: Path | None = None,
    language: Language | None = None,
    progress: Report | None = None,
) -> Written:
    """Evaluate the shop and write `report.html` and `report.json` into `folder`.

    Answers are arranged as the shop does, but without places that go by lot and without its rules, which are the
    operator's word. The stores are only read and the releases are left alone. A simulated shop is also measured against
    the truth beside its files. Raises NotReady where too little is on record.
    """
    folder = folder or shop.folder / FOLDER
    with tempfile.TemporaryDirectory(prefix="daogou-evaluation-") as aside:
        found = evaluate(
            shop.stores,
            Path(aside),
            config=shop.settings.training,
            answers=replace(shop.settings.recommend, explore={}),
            plan=plan,
            truth=_truth(shop),
            tell=progress or (lambda step, done: None),
        )
    folder.mkdir(parents=True, exist_ok=True)
    written = Written(found, folder / PAGE, folder / RECORD)
    settings = shop.settings.shop
    language = language or settings.language
    name = settings.name.show(language)
    written.page.write_text(page(found, name=name, language=language, simulated=settings.simulated), "utf-8")
    written.record.write_text(plain_json(found) + "\n", "utf-8")
    return written


def _truth(shop: Shop) -> Truth | None:
    """What the simulated shoppers really want, if this shop is simulated and holds just what was simulated."""
    source = shop.folder / "source"
    if not shop.settings.shop.simulated or not (source / FILE).is_file():
        return None
    truth = Truth.load(source)
    known = all(product.id in truth.products for product in shop.stores.catalogue.scan())
    return truth if known else None
