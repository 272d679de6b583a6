from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from daogou.retrieval.content import ContentConfig, ContentKnn, words
from daogou.retrieval.evidence import Trail
from daogou.retrieval.hybrid import Hybrid, HybridConfig, behaviour
from daogou.retrieval.sequential import DAY_MS, SequentialConfig, SequentialKnn
from daogou.retrieval.session_knn import SessionKnn, SessionKnnConfig
from daogou.retrieval.together import Together, TogetherConfig
from daogou.testing.retrievers import SourceBehaviour

TITLES = ["red shoe", "blue shoe", "red hat", "blue hat", "green shoe", "tea cup", "tea pot", "red tea cup"]
N = len(TITLES)


@dataclass
class Steps:
    offsets: np.ndarray
    rows: np.ndarray
    at: np.ndarray


def steps(*histories: list[int], apart_ms: int = DAY_MS) -> Steps:
    lengths = [len(history) for history in histories]
    return Steps(
        np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        np.array([row for history in histories for row in history], np.int32),
        np.array([apart_ms * place for history in histories for place in range(len(history))], np.int64),
    )


class Walks(SourceBehaviour):
    @pytest.fixture
    def trail(self) -> Trail:
        return Trail.of([0, 5])


class TestSequential(Walks):
    @pytest.fixture
    def fit(self):
        walks = steps([0, 1, 2], [0, 1, 4], [5, 6, 7], [5, 6, 1])
        return lambda: SequentialKnn.fit(walks, N, config=SequentialConfig())

    @pytest.fixture
    def load(self):
        return SequentialKnn.load


class TestSessions(Walks):
    @pytest.fixture
    def fit(self):
        walks = steps([0, 1, 2], [0, 1, 4], [5, 6, 7], [5, 6, 1])
        return lambda: SessionKnn.fit(walks, N, config=SessionKnnConfig())

    @pytest.fixture
    def load(self):
        return SessionKnn.load


class TestContent(Walks):
    @pytest.fixture
    def fit(self):
        bags = [dict.fromkeys(words(title), 1.0) for title in TITLES]
        return lambda: ContentKnn.fit(bags, config=ContentConfig())

    @pytest.fixture
    def load(self):
        return ContentKnn.load


class TestHybrid(Walks):
    @pytest.fixture
    def fit(self):
        config = HybridConfig()
        content = ContentKnn.fit([dict.fromkeys(words(title), 1.0) for title in TITLES], config=ContentConfig())
        actor, rows = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 4, 5, 6], np.int32)
        by_behaviour = behaviour(actor, rows, np.ones(6, np.float32), N, config=config)
        return lambda: Hybrid.mix(by_behaviour, content.table, alpha=0.5, config=config)

    @pytest.fixture
    def load(self):
        return Hybrid.load


class TestTogether(Walks):
    @pytest.fixture
    def fit(self):
        actor = np.repeat(np.arange(6, dtype=np.int32), 2)
        row = np.array([0, 1] * 3 + [5, 6] * 3, np.int32)
        return lambda: Together.fit(actor, np.zeros(12, np.int64), row, N, config=TogetherConfig())

    @pytest.fixture
    def load(self):
        return Together.load
