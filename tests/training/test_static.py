from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from daogou.domain.ids import ProductId
from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.retrieval.encoding.e5 import E5, in_integers
from daogou.retrieval.encoding.static import Static, Summing
from daogou.retrieval.encoding.tuned import StaticConfig, TuningConfig, open_tuned, save_tuned
from daogou.testing.tiny_model import TinyModel
from daogou.training.asking import names, ways, worded

MODEL: Any = TinyModel()
TEACHER = E5(MODEL, "tiny", lambda: in_integers(MODEL, MODEL.weights()))


def summing(text: str, *, hidden: int = 3, dim: int = 4) -> Summing:
    """Drawn weights, for the pieces of a text."""
    draw = np.random.default_rng(0)
    ids = np.unique(MODEL.pieces.ids(text))

    def drawn(*shape: int) -> Any:
        return draw.normal(size=shape).astype(np.float32)

    return Summing(
        ids, drawn(len(ids), dim).astype(np.float16), drawn(32, dim), drawn(dim, hidden), drawn(hidden),
        drawn(hidden, dim), drawn(dim),
    )  # fmt: skip


def test_pieces_are_added_up_and_unknown_ones_get_the_models_vectors(tmp_path: Path) -> None:
    summing("tea").save(tmp_path)
    static = Static(MODEL, "s", Summing.load(tmp_path), TEACHER)
    found = static.queries(["tea", "", "tea x", "eat"])
    assert found.shape == (4, 4)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)
    *known, unknown = MODEL.pieces.ids("tea x")  # the piece for the space before a word is known
    rows = np.searchsorted(static.summing.ids, [*MODEL.pieces.ids("tea"), known[-1]])
    vectors = static.summing.vectors[rows].astype(np.float32)
    tea, other = vectors[:-1].sum(0), MODEL.table[unknown] @ static.summing.projection
    made = static.summing.made(np.stack([tea, tea + vectors[-1] + other]))
    np.testing.assert_allclose(found[[0, 2]], made, rtol=1e-3)
    np.testing.assert_allclose(found[1], static.summing.made(np.zeros((1, 4), np.float32))[0], rtol=1e-5)
    np.testing.assert_allclose(found[3], found[0], rtol=1e-4)
    np.testing.assert_array_equal(static.queries(["", ""])[0], found[1])


def test_products_keep_the_vectors_of_the_encoder_that_was_tuned(tmp_path: Path) -> None:
    graph = in_integers(MODEL, MODEL.weights())
    save_tuned(tmp_path, graph, dim=16, static=Static(MODEL, "s", summing("tea", dim=16), TEACHER))
    static = open_tuned(tmp_path, MODEL)
    save_tuned(tmp_path, graph, dim=16, static=None)
    tuned = open_tuned(tmp_path, MODEL)
    np.testing.assert_array_equal(static.passages(["tea", "old shoe"]), tuned.passages(["tea", "old shoe"]))
    assert static.queries(["tea"]).shape == (1, 16)
    assert not np.allclose(static.queries(["tea"]), tuned.queries(["tea"]))


def test_encoders_with_other_vectors_have_other_names(tmp_path: Path) -> None:
    found = []
    for dim, text in ((16, ""), (32, ""), (16, "tea"), (16, "teas")):
        static = Static(MODEL, "s", summing(text, dim=dim), TEACHER) if text else None
        save_tuned(tmp_path, b"graph", dim=dim, static=static)
        found.append(open_tuned(tmp_path, MODEL).name)
    assert len(set(found)) == 4


def test_things_are_asked_for_as_shoppers_ask() -> None:
    asked = {query: {0: 1} for query in ("shoes", "red shoes under 80", "red shoes", "跑鞋", "女跑鞋200元", "女跑鞋")}
    assert ways(asked) == {True: ["red \0 under 80", "red \0"], False: ["女\x00200元", "女\0"]}
    found = {text for seed in range(20) for text in worded(["soup pot", "茶"], asked, Random(seed))}
    assert found == {"red soup pot under 80", "red soup pot", "女茶200元", "女茶"}
    assert worded(["茶"], {"shoes": {0: 1}, "red shoes": {0: 1}}, Random(0)) == []


def test_names_of_a_shop_are_its_categories_and_attributes() -> None:
    product = Product(
        ProductId("a"), Text(en="A"), category=(Text("鞋", "Shoes"),), attributes={"color": (Text("", "Red"),)}
    )
    assert names([product, product]) == ["鞋", "shoes", "red"]


def test_the_order_is_learnt_where_it_is_wrong() -> None:
    torch = pytest.importorskip("torch")
    from daogou.training.recipes.static import ranking_loss

    right = torch.tensor([[0.9, 0.1, 0.0], [0.2, 0.8, 0.1]])
    assert float(ranking_loss(right, right, 0.1)) == pytest.approx(0, abs=1e-6)
    assert float(ranking_loss(right - 0.3, right, 0.1)) == pytest.approx(0, abs=1e-6)  # of no account: the order stays
    far, near = right.clone(), right.clone()
    far[0, 2], near[0, 1] = -0.1, 0.0  # a product that is last anyway, and one that competes
    far_loss, near_loss = float(ranking_loss(far, right, 0.1)), float(ranking_loss(near, right, 0.1))
    assert 0 < far_loss < near_loss
    first = torch.tensor([[0.1, 0.9, 0.0], [0.2, 0.8, 0.1]])
    assert float(ranking_loss(first, right, 0.1)) > near_loss


def test_what_is_asked_is_learnt_without_clicks(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from daogou.training.recipes.static import Corpus, distil

    kinds = ["tea", "shoe", "lamp", "book", "cup", "bag", "hat", "desk"]
    products = [
        Product(ProductId(f"{kind}{n}"), Text(en=f"{kind} model {n}"), category=(Text(en=kind),))
        for kind in kinds
        for n in range(4)
    ]
    learnt = {"tea": {0: 1}, "my tea": {0: 1}, "old tea": {0: 1}}
    goods = ["stove", "kettle", "carpet", "soap", "broom", "fork"]
    config = TuningConfig(static=StaticConfig(steps=300, batch=64, hidden=32, worded=4))
    corpus = Corpus.of(products, learnt, goods, config=config, random=Random(0))
    assert {"lamp model 0 lamp", "tea", "desk", "kettle"} <= set(corpus.texts)
    drawn = dict(zip(corpus.texts, corpus.shares, strict=True))
    assert drawn["lamp model 0 lamp"] < drawn["kettle"] / 10
    assert {"my desk", "old desk"} & set(corpus.texts)
    assert len({text for text in corpus.texts if text.split()[-1] in goods and " " in text}) == 4

    def loss(steps: int) -> tuple[float, Static]:
        static = StaticConfig(steps=steps, batch=64, hidden=32, worded=4)
        options: Any = {"goods": goods, "config": TuningConfig(static=static), "seed": 1, "tell": lambda line: None}
        made = distil(MODEL, TEACHER, products, learnt, **options)
        asked = ["my hat", "old cup", "broom", "old shoe", "bag", "book"]
        return float((1 - (made.queries(asked) * TEACHER.queries(asked)).sum(1)).mean()), made

    (begun, _), (ended, static) = loss(1), loss(300)
    assert ended < begun / 2
    np.testing.assert_array_equal(static.passages(["tea"]), TEACHER.passages(["tea"]))


def test_of_a_large_catalogue_some_products_are_learnt_from() -> None:
    pytest.importorskip("torch")
    from daogou.training.recipes.static import distil

    encoded: list[str] = []

    class Heard(E5):
        def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
            encoded.extend(texts)
            return super().passages(texts)

    teacher = Heard(MODEL, "tiny", lambda: in_integers(MODEL, MODEL.weights()))
    products = [Product(ProductId(f"{n}"), Text(en=f"bag {n}")) for n in range(9)]
    told: list[str] = []
    config = TuningConfig(static=StaticConfig(steps=2, batch=4, hidden=2, copies=0, products=3))
    distil(MODEL, teacher, products, {"bag": {8: 1}}, goods=["cap"], config=config, seed=0, tell=told.append)
    assert len(set(encoded)) == 3
    assert told == ["static: 5 texts of 9 different pieces"]


def test_what_is_served_is_what_was_learnt() -> None:
    torch = pytest.importorskip("torch")
    from daogou.training.recipes.static import Sums

    sums = Sums(np.ones((3, 32), np.float32), np.ones(32, np.float32), StaticConfig(hidden=5))
    torch.nn.init.normal_(sums.outer)
    pieces, begins = np.array([0, 1, 1]), np.array([0, 2])
    served = sums.summing(np.arange(3), MODEL.table[:3], 1.0).made(np.array([[2.0] * 32, [1.0] * 32], np.float32))
    np.testing.assert_allclose(sums.made(pieces, begins).detach().numpy(), served, rtol=1e-4, atol=1e-5)
