"""`daogou evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from daogou.cli.shared import Call, shop_command

if TYPE_CHECKING:
    from daogou.domain.text import Language
    from daogou.evaluation.offline.splits import SplitName


@click.command()
@click.option(
    "--split",
    type=click.Choice(["time", "next-step", "leave-one-out"]),
    default="time",
    show_default=True,
    help="Ask what shoppers turn to after one moment, for the next step of each at a later moment drawn by chance, or "
    "for the newest product of each.",
)
@click.option(
    "--share", default=0.2, show_default=True, type=click.FloatRange(0.01, 0.9), help="Part of the events held out."
)
@click.option(
    "--shoppers", default=2000, show_default=True, type=click.IntRange(50), help="How many are asked about, at most."
)
@click.option("--k", default=10, show_default=True, type=click.IntRange(1, 50), help="Length of a list; also twice it.")
@click.option("--seed", default=0, show_default=True, help="Draws the shoppers and the intervals.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Of the report; the shop's unless given.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder of the report; the shop's evaluation/."
)
@shop_command
def evaluate(
    call: Call,
    *,
    split: str,
    share: float,
    shoppers: int,
    k: int,
    seed: int,
    language: str | None,
    out: Path | None,
) -> None:
    """Measure the recommenders on held-out events, beside baselines; writes report.html and report.json.

    Trains on the past alone, aside: the active release and the facts on record are left as they are.
    """
    from daogou.cli.progress import step_progress
    from daogou.evaluation.offline.run import Plan
    from daogou.shop.evaluating import evaluate_shop

    plan = Plan(split=cast("SplitName", split), share=share, shoppers=shoppers, ks=(k, 2 * k), seed=seed)
    with call.open() as shop, step_progress(enabled=not call.json) as progress:
        written = evaluate_shop(shop, plan, folder=out, language=cast("Language | None", language), progress=progress)
    if call.json:
        call.print_json({"page": written.page, "record": written.record, "found": written.found})
        return
    from daogou.cli.evaluated import print_evaluation

    print_evaluation(written)
