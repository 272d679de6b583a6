"""`daogou backup DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@shop_command
def backup(call: Call, folder: Path) -> None:
    """Write a consistent copy of settings, facts and releases to FOLDER, while the shop may be serving."""
    from daogou.shop.backup import backup as write

    written = write(call.folder, folder)
    click.echo(f"wrote {written} files to {folder}")
