"""Serve a shop until Ctrl-C or SIGTERM: what is under way is answered first, what was acknowledged is on disk."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from daogou.domain.errors import BadSettings
from daogou.server.logs import configure
from daogou.server.workers import SHARED_COUNTS, SHOP_FOLDER

if TYPE_CHECKING:
    from granian.http import HTTP1Settings

    from daogou.shop.shop import Shop


def serve(folder: str | Path, host: str = "127.0.0.1", port: int = 8000, workers: int = 1) -> None:
    """Serve the shop in a folder; returns after a clean stop.

    Prints one line with the address when the first request can be answered. Raises BadSettings where the address is
    taken, and what `open_shop` raises.
    """
    from daogou.shop.shop import open_shop

    folder = Path(folder).resolve()
    _refuse_taken(host, port)
    shop = open_shop(folder)
    try:
        _say_ready(shop, host, port)
        if workers == 1:
            asyncio.run(_one(shop, host, port))
    finally:
        shop.close()
    if workers > 1:
        _several(folder, host, port, workers)


def leave() -> NoReturn:
    """End the process after `serve`, with status 0, without taking the interpreter apart.

    The server's threads outlive `serve` by a moment. Where one of them asks for the interpreter while Python takes it
    apart, the process aborts, although everything was answered and is on disk.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


async def _one(shop: Shop, host: str, port: int) -> None:
    """Serve from this process, so that Ctrl-C has nothing to pass on."""
    from granian.constants import Interfaces
    from granian.server.embed import Server

    from daogou.server.app import build_app

    configure(shop.settings.server.log)
    server = Server(
        build_app(shop), address=host, port=port, interface=Interfaces.ASGI, websockets=False, log_enabled=False,
        backlog=1024, backpressure=1024, http1_settings=_http1(),
    )  # fmt: skip
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, server.stop)
    await server.serve()


def _several(folder: Path, host: str, port: int, workers: int) -> None:
    """Serve from worker processes, which open the shop each for itself and share their counts."""
    from granian import Granian
    from granian.constants import Interfaces

    os.environ[SHOP_FOLDER] = str(folder)
    with tempfile.TemporaryDirectory(prefix="daogou-metrics-") as counts:
        os.environ[SHARED_COUNTS] = counts
        Granian(
            "daogou.server.run:worker", address=host, port=port, interface=Interfaces.ASGI, factory=True,
            workers=workers, websockets=False, log_enabled=False, backlog=1024, backpressure=1024,
            http1_settings=_http1(), workers_kill_timeout=30, respawn_failed_workers=True,
        ).serve()  # fmt: skip


def worker() -> object:
    """Make the application of one worker process."""
    from daogou.server.app import build_app
    from daogou.shop.shop import open_shop

    shop = open_shop(os.environ[SHOP_FOLDER])
    configure(shop.settings.server.log)
    return build_app(shop, owner=True)


def _http1() -> HTTP1Settings:
    from granian.http import HTTP1Settings

    # A caller gets ten seconds to send its headers; more is a slow-loris.
    return HTTP1Settings(header_read_timeout=10_000)


def _say_ready(shop: Shop, host: str, port: int) -> None:
    name, release = str(shop.settings.shop.name), shop.release_id  # opens what answers, so that no visitor waits for it
    state = f"release {release}" if release else "no release yet: run `daogou train`"
    print(f"{name} is served at http://{_in_url(host)}:{port} ({state}; Ctrl-C stops it)", flush=True)


def _in_url(host: str) -> str:
    """An address a browser on this machine can open."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 (compared, not bound)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadSettings(f"cannot listen on {host}:{port}: {error.strerror}", where="server.port") from None
