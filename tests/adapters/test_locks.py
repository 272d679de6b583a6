from __future__ import annotations

from pathlib import Path

from daogou.adapters.locks import taken


def test_a_lock_is_held_by_one_until_it_is_closed(tmp_path: Path) -> None:
    first = taken(tmp_path / "lock")
    assert first is not None
    assert taken(tmp_path / "lock") is None
    first.close()
    second = taken(tmp_path / "lock")
    assert second is not None
    second.close()
