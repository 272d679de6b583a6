from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from daogou.adapters import scratch
from daogou.adapters.locks import taken
from daogou.adapters.scratch import Scratch

_KILLED = """
import os, signal
from daogou.adapters.scratch import Scratch
made = Scratch()
made.folder.mkdir()
print(made.folder.parent, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_lock_is_held_by_one_until_it_is_closed(tmp_path: Path) -> None:
    first = taken(tmp_path / "lock")
    assert first is not None
    assert taken(tmp_path / "lock") is None
    first.close()
    second = taken(tmp_path / "lock")
    assert second is not None
    second.close()


def test_what_a_killed_process_left_is_removed_and_what_lives_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    done = subprocess.run([sys.executable, "-c", _KILLED], capture_output=True, text=True, check=False)
    left = Path(done.stdout.strip())
    assert left.is_dir(), done.stderr
    alive = Scratch()
    assert left.is_dir()  # too young to tell from one whose process is about to lock it
    monkeypatch.setattr(scratch, "_YOUNG_S", -1)
    other = Scratch()
    assert not left.exists()
    assert alive.folder.parent.is_dir()
    for each in (alive, other):
        each.close()
        assert not each.folder.parent.exists()
