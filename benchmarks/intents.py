"""What a sentence asks of a shop: the classifier on HINT3's two retail bots and on Bitext's customer service; JSON.

    python -m benchmarks intents [--data DIR]

Only HINT3's test part has sentences that are out of scope; where its file (`dataset_v2_test_…`) lies beside the others
it is asked too. Without it, sentences of labels that were left out of what is learnt, and of the other bot, stand for
what is out of scope. `accuracy` counts the likeliest label, `answered` only what the threshold lets through.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from daogou.language.classify import Classifier

BOTS = ("curekart", "sofmattress")
OUT_OF_SCOPE = "NO_NODES_DETECTED"
PARTS = 5
Rows = list[tuple[str, str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DAOGOU_DATA", "../shared/data")))
    data = parser.parse_args().data / "nlu"
    bots = {bot: _rows(data / f"hint3/dataset_v2_train_{bot}_train.csv", "sentence", "label") for bot in BOTS}
    report: dict[str, object] = {"benchmark": "intents"}
    for bot, rows in bots.items():
        others = [text for other in BOTS if other != bot for text, _ in bots[other]]
        report[bot] = {"sentences": len(rows), **_crossed(rows, others)}
        test = data / f"hint3/dataset_v2_test_{bot}_test.csv"
        if test.exists():
            report[f"{bot}, test"] = _tested(rows, _rows(test, "sentence", "label"))
    learnt, asked = (_rows(data / f"bitext-cs/{part}.csv", "utterance", "intent") for part in ("train", "dev"))
    report["bitext"] = _tested(learnt, asked, guard=False)
    print(json.dumps(report, indent=2))


def _crossed(rows: Rows, others: Sequence[str]) -> dict[str, float]:
    """Five parts take turns: sentences for what is in scope, labels for what is not."""
    order = np.random.default_rng(7).permutation(len(rows))
    right, answered = 0, 0
    for part in range(PARTS):
        model = _learn([rows[place] for place in order[np.arange(len(rows)) % PARTS != part]])
        for place in order[part::PARTS]:
            text, label = rows[place]
            shares = model.scores([text])[0]
            hit = model.labels[int(shares.argmax())] == label
            right += hit
            answered += hit and shares.max() >= model.threshold
    labels = np.random.default_rng(7).permutation(sorted({label for _, label in rows})).tolist()
    refused, strange = 0, 0
    for part in range(PARTS):
        left_out = set(labels[part::PARTS])
        model = _learn([row for row in rows if row[1] not in left_out])
        refused += sum(model.label(text) is None for text, label in rows if label in left_out)
    whole = _learn(rows)
    strange = sum(whole.label(text) is None for text in others)
    return {
        "accuracy": round(right / len(rows), 4),
        "answered": round(answered / len(rows), 4),
        "labels_left_out_refused": round(refused / len(rows), 4),
        "other_bot_refused": round(strange / len(others), 4),
        "threshold": round(whole.threshold, 3),
    }


def _tested(learnt: Rows, asked: Rows, *, guard: bool = True) -> dict[str, float]:
    began = time.process_time()
    model = _learn(learnt) if guard else Classifier.fit(*map(list, zip(*learnt, strict=True)))
    fitted = time.process_time() - began
    inside = [row for row in asked if row[1] != OUT_OF_SCOPE]
    outside = [text for text, label in asked if label == OUT_OF_SCOPE]
    began = time.process_time()
    shares = model.scores([text for text, _ in inside])
    each = (time.process_time() - began) / len(inside)
    found = [model.labels[int(row.argmax())] for row in shares]
    hits = np.array([label == said for (_, label), said in zip(inside, found, strict=True)])
    figures = {
        "asked": len(asked),
        "accuracy": round(float(hits.mean()), 4),
        "answered": round(float((hits & (shares.max(axis=1) >= model.threshold)).mean()), 4),
        "fit_cpu_s": round(fitted, 1),
        "us_per_sentence": round(1e6 * each),
    }
    if outside:
        figures["out_of_scope_recall"] = round(sum(model.label(text) is None for text in outside) / len(outside), 4)
    return figures


def _learn(rows: Rows) -> Classifier:
    texts, labels = [text for text, _ in rows], [label for _, label in rows]
    return Classifier.fit(texts, labels).guarded(texts, labels)


def _rows(path: Path, text: str, label: str) -> Rows:
    with path.open(encoding="utf-8", newline="") as lines:
        return [(row[text], row[label]) for row in csv.DictReader(lines)]


if __name__ == "__main__":
    main()
