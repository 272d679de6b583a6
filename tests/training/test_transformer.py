from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from daogou.adapters.addresses import open_stores
from daogou.domain.ids import Instant, ShopperId
from daogou.ports.stores import Stores
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.evidence import NO_CAUSE, Trail
from daogou.retrieval.shelf import Shelf
from daogou.retrieval.transformer import Transformer, TransformerConfig
from daogou.testing.builders import event, product
from daogou.testing.retrievers import TrailSourceBehaviour
from daogou.training import retrievers
from daogou.training.config import TrainingConfig
from daogou.training.releases import Release, Releases
from daogou.training.run import Progress
from daogou.training.train import train

DAY_MS = 86_400_000
NOW = 1_700_000_000_000
N = 24
SMALL = TransformerConfig(
    dim=16, words_dim=16, heads=2, layers=1, length=8, dropout=0.0, forget=0.0, negatives=16, rate=0.02, batch=16,
    epochs=20, patience=20, noise=0.2, least_steps=100,
)  # fmt: skip
NAMES = ("amber", "birch", "coral", "daisy", "ebony", "fern", "garnet", "hazel")


@pytest.fixture(scope="module")
def stores() -> Stores:
    """What follows depends on the step before the newest too: even walks go up the ring by one, odd ones by two."""
    found = open_stores("memory://")
    found.catalogue.put([product(f"p{n}", f"{NAMES[n % 8]} shoe {n}", price=1) for n in range(N)], at=Instant(NOW))
    found.events.append(
        [
            event("view", f"p{(walk // 2 + n * (1 + walk % 2)) % N}", shopper=f"s{walk}", at=NOW + n * DAY_MS + walk)
            for walk in range(144)
            for n in range(8)
        ]
    )
    return found


@pytest.fixture(scope="module")
def release(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Release:
    pytest.importorskip("torch", reason="torch is not installed: the train extra")
    return train(stores, Releases(tmp_path_factory.mktemp("shop")), config=TrainingConfig(transformer=SMALL))


def test_it_learns_an_order_that_neither_popularity_nor_the_newest_step_tells(release: Release) -> None:
    found = Transformer.load(release.path("transformer"))
    for newest in range(N):
        for stride in (1, 2):
            trail = Trail.of([(newest - stride * back) % N for back in range(5)])
            assert found.evidence(trail).best(1).rows.tolist() == [(newest + stride) % N]


def test_values_are_powers_of_probabilities_without_a_cause(release: Release) -> None:
    found = Transformer.load(release.path("transformer")).evidence(Trail.of([3, 2, 1]))
    assert set(found.causes.tolist()) == {NO_CAUSE}
    assert len(set(found.rows.tolist())) == len(found) == N
    assert float((found.values ** (1 / SMALL.sharpness)).sum()) == pytest.approx(1.0, abs=1e-4)


def test_a_trail_of_unknown_products_says_nothing(release: Release) -> None:
    found = Transformer.load(release.path("transformer"))
    assert len(found.evidence(Trail.of([]))) == 0
    assert len(found.evidence(Trail.of([N + 5]))) == 0


def test_it_reads_the_newest_steps_alone(release: Release) -> None:
    found = Transformer.load(release.path("transformer"))
    found.config = replace(found.config, read=3)
    trails = ([3, 2, 1], [3, 2, 1, 9, 7], [3, 2, 9, 1])
    short, longer, other = (found.evidence(Trail.of(rows)).values.tolist() for rows in trails)
    assert short == longer != other
    found.config = replace(found.config, read=50)
    whole, beyond = (found.evidence(Trail.of(rows)).values.tolist() for rows in (range(8), [*range(8), 9]))
    assert whole == beyond, "no more than it was made for"


def test_of_a_product_without_steps_only_its_words_are_said(stores: Stores, tmp_path: Path) -> None:
    """Two fresh names that read the same have one vector, however late they come; with steps each has its own."""
    pytest.importorskip("torch", reason="torch is not installed: the train extra")
    more = open_stores("memory://")
    more.catalogue.put([*stores.catalogue.scan(), *(product(f"q{n}", "birch shoe", price=1) for n in range(2))], at=NOW)
    more.events.append([recorded.event for recorded in stores.events.since(0)])
    config = TrainingConfig(transformer=replace(SMALL, epochs=1))
    release = train(more, Releases(tmp_path), config=config)
    found = Transformer.load(release.path("transformer"))
    place = {id: row for row, id in enumerate(release.items())}
    np.testing.assert_allclose(found.vectors[place["q0"]], found.vectors[place["q1"]], atol=1e-6)
    assert np.abs(found.vectors[place["p1"]] - found.vectors[place["p9"]]).max() > 0.01
    found.place(N + 2, {"birch": 1.0, "shoe": 1.0})
    entries = found.evidence(Trail.of([3, 2, 1]))
    score = dict(zip(entries.rows.tolist(), entries.values.tolist(), strict=True))
    assert score[N + 2] == pytest.approx(score[place["q0"]], rel=1e-4)


def test_a_new_product_is_placed_by_its_words(release: Release) -> None:
    found = Transformer.load(release.path("transformer"))
    assert N not in found.evidence(Trail.of([3, 2, 1])).rows
    found.place(N, {"birch": 1.0, "shoe": 1.0})
    entries = found.evidence(Trail.of([3, 2, 1]))
    assert N in entries.rows
    assert np.linalg.norm(found.words.of({"birch": 1.0})) > 0
    assert len(found.evidence(Trail.of([N]))) > 0


class TestTransformer(TrailSourceBehaviour):
    """Its entries rest on the whole history, so none names a step."""

    @pytest.fixture
    def fit(self) -> Callable[[], Transformer]:
        torch = pytest.importorskip("torch", reason="torch is not installed: the train extra")
        from daogou.retrieval.word_vectors import WordVectors
        from daogou.training.recipes import transformer

        def made() -> Transformer:
            torch.manual_seed(3)
            seen = np.random.default_rng(0).normal(size=(30, SMALL.words_dim)).astype(np.float32)
            words = WordVectors({}, np.zeros(0, np.float32), np.zeros((0, SMALL.words_dim), np.float32))
            return transformer.export([transformer.build(seen, SMALL).eval()], words, SMALL)

        return made

    @pytest.fixture
    def load(self) -> Callable[[Path], Transformer]:
        return Transformer.load

    @pytest.fixture
    def trail(self) -> Trail:
        return Trail.of([3, 11, 7])


@pytest.mark.parametrize(("small", "off"), [(False, 1e-5), (True, 0.06)])
@pytest.mark.parametrize("layers", [1, 3])
def test_what_is_served_is_what_torch_computed(small: bool, off: float, layers: int) -> None:
    """Almost, with matrices in 8 bits."""
    torch = pytest.importorskip("torch", reason="torch is not installed: the train extra")
    from daogou.retrieval.word_vectors import WordVectors
    from daogou.training.recipes import transformer

    config = replace(SMALL, dim=8, words_dim=6, layers=layers, small=small)
    torch.manual_seed(3)
    seen = np.random.default_rng(0).normal(size=(10, 6)).astype(np.float32)
    models = [transformer.build(seen, config).eval() for _ in range(3)]
    for parameter in (parameter for model in models for parameter in model.parameters()):
        torch.nn.init.normal_(parameter, std=0.5)
    words = WordVectors({}, np.zeros(0, np.float32), np.zeros((0, 6), np.float32))
    served = transformer.export(models, words, replace(config, sharpness=1.0))
    for rows in ([4], [4, 2, 2, 9], list(range(8))):
        scores = []
        for model in models:
            with torch.no_grad():
                steps = model.products(torch.tensor(rows[::-1]))[None]
                scores.append(model(steps)[0, -1] @ model.products(torch.arange(10)).T)
        expected = torch.stack(scores).mean(0).softmax(0).numpy()
        entries = served.evidence(Trail.of(rows))
        assert np.allclose(entries.values, expected[entries.rows], atol=off)


def test_a_batch_shows_short_and_long_histories_together_with_little_padding() -> None:
    from daogou.training.recipes.transformer import batches

    pieces = [np.full(length, number, np.int32) for number, length in enumerate([2, 3, 4, 30] * 48)]
    seen: list[int] = []
    for batch in batches(pieces, 64, np.random.default_rng(0), parts=8):
        lengths = np.concatenate([real.sum(1) for _, real in batch])
        assert len(lengths) == 64
        assert all(np.count_nonzero(lengths == length) >= 5 for length in (2, 3, 4, 30))
        assert sum(rows.size for rows, _ in batch) < 1.5 * lengths.sum() < 0.6 * 64 * 30
        seen += [int(rows[0]) for part, _ in batch for rows in part]
    assert sorted(seen) == list(range(len(pieces)))


def test_every_step_counts_alike_however_a_batch_is_cut() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed: the train extra")
    from daogou.training.recipes import transformer

    config = replace(SMALL, dim=8, words_dim=8)
    torch.manual_seed(3)
    model = transformer.build(np.random.default_rng(0).normal(size=(30, 8)).astype(np.float32), config)
    pieces = [np.arange(length, dtype=np.int32) for length in (2, 3, 9, 9)]

    def loss(*cuts: list[np.ndarray]) -> float:
        parts = [tuple(map(torch.from_numpy, transformer.padded(cut))) for cut in cuts]
        drawn, expected = torch.tensor([4, 20, 21]), torch.zeros(3)
        with torch.no_grad():
            return float(transformer.loss_of(model, parts, drawn=drawn, expected=expected))

    whole = loss(pieces)
    assert loss(pieces[:2], pieces[2:]) == pytest.approx(whole, rel=1e-5)
    places = [len(piece) - 1 for piece in pieces]
    each = [loss([piece]) for piece in pieces]
    assert np.average(each, weights=places) == pytest.approx(whole, rel=1e-5)


@pytest.mark.parametrize(
    ("looks", "stop"),
    [
        ([0.5, 0.8, 0.78, 0.79, 0.5, 0.5], 4),  # the third and the fourth cannot be told from the second
        ([0.5, 0.6, 0.7, 0.8], 4),
        ([0.8, 0.5, 0.5, 0.78], 1),  # two on end surely worse: it is not asked a fourth time
    ],
)
def test_the_last_epoch_is_kept_that_is_not_surely_worse_than_the_best(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, looks: list[float], stop: int
) -> None:
    pytest.importorskip("torch", reason="torch is not installed: the train extra")
    from daogou.training.recipes import transformer

    random, left = np.random.default_rng(0), iter(looks)
    monkeypatch.setattr(
        transformer,
        "gains",
        lambda models, held, config: (random.permutation(len(held)) < next(left) * len(held)).astype(float),
    )
    config = replace(SMALL, epochs=len(looks), patience=2, towers=1)
    release = train(stores, Releases(tmp_path), config=TrainingConfig(transformer=config))
    assert Transformer.load(release.path("transformer")).config.stop == stop


def test_a_fit_ends_when_its_minutes_are_spent(stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is 40 seconds after the one before: the second epoch ends beyond a minute."""
    pytest.importorskip("torch", reason="torch is not installed: the train extra")
    from daogou.training.recipes import transformer

    monkeypatch.setattr(transformer, "time", SimpleNamespace(process_time=count(step=40.0).__next__))
    config, told = replace(SMALL, epochs=9, patience=9, minutes=1.0, towers=1), []
    train(
        stores,
        Releases(tmp_path),
        config=TrainingConfig(transformer=config, refit=False),
        progress=lambda seen: told.append(seen.step),
    )
    assert len([step for step in told if step.startswith("transformer: epoch")]) == 2


@pytest.mark.parametrize(("scanned", "candidates", "least"), [(10, 400, 12), (N, 15, 15)])
def test_a_large_catalogue_is_scored_in_part_and_the_best_are_mostly_found(
    release: Release, tmp_path: Path, scanned: int, candidates: int, least: int
) -> None:
    """Products of the likeliest groups beyond `scanned`, the best of all up to it."""
    found = Transformer.load(release.path("transformer"))
    part, same = replace(found.config, exact=10, scanned=scanned, scored=12, candidates=candidates), 0
    Transformer(found.graph, found.vectors, found.words, part).save(tmp_path)
    large = Transformer.load(tmp_path)
    for newest in range(N):
        trail = Trail.of([newest, (newest - 1) % N, (newest - 2) % N])
        entries = large.evidence(trail)
        assert least <= len(entries) < N
        same += entries.best(1).rows.tolist() == found.evidence(trail).best(1).rows.tolist()
    assert same >= 0.7 * N


def test_its_part_is_named_and_removing_it_changes_the_score(stores: Stores, release: Release) -> None:
    shelf = Shelf(release.items())
    shelf.refresh(stores.catalogue)
    recommender = Recommender(release, shelf, stores.events)
    hits = recommender.recommend(RecommendRequest(shopper=ShopperId("s3"), k=3)).items
    assert hits[0].product == f"p{(1 + 8 * 2) % N}"
    explanation = recommender.explain(ShopperId("s3"), hits[0].product)
    if "transformer" in explanation.parts:
        [found] = [because for because in explanation.because if because.reason.source == "transformer"]
        assert found.reason.text.en == "From your recent steps taken together"
        assert found.score == pytest.approx(explanation.score - explanation.parts["transformer"], rel=1e-4)
    assert sum(explanation.parts.values()) == pytest.approx(explanation.score, rel=1e-4)


def _skipped(stores: Stores, folder: Path, config: TrainingConfig) -> tuple[Mapping[str, str], list[str]]:
    seen: list[Progress] = []
    release = train(stores, Releases(folder), config=config, progress=seen.append)
    assert not release.path("transformer").exists()
    assert release.manifest.metrics["transformer.skipped"] == 1.0
    return release.manifest.skipped, [progress.step for progress in seen]


def test_without_torch_the_release_says_what_to_install(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrievers, "find_spec", lambda module: None if module == "torch" else module)
    skipped, told = _skipped(stores, tmp_path, TrainingConfig(transformer=SMALL))
    assert skipped["transformer"] == "torch not installed: pip install 'daogou[train]'"
    assert "transformer skipped: torch not installed: pip install 'daogou[train]'" in told


def test_switched_off_and_too_little_data_are_reasons_too(stores: Stores, tmp_path: Path) -> None:
    skipped, _ = _skipped(stores, tmp_path, TrainingConfig(transformer=replace(SMALL, enabled=False)))
    assert skipped["transformer"] == "switched off: [training.transformer] enabled = false"
    pytest.importorskip("torch", reason="torch is not installed: the train extra")
    skipped, _ = _skipped(stores, tmp_path, TrainingConfig(transformer=replace(SMALL, least_steps=10_000)))
    assert skipped["transformer"] == "1008 steps to learn from, fewer than least_steps = 10000"


def test_serving_imports_no_torch(release: Release) -> None:
    import subprocess

    code = (
        "import sys; from pathlib import Path; from daogou.retrieval.transformer import Transformer;"
        "from daogou.retrieval.evidence import Trail;"
        f"assert len(Transformer.load(Path({str(release.path('transformer'))!r})).evidence(Trail.of([1])));"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
