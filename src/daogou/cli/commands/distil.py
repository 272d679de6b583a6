"""`daogou distil`: what is recommended to each product alone, as one table."""

from __future__ import annotations

from pathlib import Path

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.option("--k", type=click.IntRange(1, 1000), default=20, show_default=True, help="Answers kept for a product.")
@click.option("--out", type=click.Path(path_type=Path), help="Where the table goes; the standard output unless given.")
@shop_command
def distil(call: Call, *, k: int, out: Path | None) -> None:
    """Write the ranker as one small table, for where the engine does not run.

    One line for each product: what is recommended to somebody who looked at it alone. A history is answered by adding
    up its lines; docs/how-to/recommend.md has the ten lines of Python for that.
    """
    from daogou.cli.batch import write_lines
    from daogou.shop.batch import distil_lines

    with call.open() as shop:
        write_lines(out, distil_lines(shop, k=k))
