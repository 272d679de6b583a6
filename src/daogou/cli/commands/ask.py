"""`daogou ask --conversations F.jsonl`: one answer line per turn."""

from __future__ import annotations

from pathlib import Path

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.option(
    "--conversations",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='Lines {"id", "shopper"?, "turns": […]}.',
)
@click.option("--out", type=click.Path(path_type=Path), help="Where the answers go (default: standard output).")
@shop_command
def ask(call: Call, conversations: Path, out: Path | None) -> None:
    """Answer every turn of a file of conversations."""
    from daogou.cli.batch import run_batch
    from daogou.shop.batch import ask_lines

    with call.open() as shop:
        run_batch(conversations, out, lambda lines: ask_lines(shop, lines))
