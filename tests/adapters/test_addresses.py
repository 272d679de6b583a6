from __future__ import annotations

from pathlib import Path

import pytest

from daogou.adapters import addresses
from daogou.adapters.addresses import Backend, open_stores
from daogou.domain.errors import BadSettings, MissingExtra
from daogou.testing.builders import shopper


def test_sqlite_address_is_relative_with_three_slashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    stores = open_stores("sqlite:///store/shop.db")
    stores.shoppers.put([shopper("s1")])
    stores.close()
    again = open_stores(f"sqlite:///{tmp_path}/store/shop.db")
    assert again.shoppers.count() == 1
    again.close()


def test_memory_is_new_each_time() -> None:
    open_stores("memory://").shoppers.put([shopper("s1")])
    assert open_stores("memory://").shoppers.count() == 0


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("sqllite:///x.db", "Did you mean sqlite://?"),
        ("store.db", "known are memory://, sqlite://"),
        ("postgresql://localhost/shop", "planned and not available in this version; use sqlite:///"),
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
    ],
)
def test_wrong_address_says_what_to_write(address: str, says: str) -> None:
    with pytest.raises(BadSettings) as raised:
        open_stores(address)
    assert says in raised.value.message


def test_missing_library_answers_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"cloud": Backend("a_library_nobody_has:open", extra="cloud")}
    monkeypatch.setattr(addresses, "STORES", table)
    with pytest.raises(MissingExtra) as raised:
        open_stores("cloud://x")
    assert 'pip install "daogou[cloud]"' in raised.value.message
    assert "a_library_nobody_has" in raised.value.message


def test_defect_in_our_own_module_surfaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "STORES", {"x": Backend("daogou.adapters.nowhere:open", extra="x")})
    with pytest.raises(ModuleNotFoundError):
        open_stores("x://")
