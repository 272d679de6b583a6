"""A small showcase, written once for all tests that read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from daogou.evaluation.showcase import build


@pytest.fixture(scope="session")
def showcase(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("showcase")
    build.write(folder, scale=0.1)
    return folder


@pytest.fixture(scope="session")
def lines(showcase: Path) -> Callable[[str], list[dict[str, Any]]]:
    """Records of one kind, by the name of its file."""

    def read(kind: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (showcase / f"{kind}.jsonl").read_text("utf-8").splitlines()]

    return read
