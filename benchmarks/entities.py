"""Products and brands in Chinese shop texts: a light tagger on the e-commerce set of Ding et al. (ACL 2019); JSON.

    python -m benchmarks entities [--data DIR] [--fifth]

Learns on the training part and asks the development part, which chose nothing; `--fifth` learns on four fifths of the
training part and asks the last, for choices. The tagger is an averaged structured perceptron (Collins, "Discriminative
Training Methods for Hidden Markov Models", 2002) over characters, their neighbours, the words around them with their
parts of speech, and the names that other learnt sentences have. An entity is right if its kind and both its ends are.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path

import rjieba

ROUNDS = 10
Sentence = list[tuple[str, str]]
"""Characters with their labels, such as B-HC, I-HC, E-HC, S-HP, O."""
Names = Mapping[str, Mapping[str, Set[int]]]
_LONGEST = 12
"""Characters of a name that is looked up."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("DAOGOU_DATA", "../shared/data")))
    parser.add_argument("--fifth", action="store_true", help="ask a fifth of the training part")
    given = parser.parse_args()
    data = given.data / "nlu/zh-ecommerce-ner"
    if given.fifth:
        learnt = list(_sentences(data / "train.bieos"))
        random.Random(5).shuffle(learnt)
        learnt, asked = learnt[: len(learnt) * 4 // 5], learnt[len(learnt) * 4 // 5 :]
    else:
        learnt, asked = (list(_sentences(data / f"{part}.bieos")) for part in ("train", "dev"))
    began = time.process_time()
    tagger = Tagger.fit(learnt)
    fitted = time.process_time() - began
    began = time.process_time()
    found = [tagger.tag([char for char, _ in sentence]) for sentence in asked]
    each = (time.process_time() - began) / len(asked)
    truth = [[label for _, label in sentence] for sentence in asked]
    report = {"learnt": len(learnt), "asked": len(asked), "all": _f1(truth, found)}
    report |= {kind: _f1(truth, found, kind) for kind in ("HP", "HC")}
    print(json.dumps({"benchmark": "entities", **report, "fit_cpu_s": round(fitted), "ms": round(1e3 * each, 2)}))


class Tagger:
    """Weights of features for each label, and of each label after another."""

    def __init__(self, labels: Sequence[str], names: Names) -> None:
        self.labels, self.names = list(labels), names
        self.weights: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.follows = {(a, b) for a in self.labels for b in self.labels if _may_follow(a, b)}

    @classmethod
    def fit(cls, sentences: Sequence[Sentence]) -> Tagger:
        names = _names(sentences)
        tagger = cls(sorted({label for sentence in sentences for _, label in sentence}), names)
        totals: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        rows = [
            (_features([char for char, _ in sentence], names, place), [label for _, label in sentence])
            for place, sentence in enumerate(sentences)
        ]
        order, step = list(range(len(rows))), 0
        shuffled = random.Random(0)
        for _ in range(ROUNDS):
            shuffled.shuffle(order)
            for place in order:
                step += 1
                features, truth = rows[place]
                found = tagger._best(features)
                if found == truth:
                    continue
                before_true, before_found = "^", "^"
                for here, right, wrong in zip(features, truth, found, strict=True):
                    if right != wrong:
                        for feature in here:
                            for label, sign in ((right, 1.0), (wrong, -1.0)):
                                tagger.weights[feature][label] += sign
                                totals[feature][label] += sign * step
                    if (before_true, right) != (before_found, wrong):
                        for before, label, sign in ((before_true, right, 1.0), (before_found, wrong, -1.0)):
                            tagger.weights[f">{before}"][label] += sign
                            totals[f">{before}"][label] += sign * step
                    before_true, before_found = right, wrong
        for feature, of_label in totals.items():
            for label, total in of_label.items():
                tagger.weights[feature][label] -= total / (step + 1)
        return tagger

    def tag(self, characters: Sequence[str]) -> list[str]:
        return self._best(_features(characters, self.names))

    def _best(self, features: Sequence[Sequence[str]]) -> list[str]:
        """The likeliest sequence of labels (Viterbi)."""
        scores, paths = {"^": 0.0}, {"^": ["^"]}
        for here in features:
            emitted = dict.fromkeys(self.labels, 0.0)
            for feature in here:
                for label, weight in self.weights.get(feature, {}).items():
                    emitted[label] += weight
            after: dict[str, float] = {}
            longer: dict[str, list[str]] = {}
            for label in self.labels:
                best = max(
                    (score + self._step(before, label), before)
                    for before, score in scores.items()
                    if before == "^" or (before, label) in self.follows
                )
                after[label], longer[label] = best[0] + emitted[label], [*paths[best[1]], label]
            scores, paths = after, longer
        return paths[max(scores, key=lambda label: scores[label])][1:]

    def _step(self, before: str, label: str) -> float:
        return self.weights[f">{before}"][label] if f">{before}" in self.weights else 0.0


def _may_follow(before: str, label: str) -> bool:
    inside = before[0] in "BI"
    return label[0] in "IE" and label[1:] == before[1:] if inside else label[0] in "BSO"


def _features(characters: Sequence[str], names: Names, place: int = -1) -> list[list[str]]:
    """Of each character. `place`: of a learnt sentence, whose own names are not to be looked up."""
    text = "".join(characters)
    rows = _letters(characters)
    words = [("^", "^"), *rjieba.tag(text), ("$", "$")]
    start = 0
    for (before, of_before), (word, part), (after, of_after) in zip(words, words[1:], words[2:], strict=False):
        for at in range(len(word)):
            here = _at(at, len(word))
            rows[start + at] += [
                f"w{here}{word}", f"w-{here}{before}", f"w+{here}{after}", f"we{here}{word[-1]}", f"p{here}{part}",
                f"p-{here}{of_before}|{part}", f"p+{here}{part}|{of_after}", f"p=/{here}{of_before}|{part}|{of_after}",
            ]  # fmt: skip
        start += len(word)
    for kind, known in names.items():
        start = 0
        while start < len(text):
            longest = min(_LONGEST, len(text) - start)
            stops = range(start + longest, start, -1)
            stop = next((stop for stop in stops if known.get(text[start:stop], set()) - {place}), start)
            for at in range(stop - start):
                rows[start + at].append(f"n{kind}{_at(at, stop - start)}{min(stop - start, 4)}")
            start = max(stop, start + 1)
    return rows


def _names(sentences: Sequence[Sentence]) -> Names:
    """Of each kind, names with the places of the sentences that have them."""
    found: dict[str, dict[str, set[int]]] = {}
    for place, sentence in enumerate(sentences):
        text = "".join(char for char, _ in sentence)
        for start, end, kind in _spans([label for _, label in sentence]):
            found.setdefault(kind, {}).setdefault(text[start : end + 1], set()).add(place)
    return found


def _at(at: int, length: int) -> str:
    """Where in a word or name: alone, begin, end or inside."""
    return "S" if length == 1 else "B" if at == 0 else "E" if at == length - 1 else "I"


def _letters(characters: Sequence[str]) -> list[list[str]]:
    """What stands at each character and around it."""
    text = "".join(characters)
    begin, end = {}, {}
    for word, start, stop in rjieba.tokenize(text):
        for place in range(start, stop):
            begin[place], end[place] = word if place == start else "", word if place == stop - 1 else ""
    at = [*"^^", *characters, *"$$"]
    rows = []
    for place, char in enumerate(characters):
        a, b, c, d, e = at[place : place + 5]
        rows.append([
            f"c{c}", f"b{b}", f"d{d}", f"a{a}", f"e{e}", f"bc{b}{c}", f"cd{c}{d}", f"ab{a}{b}", f"de{d}{e}",
            f"abc{a}{b}{c}", f"bcd{b}{c}{d}", f"cde{c}{d}{e}", f"w{begin.get(place, '')}|{end.get(place, '')}",
            f"x{begin.get(place + 1, '')}", f"y{end.get(place - 1, '')}", f"k{_kind(b)}{_kind(char)}{_kind(d)}",
        ])  # fmt: skip
    return rows


def _kind(char: str) -> str:
    if char in "^$":
        return char
    return "h" if "\u3400" <= char <= "\u9fff" else "n" if char.isdigit() else "l" if char.isalpha() else "p"


def _sentences(path: Path) -> Iterator[Sentence]:
    sentence: Sentence = []
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            char, _, label = line.rpartition("\t")
            sentence.append((char or "　", label))
        elif sentence:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _spans(labels: Sequence[str]) -> set[tuple[int, int, str]]:
    found, start = set(), None
    for place, label in enumerate(labels):
        if label[0] in "BS":
            start = place
        if label[0] in "ES" and start is not None:
            found.add((start, place, label[2:]))
            start = None
        if label == "O":
            start = None
    return found


def _f1(truth: Sequence[Sequence[str]], found: Sequence[Sequence[str]], kind: str = "") -> dict[str, float]:
    right = said = there = 0
    for true, guessed in zip(truth, found, strict=True):
        wanted, given = ({s for s in _spans(row) if kind in ("", s[2])} for row in (true, guessed))
        right, said, there = right + len(wanted & given), said + len(given), there + len(wanted)
    precision, recall = right / max(1, said), right / max(1, there)
    return {
        "f1": round(2 * right / max(1, said + there), 4),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "entities": there,
    }


if __name__ == "__main__":
    main()
