"""Reads and writes synonyms.toml: words that mean the same in this shop, and words that do not."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

from daogou.domain.errors import BadSettings
from daogou.settings.files import demand_unchanged, put, text_of, writing

FILE = "synonyms.toml"
_KINDS = ("synonym", "apart")
LONGEST = 60
"""Characters of a word or phrase."""


def read_synonyms(folder: Path) -> tuple[tuple[str, ...], ...]:
    """The groups of the shop in `folder`; none where there is no synonyms.toml. Raises BadSettings."""
    return _read(folder)["synonym"]


def read_apart(folder: Path) -> tuple[tuple[str, ...], ...]:
    """Groups of words of which none shall be read as another, whatever a dictionary says. Raises BadSettings."""
    return _read(folder)["apart"]


def _read(folder: Path) -> dict[str, tuple[tuple[str, ...], ...]]:
    path = folder / FILE
    try:
        return _parse(path.read_text("utf-8"), origin=str(path))
    except FileNotFoundError:
        return dict.fromkeys(_KINDS, ())
    except UnicodeDecodeError as error:
        raise BadSettings(f"{path}: {error}", where=str(path)) from None


def write_synonyms(folder: Path, text: str, *, seen: str | None = None) -> tuple[tuple[str, ...], ...]:
    """Put a new synonyms.toml in the place of the old one, in one step. Raises BadSettings; then the old one stays.

    `seen`: the `stamp` of the text that the new one was made from; one that somebody has changed since is not lost.
    """
    groups = parse_synonyms(text)
    with writing(folder, FILE):
        demand_unchanged(folder, FILE, seen)
        put(folder, FILE, text)
    return groups


def add_group(folder: Path, words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Add one group at the end of synonyms.toml. Raises BadSettings; then the old one stays."""
    with writing(folder, FILE):
        text = with_group(synonyms_text(folder), words)
        put(folder, FILE, text)
    return parse_synonyms(text)


def synonyms_text(folder: Path) -> str:
    """synonyms.toml as it is; empty where there is none."""
    return text_of(folder, FILE)


def with_group(text: str, words: Sequence[str]) -> str:
    """The document with one more group at its end. Raises BadSettings where the words make no group."""
    said = ", ".join(json.dumps(word.strip(), ensure_ascii=False) for word in words)
    more = f"{text.rstrip()}\n\n[[synonym]]\nwords = [{said}]\n".lstrip()
    parse_synonyms(more)
    return more


def parse_synonyms(text: str, *, origin: str = FILE) -> tuple[tuple[str, ...], ...]:
    """The groups of a document: one [[synonym]] table each. Raises BadSettings that names the group."""
    return _parse(text, origin=origin)["synonym"]


def _parse(text: str, *, origin: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{origin}: {error}", where=origin) from None
    tables = {kind: tree.pop(kind, []) for kind in _KINDS}
    wrong = [*tree, *(kind for kind, found in tables.items() if not isinstance(found, list))]
    if wrong:
        said = ", ".join(map(repr, wrong))
        raise BadSettings(f"{origin}: synonyms are tables [[synonym]], or [[apart]]; found {said}", where=origin)
    return {
        kind: tuple(_group(table, f"{origin}, {kind} {n}") for n, table in enumerate(found, 1))
        for kind, found in tables.items()
    }


def _group(table: object, origin: str) -> tuple[str, ...]:
    words = table.get("words") if isinstance(table, dict) and table.keys() == {"words"} else None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise BadSettings(f'{origin}: expected words = ["sneakers", "trainers"] and nothing else', where="words")
    group = tuple(dict.fromkeys(word.strip() for word in words))
    if len(group) < 2 or not all(group):
        raise BadSettings(f"{origin}: a group has two different words or more, none empty", where="words")
    if long := next((word for word in group if len(word) > LONGEST), None):
        raise BadSettings(f"{origin}: {long[:20]!r}… has more than {LONGEST} characters", where="words")
    return group
