"""`daogou train`."""

from __future__ import annotations

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.option("--only", multiple=True, metavar="NAME", help="Fit only this recipe; the others are taken over.")
@shop_command
def train(call: Call, only: tuple[str, ...]) -> None:
    """Build, evaluate and activate a release."""
    from daogou.cli.progress import step_progress
    from daogou.cli.tables import print_release

    with call.open() as shop, step_progress(enabled=not call.json) as progress:
        release = shop.train(only=only, progress=progress)
    if call.json:
        made = release.manifest
        call.print_json({"release": release.id, "metrics": made.metrics, "skipped": made.skipped})
    else:
        print_release(release)
