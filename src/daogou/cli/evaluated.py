"""How an evaluation looks in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from daogou.cli.tables import table
from daogou.evaluation.offline.systems import OURS
from daogou.evaluation.report.html import BASELINES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daogou.evaluation.offline.bootstrap import Interval
    from daogou.evaluation.offline.judging import Measured
    from daogou.evaluation.offline.run import Evaluation
    from daogou.shop.evaluating import Written


def print_evaluation(written: Written) -> None:
    """The tables, what they rest on, and where the report is."""
    found = written.found
    click.echo(
        f"{found.products:,} products; {found.past_events:,} events to learn from, {found.future_events:,} held out; "
        f"up to {found.plan.shoppers:,} shoppers, drawn with seed {found.plan.seed}; every product is ranked"
    )
    for measured in found.tables:
        _print_measured(measured)
    _print_rest(found)
    click.echo(f"report: {written.page}\n        {written.record}")


def _print_measured(measured: Measured) -> None:
    k = measured.ks[0]
    names = [OURS, *(name for name in BASELINES if name in measured.accuracy)]
    names += [name for name in measured.accuracy if name not in names]
    columns = [f"{name}@{k}" for name in ("hit rate", "recall", "ndcg")]
    table(
        ("method", *columns, "95% of it", "p"),
        (
            (
                name,
                *(f"{measured.accuracy[name][column].mean:.4f}" for column in columns),
                f"{measured.accuracy[name][columns[2]].low:.3f}–{measured.accuracy[name][columns[2]].high:.3f}",
                f"{measured.against[name][columns[2]].p:.3f}" if name in measured.against else "",
            )
            for name in names
        ),
        title=f"{measured.protocol}: {measured.n:,} shoppers",
    )


def true_taste(true: Mapping[str, Interval]) -> str:
    """The shop beside the baseline that shoppers would like best, which need not be the one they turned to most."""
    best = max((name for name in BASELINES if name in true), key=lambda name: true[name].mean)
    return f"true taste (simulated): {true[OURS].mean:.4f}, of the baselines {best} {true[best].mean:.4f}"


def _print_rest(found: Evaluation) -> None:
    if found.baskets is not None:
        ours, theirs = found.baskets.shop.mean, found.baskets.frequency.mean
        click.echo(
            f"next basket: recall@20 {ours:.4f}, personal frequency {theirs:.4f} "
            f"(p {found.baskets.difference.p:.3f}, {found.baskets.n:,} shoppers)"
        )
    if found.satisfaction.truth:
        click.echo(true_taste(found.satisfaction.truth))
    if found.logged.reason:
        click.echo(f"off-policy: no estimate: {found.logged.reason.en}")
    for name, reason in found.skipped.items():
        click.echo(f"not part of it: {name}: {reason}")
