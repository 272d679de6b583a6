"""Next item in anonymous sessions on Diginetica (the split of SR-GNN and GCE-GNN), through train and recommend.

Each test line is a session so far and the item that followed; ranking is over all items, those of the session included.
HR@20 and MRR@20 are means over the test lines. Prints one JSON line for the shop's answers and one for its sequential
kNN alone. The file carries no times: steps are taken to be a minute apart, sessions an hour. Items have no words, so
only behaviour speaks.

    python benchmarks/sessions.py --data ../shared/data/session [--config '{"transformer": {"enabled": false}}']
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
import numpy as np

from daogou.adapters.addresses import open_stores
from daogou.domain.event import Event
from daogou.domain.ids import Instant, ProductId, SessionId
from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.evidence import Trail
from daogou.retrieval.metrics import place_in, recall, reciprocal_rank
from daogou.retrieval.sequential import SequentialKnn
from daogou.retrieval.shelf import Shelf
from daogou.training.config import TrainingConfig
from daogou.training.releases import Release, Releases
from daogou.training.train import train

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
K = 20
Question = tuple[list[str], str]
"""A session so far, oldest first, and the item that followed."""
Answer = Callable[[list[str]], list[str]]
"""From a session so far to the first items of the ranking."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, default=Path(__file__).parents[1] / "../shared/data/session")
    arguments.add_argument("--config", type=json.loads, default={}, help="training settings as JSON")
    arguments.add_argument("--validate", action="store_true", help="ask the last 20,000 training sessions instead")
    asked = arguments.parse_args()
    train_file = asked.data / "diginetica_train_sessions.txt.gz"
    sessions = [line.split() for line in _lines(train_file)]
    if asked.validate:
        sessions, last = sessions[:-20_000], sessions[-20_000:]
        questions = [(session[:end], session[end]) for session in last for end in range(1, len(session))]
    else:
        questions = [_question(line) for line in _lines(asked.data / "diginetica_test_expanded.tsv.gz")]

    stores = open_stores("memory://")
    items = sorted({item for session in sessions for item in session})
    stores.catalogue.put((Product(ProductId(item), Text(en=item)) for item in items), at=Instant(0))
    for low in range(0, len(sessions), 10_000):
        stores.events.append(list(_events(sessions[low : low + 10_000], first=low)))
    with tempfile.TemporaryDirectory() as folder:
        cpu = time.process_time()
        release = train(stores, Releases(Path(folder)), config=msgspec.convert(asked.config, TrainingConfig))
        fit_cpu = time.process_time() - cpu
        shelf = Shelf(release.items())
        shelf.refresh(stores.catalogue)
        recommender = Recommender(release, shelf, stores.events)
        answers = {"whole": _whole(recommender), "sequential": _sequential(release, shelf)}
        for name, answer in answers.items():
            line = {
                "benchmark": "diginetica",
                "answers": name,
                "data_sha256": hashlib.sha256(train_file.read_bytes()).hexdigest()[:16],
                "asked": "the last training sessions" if asked.validate else "test",
                **measure(answer, questions),
            }
            if name == "whole":
                line |= {
                    "validation": {key: round(value, 4) for key, value in release.manifest.metrics.items()},
                    "skipped": dict(release.manifest.skipped),
                    "fusion": msgspec.json.decode((release.path("fusion") / "fusion.json").read_bytes()),
                    "train_cpu_s": round(fit_cpu, 2),
                    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                }
            print(json.dumps(line), flush=True)


def measure(answer: Answer, questions: list[Question]) -> dict[str, float]:
    """HR@20, MRR@20, and how much processor time an answer takes."""
    ranks, took = [], np.empty(len(questions))
    for place, (session, target) in enumerate(questions):
        began = time.process_time()
        items = answer(session)
        took[place] = time.process_time() - began
        ranks.append(place_in(items, target))
    return {
        "questions": len(questions),
        "hr@20": round(recall(ranks, K), 4),
        "mrr@20": round(reciprocal_rank(ranks, K), 4),
        "us_per_request": round(1e6 * took.mean()),
        "p99_us": round(1e6 * float(np.quantile(took, 0.99))),
    }


def _whole(recommender: Recommender) -> Answer:
    def answer(session: list[str]) -> list[str]:
        history = tuple(ProductId(item) for item in session)
        return [str(hit.product) for hit in recommender.recommend(RecommendRequest(history=history, k=K)).items]

    return answer


def _sequential(release: Release, shelf: Shelf) -> Answer:
    source = SequentialKnn.load(release.path("sequential"))

    def answer(session: list[str]) -> list[str]:
        rows = shelf.rows([ProductId(item) for item in reversed(session)])
        return [str(shelf.ids[row]) for row in source.evidence(Trail.of(rows.tolist())).best(K).rows.tolist()]

    return answer


def _events(sessions: Iterable[list[str]], *, first: int) -> Iterator[Event]:
    for number, session in enumerate(sessions, first):
        for place, item in enumerate(session):
            at = Instant(1_400_000_000_000 + number * HOUR_MS + place * MINUTE_MS)
            yield Event("view", at, session=SessionId(str(number)), product=ProductId(item))


def _question(line: str) -> Question:
    session, target = line.split("\t")
    return session.split(), target


def _lines(path: Path) -> list[str]:
    return gzip.decompress(path.read_bytes()).decode().splitlines()


if __name__ == "__main__":
    main()
