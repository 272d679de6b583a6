"""Reads daogou.toml into the settings tree; a wrong key or value is named with its place and the nearest right one."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from daogou.domain.errors import BadSettings, NotFound
from daogou.domain.text import Text
from daogou.domain.zones import zone_of
from daogou.settings.tree import Settings

FILE = "daogou.toml"


def read(folder: Path) -> Settings:
    """Read the settings of the shop in `folder`.

    Raises NotFound where there is no daogou.toml, BadSettings where it cannot be understood.
    """
    path = folder / FILE
    try:
        tree = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise NotFound(f"no {FILE} in {folder}: make a shop with `daogou init {folder}`", where=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: {error}", where=str(path)) from None
    return parse(tree, origin=str(path))


def parse(tree: dict[str, Any], *, origin: str = FILE) -> Settings:
    """Turn a parsed TOML document into settings. Raises BadSettings."""
    refuse_unknown(tree, Settings, origin, at="")
    try:
        settings = msgspec.convert(_with_text(tree), Settings, strict=True)
    except msgspec.ValidationError as error:
        raise BadSettings(f"{origin}: {in_toml_words(str(error))}", where=origin) from None
    try:
        zone_of(settings.shop.timezone)
    except ValueError as error:
        raise BadSettings(f"{origin}: 'shop.timezone': {error}", where="shop.timezone") from None
    return settings


def _with_text(tree: dict[str, Any]) -> dict[str, Any]:
    """The names of a shop and of labels may be plain text; its language is then found by looking."""
    shop, labels = tree.get("shop"), tree.get("labels")
    if isinstance(shop, dict) and "name" in shop:
        tree = tree | {"shop": shop | {"name": _in_languages(shop["name"])}}
    if isinstance(labels, dict):
        tree = tree | {"labels": {name: _in_languages(called) for name, called in labels.items()}}
    return tree


def _in_languages(name: object) -> object:
    if not isinstance(name, str):
        return name
    text = Text.of(name)
    return {"zh": text.zh, "en": text.en}


def write_default(
    folder: Path, *, name: Text, currency: str, rates: Mapping[str, float] | None = None, **shop: object
) -> Path:
    """Write a daogou.toml with the choices that matter and the rest as comments."""
    lines = ["# Every setting with its default is in the reference under Settings.", "[shop]"]
    lines += [f"name = {{ zh = {_quoted(name.zh)}, en = {_quoted(name.en)} }}", f"currency = {_quoted(currency)}"]
    lines += [f"{key} = {_toml(value)}" for key, value in shop.items()]
    lines += ["", "# [store]", '# address = "sqlite:///store/daogou.db"', "", "# [server]", "# port = 8000", ""]
    if rates:
        lines += ["[rates]", *(f"{code} = {rate}" for code, rate in rates.items()), ""]
    path = folder / FILE
    path.write_text("\n".join(lines), "utf-8")
    return path


def refuse_unknown(tree: dict[str, Any], kind: type, origin: str, *, at: str) -> None:
    """Raise BadSettings for a key that the dataclass does not have, with the nearest one it has."""
    hints = get_type_hints(kind)
    known = {f.name for f in fields(kind)}
    for key, value in tree.items():
        place = f"{at}.{key}" if at else key
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            advice = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}"
            raise BadSettings(f"{origin}: unknown setting {place!r}; {advice}", where=place)
        inner = hints[key]
        if isinstance(inner, type) and is_dataclass(inner) and inner is not Text and isinstance(value, dict):
            refuse_unknown(value, inner, origin, at=place)


def in_toml_words(message: str) -> str:
    """Turn `Expected int, got str - at $.server.port` into words that name the setting."""
    text, at, place = message.replace(" - at `key` in `$.", " - at `$.").partition(" - at `$.")
    return f"{place.rstrip('`')!r}: {text}" if at else text


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()


def _toml(value: object) -> str:
    return msgspec.json.encode(value).decode()
