"""A shop whose text encoder reads reviews beside the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from shop_world import build_shop

from daogou.domain.errors import NotReady
from daogou.domain.ids import Instant, ProductId, ReviewId
from daogou.domain.review import Review
from daogou.opinions.aspects import lexicon
from daogou.shop.sensing import Senses, Sensing
from daogou.shop.shop import Shop
from daogou.training.config import SensesConfig
from daogou.training.lesson import Skip

P, Q = ProductId("boots-1"), ProductId("boots-2")
_DAY = 86_400_000


class Even:
    """An encoder that feels whether characters are even: nobody's words tell it, as each stands in one review only."""

    name, dim = "even", 64

    def __init__(self, *, deaf: bool = False) -> None:
        self.read: list[str] = []
        self.deaf = deaf
        self.down = False

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        reviews = [text for text in texts if "屏幕" in text]
        if self.down and reviews:
            raise NotReady("the endpoint does not answer")
        self.read += reviews
        even = [
            0.5 if self.deaf else np.mean([ord(c) % 2 for c in text if "㐀" <= c < "一"] or [0.5]) for text in texts
        ]
        return np.repeat(np.array(even, np.float32)[:, None], self.dim, axis=1)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.ones((len(texts), self.dim), np.float32) / 8


def said(n: int, *, content: bool, stars: bool = True, product: ProductId = P) -> Review:
    """A review in characters that nobody else uses, on one side of the product."""
    rare = "".join(chr(0x3400 + 8 * n + 2 * k + content) for k in range(4))
    rating = (5.0 if content else 1.0) if stars else None
    return Review(product, rating, Instant(n * _DAY), ReviewId(f"r{n}"), text=f"屏幕{rare}", verified=True)


@pytest.fixture
def encoder() -> Even:
    return Even()


@pytest.fixture
def shop(tmp_path: Path, encoder: Even) -> Shop:
    """600 reviews with stars, and two without."""
    made = build_shop(tmp_path / "shop", train=False)
    made.__dict__["base_encoder"] = encoder
    made.stores.reviews.put(starry())
    made.stores.reviews.put([said(n, content=True, stars=False, product=Q) for n in (700, 701)])
    return made


def counts(shop: Shop, product: ProductId) -> list[tuple[str, int, int]]:
    return [(each.aspect, each.good, each.bad) for each in shop.review_summary(product).aspects]


def test_what_no_word_decides_is_judged_by_its_meaning_in_summaries_and_in_search(shop: Shop) -> None:
    metrics = shop.train().manifest.metrics
    assert metrics["senses.agrees"] > 0.9 > 0.7 > metrics["senses.agrees.before"]
    assert (metrics["senses.read"], metrics["senses.waiting"]) == (602, 0)
    (screen,) = shop.review_summary(Q).aspects
    assert (screen.good, screen.bad, screen.by) == (2, 0, {"meaning": 2})
    assert {quote.by for quote in screen.quotes} == {"meaning"}
    first = shop.search("屏幕好的徒步鞋").items[0]
    assert first.product == Q
    assert "Screen: all 2 reviews that mention it like it" in {reason.text.en for reason in first.because}
    shop.close()


def test_without_an_encoder_reviews_are_read_as_before_and_the_release_says_so(shop: Shop) -> None:
    shop.train()
    shop.__dict__["base_encoder"] = None
    release = shop.train(only=["opinions"])
    assert release.manifest.skipped["senses"] == "no text encoder: [encoder] address is empty"
    assert shop.engine._hearing.release.senses is None
    assert counts(shop, Q) == []
    shop.close()


@pytest.fixture
def sensing(tmp_path: Path, encoder: Even) -> Sensing:
    return Sensing(encoder, SensesConfig(), lexicon(), tmp_path / "kept", lambda part: None)


def starry() -> list[Review]:
    return [said(n, content=n % 2 == 0) for n in range(600)]


def refused(sensing: Sensing, folder: Path, reviews: list[Review] | None = None) -> str:
    with pytest.raises(Skip) as caught:
        sensing.learn(folder, reviews or starry())
    assert Senses.load(folder) is None
    return str(caught.value)


def test_a_shop_that_switches_it_off_encodes_no_review(sensing: Sensing, encoder: Even, tmp_path: Path) -> None:
    assert "enabled = false" in refused(replace(sensing, config=SensesConfig(enabled=False)), tmp_path)
    assert encoder.read == []


def test_an_encoder_that_says_nothing_of_opinions_is_not_believed(
    sensing: Sensing, encoder: Even, tmp_path: Path
) -> None:
    sensing.learn(tmp_path, starry())
    sensing.kept.unlink()
    encoder.deaf = True
    assert "not surely more than" in refused(sensing, tmp_path)


def test_a_training_reads_what_it_may_and_the_next_goes_on(sensing: Sensing, encoder: Even, tmp_path: Path) -> None:
    reviews = [*starry(), said(700, content=True, stars=False)]
    limited = replace(sensing, config=SensesConfig(mentions=300))
    assert "the next training goes on" in refused(limited, tmp_path, reviews)
    assert len(encoder.read) == 300
    assert limited.learn(tmp_path, reviews)["waiting"] == 1
    assert sensing.learn(tmp_path, reviews)["waiting"] == 0
    assert len(encoder.read) == len(set(encoder.read)) == 601


def test_what_teaches_is_limited_too(sensing: Sensing, encoder: Even, tmp_path: Path) -> None:
    assert sensing.learn(tmp_path, starry())["taught"] == 600
    limited = replace(sensing, config=SensesConfig(taught=599))
    assert "300 mentions in reviews with stars" in refused(limited, tmp_path)


def test_what_is_no_longer_written_is_not_kept_either(sensing: Sensing, encoder: Even, tmp_path: Path) -> None:
    sensing.learn(tmp_path, starry())
    size = sensing.kept.stat().st_size
    sensing.learn(tmp_path, [*starry()[1:], replace(said(0, content=True), text="好")])
    assert sensing.kept.stat().st_size < size
    assert len(encoder.read) == 600


def test_an_encoder_that_fails_leaves_the_words(sensing: Sensing, encoder: Even, tmp_path: Path) -> None:
    encoder.down = True
    assert "does not answer; the next training goes on" in refused(sensing, tmp_path)
    encoder.down = False
    assert sensing.learn(tmp_path, starry())["read"] == 600


def test_reviews_that_come_later_are_read_by_words_first_and_by_meaning_beside(
    shop: Shop, encoder: Even, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daogou.shop.engine._CATALOGUE_EVERY_S", 0.0)
    shop.train()
    encoder.down = True
    later = [said(n, content=False, stars=False, product=Q) for n in (800, 801, 802)]
    shop.stores.reviews.put([*later, replace(later[0], id=ReviewId("w"), text="屏幕模糊")])
    assert counts_heard(shop) == (2, 1)
    assert counts(shop, Q) == [("screen", 2, 1)]
    reading = shop.engine._rereading
    assert reading is not None
    reading.settle()
    encoder.down = False
    reading._resting_until = 0.0
    shop.search("boots")
    reading.settle()
    assert counts_heard(shop) == (2, 4)
    assert counts(shop, Q) == [("screen", 2, 4)]
    (screen,) = shop.review_summary(Q).aspects
    assert screen.by == {"meaning": 5, "word": 1}
    shop.close()


def counts_heard(shop: Shop) -> tuple[int, int]:
    """What search and the console count of the second product."""
    voices = shop.voices
    assert voices is not None
    good, bad = voices.counts("screen")
    place = voices.products.index(Q)
    return int(good[place]), int(bad[place])
