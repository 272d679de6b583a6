"""`daogou demo [showcase|groceries]`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("which", type=click.Choice(["showcase", "groceries"]), default="showcase")
@click.option("--folder", type=click.Path(path_type=Path), help="Where the shop is built (default: demo/NAME).")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--no-serve", is_flag=True, help="Build the shop and stop.")
def demo(which: str, folder: Path | None, host: str, port: int, no_serve: bool) -> None:
    """Build a demonstration shop (once) and serve it."""
    from daogou.cli.progress import step_progress
    from daogou.server.keys import make_demo_keys
    from daogou.shop.demo import build

    folder = folder or Path("demo") / which
    with step_progress() as progress:
        built = build(which, folder, progress=progress)
    click.echo(built)
    click.echo(f"keys for the console and the HTTP API: {make_demo_keys(folder)}")
    if not no_serve:
        from daogou.server.run import leave, serve

        serve(folder, host=host, port=port, workers=1)
        leave()
