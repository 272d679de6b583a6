"""Opinions in reviews on public data; prints JSON.

`chinese_reviews`: liked or not, on a fifth of the reviews of ten kinds of goods that the model has not seen (drawn with
a fixed seed), for all of them and for those whose text does not stand in the other four fifths as well. `aspects`:
liked or not, for a given term in a sentence, by the lexicon alone; where it finds no word of opinion, it says nothing.

    python -m benchmarks reviews [--data DIR]
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from daogou.opinions.aspects import lexicon
from daogou.opinions.mining import balance, clauses
from daogou.opinions.polarity import PolarityModel

_SETS = {
    "SemEval 2014 restaurants": "semeval/114.restaurant14_Restaurants_Train.xml.seg",
    "SemEval 2014 laptops": "semeval/113.laptop14_Laptops_Train.xml.seg",
    "Chinese cars": "zh/car.train.txt",
    "Chinese cameras": "zh/camera.train.txt",
    "Chinese notebooks": "zh/notebook.train.txt",
    "Chinese phones": "zh/phone.train.txt",
    "Chinese shampoo": "zh/hair.train.txt",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DAOGOU_DATA", "../shared/data")))
    data = parser.parse_args().data
    aspects = {name: _aspects(data / "absa" / file) for name, file in _SETS.items()}
    print(json.dumps({"chinese_reviews": _chinese(data / "zh-reviews"), "aspects": aspects}, indent=2))


def _chinese(folder: Path) -> dict[str, object]:
    with gzip.open(folder / "online_shopping_10_cats_dev.csv.gz", "rt", encoding="utf-8-sig") as lines:
        reviews = [(row["review"].strip(), row["label"] == "1") for row in csv.DictReader(lines)]
    order = np.random.default_rng(0).permutation(len(reviews)).tolist()
    held, learnt = order[: len(order) // 5], order[len(order) // 5 :]
    began = time.process_time()
    model = PolarityModel.fit([reviews[place][0] for place in learnt], [reviews[place][1] for place in learnt])
    fitted = time.process_time() - began
    began = time.process_time()
    found = model.score([reviews[place][0] for place in held]) > 0.5
    asked = time.process_time() - began
    right = found == np.array([reviews[place][1] for place in held])
    seen = {reviews[place][0] for place in learnt}
    unseen = np.array([reviews[place][0] not in seen for place in held])
    return {
        "reviews": len(reviews),
        "held": len(held),
        "accuracy": round(float(right.mean()), 4),
        "accuracy_of_texts_not_seen": round(float(right[unseen].mean()), 4),
        "texts_not_seen": int(unseen.sum()),
        "fit_cpu_s": round(fitted, 1),
        "us_per_text": round(1e6 * asked / len(held)),
    }


def _aspects(path: Path) -> dict[str, float]:
    """Over the terms that are liked or disliked; neutral ones are left out."""
    words, n, decided, right = lexicon(), 0, 0, 0
    for sentence, term, liked in _terms(path):
        near = next((clause for clause in clauses(sentence) if "$T$" in clause), sentence)
        said = balance(near.replace("$T$", term), words) or balance(sentence.replace("$T$", term), words)
        n += 1
        decided += said != 0
        right += said != 0 and (said > 0) == liked
    return {"terms": n, "decided": round(decided / n, 3), "accuracy_where_decided": round(right / decided, 3)}


def _terms(path: Path) -> Iterator[tuple[str, str, bool]]:
    """Sentence with $T$ where the term stands, term, and whether it is liked. Chinese files put spaces everywhere."""
    lines = path.read_text("utf-8-sig").splitlines()
    for sentence, term, polarity in zip(lines[::3], lines[1::3], lines[2::3], strict=False):
        liked = {"1": True, "Positive": True, "-1": False, "Negative": False}.get(polarity.strip())
        if liked is not None:
            spaced = path.parent.name == "zh"
            yield (sentence.replace(" ", "") if spaced else sentence, term.strip(), liked)


if __name__ == "__main__":
    main()
