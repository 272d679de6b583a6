"""`daogou restore DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@shop_command
def restore(call: Call, folder: Path) -> None:
    """Check the backup in FOLDER against its manifest and put it into an empty shop folder."""
    from daogou.shop.backup import restore as put_back

    put_back(folder, call.folder)
    click.echo(f"restored {call.folder}")
