"""A shop served by a process of its own, to be killed, stopped and started again."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from daogou.domain.text import Text
from daogou.server.keys import create_key
from daogou.shop.create import create
from daogou.shop.shop import open_shop

_PATIENCE_S = 60.0


@dataclass
class Served:
    """One shop, its key, and the process that serves it while there is one."""

    folder: Path
    workers: int = 1
    key: str = ""
    port: int = 0
    process: subprocess.Popen[str] | None = field(default=None)
    temporary: Path | None = None
    """Where the server puts what it needs only while it runs; the system's folder where None."""

    @classmethod
    def make(cls, folder: Path, *, workers: int = 1) -> Served:
        """Make an empty shop with a service key."""
        create(folder, name=Text(en="Chaos"), currency="USD")
        return cls.open(folder, workers=workers)

    @classmethod
    def open(cls, folder: Path, *, workers: int = 1) -> Served:
        """Take a shop that exists, and give it a service key."""
        shop = open_shop(folder)
        key = create_key(shop.stores, "service", "chaos")
        shop.close()
        return cls(folder, workers, key, _free_port())

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = ["--shop", str(self.folder), "--port", str(self.port), "--workers", str(self.workers)]
        command = [sys.executable, "-m", "daogou.cli.main", "serve", *options]
        environment = os.environ | ({"TMPDIR": str(self.temporary)} if self.temporary else {})
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, start_new_session=True, env=environment
        )
        deadline = time.monotonic() + _PATIENCE_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start: exit status {self.process.poll()}")
            time.sleep(0.05)

    def kill(self) -> None:
        """kill -9 the server and all its workers."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self._reap()

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Ask the server to stop; return its exit status."""
        assert self.process is not None
        self.process.send_signal(sign)
        return self._reap()

    def connect(self) -> http.client.HTTPConnection:
        """A connection to the server."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_S)

    def post(self, connection: http.client.HTTPConnection, events: list[dict[str, object]]) -> int:
        """Post events; return the status. Raises OSError or HTTPException where the connection breaks."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        connection.request("POST", "/v1/events", json.dumps(events), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def get(self, path: str) -> tuple[int, str]:
        """Read a path, on a connection of its own."""
        connection = self.connect()
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.key}"})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    def a_product(self) -> str:
        """The id of some product of the shop; "p1" where it has none."""
        shop = open_shop(self.folder)
        first = next(shop.stores.catalogue.scan(), None)
        shop.close()
        return str(first.id) if first else "p1"

    def recorded(self) -> list[str]:
        """The ids of all events on record, as the store holds them; the server must not be running."""
        shop = open_shop(self.folder)
        found, seq = [], 0
        while page := shop.stores.events.since(seq, limit=50_000):
            found += [str(each.event.id) for each in page]
            seq = page[-1].seq
        shop.close()
        return found

    def _reap(self) -> int:
        assert self.process is not None
        status = self.process.wait(_PATIENCE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None
        return status

    def _answers(self) -> bool:
        connection = self.connect()
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
