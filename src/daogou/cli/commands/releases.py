"""`daogou releases`."""

from __future__ import annotations

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@shop_command
def releases(call: Call) -> None:
    """List the releases, newest first, the active one marked; --json has everything that was measured."""
    from daogou.shop.shop import releases_of

    found = releases_of(call.folder)
    if call.json:
        call.print_json(found)
        return
    from daogou.cli.tables import print_releases

    print_releases(found)
