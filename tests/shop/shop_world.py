"""A small real shop on disk: files written, imported and trained through the public doors."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from daogou.domain.text import Text
from daogou.shop.create import create
from daogou.shop.shop import Shop, open_shop

KINDS = {
    "running-shoes": ("Running shoes", "跑步鞋", 300),
    "boots": ("Hiking boots", "徒步鞋", 600),
    "pack": ("Day pack", "双肩包", 200),
    "socks": ("Merino socks", "羊毛袜", 60),
}
COLOURS = [("red", "红色"), ("blue", "蓝色"), ("black", "黑色"), ("green", "绿色")]
MATERIALS = [("leather", "皮革"), ("mesh", "网布")]


def products() -> list[dict[str, Any]]:
    """Four kinds, six of each, in both languages."""
    made = []
    for kind, (english, chinese, price) in KINDS.items():
        for n in range(6):
            colour, material = COLOURS[n % 4], MATERIALS[n % 2]
            made.append(
                {
                    "id": f"{kind}-{n}",
                    "title": {"en": f"{english} model {n}", "zh": f"{chinese}{n}型"},
                    "brand": "Alta" if n < 3 else "Brio",
                    "category": [{"en": "Outdoor", "zh": "户外"}, {"en": english, "zh": chinese}],
                    "price": price + 10 * n,
                    "stock": 0 if (kind, n) == ("pack", 5) else 10,
                    "attributes": {
                        "color": {"en": colour[0], "zh": colour[1]},
                        "material": {"en": material[0], "zh": material[1]},
                    },
                }
            )
    return made


def events() -> list[dict[str, Any]]:
    """Thirty shoppers who look at shoes of one kind and buy boots with socks."""
    made = []
    for n in range(30):
        day = f"2026-03-{n % 28 + 1:02d}"
        pair = n % 5
        for minute, (type, product) in enumerate(
            [
                ("search", None),
                ("view", f"running-shoes-{pair}"),
                ("view", f"boots-{pair}"),
                ("purchase", f"boots-{pair}"),
                ("purchase", f"socks-{pair}"),
            ]
        ):
            event = {"type": type, "shopper": f"s{n}", "at": f"{day}T10:{minute:02d}:00Z"}
            made.append(event | ({"product": product} if product else {"query": "hiking boots"}))
    return made


def write_lines(path: Path, lines: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return path


def build_shop(folder: Path, *, train: bool = True) -> Shop:
    """Make, import and (unless told not to) train."""
    create(folder, name=Text(zh="户外店", en="Outdoor shop"), currency="CNY", rates={"USD": 7.0})
    shop = open_shop(folder)
    report = shop.import_files(
        [write_lines(folder / "products.jsonl", products()), write_lines(folder / "events.jsonl", events())]
    )
    assert report.clean, report.refusals
    if train:
        shop.train()
    return shop
