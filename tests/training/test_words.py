from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
import scipy.sparse as sp

from daogou.adapters.addresses import open_stores
from daogou.domain.ids import Instant
from daogou.retrieval.content import ContentConfig, ContentKnn
from daogou.testing.builders import event, product
from daogou.training.config import TrainingConfig
from daogou.training.recipes import words
from daogou.training.recipes.words import WordsConfig
from daogou.training.releases import Releases
from daogou.training.train import train

DAY_MS = 86_400_000
SMALL = WordsConfig(least_pairs=50, batch=200, rate=0.1)


@dataclass
class Steps:
    offsets: np.ndarray
    rows: np.ndarray


def matrix(random: np.random.Generator, products: int, vocabulary: int) -> sp.csr_matrix:
    found = sp.random(products, vocabulary, 0.4, "csr", rng=random, dtype=np.float32)
    length = np.sqrt(np.asarray(found.multiply(found).sum(1))).ravel()
    return sp.csr_matrix(sp.diags((1 / np.maximum(length, 1e-9)).astype(np.float32)) @ found)


def test_the_slope_is_that_of_the_loss() -> None:
    random = np.random.default_rng(0)
    products = matrix(random, 9, 6)
    head, answers = np.array([0, 3], np.int32), np.array([[1, 2, 5], [4, 3, 8]], np.int32)
    worth = random.random(6) + 0.5

    def loss(logarithms: np.ndarray) -> float:
        weighed = products.toarray() * np.exp(logarithms / 2)
        unit = weighed / np.maximum(np.linalg.norm(weighed, axis=1, keepdims=True), 1e-9)
        said = 4.0 * np.einsum("bd,bkd->bk", unit[head], unit[answers])
        return float(np.mean(np.log(np.exp(said).sum(1)) - said[:, 0]))

    slope = words.slope_of(products, products.multiply(products).tocsr(), worth, head=head, answers=answers, scale=4.0)
    for place in range(6):
        step = np.eye(6)[place] * 1e-4
        expected = (loss(np.log(worth) + step) - loss(np.log(worth) - step)) / 2e-4
        assert slope[place] == pytest.approx(expected, abs=1e-4)


def shop_of_brands() -> tuple[list[dict[str, float]], Steps]:
    """Forty products of ten brands and ten colours; shoppers stay with a brand and never mind the colour."""
    bags = [{f"brand{n % 10}": 1.0, f"colour{n // 4}": 1.0, "shoe": 1.0} for n in range(40)]
    random = np.random.default_rng(1)
    walks = [random.permutation(np.arange(brand, 40, 10)) for brand in range(10) for _ in range(12)]
    offsets = np.arange(0, 4 * len(walks) + 1, 4)
    return bags, Steps(offsets, np.concatenate(walks).astype(np.int32))


def test_nothing_is_learnt_where_no_two_products_share_a_word() -> None:
    _, steps = shop_of_brands()
    alone = sp.csr_matrix(np.eye(40, dtype=np.float32))
    assert words.learn(alone, steps, SMALL, content=ContentConfig(), seed=0) is None


def test_nothing_is_learnt_from_no_pairs() -> None:
    _, steps = shop_of_brands()
    alike = sp.csr_matrix(np.ones((40, 1), np.float32))
    assert words.learn(alike, steps, replace(SMALL, gap=0), content=ContentConfig(), seed=0) is None


def test_words_that_shoppers_follow_weigh_more_than_words_just_as_rare() -> None:
    bags, steps = shop_of_brands()
    config = ContentConfig()

    def worth(counts: sp.csr_matrix) -> np.ndarray | None:
        return words.learn(counts, steps, SMALL, content=config, seed=0)

    plain, learnt = ContentKnn.fit(bags, config=config), ContentKnn.fit(bags, config=config, worth=worth)
    same_brand = list(range(10, 40, 10))

    def value(found: ContentKnn, row: int) -> float:
        rows, values = found.table.of(0)
        return float(values[rows == row].sum())

    for row in same_brand:
        assert value(learnt, row) > value(plain, row)
    assert value(learnt, 1) < value(plain, 1)  # the same colour
    learnt.place(40, {"brand0": 1.0, "colour9": 1.0})
    assert learnt._placed[40][0][0] % 10 == 0  # one that comes later is compared by the same weights


def test_too_few_steps_say_nothing_of_words() -> None:
    bags, steps = shop_of_brands()
    counts = sp.csr_matrix(np.ones((len(bags), 3), np.float32))
    assert words.learn(counts, steps, replace(SMALL, least_pairs=10_000), content=ContentConfig(), seed=0) is None


@pytest.mark.parametrize("enabled", [True, False])
def test_a_training_learns_them_unless_it_is_told_not_to(enabled: bool, tmp_path) -> None:
    bags, steps = shop_of_brands()
    stores = open_stores("memory://")
    stores.catalogue.put([product(f"p{n}", " ".join(bag), price=1) for n, bag in enumerate(bags)], at=Instant(0))
    walks = np.split(steps.rows, steps.offsets[1:-1])
    stores.events.append(
        [
            event("view", f"p{row}", shopper=f"s{walk}", at=1_700_000_000_000 + n * DAY_MS)
            for walk, rows in enumerate(walks)
            for n, row in enumerate(rows)
        ]
    )
    config = TrainingConfig(words=replace(SMALL, enabled=enabled))
    release = train(stores, Releases(tmp_path), config=config)
    found = ContentKnn.load(release.path("content"))
    row = {id: place for place, id in enumerate(release.items())}
    rows, values = found.table.of(row["p0"])
    brand, colour = (float(values[rows == row[name]].sum()) for name in ("p10", "p1"))
    assert (brand > colour) == enabled
