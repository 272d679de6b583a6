"""`daogou graph 'SPARQL…'` and `daogou graph --export FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.argument("sparql", required=False)
@click.option("--export", "target", type=click.Path(path_type=Path), help="Write the whole graph as JSON-LD.")
@shop_command
def graph(call: Call, sparql: str | None, target: Path | None) -> None:
    """Query the knowledge graph with SPARQL 1.1, or export it as JSON-LD."""
    if (sparql is None) == (target is None):
        raise click.UsageError("give a SPARQL query, or --export FILE")
    with call.open() as shop:
        if target is not None:
            n = shop.export_graph(target)
            click.echo(f"wrote {n} nodes to {target}")
        elif call.json:
            call.print_json(shop.graph(sparql or ""))
        else:
            from daogou.cli.tables import print_rows

            print_rows(shop.graph(sparql or ""))
