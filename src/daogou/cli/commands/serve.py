"""`daogou serve`."""

from __future__ import annotations

import os

import click

from daogou.cli.shared import Call, shop_command


@click.command()
@click.option("--host", help="Address to listen on (default: [server] host, 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (default: [server] port, 8000).")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes (default: [server] workers, 1).")
@shop_command
def serve(call: Call, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve storefront, console and HTTP API until Ctrl-C."""
    # numpy reads this when it is imported: answers are many and small, and waiting threads of one take from the others
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from daogou.server.run import leave
    from daogou.server.run import serve as run
    from daogou.settings import read

    server = read(call.folder).server
    run(call.folder, host=host or server.host, port=port or server.port, workers=workers or server.workers)
    leave()
