from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from shop_world import build_shop

from daogou.domain.errors import NotReady
from daogou.domain.text import Text
from daogou.retrieval.meaning import Meaning, text_of
from daogou.shop.encoding import Encoding
from daogou.shop.nearness import Nearness
from daogou.testing.builders import product


class Spanish:
    """An encoder that knows one word of another language, may be told to fail, and notes what it was asked."""

    name, dim = "spanish", 2

    def __init__(self) -> None:
        self.failing = False
        self.queried: list[str] = []
        self.encoded: list[str] = []
        self.began = threading.Event()

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.queried += texts
        return self._vectors("zapatos" in text for text in texts)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += texts
        self.began.set()
        return self._vectors("shoes" in text for text in texts)

    def _vectors(self, about_shoes: Iterable[bool]) -> NDArray[np.float32]:
        if self.failing:
            raise NotReady("the encoder is asleep")
        return np.array([[1, 0] if shoes else [0, 1] for shoes in about_shoes], np.float32)


def test_an_encoder_that_failed_is_left_alone_for_a_while() -> None:
    encoder, now = Spanish(), 100.0
    near = Nearness(Meaning.fit(["shoes", "tea"], encoder), encoder, clock=lambda: now)
    encoder.failing = True
    assert near("zapatos") is None
    encoder.failing = False
    assert near("zapatos") is None
    assert encoder.queried == ["zapatos"]
    now += 31
    found = near("zapatos")
    assert found is not None
    assert found[0] > found[1]


def test_what_was_asked_lately_is_not_encoded_again() -> None:
    encoder = Spanish()
    near = Nearness(Meaning.fit(["shoes", "tea"], encoder), encoder)
    first = near("zapatos")
    assert first is not None
    again = near("zapatos")
    assert again is not None
    assert again.tolist() == first.tolist()
    near("té")
    assert encoder.queried == ["zapatos", "té"]
    for n in range(1000):
        near(f"{n}")
    near("zapatos")
    assert encoder.queried[-1] == "zapatos"


def test_an_encoder_that_breaks_on_what_was_put_is_left_alone_for_a_while(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, now = Spanish(), 100.0
    near = Nearness(Meaning.fit(["shoes", "tea"], encoder), encoder, clock=lambda: now)
    vectors, tried = encoder.passages, []

    def break_down(texts: Sequence[str]) -> NDArray[np.float32]:
        tried.append(texts)
        raise IndexError("a table of the encoder is too short")

    monkeypatch.setattr(encoder, "passages", break_down)
    near.put([(5, product("f", "blue shoes"))])
    for _ in range(2):
        assert near("zapatos") is not None  # what the release knows is still found
        near.settle()
    assert len(tried) == 1
    assert "a table of the encoder is too short" in caplog.text
    monkeypatch.setattr(encoder, "passages", vectors)
    now += 31
    near("zapatos")
    near.settle()
    found = near("zapatos")
    assert found is not None
    assert found[5] == found[0]


def test_products_put_since_are_near_too_once_meaning_is_asked_for() -> None:
    encoder = Spanish()
    near = Nearness(Meaning.fit(["shoes", "tea", "cup"], encoder), encoder)
    encoder.encoded.clear()
    near.put([(1, product("b", "red shoes")), (5, product("f", "blue shoes")), (2, product("c", "cup"))])
    near.settle()
    assert encoder.encoded == []
    near("zapatos")
    near.settle()
    assert encoder.encoded == ["red shoes", "blue shoes"]
    found = near("zapatos")
    assert found is not None
    assert found.shape == (6,)
    assert found[0] == found[1] == found[5] > 0 > found[2]
    assert (found[3:5] == -1).all()
    near.put([(1, product("b", "tea"))])
    changed_back = near("zapatos")
    assert changed_back is not None
    assert changed_back[1] < 0
    near.close()


def test_products_wait_for_an_encoder_that_failed() -> None:
    encoder, now = Spanish(), 100.0
    near = Nearness(Meaning.fit(["shoes", "tea"], encoder), encoder, clock=lambda: now)
    near("zapatos")
    encoder.failing = True
    near.put([(2, product("c", "green shoes"))])
    near.settle()
    encoder.failing = False
    assert near("zapatos") is None
    now += 31
    near("zapatos")
    near.settle()
    found = near("zapatos")
    assert found is not None
    assert found[2] > 0
    near.close()


def test_a_product_put_after_the_release_is_found_by_its_meaning(tmp_path: Path) -> None:
    shop = build_shop(tmp_path / "shop", train=False)
    encoder = shop.__dict__["base_encoder"] = Spanish()  # in place of what the settings name
    shop.train()
    assert len(shop.search("zapatos")) == 6
    shop.stores.catalogue.put([product("late", Text(en="Ballet shoes"))], at=shop.clock())
    shop.activate(shop.release_id)  # the shop is opened anew
    shop.search("zapatos")
    shop.engine._lexical._near.settle()  # type: ignore[union-attr]
    assert "late" in {hit.product for hit in shop.search("zapatos")}
    assert encoder.encoded[-1] == "Ballet shoes"
    shop.close()


def ends_while_encoding(encoder: Spanish, error: BaseException | None) -> Callable[..., dict[str, float]]:
    """In place of the last artifact before the vectors: waits for the first of these, and fails if it shall."""

    def write(*_: object) -> dict[str, float]:
        assert encoder.began.wait(timeout=60)
        if error is not None:
            raise error
        return {}

    return write


def test_products_are_encoded_beside_the_rest_of_the_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daogou.retrieval.meaning._BLOCK_TEXTS", 10)
    shop = build_shop(tmp_path / "shop", train=False)
    encoder = shop.__dict__["base_encoder"] = Spanish()
    monkeypatch.setattr("daogou.shop.opining.doubts", ends_while_encoding(encoder, None))
    release = shop.train()
    assert len(encoder.encoded) == len(set(encoder.encoded)) == 24
    products = list(shop.stores.catalogue.scan())
    expected = Meaning.fit([text_of(product) for product in products], Spanish())
    np.testing.assert_array_equal(Meaning.load(release.path("meaning")).vectors, expected.vectors)
    assert list((shop.folder / "cache").iterdir()) == []
    shop.train()
    assert len(encoder.encoded) == 24
    shop.train(only=["fusion"])
    assert len(encoder.encoded) == 24
    shop.close()


def test_a_training_that_was_interrupted_encodes_only_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daogou.retrieval.meaning._BLOCK_TEXTS", 10)
    shop = build_shop(tmp_path / "shop", train=False)
    encoder = shop.__dict__["base_encoder"] = Spanish()
    with monkeypatch.context() as patched:
        interrupted = ends_while_encoding(encoder, KeyboardInterrupt())
        patched.setattr("daogou.shop.opining.doubts", interrupted)
        with pytest.raises(KeyboardInterrupt):
            shop.train()
    assert "daogou-encoding" not in {thread.name for thread in threading.enumerate()}
    assert len(encoder.encoded) >= 10
    shop.train()
    assert len(encoder.encoded) == len(set(encoder.encoded)) == 24
    assert list((shop.folder / "cache").iterdir()) == []
    shop.close()


def test_what_is_encoded_beside_ends_with_the_part_in_which_the_training_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daogou.retrieval.meaning._BLOCK_TEXTS", 10)
    shop = build_shop(tmp_path / "shop", train=False)
    products = list(shop.stores.catalogue.scan())

    class Slow(Spanish):
        def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
            found = super().passages(texts)
            assert encoding._stopping.wait(timeout=60)
            return found

    encoder = shop.__dict__["base_encoder"] = Slow()
    with Encoding(shop, only=(), progress=None) as encoding:
        encoding.begin(products)
        assert encoder.began.wait(timeout=60)
    assert len(encoder.encoded) == 10
    shop.close()


def test_what_an_encoder_says_when_it_fails_beside_is_said_by_the_training(tmp_path: Path) -> None:
    shop = build_shop(tmp_path / "shop", train=False)
    encoder = shop.__dict__["base_encoder"] = Spanish()
    encoder.failing = True
    with pytest.raises(NotReady, match="asleep"):
        shop.train()
    shop.close()


def test_a_kind_that_the_shop_calls_otherwise_is_understood(tmp_path: Path) -> None:
    class Kinds(Spanish):
        dim = 5

        def _vectors(self, about_shoes: Iterable[bool]) -> NDArray[np.float32]:
            raise AssertionError

        def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
            senses = (
                ("shoes", "跑步鞋", "zapatos"),
                ("boots", "徒步鞋"),
                ("pack", "包"),
                ("socks", "袜"),
                ("outdoor",),
            )
            found = np.array([[any(word in text for word in sense) for sense in senses] for text in texts], np.float32)
            return np.asarray((found + 0.1) / np.linalg.norm(found + 0.1, axis=1, keepdims=True), np.float32)

        passages = queries

    shop = build_shop(tmp_path / "shop", train=False)
    shop.__dict__["base_encoder"] = Kinds()
    assert shop.understand("zapatos").unknown == ("zapato",)
    shop.train()
    understood = shop.understand("zapatos")
    assert [(slot.kind, slot.value, slot.confidence) for slot in understood.slots] == [
        ("category", "running shoes", 0.5)
    ]
    assert understood.unknown == ()
    shop.close()
