"""`daogou backup DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@shop_command
def backup(call: Call, folder: Path) -> None:
    """Write a copy of settings, facts, releases and pictures to FOLDER, while the shop may be serving."""
    from daogou.shop.backup import backup as write

    newest = write(call.folder, folder)
    click.echo(f"wrote {folder}, up to event {newest}")
