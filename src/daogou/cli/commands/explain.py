"""`daogou explain SHOPPER PRODUCT`."""

from __future__ import annotations

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.argument("shopper")
@click.argument("product")
@shop_command
def explain(call: Call, shopper: str, product: str) -> None:
    """Say why PRODUCT would be recommended to SHOPPER, from what the score is made of."""
    with call.open() as shop:
        explanation = shop.explain(shopper, product)
        if call.json:
            call.print_json(explanation)
            return
        from daogou.cli.tables import print_explanation

        print_explanation(shop, explanation)
