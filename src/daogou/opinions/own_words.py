"""A shop's own words beside those that ship with Daogou: aspects.toml in its folder, in the form of words.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from daogou.domain.errors import BadSettings
from daogou.opinions.aspects import Lexicon, lexicon, lexicon_of, shipped_words

FILE = "aspects.toml"
_GENERAL = ("good", "bad", "not", "not_really", "not_far", "not_so_far", "neither", "unreal")
_LISTS = ("words", "good", "bad", "asked")
_OPPOSITE = {"good": "bad", "bad": "good"}


def read_lexicon(folder: Path) -> Lexicon:
    """The words of the shop in `folder`: its own win where they say otherwise. Raises BadSettings."""
    path = folder / FILE
    try:
        return parse_lexicon(path.read_text("utf-8"), origin=str(path))
    except FileNotFoundError:
        return lexicon()
    except UnicodeDecodeError as error:
        raise BadSettings(f"{path}: {error}", where=FILE) from None


def parse_lexicon(text: str, *, origin: str = FILE) -> Lexicon:
    """The words of a document. Raises BadSettings that names the table and the key."""
    try:
        own = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{origin}: {error}", where=FILE) from None
    tree: dict[str, Any] = {
        name: dict(value) if isinstance(value, dict) else value for name, value in shipped_words().items()
    }
    general = {name: _words(value, name, origin) for name, value in own.items() if name in _GENERAL}
    _add(tree, general)
    for name, table in own.items():
        if name not in general:
            _add(tree.setdefault(name, {}), _aspect(table, name, origin, known=name in shipped_words()))
    return lexicon_of(tree)


def _aspect(table: object, name: str, origin: str, *, known: bool) -> Mapping[str, Any]:
    """One side of a product, checked."""
    if not isinstance(table, dict):
        raise BadSettings(f"{origin}: {name!r} must be a table [{name}] or one of {', '.join(_GENERAL)}", where=name)
    for key in table:
        if key not in ("label", *_LISTS):
            said = ", ".join(("label", *_LISTS))
            raise BadSettings(f"{origin}: [{name}] has no {key!r}; there are: {said}", where=f"{name}.{key}")
    found: dict[str, Any] = {key: _words(table[key], f"{name}.{key}", origin) for key in _LISTS if key in table}
    label = table.get("label")
    if label is not None or not known:
        if (
            not isinstance(label, dict)
            or set(label) != {"zh", "en"}
            or not all(isinstance(v, str) for v in label.values())
        ):
            message = f'{origin}: [{name}] needs label = {{ zh = "…", en = "…" }}'
            raise BadSettings(message, where=f"{name}.label")
        found["label"] = label
    return found


def _words(value: object, where: str, origin: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
        raise BadSettings(f"{origin}: {where!r} must be a list of words, not {value!r}", where=where)
    return [word.strip().casefold() for word in value]


def _add(table: dict[str, Any], own: Mapping[str, Any]) -> None:
    """Put the shop's words beside the others; what it calls good is no longer bad, and the other way round."""
    for key, value in own.items():
        if key == "label":
            table[key] = value
            continue
        table[key] = [*table.get(key, ()), *value]
        if (other := _OPPOSITE.get(key)) is not None:
            kept = own.get(other, ())
            table[other] = [word for word in table.get(other, ()) if word not in value or word in kept]
