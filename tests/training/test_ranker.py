from __future__ import annotations

import sys
from dataclasses import replace
from importlib.abc import MetaPathFinder
from pathlib import Path
from random import Random

import numpy as np
import pytest

from daogou.adapters.addresses import open_stores
from daogou.domain.event import EventType
from daogou.domain.ids import Instant
from daogou.ports.stores import Stores
from daogou.recommend.models import Models
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.als import AlsConfig
from daogou.retrieval.ease import EaseConfig
from daogou.retrieval.ranking import Ranker, RankingConfig
from daogou.retrieval.repeat import BASKET_REST_DAYS
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import event, product
from daogou.training.config import TrainingConfig
from daogou.training.recipes import ranking as recipe
from daogou.training.releases import Release, Releases
from daogou.training.train import train

DAY_MS = 86_400_000
NOW = 1_700_000_000_000
N = 30
CONFIG = TrainingConfig(
    ranking=RankingConfig(least=50, leaf=20), ease=EaseConfig(enabled=False), als=AlsConfig(enabled=False)
)


def visited(*, back: bool, type: EventType = "view", apart: int = 1) -> Stores:
    """Visits of three products drawn blindly, of which the last is the first again, or is drawn too."""
    stores, random = open_stores("memory://"), Random(0)
    stores.catalogue.put([product(f"p{n}", f"model {n}", price=1 + n % 3) for n in range(N)], at=Instant(NOW))
    for visit in range(300):
        first, second, third = random.sample(range(N), 3)
        steps = (first, second, first if back else third)
        stores.events.append(
            [
                event(type, f"p{row}", shopper=f"s{visit}", at=NOW + 3 * visit + apart * place)
                for place, row in enumerate(steps)
            ]
        )  # fmt: skip
    return stores


def test_a_ranker_that_surely_ranks_better_is_part_of_the_release(tmp_path: Path) -> None:
    stores = visited(back=True)
    release = train(stores, Releases(tmp_path), config=CONFIG)
    assert release.manifest.metrics["ranking.ndcg@10.gain.low"] > 0
    assert "ranking" not in release.manifest.skipped
    right = {with_ranker: come_back(stores, release, with_ranker) for with_ranker in (True, False)}
    assert right[True] >= 0.8
    assert right[False] <= 0.4


def test_it_is_heard_at_the_beginning_of_visits_only_where_it_surely_ranks_better_there(tmp_path: Path) -> None:
    within = {}
    for apart in (1, DAY_MS):  # in the first shop all steps are of one visit, in the other each begins one
        release = train(visited(back=True, apart=apart), Releases(tmp_path / str(apart)), config=CONFIG)
        metrics = release.manifest.metrics
        ranker = Models.open(release).ranker
        assert ranker is not None
        within[apart] = ranker.within_days, metrics["ranking.ndcg@10.beginnings"]
        before, low = (metrics[f"ranking.ndcg@10.beginnings.{name}"] for name in ("before", "gain.low"))
        assert (low > before / 4) == (ranker.within_days is None)
    assert within == {1: (BASKET_REST_DAYS, 0.0), DAY_MS: (None, 1.0)}


def test_a_gain_there_must_be_large_to_be_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe, "_PART", 10.0)  # ten times what is reached without trees is out of reach
    release = train(visited(back=True, apart=DAY_MS), Releases(tmp_path), config=CONFIG)
    assert release.manifest.metrics["ranking.ndcg@10.beginnings.gain.low"] > 0
    ranker = Models.open(release).ranker
    assert ranker is not None
    assert ranker.within_days == BASKET_REST_DAYS


def come_back(stores: Stores, release: Release, with_ranker: bool) -> float:
    """In how many answers to what visits began with their first product is at the top."""
    shelf = Shelf(release.items())
    shelf.refresh(stores.catalogue)
    recommender = Recommender(release, shelf, stores.events)
    if not with_ranker:
        recommender._reorderings = {}
    log = [recorded.event.product for recorded in stores.events.since(0)]
    visits = [(first, second) for first, second in zip(log[:90:3], log[1:90:3], strict=True) if first and second]
    answers = [recommender.recommend(RecommendRequest(history=visit, k=1)).items for visit in visits]
    return sum(visit[0] == items[0].product for visit, items in zip(visits, answers, strict=True)) / len(visits)


def test_one_that_is_not_surely_better_is_left_out_and_said(tmp_path: Path) -> None:
    release = train(visited(back=False), Releases(tmp_path), config=CONFIG)
    assert not (release.path("fusion") / "ranking").exists()
    assert Models.open(release).ranker is None
    why = release.manifest.skipped["ranking"]
    assert why.startswith("tried, not surely better: NDCG@10 0.")
    assert "the 95 % interval of the gain is -0." in why


def test_the_same_facts_give_the_same_ranker(tmp_path: Path) -> None:
    stores, releases = visited(back=True), Releases(tmp_path)
    first, second = (train(stores, releases, config=CONFIG).manifest.files for _ in range(2))
    assert first == second
    assert "fusion/ranking/says.npy" in first


def test_what_was_just_bought_is_not_asked_for(tmp_path: Path) -> None:
    """It is not recommended either, so nothing is learnt from people who buy it again."""
    stores, releases = visited(back=True, type="purchase"), Releases(tmp_path)
    why = train(stores, releases, config=CONFIG).manifest.skipped["ranking"]
    assert why == "0 validation steps with the answer among the first 50, fewer than 50"
    slow = visited(back=True, type="purchase", apart=40 * DAY_MS)
    assert "0 validation steps" not in train(slow, releases, config=CONFIG).manifest.skipped.get("ranking", "")


def test_the_tables_say_what_the_trees_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import lightgbm

    tables, trees = [], []
    data, learn = lightgbm.Dataset, lightgbm.train
    monkeypatch.setattr(
        lightgbm, "Dataset", lambda told, *rest, **more: tables.append(told) or data(told, *rest, **more)
    )
    monkeypatch.setattr(lightgbm, "train", lambda *given: trees.append(learn(*given)) or trees[-1])
    release = train(visited(back=True), Releases(tmp_path), config=CONFIG)
    drawn = np.random.default_rng(0).choice(tables[-1].ravel(), (500, tables[-1].shape[1]))
    told = np.concatenate([tables[-1], drawn])
    served = Ranker.load(release.path("fusion") / "ranking").factors(told.T)
    np.testing.assert_allclose(served, np.exp(trees[-1].predict(told)), rtol=1e-5)
    assert len(set(served.tolist())) > 10


def test_a_limit_in_32_bits_lets_the_same_numbers_pass() -> None:
    for number in np.random.default_rng(0).normal(size=200).astype(np.float32):
        above = np.nextafter(number, np.float32(np.inf))
        for threshold in np.linspace(float(number), float(above), 5)[:-1]:
            limit = recipe._at_most(float(threshold))
            assert number <= limit < above


def test_a_ranker_goes_with_the_fusion_that_it_corrects(tmp_path: Path) -> None:
    stores, releases = visited(back=True), Releases(tmp_path)
    first = train(stores, releases, config=CONFIG)
    kept = train(stores, releases, config=CONFIG, only=["content"])
    assert (kept.path("fusion") / "ranking").exists()
    assert kept.manifest.metrics["ranking.ndcg@10.gain"] == first.manifest.metrics["ranking.ndcg@10.gain"]
    off = replace(CONFIG, ranking=RankingConfig(enabled=False))
    for name in ("fusion", "ranking"):
        left = train(stores, releases, config=off, only=[name])
        assert not (left.path("fusion") / "ranking").exists()
        assert left.manifest.skipped["ranking"] == "switched off: [training.ranking] enabled = false"
        assert "ranking.ndcg@10.gain" not in left.manifest.metrics
        again = train(stores, releases, config=CONFIG, only=[name]).manifest
        assert "ranking" not in again.skipped
        assert "ranking.skipped" not in again.metrics


def test_where_lightgbm_does_not_load_the_release_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(MetaPathFinder):
        def find_spec(self, name: str, path: object, target: object = None) -> None:
            if name == "lightgbm":
                raise OSError("libgomp.so.1: cannot open shared object file")

    monkeypatch.delitem(sys.modules, "lightgbm", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    release = train(visited(back=True), Releases(tmp_path), config=CONFIG)
    assert "libgomp1 on Debian" in release.manifest.skipped["ranking"]


def test_serving_needs_no_lightgbm(tmp_path: Path) -> None:
    import subprocess

    code = "import sys; sys.modules['lightgbm'] = None; import daogou.recommend.recommender, daogou.retrieval.ranking"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
