"""What a terminal shows."""

import pytest

from daogou.cli.tables import print_releases
from daogou.domain.ids import Instant
from daogou.shop.shop import Listed


def test_releases_say_when_they_were_made(capsys: pytest.CaptureFixture[str]) -> None:
    print_releases([Listed("r-1", Instant(1_772_442_000_000), {}, active=True)])
    shown = capsys.readouterr().out
    assert "2026-03-02 09:00 UTC" in " ".join(shown.split())
    assert "r-1" in shown
