from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from daogou.retrieval.als import Als, AlsConfig
from daogou.retrieval.attributes import Attributes, AttributesConfig
from daogou.retrieval.companions import Companions
from daogou.retrieval.content import ContentConfig, ContentKnn, words
from daogou.retrieval.ease import Ease, EaseConfig
from daogou.retrieval.evidence import Evidence, Trail
from daogou.retrieval.fusion import Fusion
from daogou.retrieval.hybrid import Hybrid, HybridConfig, behaviour
from daogou.retrieval.item_knn import ItemKnn, ItemKnnConfig
from daogou.retrieval.popularity import Popularity, PopularityConfig
from daogou.retrieval.repeat import Bought, Repeat, RepeatConfig
from daogou.retrieval.sequential import DAY_MS, SequentialConfig, SequentialKnn
from daogou.retrieval.session_knn import SessionKnn, SessionKnnConfig
from daogou.retrieval.texts import Texts, TextsConfig
from daogou.retrieval.together import Together, TogetherConfig
from daogou.retrieval.walks import Walks, WalksConfig
from daogou.testing.builders import product
from daogou.testing.retrievers import CausedSourceBehaviour, SourceBehaviour, assert_equal, longer

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


class Caused(CausedSourceBehaviour):
    @pytest.fixture
    def trail(self) -> Trail:
        return Trail.of([0, 5])


class TestSequential(Caused):
    @pytest.fixture
    def fit(self):
        walks = steps([0, 1, 2], [0, 1, 4], [5, 6, 7], [5, 6, 1])
        return lambda: SequentialKnn.fit(walks, N, config=SequentialConfig())

    @pytest.fixture
    def load(self):
        return SequentialKnn.load


class TestSessions(Caused):
    @pytest.fixture
    def fit(self):
        walks = steps([0, 1, 2], [0, 1, 4], [5, 6, 7], [5, 6, 1])
        return lambda: SessionKnn.fit(walks, N, config=SessionKnnConfig())

    @pytest.fixture
    def load(self):
        return SessionKnn.load


class TestEase(Caused):
    @pytest.fixture
    def fit(self):
        walks = steps([0, 1, 2], [0, 1, 4], [5, 6, 7], [5, 6, 1])
        return lambda: Ease.fit(walks, N, config=EaseConfig(penalty=0.5))

    @pytest.fixture
    def load(self):
        return Ease.load


class TestAlsVectors(Caused):
    """However they were learnt: the fit itself is another's, in tests/training."""

    @pytest.fixture
    def fit(self):
        vectors = np.random.default_rng(0).normal(size=(N, 3)).astype(np.float32)
        return lambda: Als(vectors, AlsConfig(factors=3))

    @pytest.fixture
    def load(self):
        return Als.load


class TestContent(Caused):
    @pytest.fixture
    def fit(self):
        bags = [dict.fromkeys(words(title), 1.0) for title in TITLES]
        return lambda: ContentKnn.fit(bags, config=ContentConfig())

    @pytest.fixture
    def load(self):
        return ContentKnn.load


class TestAttributes(Caused):
    @pytest.fixture
    def fit(self):
        shelf = [
            product(f"p{n}", brand="Ma" if n < 4 else None, attributes={"colour": words(title)[0]})
            for n, title in enumerate(TITLES)
        ]
        return lambda: Attributes.fit(shelf, config=AttributesConfig())

    @pytest.fixture
    def load(self):
        return Attributes.load

    def test_what_few_products_share_says_more_than_what_many_do(self, fit) -> None:
        """Three are red, four of the brand: the red hat of the brand, the red cup, then what is of the brand alone."""
        assert fit().evidence(Trail.of([0])).best(5).rows.tolist() == [2, 7, 1, 3]


class TestItemKnn(Caused):
    @pytest.fixture(params=["cosine", "tf-idf", "bm25"])
    def fit(self, request: pytest.FixtureRequest):
        walks = steps([0, 1, 2], [0, 1, 4], [5, 6, 7], [5, 6, 1])
        config = ItemKnnConfig(weighting=request.param)
        return lambda: ItemKnn.fit(walks, N, config=config)

    @pytest.fixture
    def load(self):
        return ItemKnn.load


class TestWalks(Caused):
    @pytest.fixture
    def fit(self):
        walks, shelf = steps([0, 1, 2], [0, 1, 4], [5, 6, 7], [5, 6, 1]), [product(f"p{n}") for n in range(N)]
        return lambda: Walks.fit(walks, shelf, config=WalksConfig())

    @pytest.fixture
    def load(self):
        return Walks.load


class TestTexts(Caused):
    @pytest.fixture
    def fit(self):
        """Two directions, shoes and tea, beside what an encoder says of everything."""
        vectors = np.array([[9.0, "tea" not in title, "tea" in title, "red" in title] for title in TITLES], np.float16)
        return lambda: Texts.fit(vectors, config=TextsConfig(neighbours=3))

    @pytest.fixture
    def load(self):
        return Texts.load

    def test_what_all_products_share_says_nothing(self, fit) -> None:
        """Of the red shoe the red hat is nearest, then what is no tea; the red cup shares the colour alone."""
        found = fit().evidence(Trail.of([0]))
        assert found.best(9).rows.tolist()[0] == 2
        assert set(found.rows.tolist()) <= {1, 2, 3, 4}
        assert found.best(1).scores[0] == pytest.approx(1)
        assert set(fit().evidence(Trail.of([5])).rows.tolist()) == {6, 7}

    def test_a_product_alone_has_no_neighbour(self) -> None:
        alone = Texts.fit(np.ones((1, 4), np.float16), config=TextsConfig())
        assert len(alone.evidence(Trail.of([0]))) == 0


class TestHybrid(Caused):
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


class TestTogether(Caused):
    @pytest.fixture
    def fit(self):
        actor = np.repeat(np.arange(6, dtype=np.int32), 2)
        row = np.array([0, 1] * 3 + [5, 6] * 3, np.int32)
        return lambda: Together.fit(actor, np.zeros(12, np.int64), row, N, config=TogetherConfig())

    @pytest.fixture
    def load(self):
        return Together.load


class TestCompanions(Caused):
    """Shoes are bought with hats, cups with pots."""

    @pytest.fixture
    def fit(self):
        actor = np.repeat(np.arange(6, dtype=np.int32), 2)
        row, paths = np.array([0, 2] * 3 + [5, 6] * 3, np.int32), [title.split()[-1] for title in TITLES]
        return lambda: Companions.fit(
            actor, np.zeros(12, np.int64), row, paths,
            config=TogetherConfig(), voice=np.ones(6, np.float32), believed=np.ones(6, np.bool_),
        )  # fmt: skip

    @pytest.fixture
    def load(self):
        return Companions.load

    def test_products_newer_than_the_fit_are_passed_over(self, fit, trail: Trail) -> None:
        """They have their part of the mean."""
        found, with_another = (self.found(fit(), asked) for asked in (trail, longer(trail)))
        assert_equal(with_another, found.times(len(trail) / (len(trail) + 1)))


class TestPopularity(SourceBehaviour):
    @pytest.fixture
    def trail(self) -> Trail:
        return Trail.of([0, 5])

    @pytest.fixture
    def fit(self):
        rows, days = np.array([0, 0, 1, 5, 5, 5], np.int32), np.array([0, 40, 9, 3, 4, 90], np.int64)
        segments = [("city=bj", rows > 2)]
        strength, config = np.ones(6, np.float32), PopularityConfig(pool=4)
        return lambda: Popularity.fit(rows, days * DAY_MS, strength, N, segments=segments, config=config)

    @pytest.fixture
    def load(self):
        return Popularity.load

    def test_everyone_is_told_the_same(self, fit, trail: Trail) -> None:
        told = [self.found(fit(), asked) for asked in (trail, longer(trail), Trail.of([]))]
        assert [each.best(9).rows.tolist() for each in told] == [[5, 0, 1]] * 3


class TestRepeat(SourceBehaviour):
    """Asked for purchases: a trail says what was bought, a day apart."""

    def found(self, source: Repeat, trail: Trail) -> Evidence:
        times = DAY_MS * np.arange(len(trail), 0, -1, dtype=np.int64)
        return source.evidence(Bought.of(trail.rows, times), len(trail) * DAY_MS)

    @pytest.fixture
    def trail(self) -> Trail:
        return Trail.of([0, 5, 0])

    @pytest.fixture
    def fit(self):
        actor, day = np.array([0, 0, 1, 2, 2], np.int32), np.array([1, 8, 1, 2, 3], np.int64)
        rows = np.array([0, 0, 5, 0, 5], np.int32)
        return lambda: Repeat.fit(actor, day, rows, N, config=RepeatConfig())

    @pytest.fixture
    def load(self):
        return Repeat.load

    def test_nothing_bought_is_nothing_to_repeat(self, fit) -> None:
        assert len(self.found(fit(), Trail.of([]))) == 0

    def test_what_was_bought_is_found_and_nothing_else(self, fit, trail: Trail) -> None:
        """Also what is newer than the fit."""
        assert self.found(fit(), longer(trail)).totals()[0].tolist() == [0, 5, 9_999]


def test_ease_is_the_closed_form_of_its_paper() -> None:
    """Against the formula, solved densely: B = I - P / diag(P), P the inverse of the penalised Gram matrix."""
    random = np.random.default_rng(1)
    histories = [random.choice(N, size=4, replace=False).tolist() for _ in range(40)]
    x = np.zeros((len(histories), N))
    for line, history in enumerate(histories):
        x[line, history] = 1
    inverse = np.linalg.inv(x.T @ x + 2.0 * np.eye(N))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    fitted = Ease.fit(steps(*histories), N, config=EaseConfig(penalty=2.0))
    for row in range(N):
        to, values = fitted.table.of(row)
        found = np.zeros(N)
        found[to] = values
        np.testing.assert_allclose(found, np.maximum(expected[row], 0), atol=1e-4)


def test_ease_leaves_out_the_products_with_fewest_steps_and_keeps_the_strongest_weights() -> None:
    walks = steps([0, 1, 2], [0, 1, 2], [0, 2, 1], [3, 0, 1], [4, 2])
    table = Ease.fit(walks, N, config=EaseConfig(products=3, penalty=0.1, neighbours=1)).table
    assert [len(table.of(row)[0]) for row in range(N)] == [1, 1, 1, 0, 0, 0, 0, 0]
    assert set(table.rows.tolist()) <= {0, 1, 2}


def test_of_histories_that_share_as_much_the_first_speak() -> None:
    histories = steps([0, 1, 2], [0, 3], [0, 4], [0, 5], [0, 1, 6])
    found = SessionKnn.fit(histories, N, config=SessionKnnConfig(neighbours=3))
    assert found.evidence(Trail.of([0])).totals()[0].tolist() == [3, 4, 5]  # a short history says more of a shared step
    found = SessionKnn.fit(histories, N, config=SessionKnnConfig(neighbours=2))
    assert found.evidence(Trail.of([0])).totals()[0].tolist() == [3, 4]
    found = SessionKnn.fit(histories, N, config=SessionKnnConfig(neighbours=4))
    assert found.evidence(Trail.of([0])).totals()[0].tolist() == [1, 2, 3, 4, 5]


@given(
    histories=st.lists(st.lists(st.integers(0, N - 1), min_size=1, max_size=6), min_size=1, max_size=12),
    trail=st.lists(st.integers(0, N - 1), min_size=1, max_size=4, unique=True),
    config=st.builds(
        SessionKnnConfig,
        gap=st.integers(1, 3),
        neighbours=st.integers(1, 5),
        places=st.integers(1, 4),
        newest=st.integers(1, 4),
        reversed=st.sampled_from([0.0, 0.4]),
    ),
)
def test_sessions_value_what_lies_near_the_shared_steps(
    histories: list[list[int]], trail: list[int], config: SessionKnnConfig
) -> None:
    """Against the formula, one step after the other."""
    met = {row: [(h, p) for h, history in enumerate(histories) for p, own in enumerate(history) if own == row]
           for row in range(N)}  # fmt: skip
    met = {row: sorted(places, key=lambda at: -at[1])[: config.newest] for row, places in met.items()}
    degree = [sum(history.count(row) for history in histories) for row in range(N)]
    shared = {
        (h, p, step): config.recency**step * np.log1p(len(histories) / degree[row])
        / np.sqrt(min(len(histories[h]), 2 * config.gap + 1))
        for step, row in enumerate(trail)
        for h, p in met[row]
    }  # fmt: skip
    likeness = {h: sum(value for (own, _, _), value in shared.items() if own == h) for h, _, _ in shared}
    nearest = sorted(likeness, key=lambda h: (-round(likeness[h], 4), h))
    edge = [likeness[h] for h in nearest[config.neighbours - 1 : config.neighbours + 1]]
    speaking = [place for place in shared if place[0] in nearest[: config.neighbours]]
    speaking.sort(key=lambda place: -round(shared[place], 6))
    last = [shared[place] for place in speaking[config.places - 1 : config.places + 1]]
    for high, low in (pair for pair in (edge, last) if len(pair) == 2):
        assume(low == high or low < 0.999 * high)  # else rounding decides
    expected: dict[tuple[int, int], float] = {}
    for h, p, step in speaking[: config.places]:
        for near in range(max(0, p - config.gap), min(len(histories[h]), p + config.gap + 1)):
            leaves = config.gap_decay ** (abs(near - p) - 1) * (1.0 if near > p else config.reversed)
            if near != p and leaves:
                key = histories[h][near], step
                expected[key] = expected.get(key, 0.0) + shared[h, p, step] * leaves
    found = SessionKnn.fit(steps(*histories), N, config=config).evidence(Trail.of(trail))
    got: dict[tuple[int, int], float] = {}
    for row, cause, value in zip(found.rows.tolist(), found.causes.tolist(), found.values.tolist(), strict=True):
        got[row, cause] = got.get((row, cause), 0.0) + value
    assert got == pytest.approx(expected)


def test_als_solves_the_trails_vector_as_the_paper_does() -> None:
    random = np.random.default_rng(2)
    vectors = random.normal(size=(N, 3)).astype(np.float32)
    config = AlsConfig(factors=3, confidence=4.0, penalty=0.3, recency=0.5)
    confidence = np.zeros(N)
    confidence[[6, 2]] = 4.0, 2.0
    left = vectors.T @ np.diag(1 + confidence) @ vectors + 0.3 * np.eye(3)
    expected = vectors @ np.linalg.solve(left, vectors.T @ ((1 + confidence) * (confidence > 0)))
    rows, scores = Als(vectors, config).evidence(Trail.of([6, 2])).totals()
    assert rows.tolist() == np.flatnonzero(expected > 0).tolist()
    np.testing.assert_allclose(scores, expected[expected > 0], rtol=1e-4)


@pytest.mark.parametrize("scanned", [100, 400])
def test_als_asks_a_large_catalogue_in_short_and_finds_what_the_whole_would(tmp_path: Path, scanned: int) -> None:
    """In groups beyond `scanned`, up to it in 8 bits."""
    vectors = np.random.default_rng(3).normal(size=(400, 4)).astype(np.float32)
    config = AlsConfig(factors=4, exact=100, scanned=scanned, scored=120, best=40)
    whole = Als(vectors, config)
    short = Als.of(vectors, config)
    every = Als.of(vectors, replace(config, scored=400))
    short.save(tmp_path)
    trails = [Trail.of([row, row + 1]) for row in range(0, 60, 2)]
    same = 0
    for trail in trails:
        best = whole.evidence(trail).best(3).rows.tolist()
        assert every.evidence(trail).best(3).rows.tolist() == best
        assert len(short.evidence(trail)) == 40
        found = short.evidence(trail).best(3).rows.tolist()
        assert Als.load(tmp_path).evidence(trail).best(3).rows.tolist() == found
        same += found[0] == best[0]
    assert same >= (0.8 if scanned == 100 else 1.0) * len(trails)


def test_what_als_leaves_open_is_taken_apart_for_rows_that_are_asked_for() -> None:
    vectors = np.random.default_rng(2).normal(size=(N, 3)).astype(np.float32)
    found = Als(vectors, AlsConfig(factors=3)).evidence(Trail.of([N + 3, 6, 2]))
    apart = found.apart()
    assert set(apart.causes.tolist()) == {1, 2}
    assert (apart.values > 0).all()
    np.testing.assert_allclose(apart.totals()[1], found.totals()[1], rtol=1e-6)
    fused = Fusion({"als": 2.0, "other": 1.0}).fuse({"other": Evidence.join([apart, found]), "als": found})
    for row, score in zip(*(column.tolist() for column in fused.totals), strict=True):
        cells = {part[:2]: part.value for part in fused.contributions(row)}
        assert cells.keys() == {(name, cause) for name in ("als", "other") for _, cause in cells}
        assert sum(cells.values()) == pytest.approx(score, rel=1e-6)
        assert all(cells["als", cause] == pytest.approx(cells["other", cause], rel=1e-5) for _, cause in cells)
    row = int(fused.totals[0][0])
    for other in (fused.silenced("other"), fused.scaled("rule", np.full(len(fused.totals[0]), 0.5, np.float32))):
        assert {part.cause for part in other.contributions(row) if part.source == "als"} == {
            part.cause for part in fused.contributions(row) if part.source == "als"
        }


def test_what_als_leaves_open_fades_with_each_step() -> None:
    vectors = np.random.default_rng(2).normal(size=(N, 3)).astype(np.float32)
    found = Als(vectors, AlsConfig(factors=3)).evidence(Trail.of([6, 2]))
    fusion, events = Fusion({"als": 1.0}, fading={"als": 1.0}), np.arange(float(N))
    trail = np.array([6, 2], np.int32)
    whole, apart = (fusion.fuse({"als": each}, events, trail).totals for each in (found, found.apart()))
    assert whole[0].tolist() == apart[0].tolist()
    np.testing.assert_allclose(whole[1], apart[1], rtol=1e-6)
    assert whole[1].max() < found.values.max() / 3


def test_als_values_what_it_is_given_however_far() -> None:
    vectors = np.array([[1, 0], [0.9, 0.1], [0.8, 0.2], [0.3, 0.1], [-1, 0]], np.float32)
    als = Als(vectors, AlsConfig(factors=2, best=2))
    trail = Trail.of([0])
    assert als.evidence(trail).rows.tolist() == [0, 1]
    valued = als.valuing(trail, np.array([3, 4, 99], np.int32))  # 4 is turned away from, and 99 is not known
    assert valued.rows.tolist() == [0, 1, 3]
    np.testing.assert_allclose(valued.values[:2], als.evidence(trail).values, rtol=1e-6)
    assert 0 < valued.values[2] < valued.values[1]
