"""What every command shares: where the shop is, JSON or text, and opening it."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from daogou.shop.shop import Shop

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Call:
    """The options any command takes."""

    folder: Path
    json: bool

    @contextmanager
    def open(self) -> Iterator[Shop]:
        """Open the shop for the length of a command."""
        from daogou.shop.shop import open_shop

        shop = open_shop(self.folder)
        try:
            yield shop
        finally:
            shop.close()

    def print_json(self, value: object) -> None:
        """Print a value as one line of JSON."""
        from daogou.shop.plain import plain_json

        click.echo(plain_json(value))


def shop_command(command: F) -> F:
    """Give a command `--shop` and `--json`, here or before the command's name, as its first argument `call`."""

    @click.option("--shop", "own_shop", type=click.Path(), help="The shop's folder.")
    @click.option("--json", "own_json", is_flag=True, help="Print JSON for machines.")
    @click.pass_context
    @functools.wraps(command)
    def run(ctx: click.Context, /, own_shop: str | None, own_json: bool, **options: Any) -> Any:
        outer = ctx.obj or {}
        folder = own_shop or outer.get("shop") or os.environ.get("DAOGOU_SHOP") or "."
        return command(Call(Path(folder), own_json or outer.get("json", False)), **options)

    return run  # type: ignore[return-value]
