"""What every peer's program shares: it reads the task, times the fit and the answers, and writes lists to be judged.

Runs inside the peer's own environment, so it may import nothing but NumPy. Nothing here knows what is wanted: the
test products are not among the task's files.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

K = 10
ONE_BY_ONE = 200
"""Requests that are also put one at a time."""
TUNED_ON = 4_000
"""Shoppers whose held-back product chooses among settings."""

NOTES: dict[str, Any] = {}
"""What a program wants to have said beside its figures, such as the epochs that were done."""

Rows = np.ndarray
"""Numbers of products."""
Lists = Callable[[Sequence[int], Sequence[Rows]], np.ndarray]
"""Numbers of shoppers and their histories to (shoppers, K) products, best first, -1 where a list is shorter."""


@dataclass(frozen=True)
class Task:
    """Histories by number of the shopper; oldest product first."""

    users: list[str]
    items: list[str]
    train: list[Rows]
    """What may be learnt from."""
    asked: list[Rows]
    """What is known when the list is asked for: one product more."""

    @classmethod
    def read(cls, folder: Path) -> Task:
        """Read the files that `task.py` wrote."""
        items = json.loads((folder / "items.json").read_text())
        row = {item: place for place, item in enumerate(items)}
        lines = [[json.loads(line) for line in (folder / name).open()] for name in ("train.jsonl", "asked.jsonl")]
        histories = [[np.array([row[item] for item in line["history"]]) for line in part] for part in lines]
        return cls([line["id"] for line in lines[0]], items, *histories)

    def table(self, histories: Sequence[Rows]) -> Any:
        """(shoppers, products) of zeros and ones, in CSR."""
        import scipy.sparse as sp

        ends = np.concatenate(([0], np.cumsum([len(each) for each in histories])))
        ones = np.ones(ends[-1], np.float32)
        return sp.csr_matrix((ones, np.concatenate(histories), ends), shape=(len(histories), len(self.items)))


@dataclass(frozen=True)
class Method:
    """One row of the table."""

    fit: Callable[[Task, dict[str, Any]], Lists]
    settings: tuple[dict[str, Any], ...] = ({},)
    """What is tried; the best NDCG on the held-back products is kept."""
    one_by_one: int = ONE_BY_ONE


def best(scores: np.ndarray, seen: Sequence[Rows]) -> np.ndarray:
    """The K best products of (shoppers, products), without what each has seen."""
    for place, rows in enumerate(seen):
        scores[place, rows] = -np.inf
    top = np.argpartition(-scores, K, axis=1)[:, :K]
    order = np.argsort(-np.take_along_axis(scores, top, axis=1), axis=1, kind="stable")
    found = np.take_along_axis(top, order, axis=1)
    return np.where(np.isfinite(np.take_along_axis(scores, found, axis=1)), found, -1)


def held_back(task: Task) -> tuple[list[int], np.ndarray]:
    """Shoppers whose settings are chosen by, and the product that each touched next."""
    users = np.random.default_rng(0).permutation(len(task.users))[:TUNED_ON].tolist()
    return users, np.array([task.asked[user][-1] for user in users])


def ndcg(lists: np.ndarray, wanted: np.ndarray) -> float:
    """NDCG@K of (shoppers, K) products where each shopper wants one."""
    return float(((lists == wanted[:, None]) / np.log2(np.arange(2, K + 2))).sum(axis=1).mean())


def main(methods: dict[str, Method]) -> None:
    """`PROGRAM TASK LISTS METHOD tune` prints the best setting; `… run SETTING` writes lists and prints figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("task", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("method", choices=methods)
    parser.add_argument("step", choices=["tune", "run"])
    parser.add_argument("setting", nargs="?", default="{}")
    asked = parser.parse_args()
    task, method = Task.read(asked.task), methods[asked.method]
    if asked.step == "tune":
        print(json.dumps(_tune(task, method)))
    else:
        print(json.dumps(_run(task, method, json.loads(asked.setting), asked.out)))


def _tune(task: Task, method: Method) -> dict[str, Any]:
    if len(method.settings) == 1:
        return {"setting": method.settings[0]}
    users, wanted = held_back(task)
    histories = [task.train[user] for user in users]
    found = [ndcg(method.fit(task, setting)(users, histories), wanted) for setting in method.settings]
    place = int(np.argmax(found))
    return {
        "setting": method.settings[place],
        "validation_ndcg": found[place],
        "tried": len(method.settings),
        "grid": [[setting, round(each, 4)] for setting, each in zip(method.settings, found, strict=True)],
        "tuning_cpu_s": time.process_time(),
    }


def _run(task: Task, method: Method, setting: dict[str, Any], out: Path) -> dict[str, Any]:
    started = time.process_time()
    lists = method.fit(task, setting)
    fitted = time.process_time()
    users = list(range(len(task.users)))
    found = lists(users, task.asked)
    answered = time.process_time()
    drawn = np.random.default_rng(1).permutation(users)[: method.one_by_one].tolist()
    lists([drawn[0]], [task.asked[drawn[0]]])
    begun = time.process_time()
    for user in drawn:
        lists([user], [task.asked[user]])
    ended = time.process_time()
    with out.open("w") as file:
        for user, rows in zip(task.users, found.tolist(), strict=True):
            items = [{"product": task.items[row]} for row in rows if row >= 0]
            file.write(json.dumps({"id": user, "items": items}) + "\n")
    return {
        "fit_cpu_s": fitted - started,
        "in_batch_per_s": len(users) / (answered - fitted),
        "one_by_one_per_s": len(drawn) / (ended - begun),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **NOTES,
    }
