"""cornac: EASE (Steck, WWW 2019) over all products, and BPR."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from cornac.data import Dataset
from cornac.models import BPR, EASE
from harness import K, Lists, Method, Rows, Task, best, main

AT_ONCE = 500


def dataset(task: Task) -> tuple[Dataset, np.ndarray]:
    """cornac's own data set, and the number of a product for each of cornac's columns."""
    found = Dataset.from_uir(
        (user, int(row), 1.0) for user, rows in enumerate(task.train) for row in dict.fromkeys(rows.tolist())
    )
    return found, np.array(list(found.iid_map))


def ease(task: Task, setting: dict[str, Any]) -> Lists:
    """The weights are cornac's; the history they are applied to is the one that is given."""
    data, number = dataset(task)
    model = EASE(verbose=False, **setting).fit(data)

    def lists(users: Sequence[int], histories: Sequence[Rows]) -> np.ndarray:
        found = np.full((len(users), K), -1)
        for low in range(0, len(users), AT_ONCE):
            part = histories[low : low + AT_ONCE]
            scores = np.full((len(part), len(task.items)), -np.inf)
            scores[:, number] = task.table(part)[:, number] @ model.B
            found[low : low + AT_ONCE] = best(scores, part)
        return found

    return lists


def bpr(task: Task, setting: dict[str, Any]) -> Lists:
    """Factors of the shoppers as they were learnt: BPR cannot take in a newer history."""
    data, number = dataset(task)
    model = BPR(seed=0, num_threads=1, max_iter=200, verbose=False, **setting).fit(data)

    def lists(users: Sequence[int], histories: Sequence[Rows]) -> np.ndarray:
        found = np.full((len(users), K), -1)
        for place, user in enumerate(users):
            scores = np.full((1, len(task.items)), -np.inf)
            scores[0, number] = model.score(data.uid_map[user])
            found[place] = best(scores, [histories[place]])[0]
        return found

    return lists


if __name__ == "__main__":
    rates = tuple(
        {"k": 64, "learning_rate": rate, "lambda_reg": lamb} for rate in (0.05, 0.1, 0.2) for lamb in (0.01, 0.03, 0.1)
    )
    penalties = tuple({"lamb": lamb, "posB": False} for lamb in (20, 50, 100))
    main({"EASE": Method(ease, penalties), "BPR": Method(bpr, rates)})
