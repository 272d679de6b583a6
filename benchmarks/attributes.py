"""Attributes read out of titles and descriptions, on shops whose attributes are known; prints JSON.

Of half of the products (fixed seed) every attribute is hidden; the other half teaches. `offered` is the share of hidden
attributes for which a suggestion is made with a confidence, `precision` the share of these that name a value of the
product. The showcase is invented by our own program; the retail demo store is not, but has two attributes only, its
style and for whom it is made.

    python -m benchmarks attributes [--data DIR]
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from daogou.domain.ids import ProductId, current_instant
from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.evaluation.showcase.products import build_products
from daogou.evaluation.showcase.vocabulary import vocabulary
from daogou.knowledge.attributes import CONFIDENT, Extractor

_STEPS = (0.5, 0.8, 0.9, 0.95)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DAOGOU_DATA", "../shared/data")))
    data = parser.parse_args().data
    shops = {"showcase": _showcase(), "retail demo store": _retail(data / "shop-seed/retail-demo-store")}
    print(json.dumps({"confidence_asked": CONFIDENT} | {name: _asked(shop) for name, shop in shops.items()}, indent=2))


def _asked(products: Sequence[Product]) -> dict[str, object]:
    mixed = list(products)
    random.Random(0).shuffle(mixed)
    hidden, known = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
    began = time.process_time()
    extractor = Extractor.learn([*known, *(replace(product, attributes={}) for product in hidden)])
    learnt = time.process_time() - began
    right: dict[tuple[str, float], list[bool]] = defaultdict(list)
    n_hidden: dict[str, int] = defaultdict(int)
    for product in hidden:
        for name in product.attributes:
            n_hidden[name] += 1
        for found in extractor.suggestions(replace(product, attributes={}), least=min(_STEPS)):
            values = {value.key for value in product.attributes.get(found.name, ())}
            for step in _STEPS:
                if found.confidence >= step:
                    right[found.name, step].append(found.value.key in values)
    return {
        "products": len(products),
        "cpu_s": round(learnt, 2),
        "at": {str(step): _of([(n, right[n, step]) for n in n_hidden], sum(n_hidden.values())) for step in _STEPS},
        "by_attribute": {name: _of([(name, right[name, CONFIDENT])], n) for name, n in sorted(n_hidden.items())},
    }


def _of(found: Sequence[tuple[str, Sequence[bool]]], hidden: int) -> dict[str, float]:
    every = [right for _, each in found for right in each]
    precision = round(sum(every) / len(every), 3) if every else 0.0
    return {"hidden": hidden, "offered": round(len(every) / hidden, 3), "precision": precision}


def _retail(folder: Path) -> list[Product]:
    made = []
    with gzip.open(folder / "products.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            said = {"style": row["style"].replace("_", " "), "gender": row.get("gender_affinity", "")}
            made.append(
                Product(
                    ProductId(row["id"]),
                    Text(en=row["name"]),
                    Text(en=row["description"]),
                    category=(Text(en=row["category"]),),
                    attributes={name: (Text(en=value),) for name, value in said.items() if value},
                )
            )
    return made


def _showcase() -> list[Product]:
    goods = build_products(vocabulary(), random.Random(0), scale=1.0, end=current_instant())
    return [good.product for good in goods]


if __name__ == "__main__":
    main()
