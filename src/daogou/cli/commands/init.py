"""`daogou init DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from daogou.domain.text import Text


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", default="", help="The shop's name.")
@click.option("--currency", default="USD", show_default=True, help="ISO 4217 code of prices that name none.")
def init(folder: Path, name: str, currency: str) -> None:
    """Make a new shop in FOLDER."""
    from daogou.shop.create import create

    path = create(folder, name=Text.of(name) if name else Text(zh="我的小店", en="My shop"), currency=currency)
    click.echo(f"made {path}")
    click.echo(f"next: cd {folder} && daogou import YOUR-FILES… && daogou train && daogou serve")
