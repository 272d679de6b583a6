from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from daogou.adapters.addresses import open_stores
from daogou.domain.errors import BadRequest, CorruptRelease
from daogou.domain.event import Event
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.domain.product import Product
from daogou.features.history import STEP_TYPES, sequences
from daogou.ports.stores import Stores
from daogou.recommend.config import RecommendConfig
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.attributes import Attributes, AttributesConfig
from daogou.retrieval.ease import EaseConfig
from daogou.retrieval.fusion import Fusion
from daogou.retrieval.item_knn import ItemKnn, ItemKnnConfig
from daogou.retrieval.retriever import Retriever
from daogou.retrieval.sequential import SequentialKnn
from daogou.retrieval.shelf import Shelf
from daogou.retrieval.texts import Texts, TextsConfig
from daogou.retrieval.walks import Walks, WalksConfig
from daogou.testing.builders import event, product
from daogou.training.config import TrainingConfig
from daogou.training.fitting import Choosing
from daogou.training.lesson import Encode, Lesson, Skip
from daogou.training.recipes import ease
from daogou.training.releases import Releases
from daogou.training.retrievers import TABLE, Recipe
from daogou.training.run import Progress
from daogou.training.train import train
from daogou.training.validation import cases

DAY_MS = 86_400_000
NOW = 1_700_000_000_000


@pytest.fixture
def stores() -> Stores:
    """Thirty shoppers walk along a ring of twenty products, from different places."""
    found = open_stores("memory://")
    found.catalogue.put([product(f"p{n}", f"shoe {n % 5} model {n}", price=n + 1) for n in range(20)], at=Instant(NOW))
    found.events.append(
        [
            event("purchase", f"p{(start + n) % 20}", shopper=f"s{start}", at=NOW + n * DAY_MS + start)
            for start in range(30)
            for n in range(6)
        ]
    )
    return found


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path)


def test_a_release_holds_its_artifacts_metrics_and_origin(stores: Stores, releases: Releases) -> None:
    steps: list[str] = []
    release = train(stores, releases, progress=lambda progress: steps.append(f"{progress.done}/{progress.total}"))
    assert {path.name for path in release.folder.iterdir() if path.is_dir()} == {
        "sequential", "popularity", "content", "hybrid", "together", "fusion", "repeat", "session_knn", "ease",
        "als",
    }  # fmt: skip
    manifest = release.manifest
    assert manifest.last_seq == 180
    assert manifest.metrics["recall@10"] == 1.0
    assert msgspec.convert(manifest.config, TrainingConfig) == TrainingConfig()
    assert release.items() == [f"p{n}" for n in range(20)]
    assert releases.active_id() == release.id
    assert steps[-1] == "19/20"


def test_the_same_facts_give_the_same_files(stores: Stores, releases: Releases) -> None:
    first, second = train(stores, releases), train(stores, releases)
    assert first.id != second.id
    assert first.manifest.files == second.manifest.files
    assert first.manifest.data_hash == second.manifest.data_hash


def walk(*products: str, shopper: int) -> list[Event]:
    return [event("view", id, shopper=f"s{shopper}", at=NOW + place * DAY_MS) for place, id in enumerate(products)]


@pytest.mark.parametrize("come_back", [True, False])
def test_a_release_knows_whether_people_come_back(releases: Releases, come_back: bool) -> None:
    stores = open_stores("memory://")
    stores.catalogue.put([product(f"p{n}", f"model {n}") for n in range(8)], at=Instant(NOW))
    for shopper in range(30):
        other, another = (f"p{2 + (shopper + n) % 6}" for n in (0, 1))
        stores.events.append(walk("p0", "p1", other, "p1" if come_back else another, shopper=shopper))
    release = train(stores, releases)
    fusion = msgspec.json.decode((release.path("fusion") / "fusion.json").read_bytes(), type=Fusion)
    assert (fusion.seen == 1) == come_back


@pytest.mark.parametrize("habit", [True, False])
def test_what_was_bought_yesterday_is_recommended_where_people_buy_the_same_again(
    releases: Releases, habit: bool
) -> None:
    stores = open_stores("memory://")
    stores.catalogue.put([product(f"p{n}", f"model {n}") for n in range(24)], at=Instant(NOW))
    for shopper in range(24):
        bought = [(shopper + (day % 2 if habit else day)) % 24 for day in range(8)]
        stores.events.append(
            [event("purchase", f"p{n}", shopper=f"s{shopper}", at=NOW + day * DAY_MS) for day, n in enumerate(bought)]
        )
    release = train(stores, releases)
    shelf = Shelf(release.items())
    shelf.refresh(stores.catalogue)
    tomorrow = RecommendRequest(shopper=ShopperId("s3"), k=3, at=Instant(NOW + 8 * DAY_MS))
    learnt, rested = (
        {hit.product for hit in Recommender(release, shelf, stores.events, config=config).recommend(tomorrow).items}
        for config in (RecommendConfig(), RecommendConfig(rest_days=30.0))
    )
    assert ({"p3", "p4"} <= learnt) == habit
    assert not {"p3", "p4"} & rested  # as the shop asks
    basket = RecommendRequest(shopper=ShopperId("s3"), basket=(ProductId("p10"),), kind="complete", k=1, at=tomorrow.at)
    (best,) = Recommender(release, shelf, stores.events).recommend(basket).items
    assert (best.product in {"p3", "p4"}) == habit


def test_a_rating_of_what_was_bought_is_no_question() -> None:
    stores = open_stores("memory://")
    for shopper, last in (("a", event("rating", "p0", shopper="a", at=NOW + 2 * DAY_MS, value=5.0)),
                          ("b", event("rating", "p2", shopper="b", at=NOW + DAY_MS + 9, value=5.0))):  # fmt: skip
        stores.events.append(
            [*(event("purchase", f"p{n}", shopper=shopper, at=NOW + n) for n in range(2)),
             event("view", "p3", shopper=shopper, at=NOW + DAY_MS), last]
        )  # fmt: skip
    steps = sequences(stores.events.columns(STEP_TYPES), {f"p{n}": n for n in range(4)})
    (asked,) = cases(steps, steps.newest, limit=9, seed=0)
    assert asked.target == 2
    assert asked.trail.rows.tolist() == [3, 1, 0]
    assert asked.opening is not None
    assert asked.opening.trail.rows.tolist() == [1, 0]  # as they came
    assert (asked.opening.bought.rows.tolist(), asked.opening.bought.at.tolist()) == ([0, 1], [NOW, NOW + 1])


def test_what_choices_are_made_with_is_let_go_before_the_final_fit(stores: Stores, releases: Releases) -> None:
    held: dict[str, int] = {}

    def look(seen: Progress) -> None:
        held[seen.step] = sum(isinstance(each, Choosing) for each in gc.get_objects())

    train(stores, releases, progress=look)
    assert (held["choose"], held["fit"]) == (1, 0)


def test_one_more_event_changes_the_data_hash(stores: Stores, releases: Releases) -> None:
    first = train(stores, releases)
    stores.events.append([event("view", "p0", shopper="s0", at=NOW)])
    assert train(stores, releases).manifest.data_hash != first.manifest.data_hash


def test_without_refit_the_held_back_steps_are_not_learnt(stores: Stores, releases: Releases) -> None:
    stores.events.append([event("view", f"p{n}", shopper="x", at=NOW + n) for n in (0, 9, 17)])
    for refit, count in ((True, True), (False, False)):
        release = train(stores, releases, config=TrainingConfig(refit=refit))
        knn = SequentialKnn.load(release.path("sequential"))
        assert (knn.count(9, 17) > 0) is count


def test_attributes_are_compared_where_that_is_switched_on(stores: Stores, releases: Releases) -> None:
    assert "enabled = false" in train(stores, releases).manifest.skipped["attributes"]
    release = train(stores, releases, config=TrainingConfig(attributes=AttributesConfig(enabled=True)))
    assert len(Attributes.load(release.path("attributes")).table) == len(release.items())
    fusion = msgspec.json.decode((release.path("fusion") / "fusion.json").read_bytes(), type=Fusion)
    assert "attributes" in fusion.weights


@pytest.mark.parametrize(
    ("name", "config", "opened"),
    [("item_knn", ItemKnnConfig(enabled=True), ItemKnn), ("walks", WalksConfig(enabled=True), Walks)],
)
def test_what_shoppers_share_is_looked_at_where_that_is_switched_on(
    stores: Stores, releases: Releases, name: str, config: object, opened: type[ItemKnn | Walks]
) -> None:
    assert "enabled = false" in train(stores, releases).manifest.skipped[name]
    release = train(stores, releases, config=replace(TrainingConfig(), **{name: config}))  # type: ignore[arg-type]
    assert len(opened.load(release.path(name)).table) == len(release.items())
    fusion = msgspec.json.decode((release.path("fusion") / "fusion.json").read_bytes(), type=Fusion)
    assert name in fusion.weights


def test_an_encoders_vectors_are_compared_where_that_is_switched_on(stores: Stores, releases: Releases) -> None:
    def encode(products: Sequence[Product]) -> np.ndarray:
        return np.eye(5, dtype=np.float16)[[n % 5 for n in range(len(products))]]

    def why_not(config: TextsConfig, encode: Encode | None) -> str:
        return train(stores, releases, config=TrainingConfig(texts=config), encode=encode).manifest.skipped["texts"]

    assert "enabled = false" in why_not(TextsConfig(), encode)
    assert "no text encoder is set" in why_not(TextsConfig(enabled=True), None)
    assert why_not(TextsConfig(enabled=True, most=19), encode) == "20 products, more than most = 19"
    release = train(stores, releases, config=TrainingConfig(texts=TextsConfig(enabled=True)), encode=encode)
    assert sorted(Texts.load(release.path("texts")).table.of(3)[0].tolist()) == [8, 13, 18]
    fusion = msgspec.json.decode((release.path("fusion") / "fusion.json").read_bytes(), type=Fusion)
    assert "texts" in fusion.weights


def test_what_cannot_be_fitted_again_is_served_without_the_held_back_steps_and_it_is_said(
    stores: Stores, releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    def once(lesson: Lesson) -> Retriever:
        if lesson.before is not None:
            raise Skip("not a second time")
        return ease.fit(lesson)

    told: list[str] = []
    held_back = train(stores, releases, config=TrainingConfig(refit=False)).manifest
    monkeypatch.setitem(TABLE, "ease", Recipe(once))  # type: ignore[misc]  # a mapping to everybody else
    manifest = train(stores, releases, progress=lambda seen: told.append(seen.step)).manifest
    assert manifest.metrics["ease.not_refitted"] == 1.0
    assert "ease" not in manifest.skipped
    assert any("ease" in step and "not a second time" in step for step in told)
    assert manifest.files["ease/values.npy"] == held_back.files["ease/values.npy"]


def test_only_some_recipes_takes_the_rest_from_the_active_release(stores: Stores, releases: Releases) -> None:
    first = train(stores, releases)
    stores.events.append([event("purchase", "p3", shopper="s1", at=NOW + 99 * DAY_MS)])
    second = train(stores, releases, only=["content"])
    assert second.manifest.files == first.manifest.files
    assert second.manifest.last_seq == first.manifest.last_seq
    third = train(stores, releases, only=["popularity"])
    assert third.manifest.last_seq == first.manifest.last_seq + 1
    changed = {name for name, fact in third.manifest.files.items() if fact != first.manifest.files[name]}
    assert {name.split("/")[0] for name in changed} == {"popularity", "sequential"}


def test_only_some_recipes_keeps_what_was_measured_of_the_rest_and_why_others_are_not_there(
    stores: Stores, releases: Releases
) -> None:
    off = TrainingConfig(ease=EaseConfig(enabled=False))
    first = train(stores, releases, config=off).manifest
    second = train(stores, releases, config=off, only=["content"]).manifest
    assert second.skipped == first.skipped
    assert "ease" in second.skipped
    assert second.metrics["ndcg@10"] == first.metrics["ndcg@10"]
    assert second.metrics["cpu_s.together"] == first.metrics["cpu_s.together"]
    mixed = train(stores, releases, only=["hybrid"]).manifest
    assert mixed.metrics["ndcg@10"] == first.metrics["ndcg@10"]  # of the fusion, which is as it was
    third = train(stores, releases, only=["ease"]).manifest
    assert "ease" not in third.skipped
    assert "ease.skipped" not in third.metrics


def test_nothing_is_fitted_for_an_index_alone(stores: Stores, releases: Releases) -> None:
    first = train(stores, releases).manifest
    told: list[str] = []
    second = train(stores, releases, only=["lexical"], progress=lambda seen: told.append(seen.step)).manifest
    assert told == ["read", "lexical", "write"]
    assert second.files == first.files


def test_only_says_what_to_do_where_the_rest_is_damaged(stores: Stores, releases: Releases) -> None:
    first = train(stores, releases)
    (first.folder / "items.json").write_bytes(b"[]")
    with pytest.raises(CorruptRelease, match=r"items\.json.*train without --only"):
        train(stores, releases, only=["content"])


def test_a_name_is_not_given_twice_even_where_its_manifest_cannot_be_read(stores: Stores, releases: Releases) -> None:
    first = train(stores, releases, now=lambda: Instant(NOW))
    (first.folder / "manifest.json").write_bytes(b"{")
    second = train(stores, releases, now=lambda: Instant(NOW))
    assert second.id == f"{first.id}-2"


def test_only_needs_a_release_and_a_known_recipe(stores: Stores, releases: Releases) -> None:
    with pytest.raises(BadRequest, match="train without --only first"):
        train(stores, releases, only=["content"])
    with pytest.raises(BadRequest, match="no recipe 'magic'; there are: popularity, "):
        train(stores, releases, only=["magic"])


def test_extra_artifacts_are_part_of_the_release(stores: Stores, releases: Releases) -> None:
    def graph(folder: Path, products: Sequence[Product]) -> dict[str, float]:
        (folder / "edges").write_text("p0 brand nike")
        return {"edges": float(len(products))}

    release = train(stores, releases, extra_artifacts={"graph": graph})
    assert release.manifest.metrics["graph.edges"] == 20.0
    assert release.manifest.metrics["cpu_s.graph"] >= 0.0
    assert "graph/edges" in release.manifest.files


def test_a_failed_training_leaves_the_active_release(stores: Stores, releases: Releases) -> None:
    first = train(stores, releases)

    def broken(folder: Path, _: Sequence[Product]) -> dict[str, float]:
        raise RuntimeError(folder.name)

    with pytest.raises(RuntimeError):
        train(stores, releases, extra_artifacts={"graph": broken})
    assert releases.active_id() == first.id
    assert len(releases.list()) == 1


def test_a_shop_without_events_or_products_can_be_trained(releases: Releases) -> None:
    stores = open_stores("memory://")
    assert train(stores, releases).items() == []
    stores.catalogue.put([product("p1")], at=Instant(NOW))
    assert train(stores, releases).items() == ["p1"]


def test_progress_names_its_steps(stores: Stores, releases: Releases) -> None:
    seen: list[Progress] = []
    train(stores, releases, progress=seen.append)
    assert seen[0].step == "read"
    assert seen[-1].step == "write"
