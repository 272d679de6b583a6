"""Commands that this version does not have; they say so and exit with status 2."""

from __future__ import annotations

import sys

import click


def _refuse(name: str, what: str) -> None:
    click.echo(f"daogou {name}: not in this version: {what}. The README's table says what works today.", err=True)
    sys.exit(2)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def erase(arguments: tuple[str, ...]) -> None:
    """Erase a shopper from every record (not in this version)."""
    _refuse("erase", "erasing a shopper from events, profiles, releases and backups")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def export(arguments: tuple[str, ...]) -> None:
    """Export everything that is held of a shopper (not in this version)."""
    _refuse("export", "exporting everything that is held of a shopper")
