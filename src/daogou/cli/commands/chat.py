"""`daogou chat`: the assistant in a terminal."""

from __future__ import annotations

import asyncio

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.option("--shopper", help="Chat as this shopper (needed for questions about orders).")
@shop_command
def chat(call: Call, shopper: str | None) -> None:
    """Talk to the shopping assistant, in Chinese or English; an empty line ends it."""
    from daogou.cli.tables import print_answer

    with call.open() as shop:
        conversation = shop.new_conversation()
        if call.json is False:
            click.echo("你好！想找点什么？ Hello! What are you looking for?")
        while text := _read_line():
            answer = asyncio.run(shop.chat(text, conversation=conversation, shopper=shopper))
            if call.json:
                call.print_json(answer)
            else:
                print_answer(shop, answer)


def _read_line() -> str:
    try:
        text: str = click.prompt("›", prompt_suffix=" ", default="", show_default=False)
    except click.Abort:
        return ""
    return text.strip()
