"""`daogou recommend` for a shopper, a product, a basket, or a file of histories."""

from __future__ import annotations

from pathlib import Path

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.option(
    "--histories", type=click.Path(exists=True, dir_okay=False, path_type=Path), help='Lines {"id", "history"}.'
)
@click.option("--out", type=click.Path(path_type=Path), help="Where the answers to --histories go.")
@click.option("--k", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many products.")
@click.option("--shopper", help="For this shopper.")
@click.option("--product", help="Beside this product.")
@click.option("--basket", multiple=True, help="To go with this product of a basket; repeat for more.")
@click.option("--kind", help="for-you, similar, together, next-basket, trending, new.")
@shop_command
def recommend(
    call: Call,
    *,
    histories: Path | None,
    out: Path | None,
    k: int,
    shopper: str | None,
    product: str | None,
    basket: tuple[str, ...],
    kind: str | None,
) -> None:
    """Recommend products; with nothing given, what is trending."""
    from daogou.cli.batch import run_batch
    from daogou.cli.tables import print_hits

    with call.open() as shop:
        if histories:
            from daogou.shop.batch import recommend_lines

            run_batch(histories, out, lambda lines: recommend_lines(shop, lines, k=k))
            return
        hits = shop.recommend(shopper=shopper, product=product, basket=basket, kind=kind, k=k)
        if call.json:
            call.print_json(hits)
        else:
            print_hits(shop, hits)
