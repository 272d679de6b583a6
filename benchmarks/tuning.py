"""What each part of tuning the encoder brings in the showcase: pairs, variations, LoRA, pre-training; prints JSON.

Protocol and families are those of `benchmarks/encoder.py showcase`. Each row is the default with one thing changed, and
is compared with the default of the same seeds on the queries that say when to stop: the difference of recall@10, with a
95 % interval over families. `--test` asks the test queries in place of those, once something was chosen. A tuning takes
minutes; `--kept` is a folder that holds those that are done, which are not done again: throw it away when code changes.

    python benchmarks/tuning.py [ROW…] [--seeds 1] [--kept DIR] [--test] [--tuning '{"look": 40}']
        [--more '{"longer": {"steps": 80}}']
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from encoder import dealt, open_showcase, other_names, packaged

from daogou.retrieval.encoding.e5 import E5
from daogou.retrieval.encoding.tuned import TuningConfig
from daogou.training.exam import Exam
from daogou.training.pairs import read_behaviour
from daogou.training.recipes.encoder import Pairs, Tuned, tune
from daogou.training.recipes.pretraining import pretrain, texts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.ports.encoder import Encoder
    from daogou.retrieval.encoding.weights import Model
    from daogou.training.pairs import Behaviour, Wanted

    Encode = Callable[[Sequence[str]], NDArray[np.float32]]

_DEFAULT = "default"
ROWS: Mapping[str, Mapping[str, Any]] = {
    _DEFAULT: {},
    "without products bought together": {"together": 0.0},
    "without descriptions": {"descriptions": 0.0},
    "without names of categories": {"names": 0.0},
    "without the weights as they were": {"blend": 0.0},
    "without hard negatives": {"hard": 0},
    "without the filter of likely right ones": {"same": 1.0},
    "without typing mistakes": {"typos": 0.0},
    "without swaps of language": {"swaps": 0.0},
    "without drops of attributes": {"drops": 0.0},
    "LoRA of rank 16": {"rank": 16, "rate": 1e-3},
    "pre-trained before": {"pretraining": {"enabled": True}},
}
_SEED = 0


class _Remembering:
    """An encoder that encodes a text once, for all rows."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.dim = encoder.name, encoder.dim
        self._encoder = encoder
        self._passages: dict[str, NDArray[np.float32]] = {}
        self._queries: dict[str, NDArray[np.float32]] = {}

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._of(texts, self._passages, self._encoder.passages)

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._of(texts, self._queries, self._encoder.queries)

    def _of(self, texts: Sequence[str], known: dict[str, NDArray[np.float32]], encode: Encode) -> NDArray[np.float32]:
        if new := [text for text in dict.fromkeys(texts) if text not in known]:
            known.update(zip(new, encode(new), strict=True))
        return np.stack([known[text] for text in texts])


@dataclass(frozen=True, slots=True)
class Showcase:
    """What every tuning is given."""

    products: Sequence[Product]
    texts: Sequence[str]
    """Of products and reviews."""
    behaviour: Behaviour
    learnt: Wanted
    stopping: Exam
    test: Exam
    model: Model
    encoder: Encoder
    """The packaged one."""
    kept: Path

    @classmethod
    def open(cls, scratch: Path, kept: Path) -> Showcase:
        shop, most = open_showcase(scratch), TuningConfig().most_judged
        products = list(shop.stores.catalogue.scan())
        behaviour = read_behaviour(shop.stores.events, {product.id: row for row, product in enumerate(products)})
        learnt, judged, test = dealt(behaviour.wanted)
        stopping, final = (Exam.of(products, each, most=most, seed=_SEED) for each in (judged, test))
        texts = texts_of(products, shop.stores.reviews.scan())
        encoder = packaged(scratch)
        return cls(products, texts, behaviour, learnt, stopping, final, encoder.model, _Remembering(encoder), kept)

    def tuned(self, config: TuningConfig, seed: int) -> Tuned:
        """Tune as `daogou train --only encoder` does, or read what was kept. Where it is pre-trained before, that is
        not compared with the same without."""
        path = self.kept / f"{hashlib.sha256(repr((config, seed)).encode()).hexdigest()[:16]}.npz"
        if not path.exists():
            unfinished = path.with_suffix(".unfinished")
            pairs = Pairs(
                self.products, self.behaviour, self.learnt,
                encoder=self.encoder, config=config, random=Random(seed), also=other_names(self.products),
            )  # fmt: skip
            options: Mapping[str, Any] = {"config": config, "seed": seed, "tell": partial(print, file=sys.stderr)}
            weights = None
            if config.pretraining.enabled:
                weights = pretrain(self.model, self.texts, kept=path.with_suffix(".pretrained"), **options)
            made = tune(self.model, pairs, self.stopping, kept=unfinished, weights=weights, **options)
            new = path.with_suffix(".new.npz")
            np.savez(new, np.frombuffer(made.graph, np.uint8), made.recalls, made.steps, made.seconds)
            new.replace(path)
            unfinished.unlink()
            print(f"{config}, seed {seed}: {made.recall:.4f}", file=sys.stderr)
        graph, recalls, steps, seconds = np.load(path).values()
        return Tuned(graph.tobytes(), recalls, int(steps), float(seconds))

    def recalls(self, tuned: Tuned, config: TuningConfig, *, test: bool) -> NDArray[np.float64]:
        if not test:
            return tuned.recalls
        return self.test.recalls(E5(self.model, "tuned", partial(bytes, tuned.graph), dim=config.dim))


def compare(case: Showcase, rows: Mapping[str, Mapping[str, Any]], *, seeds: int, test: bool) -> dict[str, object]:
    """A line of each row, beside the default of the same seeds."""
    exam = case.test if test else case.stopping
    shown, default = [], np.zeros(0)
    for name, changed in rows.items():
        config = msgspec.convert(changed, TuningConfig)
        tuned = [case.tuned(config, seed) for seed in range(seeds)]
        each = [case.recalls(one, config, test=test) for one in tuned]
        recalls = np.mean(each, axis=0)
        line: dict[str, object] = {"row": name, "recall@10": round(float(recalls.mean()), 4)}
        line |= {"of_each_seed": [round(float(one.mean()), 4) for one in each], "steps": [one.steps for one in tuned]}
        line |= {"cpu_s": [round(one.seconds) for one in tuned]}
        if name == _DEFAULT:
            default = recalls
            line["95"] = _rounded(exam.interval(recalls, seed=_SEED))
        else:
            gained = recalls - default
            line["gained"] = _rounded([float(gained.mean()), *exam.interval(gained, seed=_SEED)])
        shown.append(line)
    before = round(exam.recall(case.encoder), 4)
    return {"queries": len(exam.queries), "asked": "test" if test else "stopping", "packaged": before, "rows": shown}


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, 4) for value in values]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", help="names of rows; all, if none is named")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--test", action="store_true")
    parser.add_argument("--tuning", type=json.loads, default={}, help="settings of every row, as JSON")
    parser.add_argument("--more", type=json.loads, default={}, help="further rows: settings of each, as JSON")
    asked = parser.parse_args()
    every = {**ROWS, **asked.more}
    if unknown := set(asked.rows) - every.keys():
        parser.error(f"no row {sorted(unknown)}; there are {list(every)}")
    rows = {name: {**asked.tuning, **every[name]} for name in (_DEFAULT, *(asked.rows or every))}
    with tempfile.TemporaryDirectory() as scratch:
        kept = asked.kept or Path(scratch) / "kept"
        kept.mkdir(parents=True, exist_ok=True)
        found = compare(Showcase.open(Path(scratch), kept), rows, seeds=asked.seeds, test=asked.test)
        print(json.dumps({"benchmark": "tuning", **found}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
