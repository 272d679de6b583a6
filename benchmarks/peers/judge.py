"""Recall@10 and NDCG@10 of a file of lists, whoever made it, with intervals from drawing shoppers anew."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np

from benchmarks.peers.task import Wanted

K = 10
DRAWS = 1_000


def judge(path: Path, wanted: Wanted) -> dict[str, list[float]]:
    """Measure to [mean, low, high] over every shopper of the task; one without a list found nothing.

    Raises ValueError for a list that is too long, says something twice or shows what was seen: it was not the task.
    """
    rank = {}
    with path.open() as lines:
        for line in map(json.loads, lines):
            shown = [item["product"] for item in line["items"]]
            user = str(line["id"])
            if len(shown) > K or len(set(shown)) < len(shown) or wanted.seen[user] & set(shown):
                raise ValueError(f"the list of {user!r} is longer than {K}, repeats, or shows what was seen")
            if wanted.target[user] in shown:
                rank[user] = shown.index(wanted.target[user])
    gains = np.array([[user in rank, _gain(rank.get(user))] for user in wanted.target])
    drawn = np.random.default_rng(0).multinomial(len(gains), np.full(len(gains), 1 / len(gains)), size=DRAWS)
    low, high = np.quantile(drawn @ gains / len(gains), [0.025, 0.975], axis=0)
    means = gains.mean(axis=0)
    return {
        name: [round(float(each[column]), 4) for each in (means, low, high)]
        for column, name in enumerate(("recall@10", "ndcg@10"))
    }


def _gain(rank: int | None) -> float:
    return 0.0 if rank is None else 1 / math.log2(rank + 2)
