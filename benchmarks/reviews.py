"""Opinions in reviews on public data; prints JSON.

`chinese_reviews`: liked or not, on a fifth of the reviews of ten kinds of goods that the model has not seen (drawn with
a fixed seed), for all of them and for those whose text does not stand in the other four fifths as well.

`lexicon`: liked or not, for a given term in a sentence, by the lexicon alone; where it finds no word of opinion, it
says nothing. `terms`: accuracy / macro F1 of the learnt classifier for given terms, on a fifth of each set's sentences
(by a hash of the sentence, so that no sentence stands on both sides) on which nothing was chosen. Learnt from `own`:
the other four fifths of the set; `language`: those of all sets of its language; `others`: all of its language but this
set; `stars`: no labelled term, but the first 20,000 learning reviews of `chinese_reviews`, whose polarity stands for
stars.
`always_commonest`: what the commonest class gets. The published rows are over the sets' own test parts, which are not
used here, so they stand beside ours, not in one list with them.

    python -m benchmarks reviews [--data DIR]
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from daogou.opinions.aspects import lexicon
from daogou.opinions.clauses import clauses
from daogou.opinions.context import Target
from daogou.opinions.mining import balance
from daogou.opinions.polarity import PolarityModel
from daogou.opinions.targets import TargetModel, named

_SETS = {
    "SemEval 2014 restaurants": "semeval/114.restaurant14_Restaurants_Train.xml.seg",
    "SemEval 2014 laptops": "semeval/113.laptop14_Laptops_Train.xml.seg",
    "Chinese cars": "zh/car.train.txt",
    "Chinese cameras": "zh/camera.train.txt",
    "Chinese notebooks": "zh/notebook.train.txt",
    "Chinese phones": "zh/phone.train.txt",
    "Chinese shampoo": "zh/hair.train.txt",
}
_PUBLISHED = {
    "SemEval 2014 restaurants": {
        "ATAE-LSTM (Wang et al. 2016)": ".772",
        "MemNet, as re-run for RAM (Chen et al. 2017)": ".782 / .658",
        "IAN (Ma et al. 2017)": ".786",
        "BERT-SPC (Song et al. 2019)": ".845 / .770",
    },
    "SemEval 2014 laptops": {
        "ATAE-LSTM (Wang et al. 2016)": ".687",
        "MemNet, as re-run for RAM (Chen et al. 2017)": ".703 / .641",
        "IAN (Ma et al. 2017)": ".721",
        "BERT-SPC (Song et al. 2019)": ".790 / .750",
    },
    "Chinese cars, cameras, notebooks and phones together": {"LCF-ATEPC, PyABSA's published model": ".969 / .964"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DAOGOU_DATA", "../shared/data")))
    data = parser.parse_args().data
    reviews = _reviews(data / "zh-reviews")
    found = {
        "chinese_reviews": _chinese(reviews),
        "lexicon": {name: _aspects(data / "absa" / file) for name, file in _SETS.items()},
        "terms": _terms_learnt(data / "absa", reviews),
        "published": _PUBLISHED,
    }
    print(json.dumps(found, indent=2))


def _reviews(folder: Path) -> list[tuple[str, bool]]:
    with gzip.open(folder / "online_shopping_10_cats_dev.csv.gz", "rt", encoding="utf-8-sig") as lines:
        return [(row["review"].strip(), row["label"] == "1") for row in csv.DictReader(lines)]


def _parts(n: int) -> tuple[list[int], list[int]]:
    """The places of the reviews that are held out, and of those that are learnt from."""
    order = np.random.default_rng(0).permutation(n).tolist()
    return order[: n // 5], order[n // 5 :]


def _chinese(reviews: Sequence[tuple[str, bool]]) -> dict[str, object]:
    held, learnt = _parts(len(reviews))
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


@dataclass(frozen=True)
class _Labelled:
    """The terms of one set: learnt from, and held out."""

    learnt: list[tuple[Target, int]]
    held: list[tuple[Target, int]]


def _terms_learnt(folder: Path, reviews: Sequence[tuple[str, bool]]) -> dict[str, object]:
    sets = {name: _labelled(folder / file) for name, file in _SETS.items()}
    by_stars = _from_stars(reviews)
    found: dict[str, object] = {}
    for name, each in sets.items():
        alike = [other for other in sets if other.split()[0] == name.split()[0]]
        of_language = [example for other in alike for example in sets[other].learnt]
        others = [e for other in alike if other != name for e in (*sets[other].learnt, *sets[other].held)]
        models = {"own": _model(each.learnt), "language": _model(of_language), "others": _model(others)}
        if name.startswith("Chinese"):
            models["stars"] = by_stars
        counts = np.bincount([judged for _, judged in each.held], minlength=3)
        found[name] = {"held": len(each.held), "always_commonest": round(float(counts.max() / counts.sum()), 3)} | {
            of: _scored(model, each.held) for of, model in models.items()
        }
    return found


def _model(examples: Sequence[tuple[Target, int]]) -> TargetModel:
    return TargetModel.fit([target for target, _ in examples], [judged for _, judged in examples])


def _from_stars(reviews: Sequence[tuple[str, bool]]) -> TargetModel:
    examples = [
        (target, 2 * content)
        for text, content in (reviews[place] for place in _parts(len(reviews))[1][:20_000])
        for target in named(text, content)
    ]
    return _model(examples)


def _scored(model: TargetModel, held: Sequence[tuple[Target, int]]) -> str:
    """Accuracy / macro F1 over the classes that the set has."""
    judged = np.array([judged for _, judged in held])
    classes = np.unique(judged)
    said = classes[model.score([target for target, _ in held])[:, classes].argmax(1)]
    right = [2 * np.sum((judged == c) & (said == c)) / np.sum((judged == c) * 1 + (said == c)) for c in classes]
    return f"{np.mean(judged == said):.3f} / {np.mean(right):.3f}"


def _labelled(path: Path) -> _Labelled:
    """The terms with 0, 1, 2 for disliked, neither, liked."""
    parts: tuple[list[tuple[Target, int]], list[tuple[Target, int]]] = [], []
    lines = path.read_text("utf-8-sig").splitlines()
    for sentence, term, polarity in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        said = {"-1": 0, "Negative": 0, "0": 1, "Neutral": 1, "1": 2, "Positive": 2}[polarity.strip()]
        if path.parent.name == "zh":
            sentence, term = sentence.replace(" ", ""), term.replace(" ", "")  # noqa: PLW2901
        before, _, after = sentence.partition("$T$")
        target = Target(before, term.strip(), after)
        key = hashlib.md5(re.sub(r"\s", "", target.sentence).encode(), usedforsecurity=False).digest()
        parts[int.from_bytes(key) % 5 == 0].append((target, said))
    return _Labelled(*parts)


if __name__ == "__main__":
    main()
