from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from daogou.adapters.addresses import open_stores
from daogou.domain.ids import Instant
from daogou.retrieval.als import Als, AlsConfig
from daogou.retrieval.content import ContentConfig, ContentKnn
from daogou.retrieval.evidence import Trail
from daogou.retrieval.files import read_array
from daogou.testing.builders import event, product
from daogou.testing.retrievers import CausedSourceBehaviour
from daogou.training.config import TrainingConfig
from daogou.training.data import read
from daogou.training.lesson import Lesson
from daogou.training.recipes import als
from daogou.training.releases import Releases
from daogou.training.train import train

pytest.importorskip("implicit")
DAY_MS = 86_400_000
NOW = 1_700_000_000_000


class TestAls(CausedSourceBehaviour):
    """Half of the shoppers walk around ten products, the others around ten others."""

    @pytest.fixture
    def fit(self) -> Callable[[], Als]:
        stores = open_stores("memory://")
        stores.catalogue.put([product(f"p{n}") for n in range(20)], at=Instant(NOW))
        for start in range(30):
            stores.events.append(
                [event("view", f"p{(start + n) % 20}", shopper=f"s{start}", at=NOW + n) for n in range(6)]
            )
        facts, config = read(stores), TrainingConfig(als=AlsConfig(factors=8))
        words = ContentKnn.fit([{}] * 20, config=ContentConfig())
        lesson = Lesson(facts.steps, facts, words, (), None, config, lambda said: None)
        return lambda: als.fit(lesson)

    @pytest.fixture
    def load(self) -> Callable[[Path], Als]:
        return Als.load

    @pytest.fixture
    def trail(self) -> Trail:
        return Trail.of([5, 4])

    def test_what_the_same_shoppers_touch_comes_first(self, fit: Callable[[], Als], trail: Trail) -> None:
        assert (fit().evidence(trail).best(5).rows < 10).all()


def test_it_learns_from_the_histories_that_went_on_last(tmp_path: Path) -> None:
    stores = open_stores("memory://")
    stores.catalogue.put([product(f"p{n}", f"model {n}") for n in range(8)], at=Instant(NOW))
    for shopper in range(9):  # the first six touch p0 to p3, the last three p4 to p7
        ids = [f"p{(shopper + n) % 4 + (0 if shopper < 6 else 4)}" for n in range(4)]
        stores.events.append(
            [event("view", id, shopper=f"s{shopper}", at=NOW + 9 * shopper + place) for place, id in enumerate(ids)]
        )
    for histories, known in ((9, [True] * 8), (3, [False] * 4 + [True] * 4)):
        release = train(
            stores, Releases(tmp_path), config=TrainingConfig(als=AlsConfig(histories=histories, factors=4))
        )
        vectors = read_array(release.path("als") / "vectors.npy")
        assert (np.abs(vectors).max(1) > 1e-3).tolist() == known
