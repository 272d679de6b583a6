"""Search in process: index seconds, processor microseconds a search, and nDCG@10 on the Chorus products; prints JSON.

    python benchmarks/search.py [--taxonomy FILE] [--data DIR]

The data (products.jsonl.gz, judgments_dev.csv) are not part of the repository; without them only the made catalogue is
measured. Eleven of the 72 queries have no relevant product among those judged: `answerable` leaves them out, `all`
counts them as 0, so that it cannot pass .847. In Chinese: our own translations, over these products in English; half of
them were looked at while the reading of such queries was written, the others only scored. With `--taxonomy` the shop
has kinds of goods in both languages, as `[language] taxonomy` gives them.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import math
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random

import msgspec
import numpy as np

from daogou.adapters.array_index import ArrayIndex
from daogou.adapters.cedict import Cedict
from daogou.adapters.postings import FIELDS
from daogou.domain.ids import Instant, ProductId
from daogou.domain.money import Money
from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.language.called import Called
from daogou.language.glossary import Glossary
from daogou.language.glossing import learn
from daogou.language.naming import learn_names
from daogou.language.understand import Understander
from daogou.language.vocabulary import Vocabulary
from daogou.ports.index import Row
from daogou.retrieval.shelf import Shelf
from daogou.search.indexing import build
from daogou.search.searcher import Searcher
from daogou.settings.taxonomy import read_taxonomy

_MADE = [
    "我想找一款运动鞋",
    "under ¥80, not leather",
    "500元以下透气的跑步鞋",
    "runing shoes not nike",
    "red cotton shirt",
    "黑色 真皮 皮鞋",
    "waterproof jacket",
    "最便宜的外套",
    "",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="also 100,000 made products: two minutes")
    parser.add_argument("--folds", action="store_true", help="also weights chosen inside five folds: a CPU-minute")
    parser.add_argument("--taxonomy", type=Path, help="kinds of goods, lines of English, a tab and Chinese, for Chorus")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DAOGOU_DATA", "../shared/data")))
    given = parser.parse_args()
    data = given.data / "chorus"
    made = _measure(list(_made(1_500)), _MADE, rounds=40)[0]
    report: dict[str, object] = {"made_1500": made}
    if given.large:
        report["made_100000"] = _measure(list(_made(100_000)), _MADE, rounds=10)[0]
    if data.exists():
        judged = _judgments(data / "judgments_dev.csv")
        kinds = read_taxonomy(given.taxonomy) if given.taxonomy else []
        products = list(_chorus(data / "products.jsonl.gz"))
        report["chorus"], searcher = _measure(products, list(judged), rounds=5, kinds=kinds)
        typed = {text: _mistyped(text, place) for place, text in enumerate(judged)}
        chinese = json.loads(Path(__file__).with_name("queries_zh.json").read_text("utf-8"))
        report["chorus_ndcg10"] = {
            "ours": _quality(_found(searcher), judged),
            "ours, one typo": _quality(lambda text, k: _found(searcher)(typed[text], k), judged),
            **{
                f"ours, in Chinese{half}": _quality(lambda text, k: _found(searcher)(chinese[_key(text)], k), of_half)
                for half, of_half in _halves(judged).items()
            },
            "bm25": _quality(_bm25(searcher), judged),
        }
        if given.folds:
            report["chorus_cross_validated"] = _cross_validated(searcher, judged)
    print(json.dumps(report, indent=2, ensure_ascii=False))


def _measure(
    products: list[Product], queries: Sequence[str], *, rounds: int, kinds: Sequence[Text] = ()
) -> tuple[dict[str, object], Searcher]:
    shelf = Shelf()
    shelf.put(products)
    start = time.perf_counter()
    vocabulary = Vocabulary.from_shelf(shelf, taxonomy=kinds)
    learnt = time.perf_counter()
    index = ArrayIndex()
    build(index, products, vocabulary.segmenter, vocabulary=vocabulary)
    indexed = time.perf_counter()
    glosses = learn(Cedict(), vocabulary, products, kinds)
    glossed = time.perf_counter()
    called = Called(*learn_names(Cedict(), vocabulary, products))
    named = time.perf_counter()
    searcher = Searcher(shelf, index, Understander(vocabulary, glossary=Glossary(glosses), called=called))
    ready = time.perf_counter()
    figures: dict[str, object] = {
        "products": len(products),
        "vocabulary_s": round(learnt - start, 2),
        "index_s": round(indexed - learnt, 2),
        "glossary_s": round(glossed - indexed, 2),
        "glossary_kb": round(len(msgspec.msgpack.encode(glosses)) / 1e3),
        "names_s": round(named - glossed, 2),
        "searcher_s": round(ready - named, 2),
        "search": _times(searcher.search, queries, rounds),
        "suggest": _times(lambda text: searcher.suggest(text[:4]), queries, rounds),
    }
    return figures, searcher


def _times(call: Callable[[str], object], queries: Sequence[str], rounds: int) -> dict[str, int]:
    taken = []
    for _ in range(rounds):
        for text in queries:
            start = time.thread_time()
            call(text)
            taken.append((time.thread_time() - start) * 1e6)
    taken.sort()
    return {"p50_us": int(taken[len(taken) // 2]), "p99_us": int(taken[min(len(taken) - 1, int(len(taken) * 0.99))])}


def _made(n: int) -> Iterator[Product]:
    """A bilingual clothing shop from a few lists; deterministic."""
    colours = [Text("红色", "Red"), Text("黑色", "Black"), Text("蓝色", "Blue"), Text("白色", "White")]
    materials = [Text("皮革", "Leather"), Text("棉", "Cotton"), Text("网面", "Mesh"), Text("羊毛", "Wool")]
    features = [Text("透气", "Breathable"), Text("防水", "Waterproof"), Text("轻便", "Lightweight")]
    brands = ["Nike", "Adidas", "李宁", "Uniqlo", "Columbia", "Acme"]
    kinds = [
        (Text("鞋", "Shoes"), Text("跑步鞋", "Running shoes")),
        (Text("鞋", "Shoes"), Text("运动鞋", "Sports shoes")),
        (Text("服装", "Clothing"), Text("外套", "Jackets")),
        (Text("服装", "Clothing"), Text("衬衫", "Shirts")),
    ]
    for i in range(n):
        colour, material, feature = colours[i % 4], materials[i // 4 % 4], features[i % 3]
        kind, brand = kinds[i % 7 % 4], brands[i % 6]
        yield Product(
            ProductId(f"p{i}"),
            Text(
                f"{brand} {feature.zh}{colour.zh}{kind[1].zh} {i % 97}款",
                f"{brand} {feature} {colour} {kind[1]} {i % 97}",
            ),
            description=Text(f"{material.zh}制成，适合日常穿着。", f"Made of {material}, for every day."),
            brand=brand,
            category=kind,
            price=Money(5_000 + i * 7_919 % 90_000, "CNY"),
            attributes={"color": (colour,), "material": (material,), "feature": (feature,)},
            released=Instant(1_700_000_000_000 + i % 900 * 86_400_000),
        )


def _chorus(path: Path) -> Iterator[Product]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            names = {name.removeprefix("attr_t_"): value for name, value in row.items() if name.startswith("attr_t_")}
            yield Product(
                ProductId(row["id"]),
                Text.of(f"{row['title']} {row.get('name', '')}"),
                description=Text.of(row.get("short_description") or ""),
                brand=row.get("supplier"),
                price=Money(row["price"], "USD") if row.get("price") is not None else None,
                attributes={name: (Text.of(str(value)),) for name, value in names.items() if value},
            )


def _judgments(path: Path) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            judged[row["query"]][row["docid"]] = int(row["rating"])
    return judged


_Answers = Callable[[str, int], Sequence[str]]
_DEEP = 200
"""How far an answer is read for the figure over judged products alone."""


def _quality(search: _Answers, judged: dict[str, dict[str, int]]) -> dict[str, float]:
    """nDCG@10 with products nobody judged as irrelevant, and with these left out; where the first relevant one stands;
    queries without any product."""
    full, known, first, none = [], [], [], 0
    for text, ratings in judged.items():
        found = search(text, _DEEP)
        none += not found
        ideal = _gain(sorted(ratings.values(), reverse=True)[:10])
        if ideal:
            full.append(_gain([ratings.get(id, 0) for id in found[:10]]) / ideal)
            known.append(_gain([ratings[id] for id in found if id in ratings][:10]) / ideal)
            first.append(next((1 / place for place, id in enumerate(found, 1) if ratings.get(id)), 0.0))
    return {
        "all": round(sum(full) / len(judged), 4),
        "answerable": round(sum(full) / len(full), 4),
        "answerable, judged only": round(sum(known) / len(full), 4),
        "mrr": round(sum(first) / len(full), 4),
        "without any product": round(none / len(judged), 4),
    }


_TRIED = {"complete": (0.0, 0.5, 1.0), "kind": (0.0, 0.5, 1.0), "alike": (0.0, 0.5, 1.0), "title": (1.0, 2.0, 3.0)}
_SHUFFLES = 20


def _cross_validated(searcher: Searcher, judged: dict[str, dict[str, int]]) -> dict[str, float]:
    """nDCG@10 where the weights are those of `_TRIED` that were best on the other four folds; mean of the shuffles."""
    texts = list(judged)
    reached = np.array(
        [_each(searcher, dict(zip(_TRIED, tried, strict=True)), judged) for tried in product(*_TRIED.values())]
    )
    answerable = np.array([any(ratings.values()) for ratings in judged.values()])
    found = np.zeros(len(texts))
    for seed in range(_SHUFFLES):
        fold = np.random.default_rng(seed).permutation(len(texts)) % 5
        for held in range(5):
            best = reached[:, fold != held].sum(1).argmax()
            found[fold == held] += reached[best, fold == held] / _SHUFFLES
    return {
        "all": round(float(found.mean()), 4),
        "answerable": round(float(found[answerable].mean()), 4),
        "answerable, best of all tried on the same queries": round(float(reached[:, answerable].mean(1).max()), 4),
    }


def _each(searcher: Searcher, tried: dict[str, float], judged: dict[str, dict[str, int]]) -> list[float]:
    """nDCG@10 of each query with these weights; 0 for one without a relevant product."""
    before = searcher.config
    fields = {**before.fields, "title": tried["title"]}
    weights = replace(before.weights, **{name: value for name, value in tried.items() if name != "title"})
    searcher.config = replace(before, fields=fields, weights=weights)
    reached = []
    for text, ratings in judged.items():
        ideal = _gain(sorted(ratings.values(), reverse=True)[:10])
        found = [hit.product for hit in searcher.search(text, k=10).items]
        reached.append(_gain([ratings.get(id, 0) for id in found]) / ideal if ideal else 0.0)
    searcher.config = before
    return reached


def _halves(judged: dict[str, dict[str, int]]) -> dict[str, dict[str, dict[str, int]]]:
    """All queries, those that were looked at, and the others."""
    keys = sorted(map(_key, judged))
    Random(20261125).shuffle(keys)
    seen = set(keys[: len(keys) // 2])
    return {
        "": judged,
        ", looked at": {text: ratings for text, ratings in judged.items() if _key(text) in seen},
        ", the others": {text: ratings for text, ratings in judged.items() if _key(text) not in seen},
    }


def _found(searcher: Searcher) -> _Answers:
    return lambda text, k: [hit.product for hit in searcher.search(text, k=k).items]


def _bm25(searcher: Searcher) -> _Answers:
    """The words as they are against the index, every field alike: what search is without the rest of it."""
    alike = dict.fromkeys(FIELDS, 1.0)
    cut, index = searcher.vocabulary.segmenter.cut, searcher.index

    def search(text: str, k: int) -> list[str]:
        scores = sum(index.scores([Row([word])], weights=alike) for word in dict.fromkeys(cut(text)))
        best = np.argsort(-scores, kind="stable")[:k]
        return [index.ids[number] for number in best if scores[number] > 0]

    return search


def _key(text: str) -> str:
    """What `queries_zh.json` calls a query; the queries themselves are not part of the repository."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _mistyped(text: str, seed: int) -> str:
    """One letter of the longest word lost, doubled, changed or swapped with the next; never its first."""
    random = Random(seed)
    word = max(text.split(), key=len)
    if len(word) < 4:
        return text
    at = random.randrange(1, len(word) - 1)
    wrong = random.choice((
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + random.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ))  # fmt: skip
    return text.replace(word, wrong, 1)


def _gain(ratings: Sequence[int]) -> float:
    return sum((2**rating - 1) / math.log2(place + 2) for place, rating in enumerate(ratings))


if __name__ == "__main__":
    main()
