"""Reads a taxonomy: kinds of goods in both languages, for shops that name theirs in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.domain.errors import BadSettings
from daogou.domain.text import Text

if TYPE_CHECKING:
    from pathlib import Path


def read_taxonomy(path: Path) -> list[Text]:
    """The kinds in a file of lines `English, tab, Chinese`; blank lines and lines that begin with # are passed over.

    Raises BadSettings that names the file, and the line that is not so.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"[language] taxonomy: {path}: {error}", where=str(path)) from None
    return [_kind(line, path, number) for number, line in enumerate(lines, 1) if line.strip() and line[0] != "#"]


def _kind(line: str, path: Path, number: int) -> Text:
    english, tab, chinese = line.partition("\t")
    if not (tab and english.strip() and chinese.strip()):
        message = f"{path}, line {number}: found {line[:60]!r}, expected an English name, a tab, and a Chinese one"
        raise BadSettings(message, where=str(path))
    return Text(zh=chinese.strip(), en=english.strip())
