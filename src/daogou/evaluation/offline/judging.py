"""Compares rankings with what shoppers turned to: every measure for every system on the same questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.evaluation.offline.beyond import Nature, beyond
from daogou.evaluation.offline.bootstrap import Difference, Interval, differences, intervals
from daogou.evaluation.offline.slices import by_product, by_shopper
from daogou.evaluation.offline.systems import NOTHING, Ranked
from daogou.retrieval.metrics import in_tie_order, listwise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.evaluation.offline.questions import Question

COMPARED = ("recall", "ndcg")
"""Measures whose differences are tested."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One group of shoppers or products."""

    kind: str
    """"shoppers" or "products"."""
    name: str
    n: int
    """Questions in it."""
    recall: Mapping[str, Interval]
    """Recall at the first k, by system."""


@dataclass(frozen=True, slots=True)
class Ties:
    """NDCG had products with the same score stood in another order: luck that is not skill."""

    unlucky: float
    lucky: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One table: the same questions put to every system."""

    protocol: str
    """"new products" (what was touched before is neither shown nor counted) or "all products"."""
    n: int
    ks: tuple[int, ...]
    accuracy: Mapping[str, Mapping[str, Interval]]
    """System to "ndcg@10" and so on; the measures of `retrieval.metrics.listwise`."""
    beyond: Mapping[str, Mapping[str, float]]
    ties: Mapping[str, Ties]
    against: Mapping[str, Mapping[str, Difference]]
    """What the shop's recommender has over each other system, by measure."""
    slices: tuple[Slice, ...]
    exposure: Mapping[str, tuple[float, ...]]
    """Part of all places that goes to each tenth of the products, the most popular tenth first."""


def targets_of(questions: Sequence[Question], *, seen: bool) -> list[NDArray[np.int64]]:
    """What was wanted, by question."""
    return [question.touched if seen else question.new for question in questions]


def hits_of(ranked: Ranked, targets: Sequence[NDArray[np.int64]], n: int) -> NDArray[np.bool_]:
    """Which places hold a target; (questions, DEPTH). `n` is the number of products."""
    owner = np.repeat(np.arange(len(targets)), [len(each) for each in targets])
    wanted = owner * n + (np.concatenate(targets) if len(targets) else np.empty(0, np.int64))
    keys = np.arange(len(ranked.rows))[:, None] * n + ranked.rows
    found: NDArray[np.bool_] = np.isin(keys, wanted) & (ranked.rows != NOTHING)
    return found


def judge(
    protocol: str,
    rankings: Mapping[str, Ranked],
    questions: Sequence[Question],
    nature: Nature,
    *,
    targets: Sequence[NDArray[np.int64]],
    ours: str,
    usual: Ranked,
    ks: tuple[int, ...],
    seed: int,
) -> Measured:
    """Measure every ranking. Each question must have a target; `usual` are the lists of what is most popular."""
    wanted = np.array([len(each) for each in targets])
    n, k = len(nature.reach), ks[0]
    hits = {name: hits_of(ranked, targets, n) for name, ranked in rankings.items()}
    each = {name: _columns(found, wanted, ks) for name, found in hits.items()}
    return Measured(
        protocol=protocol,
        n=len(questions),
        ks=ks,
        accuracy=_with_intervals(each, seed),
        beyond={
            name: beyond(ranked.rows[:, :k], hits[name][:, :k], usual.rows[:, :k], questions, nature)
            for name, ranked in rankings.items()
        },
        ties={name: _ties(hits[name], ranked.scores, wanted, k) for name, ranked in rankings.items()},
        against=_against(ours, each, k, seed),
        slices=(
            *_shopper_slices(each, questions, k, seed),
            *_product_slices(rankings, targets, nature, k, seed),
        ),
        exposure={name: _exposure(ranked.rows[:, :k], nature.reach) for name, ranked in rankings.items()},
    )


def _columns(hits: NDArray[np.bool_], wanted: NDArray[np.int64], ks: tuple[int, ...]) -> dict[str, NDArray[np.float64]]:
    return {f"{name}@{k}": values for k in ks for name, values in listwise(hits, wanted, k).items()}


def _with_intervals(each: Mapping[str, Mapping[str, NDArray[np.float64]]], seed: int) -> dict[str, dict[str, Interval]]:
    """Of all systems at once: shoppers are drawn once."""
    table = np.column_stack([values for columns in each.values() for values in columns.values()])
    found = iter(intervals(table, seed=seed))
    return {name: {measure: next(found) for measure in columns} for name, columns in each.items()}


def _against(
    ours: str, each: Mapping[str, Mapping[str, NDArray[np.float64]]], k: int, seed: int
) -> dict[str, dict[str, Difference]]:
    names = [f"{name}@{k}" for name in COMPARED]
    others = [name for name in each if name != ours]
    if not others:
        return {}
    gaps = np.column_stack([each[ours][name] - each[other][name] for other in others for name in names])
    found = iter(differences(gaps, seed=seed))
    return {other: {name: next(found) for name in names} for other in others}


def _ties(hits: NDArray[np.bool_], scores: NDArray[np.float64], wanted: NDArray[np.int64], k: int) -> Ties:
    unlucky, lucky = (
        float(listwise(in_tie_order(hits, scores, lucky=each), wanted, k)["ndcg"].mean()) for each in (False, True)
    )
    return Ties(unlucky, lucky)


def _shopper_slices(
    each: Mapping[str, Mapping[str, NDArray[np.float64]]], questions: Sequence[Question], k: int, seed: int
) -> list[Slice]:
    return [
        Slice("shoppers", group, int(mask.sum()), _recall({s: c[f"recall@{k}"][mask] for s, c in each.items()}, seed))
        for group, mask in by_shopper(questions).items()
    ]


def _product_slices(
    rankings: Mapping[str, Ranked], targets: Sequence[NDArray[np.int64]], nature: Nature, k: int, seed: int
) -> list[Slice]:
    """Recall of the targets in a group; the lists still rank the whole catalogue."""
    found = []
    for group, rows in by_product(nature.reach).items():
        inside = [target[rows[target]] for target in targets]
        asked = np.array([len(target) > 0 for target in inside])
        if asked.any():
            wanted = np.array([max(len(target), 1) for target in inside])
            recall = {
                name: listwise(hits_of(ranked, inside, len(rows)), wanted, k)["recall"][asked]
                for name, ranked in rankings.items()
            }
            found.append(Slice("products", group, int(asked.sum()), _recall(recall, seed)))
    return found


def _recall(values: Mapping[str, NDArray[np.float64]], seed: int) -> dict[str, Interval]:
    return dict(zip(values, intervals(np.column_stack(list(values.values())), seed=seed), strict=True))


def _exposure(rows: NDArray[np.int64], reach: NDArray[np.float64]) -> tuple[float, ...]:
    counts = np.bincount(rows[rows != NOTHING], minlength=len(reach))[np.argsort(-reach, kind="stable")]
    parts = [float(part.sum()) for part in np.array_split(counts, 10)]
    return tuple(part / max(sum(parts), 1.0) for part in parts)
