"""lenskit: item-kNN for implicit feedback, and implicit matrix factorisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from harness import K, Lists, Method, Rows, Task, best, main
from lenskit.als import ImplicitMFScorer
from lenskit.data import ItemList, RecQuery, from_interactions_df
from lenskit.knn import ItemKNNScorer
from lenskit.training import TrainingOptions


def scored(task: Task, model: Any) -> Lists:
    """Train a scorer and ask it about every product, a query for each history."""
    frame = pd.DataFrame(
        {
            "user_id": np.repeat(np.arange(len(task.train)), [len(rows) for rows in task.train]),
            "item_id": np.concatenate(task.train),
        }
    ).drop_duplicates()
    model.train(from_interactions_df(frame), TrainingOptions(rng=0))
    known = np.unique(frame["item_id"])
    everything = ItemList(item_ids=known)

    def lists(users: Sequence[int], histories: Sequence[Rows]) -> np.ndarray:
        found = np.full((len(users), K), -1)
        for place, (user, history) in enumerate(zip(users, histories, strict=True)):
            query = RecQuery(user_id=user, user_items=ItemList(item_ids=np.intersect1d(history, known)))
            scores = np.full((1, len(task.items)), -np.inf)
            scores[0, known] = np.nan_to_num(model(query, everything).scores(), nan=-np.inf)
            found[place] = best(scores, [history])[0]
        return found

    return lists


def item_knn(task: Task, setting: dict[str, Any]) -> Lists:
    """Cosine neighbours, their similarities summed."""
    return scored(task, ItemKNNScorer(feedback="implicit", save_nbrs=1000, **setting))


def als(task: Task, setting: dict[str, Any]) -> Lists:
    """The factors of a shopper are computed anew from the history that is given."""
    return scored(task, ImplicitMFScorer(epochs=10, **setting))


if __name__ == "__main__":
    sizes = tuple({"max_nbrs": n} for n in (2, 5, 20, 100))
    factors = tuple(
        {"embedding_size": factors, "weight": weight, "regularization": 0.1}
        for factors, weight in ((64, 40.0), (128, 10.0), (128, 40.0), (256, 40.0))
    )
    main({"item-kNN": Method(item_knn, sizes), "ALS": Method(als, factors)})
