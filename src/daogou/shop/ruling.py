"""The rules of rules.toml as they are now: a change on disk, by hand or by the console, holds in the next answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.domain.errors import BadSettings
from daogou.settings.rules import FILE, read_rules

if TYPE_CHECKING:
    from pathlib import Path

    from daogou.domain.rule import Rule


class RulesFile:
    """Reads the file again once it changed. A file that cannot be read leaves the rules before it, and says so."""

    def __init__(self, folder: Path) -> None:
        self.rules: tuple[Rule, ...] = ()
        self.problem: str | None = None
        """What is wrong with the file as it is now."""
        self._folder = folder
        self._stamp: tuple[int, int] | None = None

    def refresh(self) -> bool:
        """Look at the file; returns whether the rules are other ones now."""
        try:
            status = (self._folder / FILE).stat()
            stamp = (status.st_mtime_ns, status.st_size)
        except FileNotFoundError:
            stamp = None
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            before, self.rules, self.problem = self.rules, read_rules(self._folder), None
        except BadSettings as error:
            self.problem = str(error)
            return False
        return before != self.rules
