"""A backup of a whole shop: settings, facts, releases and pictures, taken while it may be serving."""

from __future__ import annotations

import shutil
from pathlib import Path

from daogou.adapters.sql import backup as facts
from daogou.domain.errors import BadRequest, NotFound
from daogou.settings import read
from daogou.shop.create import SETTINGS
from daogou.shop.shop import store_address

_FACTS = "facts"
_COPIED = ("models", "pictures")


def backup(shop: Path, folder: Path) -> int:
    """Copy the shop into an empty or new folder; returns the newest event it holds.

    Raises NotFound where there is no shop, BadRequest where the folder has something in it.
    """
    settings = read(shop)
    if folder.exists() and any(folder.iterdir()):
        raise BadRequest(f"{folder} is not empty; give each backup a folder of its own", where=str(folder))
    manifest = facts.backup(store_address(shop, settings), folder / _FACTS)
    for part in _COPIED:
        if (shop / part).exists():
            shutil.copytree(shop / part, folder / part)
    shutil.copy2(shop / SETTINGS, folder / SETTINGS)
    return manifest.events


def restore(folder: Path, shop: Path) -> int:
    """Check the facts against their manifest and put the backup where no shop is; returns the newest event.

    A release is checked against its own manifest when it is opened. Raises NotFound where `folder` is no backup,
    CorruptStore where it is damaged, BadRequest where a shop is there already.
    """
    if not (folder / SETTINGS).exists():
        raise NotFound(f"{folder} is no backup: it has no {SETTINGS}", where=str(folder))
    if (shop / SETTINGS).exists():
        raise BadRequest(f"{shop} is a shop already; restore into an empty folder", where=str(shop))
    facts.verify(folder / _FACTS)
    for part in _COPIED:
        if (folder / part).exists():
            shutil.copytree(folder / part, shop / part, dirs_exist_ok=True)
    shop.mkdir(parents=True, exist_ok=True)
    shutil.copy2(folder / SETTINGS, shop / SETTINGS)
    return facts.restore(folder / _FACTS, store_address(shop, read(shop))).events
