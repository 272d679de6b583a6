"""`daogou profile SHOPPER`."""

from __future__ import annotations

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.argument("shopper")
@shop_command
def profile(call: Call, shopper: str) -> None:
    """Show what is known of SHOPPER and where each part comes from."""
    with call.open() as shop:
        found = shop.profile(shopper)
        if call.json:
            call.print_json(found)
            return
        from daogou.cli.tables import print_profile

        print_profile(shop, found)
