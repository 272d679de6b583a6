"""`daogou activate RELEASE`."""

from __future__ import annotations

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.argument("release")
@shop_command
def activate(call: Call, release: str) -> None:
    """Serve RELEASE from the next answer on; a corrupt one is refused and the present one stays."""
    with call.open() as shop:
        shop.activate(release)
    click.echo(f"release {release} is active")
