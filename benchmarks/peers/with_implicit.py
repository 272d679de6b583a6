"""implicit: item-kNN in three weightings, ALS and BPR."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from harness import K, Lists, Method, Rows, Task, main
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender


def item_knn(kind: type) -> Method:
    """Neighbours by who touched both."""

    def fit(task: Task, setting: dict[str, Any]) -> Lists:
        model = kind(num_threads=1, **setting)
        model.fit(task.table(task.train), show_progress=False)
        return from_history(task, model, above=0.0)

    if kind is BM25Recommender:
        return Method(
            fit, tuple({"K": k, "K1": k1, "B": b} for k in SIZES for k1 in (0.3, 1.2, 5) for b in (0.1, 0.2, 0.4))
        )
    return Method(fit, tuple({"K": k} for k in SIZES))


def als(task: Task, setting: dict[str, Any]) -> Lists:
    """Factors; those of a shopper are computed anew from the history that is given."""
    model = AlternatingLeastSquares(num_threads=1, random_state=0, iterations=15, **setting)
    model.fit(task.table(task.train), show_progress=False)
    return from_history(task, model, recalculate_user=True)


def bpr(task: Task, setting: dict[str, Any]) -> Lists:
    """Factors of the shoppers as they were learnt: BPR cannot take in a newer history."""
    model = BayesianPersonalizedRanking(num_threads=1, random_state=0, iterations=200, **setting)
    model.fit(task.table(task.train), show_progress=False)
    return from_history(task, model)


def from_history(task: Task, model: Any, *, above: float = np.finfo(np.float32).min / 2, **options: Any) -> Lists:
    """The model's own `recommend`, told to leave out what is in the history; it fills short lists with low scores."""

    def lists(users: Sequence[int], histories: Sequence[Rows]) -> np.ndarray:
        table = task.table(histories)
        rows, scores = model.recommend(np.array(users), table, N=K, filter_already_liked_items=True, **options)
        return np.where(scores > above, rows, -1)

    return lists


SIZES = (100, 500, 2_000)
"""Of neighbours; 2,000 are as good as all on the sets that are asked for."""
FACTORS = (
    *(
        (factors, alpha, penalty)
        for factors in (128, 256)
        for alpha in (3.0, 10.0, 40.0)
        for penalty in (0.1, 1.0, 10.0)
    ),
    (512, 10.0, 1.0),
)
RATES = tuple(
    {"factors": 64, "learning_rate": rate, "regularization": penalty}
    for rate in (0.05, 0.1, 0.2)
    for penalty in (0.01, 0.03, 0.1)
)

if __name__ == "__main__":
    main(
        {
            "item-kNN, BM25": item_knn(BM25Recommender),
            "item-kNN, cosine": item_knn(CosineRecommender),
            "item-kNN, TF-IDF": item_knn(TFIDFRecommender),
            "ALS": Method(
                als, tuple(dict(zip(("factors", "alpha", "regularization"), each, strict=True)) for each in FACTORS)
            ),
            "BPR": Method(bpr, RATES),
        }
    )
