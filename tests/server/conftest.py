"""A served fake shop, and callers of each role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_shop import FakeShop, Served, fill
from starlette.testclient import TestClient

from daogou.server.app import build_app


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    shop = fill(FakeShop(tmp_path))
    with TestClient(build_app(shop), base_url="http://localhost", raise_server_exceptions=False) as http:
        yield Served(shop, http)
