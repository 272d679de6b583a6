"""`daogou questions [PRODUCT]`."""

from __future__ import annotations

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.argument("product", required=False)
@shop_command
def questions(call: Call, product: str | None) -> None:
    """List what shoppers ask often and whether the record answers it: across the shop, or of PRODUCT."""
    from daogou.cli.asked import print_asked, print_often
    from daogou.domain.errors import NotFound

    with call.open() as shop:
        if product is None:
            lines = shop.questions.report()
            if call.json:
                call.print_json(lines)
            else:
                print_asked(shop, lines)
            return
        found = shop.product(product)
        if found is None:
            raise NotFound(f"no product {product!r}", where="product")
        shop.questions.catch_up()
        often = shop.questions.of(found)
        if call.json:
            call.print_json(often)
        else:
            print_often(shop, often)
