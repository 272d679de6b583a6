"""Small rounds of the chaos tests, with real processes; `python -m tests.chaos` runs the long ones."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from kill import kill
from process import Served
from stop import stop


def test_killed_twice_the_log_holds_each_acknowledged_event_once(tmp_path: Path) -> None:
    found = kill(tmp_path / "shop", rounds=2, events=3_000)
    assert (found["acknowledged"], found["lost"], found["doubled"], found["refused"]) == (3_000, 0, 0, 0)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_stopped_under_load_nothing_acknowledged_is_lost(tmp_path: Path, sign: signal.Signals) -> None:
    found = stop(tmp_path, rounds=1, events=2_000, sign=sign)
    assert found["value"] == 0, found


def test_several_workers_share_one_shop(tmp_path: Path) -> None:
    found = stop(tmp_path, rounds=1, events=2_000, workers=2)
    assert found["value"] == 0, found


def test_several_workers_count_together(tmp_path: Path) -> None:
    served = Served.make(tmp_path / "shop", workers=2)
    served.start()
    for _ in range(20):
        assert served.get("/healthz")[0] == 200
    status, text = served.get("/metrics")
    assert status == 200
    assert 'daogou_http_requests_total{method="GET",route="/healthz",status="200"} 20.0' in text
    assert 'daogou_release_info{release="none"} 1.0' in text
    assert served.stop() == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stopped_server_leaves_nothing_behind(tmp_path: Path, workers: int) -> None:
    served = Served.make(tmp_path / "shop", workers=workers)
    served.temporary = tmp_path / "temporary"
    served.temporary.mkdir()
    served.start()
    assert served.get("/search?q=boots")[0] == 200
    assert served.stop() == 0
    assert list(served.temporary.iterdir()) == []


def test_the_server_says_where_it_is(tmp_path: Path) -> None:
    served = Served.make(tmp_path / "shop")
    served.start()
    assert served.process is not None
    assert served.process.stdout is not None
    said = served.process.stdout.readline()
    address = f"http://127.0.0.1:{served.port}"
    assert said == f"Chaos is served at {address} (no release yet: run `daogou train`; Ctrl-C stops it)\n"
    assert served.stop() == 0
