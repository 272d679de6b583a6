"""`daogou key`: keys of the HTTP API and the console."""

from __future__ import annotations

import click

from daogou.cli.shared import Call, shop_command


@click.group()
def key() -> None:
    """Make, list and revoke keys. A key is shown once; the shop keeps its hash. A name made anew gets a new key."""


@key.command()
@click.argument("name")
@click.option("--role", type=click.Choice(["service", "operator", "admin"]), default="service", show_default=True)
@shop_command
def make(call: Call, name: str, role: str) -> None:
    """Make a key called NAME and print it."""
    from daogou.server.auth import create_key

    with call.open() as shop:
        click.echo(create_key(shop.stores, role=role, name=name))


@key.command()
@click.argument("name")
@shop_command
def revoke(call: Call, name: str) -> None:
    """Let the key called NAME stop working, from its next request on."""
    from daogou.server.keys import revoke_key

    with call.open() as shop:
        revoke_key(shop.stores, name)


@key.command("list")
@shop_command
def list_(call: Call) -> None:
    """List the keys by name and role."""
    with call.open() as shop:
        for name, entry in shop.stores.ledger.of("key"):
            click.echo(f"{name}\t{'revoked' if entry.get('revoked') else entry.get('role')}")
