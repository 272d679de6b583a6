"""How long until a product that is put over HTTP is found, at two sizes of catalogue; prints JSON.

    python benchmarks/upsert.py [--sizes 19406 100000] [--changes 20]

A trained shop of made products answers requests in this process. A new product, another price and a deletion are sent
one after the other, and searched for again and again until the answer shows each: milliseconds from the first byte of
the request to the answer that shows it (median and worst), of which the engine may let a quarter of a second pass
before it looks at the catalogue, and milliseconds of processor time of all requests in between.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from search import _made
from starlette.testclient import TestClient

from daogou.domain.text import Text
from daogou.server.app import build_app
from daogou.server.keys import create_key
from daogou.shop.create import create
from daogou.shop.shop import Shop, open_shop

_PAUSE_S = 0.01
"""Between two searches for what is not shown yet."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[19_406, 100_000])
    parser.add_argument("--changes", type=int, default=20)
    given = parser.parse_args()
    for n in given.sizes:
        with tempfile.TemporaryDirectory() as folder:
            create(Path(folder) / "shop", name=Text(en="Clothes"), currency="CNY")
            shop = open_shop(Path(folder) / "shop")
            shop.stores.catalogue.put(_made(n), at=shop.clock())
            shop.train()
            print(json.dumps({"benchmark": "upsert", "products": n, **_measure(shop, given.changes)}), flush=True)


def _measure(shop: Shop, changes: int) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {create_key(shop.stores, name='till', role='service')}"}
    taken: dict[str, list[tuple[float, float]]] = {"new": [], "price": [], "deleted": []}
    with TestClient(build_app(shop, owner=True), base_url="http://localhost", headers=headers) as http:
        http.get("/v1/search?q=shoes")
        for i in range(changes):
            for name, took in _changed(http, f"upsert-{i}", f"zorbex{i}").items():
                taken[name].append(took)
    return {name: _figures(times) for name, times in taken.items()}


def _changed(http: TestClient, id: str, word: str) -> dict[str, tuple[float, float]]:
    """Put a product with a word of its own, make it dearer, and delete it."""
    product = {"id": id, "title": f"Acme {word} shoes", "price": 99}
    path = f"/v1/products/{id}"

    def shown(**filters: float) -> bool:
        found = http.get("/v1/search", params={"q": word, **filters}).json()["items"]
        return any(item["product"] == id for item in found)

    new = _until(lambda: http.put("/v1/products", json=product), shown)
    suggested = http.get("/v1/suggest", params={"prefix": word}).json()["items"]
    assert [each["text"] for each in suggested] == [product["title"]]
    price = _until(lambda: http.patch(path, json={"price": 199}), lambda: shown(price_min=150))
    return {"new": new, "price": price, "deleted": _until(lambda: http.delete(path), lambda: not shown())}


def _until(change: Callable[[], Any], seen: Callable[[], bool]) -> tuple[float, float]:
    """Milliseconds of the clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = change()
    assert answer.status_code == 200, answer.text
    while not seen():
        time.sleep(_PAUSE_S)
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def _figures(times: list[tuple[float, float]]) -> dict[str, float]:
    wall, cpu = zip(*times, strict=True)
    return {
        "median_ms": round(statistics.median(wall)),
        "worst_ms": round(max(wall)),
        "median_cpu_ms": round(statistics.median(cpu)),
        "worst_cpu_ms": round(max(cpu)),
    }


if __name__ == "__main__":
    main()
