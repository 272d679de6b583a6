"""Recommending with a knowledge graph: the Last.FM set of the KGCN, KGNN-LS, CKAN and MCCLK papers.

Protocol of those papers' code (`topk_eval` and `ctr_eval` of MCCLK, `topk_settings` of KGCN): the lines of
ratings_final, half of them products nobody chose, are split at random 6:2:2. Recall@20 is the mean over users with a
chosen line in the test part and any line in the training part; what is ranked are all items but those that stand in the
user's training lines, chosen or not. AUC and F1 are over the test lines of all users at once; F1 where a line that is
likelier than not is taken for chosen. The papers' code asks 100 users drawn at random; here all are asked.

The shop is asked through its own doors, with default settings: `daogou init`, `import` of RecBole's atomic files
(artists with a column for each relation of the graph; the chosen training lines as clicks without a date), `train`, and
`recommend --histories`, for lists and with each user's judged lines as candidates, whose `chance` is judged. It knows
no line of the other parts, and none that nobody chose. Beside it stand popularity, the floor and the shop's sources one
by one, with the order switched off; their settings are the best on the second part. The third is measured once for each
of five splits.

    python benchmarks/lastfm.py [--data ../shared/data/kg-lastfm] [--splits 5] [--part test] [--only-shop]
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from daogou.retrieval.als import Als, AlsConfig
from daogou.retrieval.content import ContentConfig, ContentKnn
from daogou.retrieval.ease import Ease, EaseConfig
from daogou.retrieval.evidence import Evidence, Trail
from daogou.retrieval.sequential import SequentialConfig, SequentialKnn

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.peers.own_shop import daogou

K = 20
DEEPER = (10, 50, 100)
"""Further cuts, which some of the papers print."""
ASKED = 200
"""Length of the shop's lists: what stands in a user's training lines is taken out of them afterwards."""
GRAPH = "graph neighbours"
ALL = 10_000
"""More than there are: nothing of a history or of a list is cut."""
UNORDERED = SequentialConfig(
    gap=200, gap_decay=1.0, tau_days=1e12, same_day=1.0, reversed=1.0, recency=1.0, steps=ALL, neighbours=ALL
)
POWERS = tuple((a, b) for a in (0.4, 0.6, 0.8) for b in (0.1, 0.2, 0.3))
PENALTIES = (20.0, 50.0, 100.0, 200.0)
FACTORS = tuple((n, penalty) for n in (8, 16, 32) for penalty in (1.0, 10.0))
SECOND_HOP = 0.3
"""What an entity two steps away counts against one that the artist is joined to."""


@dataclass(frozen=True)
class Steps:
    """`retrieval.sequential.Sequences`: who chose what, a user after the other; order and time say nothing here."""

    offsets: np.ndarray
    rows: np.ndarray
    at: np.ndarray


@dataclass(frozen=True)
class Data:
    """The two files."""

    lines: np.ndarray
    """(lines, 3): user, item, 1 for chosen and 0 for drawn from the others."""
    triples: np.ndarray
    """(triples, 3): head, relation, tail; the first entities are the items."""
    users: int
    items: int


@dataclass(frozen=True)
class Parts:
    """One split. All are lines."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def read(folder: Path) -> Data:
    """Read the files of the papers' repositories."""
    lines, triples = (
        np.load(io.BytesIO(gzip.decompress((folder / f"{name}.npy.gz").read_bytes())))
        for name in ("ratings_final", "kg_final")
    )
    return Data(lines, triples, int(lines[:, 0].max()) + 1, int(lines[:, 1].max()) + 1)


def split(data: Data, seed: int) -> Parts:
    """6:2:2 at random."""
    order = np.random.default_rng(seed).permutation(len(data.lines))
    fifth = len(order) // 5
    return Parts(*(data.lines[part] for part in (order[2 * fifth :], order[:fifth], order[fifth : 2 * fifth])))


# --- the shop ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answers:
    """What the shop says of one split."""

    places: np.ndarray
    """(users, items): higher for what stands higher in the user's list; 0 for what is not in it."""
    chances: np.ndarray
    """(users, items): of the judged lines."""
    cpu_s: float
    """Import, training and answers."""


def shop(data: Data, train: np.ndarray, judged: np.ndarray, *, graph: bool, folder: Path) -> Answers:
    """Build a shop from the chosen training lines, with the graph or without it, and ask it for lists and for the
    judged lines."""
    _write_artists(folder / "artists.item", data, graph=graph)
    chosen = train[train[:, 2] == 1]
    rows = [f"u{user}\ta{item}" for user, item, _ in chosen.tolist()]
    (folder / "listened.inter").write_text("\n".join(["user_id:token\titem_id:token", *rows, ""]))
    lists = [{"id": user, "shopper": f"u{user}"} for user in range(data.users)]
    lines = [
        {"id": int(user), "shopper": f"u{user}", "candidates": [f"a{item}" for item in judged[judged[:, 0] == user, 1]]}
        for user in np.unique(judged[:, 0])
    ]
    for name, asked in (("lists", lists), ("lines", lines)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in asked))
    shop = folder / "shop"
    ask = ("--shop", shop, "recommend", "--k", str(ASKED), "--histories")
    spent = [
        daogou("init", shop, "--name", "Last.FM"),
        daogou("--shop", shop, "import", folder / "artists.item", folder / "listened.inter"),
        daogou("--shop", shop, "train"),
        daogou(*ask, folder / "lists.jsonl", "--out", folder / "lists.out.jsonl"),
        daogou(*ask, folder / "lines.jsonl", "--out", folder / "lines.out.jsonl"),
    ]
    places, chances = np.zeros((2, data.users, data.items))
    for user, items in _answered(folder / "lists.out.jsonl"):
        places[user, [int(item["product"][1:]) for item in items]] = np.arange(len(items), 0, -1)
    for user, items in _answered(folder / "lines.out.jsonl"):
        chances[user, [int(item["product"][1:]) for item in items]] = [item["chance"] for item in items]
    return Answers(places, chances, sum(step["cpu_s"] for step in spent))


def _write_artists(path: Path, data: Data, *, graph: bool) -> None:
    """Each artist under its number, and in a column for each relation the entities that the graph joins it to."""
    relations = int(data.triples[:, 1].max()) + 1 if graph else 0
    cells: list[list[list[str]]] = [[[] for _ in range(relations)] for _ in range(data.items)]
    for head, relation, tail in data.triples.tolist() if graph else ():
        if head < data.items:
            cells[head][relation].append(str(tail))
    with path.open("w") as file:
        print("item_id:token", "title:token", *(f"r{n}:token_seq" for n in range(relations)), sep="\t", file=file)
        for item, row in enumerate(cells):
            print(f"a{item}", item, *map(" ".join, row), sep="\t", file=file)


def _answered(path: Path) -> Iterable[tuple[int, list[dict[str, Any]]]]:
    with path.open() as lines:
        for line in map(json.loads, lines):
            yield line["id"], line["items"]


# --- the sources ---------------------------------------------------------------------------------------------------


def steps_of(lines: np.ndarray, users: int) -> Steps:
    """The chosen ones of some lines."""
    chosen = lines[lines[:, 2] == 1]
    chosen = chosen[np.lexsort((chosen[:, 1], chosen[:, 0]))]
    offsets = np.concatenate(([0], np.cumsum(np.bincount(chosen[:, 0], minlength=users))))
    return Steps(offsets, chosen[:, 1].astype(np.int32), np.zeros(len(chosen), np.int64))


def item_knn(steps: Steps, items: int, powers: tuple[float, float]) -> np.ndarray:
    """The floor: pairs of items by the users who chose both, each user's pairs divided by the root of their number."""
    touched = _table(steps, items)
    own = np.asarray(touched.sum(axis=1)).ravel()
    weighed = touched.multiply(1 / np.sqrt(np.maximum(own, 1))[:, None]).tocsr()
    pairs = (touched.T @ weighed).toarray()
    degree = np.maximum(pairs.diagonal().copy(), 1e-9)
    np.fill_diagonal(pairs, 0.0)
    return np.asarray(touched @ (pairs / np.outer(degree ** powers[0], degree ** powers[1])))


def sequential(steps: Steps, items: int, powers: tuple[float, float]) -> np.ndarray:
    """Daogou's item-kNN with its order, gaps and days switched off."""
    config = replace(UNORDERED, from_power=powers[0], to_power=powers[1])
    return scores_of(SequentialKnn.fit(steps, items, config=config).evidence, steps, items)


def ease(steps: Steps, items: int, penalty: float) -> np.ndarray:
    """Daogou's EASE over all items."""
    config = EaseConfig(products=ALL, penalty=penalty, recency=1.0, steps=ALL, neighbours=ALL)
    return scores_of(Ease.fit(steps, items, config=config).evidence, steps, items)


def als(steps: Steps, items: int, setting: tuple[int, float]) -> np.ndarray:
    """Daogou's ALS, its vectors learnt as in `training/recipes/als.py`."""
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    factors, penalty = setting
    config = AlsConfig(factors=factors, penalty=penalty, confidence=20.0, recency=1.0, steps=ALL, best=ALL)
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=factors, regularization=penalty, alpha=config.confidence, num_threads=1, random_state=0
        )
        model.fit(_table(steps, items).astype(np.float32), show_progress=False)
    return scores_of(Als(np.ascontiguousarray(model.item_factors, np.float32), config).evidence, steps, items)


def graph(data: Data, steps: Steps) -> np.ndarray:
    """Daogou's content neighbours, where the words of an artist are what the graph joins them to."""
    config = ContentConfig(recency=1.0, steps=ALL, neighbours=ALL)
    return scores_of(ContentKnn.fit(bags(data), config=config).evidence, steps, data.items)


def bags(data: Data) -> list[dict[str, float]]:
    """Relation and entity as one word; in either direction, and the entities of those entities for less."""
    joined: list[dict[str, int]] = [{} for _ in range(int(data.triples[:, [0, 2]].max()) + 1)]
    for head, relation, tail in data.triples.tolist():
        joined[head][f"{relation} {tail}"] = tail
        joined[tail][f"of {relation} {head}"] = head
    found = []
    for item in range(data.items):
        near = dict.fromkeys(joined[item], 1.0)
        far = {word: SECOND_HOP for middle in joined[item].values() for word in joined[middle] if word not in near}
        found.append({f"item {item}": 1.0, **far, **near})
    return found


def scores_of(evidence: Callable[[Trail], Evidence], steps: Steps, items: int) -> np.ndarray:
    """(users, items): what a source says, asked with each user's training history."""
    found = np.zeros((len(steps.offsets) - 1, items), np.float32)
    for user in range(len(found)):
        history = steps.rows[steps.offsets[user] : steps.offsets[user + 1]]
        if len(history):
            rows, values = evidence(Trail.of(history.tolist())).totals()
            found[user, rows] = values
    return found


# --- measures ------------------------------------------------------------------------------------------------------


def recall(scores: np.ndarray, train: np.ndarray, test: np.ndarray, *, k: int = K) -> float:
    """Mean recall at k over users; see the head of the file for who is asked and what is ranked."""
    ranked = scores.astype(np.float64)
    ranked[train[:, 0], train[:, 1]] = -np.inf
    wanted = np.zeros(scores.shape, bool)
    chosen = test[test[:, 2] == 1]
    wanted[chosen[:, 0], chosen[:, 1]] = True
    users = np.intersect1d(chosen[:, 0], train[:, 0])
    first = np.argpartition(-ranked[users], k - 1, axis=1)[:, :k]
    found = np.take_along_axis(wanted[users], first, axis=1).sum(axis=1)
    return float((found / wanted[users].sum(axis=1)).mean())


def auc(scores: np.ndarray, lines: np.ndarray) -> float:
    """The chance that a chosen line stands above another; of equals half (Mann and Whitney 1947)."""
    from scipy.stats import rankdata

    ranks, chosen = rankdata(scores[lines[:, 0], lines[:, 1]]), lines[:, 2] == 1
    n = int(chosen.sum())
    return float((ranks[chosen].sum() - n * (n + 1) / 2) / (n * (len(lines) - n)))


def f1(scores: np.ndarray, lines: np.ndarray, limit: float) -> float:
    """Of taking lines at or above the limit for chosen ones."""
    taken, chosen = scores[lines[:, 0], lines[:, 1]] >= limit, lines[:, 2] == 1
    return float(2 * (taken & chosen).sum() / max(1, taken.sum() + chosen.sum()))


# --- the run -------------------------------------------------------------------------------------------------------


def run(data: Data, seed: int, part: str, *, only_shop: bool) -> dict[str, dict[str, float]]:
    """Method to its measures on one part of one split."""
    parts = split(data, seed)
    judged = getattr(parts, part)
    others = () if only_shop else methods(data, parts)
    found = {name: (scores, places(scores)) for name, scores in others}
    spent = {}
    for name, graph in (("the shop, without the graph", False), ("the shop", True)):
        with tempfile.TemporaryDirectory() as folder:
            answers = shop(data, parts.train, judged, graph=graph, folder=Path(folder))
        found[name] = answers.places, answers.chances
        even = 1 / data.items  # the chance of a drawn product, and half of the lines are drawn
        spent[name] = {"f1": f1(answers.chances, judged, even), "cpu_s": answers.cpu_s}
    return {
        name: {f"recall@{k}": recall(scores, parts.train, judged, k=k) for k in (K, *DEEPER)}
        | {"auc": auc(comparable, judged)}
        | spent.get(name, {})
        for name, (scores, comparable) in found.items()
    }


def methods(data: Data, parts: Parts) -> Iterable[tuple[str, np.ndarray]]:
    """The floor and the sources, each with the settings that have the highest Recall@20 on validation."""
    steps = steps_of(parts.train, data.users)

    def tuned(source: Callable[[Steps, int, Any], np.ndarray], settings: Iterable[Any]) -> np.ndarray:
        tried = [source(steps, data.items, setting) for setting in settings]
        return max(tried, key=lambda scores: recall(scores, parts.train, parts.validation))

    popular = np.bincount(steps.rows, minlength=data.items).astype(np.float32)
    yield "popularity", np.tile(popular, (data.users, 1))
    yield "item-kNN, user-length normalised (the floor)", tuned(item_knn, POWERS)
    yield "Daogou's item-kNN", tuned(sequential, POWERS)
    yield "EASE", tuned(ease, PENALTIES)
    yield "ALS", tuned(als, FACTORS)
    yield GRAPH, graph(data, steps)


def places(scores: np.ndarray) -> np.ndarray:
    """Each score as its place among the user's, from 0 to 1: users become comparable."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(scores, axis=1) / scores.shape[1])


def _table(steps: Steps, items: int) -> Any:
    import scipy.sparse as sp

    return sp.csr_matrix((np.ones(len(steps.rows)), steps.rows, steps.offsets), (len(steps.offsets) - 1, items))


def _mean(found: Sequence[dict[str, float]], measure: str) -> dict[str, float]:
    values = np.array([each[measure] for each in found])
    return {"mean": round(float(values.mean()), 4), "sd": round(float(values.std(ddof=1)), 4) if len(values) > 1 else 0}


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[1] / "../shared/data/kg-lastfm")
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--part", choices=["validation", "test"], default="test", help="what is judged")
    parser.add_argument("--only-shop", action="store_true", help="leave out the floor and the single sources")
    asked = parser.parse_args()
    data = read(asked.data)
    began = time.process_time()
    found = [run(data, seed, asked.part, only_shop=asked.only_shop) for seed in range(asked.splits)]
    line = {
        "benchmark": "lastfm",
        "data_sha256": hashlib.sha256((asked.data / "ratings_final.npy.gz").read_bytes()).hexdigest()[:16],
        "users": data.users,
        "items": data.items,
        "triples": len(data.triples),
        "splits": asked.splits,
        "part": asked.part,
        "cpu_s": round(time.process_time() - began, 1),
        **{
            name: {measure: _mean([each[name] for each in found], measure) for measure in found[0][name]}
            for name in found[0]
        },
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
