"""The pages of a fake shop on a real port, for a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from starlette.testclient import TestClient

_OWN = {"content-length", "connection", "transfer-encoding", "server", "date"}


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """Serve an ASGI application on a free port until the block ends; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {**self.headers, "Accept-Encoding": "identity"}
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            client = TestClient(app, base_url=f"http://{self.headers['Host']}", raise_server_exceptions=False)
            answer = client.request(self.command, self.path, headers=headers, content=body, follow_redirects=False)
            self.send_response(answer.status_code)
            for name, value in answer.headers.multi_items():
                if name.lower() not in _OWN:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            with suppress(ConnectionError):  # a page that was left no longer waits for its pictures
                self.wfile.write(answer.content)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
