"""`daogou import PATH…`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daogou.cli.shared import Call, shop_command

if TYPE_CHECKING:
    from daogou.ingest.reading.habits import Dates, Decimal


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--kind", help="Skip the guess: product, event, order, review, query, promotion, article, …")
@click.option("--map", "mapping", multiple=True, metavar="THEIRS=OURS", help="Read column THEIRS as our field OURS.")
@click.option("--currency", help="Currency of prices that name none (default: the shop's).")
@click.option("--decimal", type=click.Choice(["point", "comma"]), help="How to read 1.299.")
@click.option("--dates", type=click.Choice(["day-first", "month-first"]), help="How to read 03/04/2026.")
@click.option("--timezone", help="IANA name of the zone of dates that name none (default: the shop's).")
@click.option("--create-missing", is_flag=True, help="Create products that events name and no catalogue has.")
@click.option(
    "--rejects", type=click.Path(path_type=Path), help="Where rejected lines go (default: SHOP/rejects.jsonl)."
)
@shop_command
def import_(
    call: Call,
    *,
    paths: tuple[Path, ...],
    kind: str | None,
    mapping: tuple[str, ...],
    currency: str | None,
    decimal: Decimal | None,
    dates: Dates | None,
    timezone: str | None,
    create_missing: bool,
    rejects: Path | None,
) -> None:
    """Import files or folders; every line is accepted, repaired and listed, or rejected with its reason."""
    from daogou.cli.progress import import_progress
    from daogou.cli.tables import print_import

    pairs = dict(_pair(text) for text in mapping)
    _known_kind(kind)
    with call.open() as shop, import_progress(enabled=not call.json) as progress:
        report = shop.import_files(
            paths,
            kind=kind,
            mapping=pairs,
            currency=currency,
            decimal=decimal,
            dates=dates,
            timezone=timezone,
            create_missing=create_missing,
            rejects=rejects,
            progress=progress,
        )
    if call.json:
        call.print_json(report)
    else:
        print_import(report)
    if all(file.refused or not file.counts for file in report.files):  # none could be read to its end
        sys.exit(1)


def _known_kind(kind: str | None) -> None:
    from daogou.ingest.records.kinds import KINDS

    if kind is not None and kind not in KINDS:
        raise click.BadParameter(f"{kind!r} is none of {', '.join(KINDS)}", param_hint="--kind")


def _pair(text: str) -> tuple[str, str]:
    from daogou.ingest.records.kinds import FIELDS, near_misses

    theirs, equals, ours = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} is not THEIRS=OURS", param_hint="--map")
    if ours.partition(".")[0] not in FIELDS:
        raise click.BadParameter(f"{text!r}: {near_misses([ours], FIELDS)[0]}", param_hint="--map")
    return theirs, ours
