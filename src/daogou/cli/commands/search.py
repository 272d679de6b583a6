"""`daogou search TEXT` and `daogou search --queries F.jsonl`."""

from __future__ import annotations

from pathlib import Path

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.argument("text", nargs=-1)
@click.option("--queries", type=click.Path(exists=True, dir_okay=False, path_type=Path), help='Lines {"id", "text"}.')
@click.option("--out", type=click.Path(path_type=Path), help="Where the answers to --queries go.")
@click.option("--k", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many products.")
@click.option("--shopper", help="Search as this shopper.")
@shop_command
def search(
    call: Call, *, text: tuple[str, ...], queries: Path | None, out: Path | None, k: int, shopper: str | None
) -> None:
    """Search the catalogue for TEXT, or for every line of a file."""
    from daogou.cli.batch import run_batch
    from daogou.cli.tables import print_hits

    if bool(text) == bool(queries):
        raise click.UsageError("give words to search for, or --queries FILE")
    with call.open() as shop:
        if queries:
            from daogou.shop.batch import search_lines

            run_batch(queries, out, lambda lines: search_lines(shop, lines, k=k))
            return
        hits = shop.search(" ".join(text), k=k, shopper=shopper)
        if call.json:
            call.print_json(hits)
        else:
            print_hits(shop, hits)
