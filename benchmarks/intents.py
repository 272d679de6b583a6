"""What a sentence asks of a shop: the classifier on HINT3's two retail bots, on Bitext's customer service and on the
assistant's own examples; JSON.

    python -m benchmarks intents [--data DIR]

Only HINT3's test part has sentences that are out of scope; where its file (`dataset_v2_test_…`) lies beside the others
it is asked too. Without it, sentences of labels that were left out of what is learnt, of the other bot, of Bitext and
of a bank's customers (Banking77) stand for what is out of scope. `accuracy` counts the likeliest label, `answered` only
what the threshold lets through. By words alone, and with the packaged encoder's vectors where it is installed; `gained`
is that one's accuracy less the other's on the same sentences, with its 95 % interval.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from daogou.assistant.phrases import phrases
from daogou.language.classify import Classifier, Encode
from daogou.retrieval.encoding.e5 import open_packaged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.ports.encoder import Encoder

BOTS = ("curekart", "sofmattress")
OUT_OF_SCOPE = "NO_NODES_DETECTED"
PARTS = 5
Rows = list[tuple[str, str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DAOGOU_DATA", "../shared/data")))
    data = parser.parse_args().data / "nlu"
    bots = {bot: _rows(data / f"hint3/dataset_v2_train_{bot}_train.csv", "sentence", "label") for bot in BOTS}
    learnt, asked = (_rows(data / f"bitext-cs/{part}.csv", "utterance", "intent") for part in ("train", "dev"))
    strange = {"bitext": asked, "bank": _rows(data / "banking77/train.csv", "text", "category")}
    foreign = {name: [rows[place][0] for place in _some(len(rows))] for name, rows in strange.items()}
    report: dict[str, object] = {"benchmark": "intents"}
    with tempfile.TemporaryDirectory() as scratch:
        encoder = open_packaged(Path(scratch))
        for bot, rows in bots.items():
            others = {"other_bot": [text for other in BOTS if other != bot for text, _ in bots[other]], **foreign}
            report[bot] = {"sentences": len(rows), **_compared(rows, others, encoder)}
            test = data / f"hint3/dataset_v2_test_{bot}_test.csv"
            if test.exists():
                report[f"{bot}, test"] = _tested(rows, _rows(test, "sentence", "label"), encoder)
        for language in ("zh", "en"):
            own = [(said, topic) for topic, questions in phrases(language).topics.items() for said in questions]
            report[f"own, {language}"] = {"sentences": len(own), **_compared(own, {}, encoder)}
    report["bitext"] = _tested(learnt, asked, None, guard=False)
    print(json.dumps(report, indent=2))


def _compared(rows: Rows, others: Mapping[str, Sequence[str]], encoder: Encoder | None) -> dict[str, object]:
    """By words alone and with an encoder."""
    by_words, plain = _crossed(rows, others, None)
    if encoder is None:
        return {"by words": by_words}
    texts = [text for text, _ in rows] + [text for each in others.values() for text in each]
    known = dict(zip(texts, encoder.queries(texts), strict=True))
    by_meaning, better = _crossed(rows, others, lambda some: np.stack([known[text] for text in some]))
    gained = better.astype(float) - plain
    draws = np.random.default_rng(7).choice(gained, (10_000, len(gained))).mean(1)
    interval = [round(float(value), 4) for value in (gained.mean(), *np.quantile(draws, [0.025, 0.975]))]
    return {"by words": by_words, "with the encoder": by_meaning, "gained": interval}


def _crossed(
    rows: Rows, others: Mapping[str, Sequence[str]], encode: Encode | None
) -> tuple[dict[str, float], NDArray[np.bool_]]:
    """Five parts take turns: sentences for what is in scope, labels for what is not. And which were right."""
    order = np.random.default_rng(7).permutation(len(rows))
    right, answered = np.zeros(len(rows), bool), 0
    for part in range(PARTS):
        model = _learn([rows[place] for place in order[np.arange(len(rows)) % PARTS != part]], encode)
        asked = order[part::PARTS]
        for place, (label, sure) in zip(asked, model.judged([rows[place][0] for place in asked]), strict=True):
            right[place] = label == rows[place][1]
            answered += right[place] and sure >= model.threshold
    labels = np.random.default_rng(7).permutation(sorted({label for _, label in rows})).tolist()
    refused = 0
    for part in range(PARTS):
        left_out = set(labels[part::PARTS])
        model = _learn([row for row in rows if row[1] not in left_out], encode)
        refused += _refused(model, [text for text, label in rows if label in left_out])
    whole = _learn(rows, encode)
    return {
        "accuracy": round(float(right.mean()), 4),
        "answered": round(answered / len(rows), 4),
        "labels_left_out_refused": round(refused / len(rows), 4),
        **{f"{name}_refused": round(_refused(whole, texts) / len(texts), 4) for name, texts in others.items()},
    }, right


def _refused(model: Classifier, texts: Sequence[str]) -> int:
    return sum(sure < model.threshold for _, sure in model.judged(texts))


def _tested(learnt: Rows, asked: Rows, encoder: Encoder | None, *, guard: bool = True) -> dict[str, float]:
    encode = None if encoder is None else encoder.queries
    began = time.process_time()
    model = _learn(learnt, encode) if guard else Classifier.fit(*map(list, zip(*learnt, strict=True)))
    fitted = time.process_time() - began
    inside = [row for row in asked if row[1] != OUT_OF_SCOPE]
    outside = [text for text, label in asked if label == OUT_OF_SCOPE]
    began = time.process_time()
    found = [model.judged([text])[0] for text, _ in inside]
    each = (time.process_time() - began) / len(inside)
    hits = np.array([label == said for (_, label), (said, _) in zip(inside, found, strict=True)])
    sure = np.array([sure >= model.threshold for _, sure in found])
    figures = {
        "asked": len(asked),
        "accuracy": round(float(hits.mean()), 4),
        "answered": round(float((hits & sure).mean()), 4),
        "fit_cpu_s": round(fitted, 1),
        "us_per_sentence": round(1e6 * each),
    }
    if outside:
        figures["out_of_scope_recall"] = round(_refused(model, outside) / len(outside), 4)
    return figures


def _learn(rows: Rows, encode: Encode | None) -> Classifier:
    texts, labels = [text for text, _ in rows], [label for _, label in rows]
    return Classifier.fit(texts, labels, encode=encode).guarded(texts, labels)


def _some(n: int) -> list[int]:
    return np.random.default_rng(7).choice(n, min(n, 300), replace=False).tolist()


def _rows(path: Path, text: str, label: str) -> Rows:
    with path.open(encoding="utf-8", newline="") as lines:
        return [(row[text], row[label]) for row in csv.DictReader(lines)]


if __name__ == "__main__":
    main()
