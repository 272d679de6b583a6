"""What answers: one release, the live catalogue and the live event log, opened together and replaced together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass
