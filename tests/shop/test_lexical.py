"""A release keeps what search learnt of the products; search without it answers the same, only opens more slowly."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from shop_world import build_shop

from daogou.domain.errors import NotReady
from daogou.domain.text import Text
from daogou.recommend.recommender import Recommender
from daogou.retrieval.shelf import Shelf
from daogou.shop.lexical import Lexical
from daogou.shop.shop import Shop
from daogou.testing.builders import product
from daogou.training.releases import Release

_WORDS = Path("catalogue") / "phrases.msgpack"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Shared by the tests that only read."""
    shop = build_shop(tmp_path_factory.mktemp("words") / "shop")
    yield shop
    shop.close()


def _open(shop: Shop, release: Release) -> Lexical:
    shelf = Shelf(release.items())
    shelf.refresh(shop.stores.catalogue)
    recommender = Recommender(release, shelf, shop.stores.events, shoppers=shop.stores.shoppers)
    return Lexical.open(release, shelf=shelf, stores=shop.stores, settings=shop.settings, recommender=recommender)


def _active(shop: Shop) -> Release:
    release = shop.releases.active()
    assert release is not None
    return release


def test_a_release_with_its_words_answers_as_one_without(trained: Shop, tmp_path: Path) -> None:
    release = _active(trained)
    without = Release(Path(shutil.copytree(release.folder, tmp_path / "release")), release.manifest)
    without.path(str(_WORDS)).unlink()
    kept, learnt = _open(trained, release), _open(trained, without)
    for text in ("跑步鞋", "runing shoes", "running shoes under $48, not leather", "红色 背包", "zyx", ""):
        assert kept.understand(text) == learnt.understand(text)
        assert kept.searcher.search(text) == learnt.searcher.search(text)
    for prefix in ("r", "run", "sho", "跑", "鞋", "b", "runing", "zyx"):
        assert kept.searcher.suggest(prefix) == learnt.searcher.suggest(prefix)


def test_the_words_of_a_release_are_those_it_opens_with(trained: Shop, tmp_path: Path) -> None:
    release = _active(trained)
    damaged = Release(Path(shutil.copytree(release.folder, tmp_path / "release")), release.manifest)
    damaged.path(str(_WORDS)).write_bytes(b"\xc1")
    with pytest.raises(ValueError, match="MessagePack"):
        _open(trained, damaged)


def test_products_that_came_after_the_release_are_learnt_on_top(tmp_path: Path) -> None:
    shop = build_shop(tmp_path / "shop")
    late = product("late", Text("热气球", "Hot air balloon"), category=[Text("气球", "Balloons")])
    shop.stores.catalogue.put([late], at=shop.clock())
    lexical = _open(shop, _active(shop))
    assert lexical.understand("balloons").where.category == "balloons"
    assert [hit.product for hit in lexical.searcher.search("热气球").items] == ["late"]
    assert [found.text for found in lexical.searcher.suggest("hot a")] == ["Hot air balloon"]
    shop.close()


class Spanish:
    """An encoder that knows one word of another language; it may be told to fail, and counts how often it is asked."""

    name, dim = "spanish", 2

    def __init__(self) -> None:
        self.failing = False
        self.asked = 0

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += 1
        if self.failing:
            raise NotReady("the encoder is asleep")
        return self._vectors("zapatos" in text for text in texts)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._vectors("shoes" in text for text in texts)

    def _vectors(self, about_shoes: Iterable[bool]) -> NDArray[np.float32]:
        return np.array([[1, 0] if shoes else [0, 1] for shoes in about_shoes], np.float32)


def test_a_shop_with_an_encoder_finds_what_no_word_of_it_says(tmp_path: Path) -> None:
    shop = build_shop(tmp_path / "shop")
    encoder = shop.__dict__["base_encoder"] = Spanish()  # in place of what the settings name
    assert not shop.search("zapatos")
    shop.train()
    hits = shop.search("zapatos")
    assert {str(hit.product).rpartition("-")[0] for hit in hits} == {"running-shoes"}
    assert hits.relaxed == ("“zapatos”",)
    encoder.failing = True
    silent = shop.search("mis zapatos")  # what was asked before is remembered
    assert not silent
    assert "encoder does not answer" in (silent.degraded or "")
    shop.close()


def test_a_brand_is_written_as_chinese_titles_begin(tmp_path: Path) -> None:
    shop = build_shop(tmp_path / "shop", train=False)
    titles = ("木兰 红色杯子", "木兰 蓝色杯子", "木兰 茶壶")
    shop.stores.catalogue.put(
        [product(str(n), title, brand="Mulan") for n, title in enumerate(titles)], at=shop.clock()
    )
    shop.train()
    assert shop.engine.shelf.label("brand", "mulan") == Text("木兰", "Mulan")
    assert {hit.product for hit in shop.search("木兰", k=5)} == {"0", "1", "2"}
    shop.close()


def test_titles_are_cut_as_queries_are_whatever_was_learnt_since(tmp_path: Path) -> None:
    shop = build_shop(tmp_path / "shop", train=False)
    titles = {"太鼓抱枕": "软装", "多功能抱枕": "软装", "刺绣抱枕": "软装", "羊毛地毯": "地毯", "手工地毯": "地毯"}
    made = [product(title, title, category=[Text.of("居家"), Text.of(category)]) for title, category in titles.items()]
    shop.stores.catalogue.put(made, at=shop.clock())
    shop.train()
    shop.add_synonyms(["刺绣抱枕", "绣花靠垫"])
    assert shop.understand("抱枕").slots, "what these goods are called is learnt"
    assert {str(hit.product) for hit in shop.search("抱枕")} == {"太鼓抱枕", "多功能抱枕", "刺绣抱枕"}
    for text in ("刺绣抱枕", "绣花靠垫"):
        assert {str(hit.product) for hit in shop.search(text, k=1)} == {"刺绣抱枕"}
    shop.close()


def test_what_is_kept_of_words_is_the_same_in_every_process() -> None:
    """A set of words has another order in each, and a release must have one."""
    script = (
        "import hashlib, msgspec\n"
        "from daogou.language.vocabulary import Vocabulary\n"
        "from daogou.testing.builders import product\n"
        "words = Vocabulary()\n"
        "words.learn([product('a', 'warm dry light wool hiking socks', attributes={'colour': 'red', 'fit': 'wide'},"
        " category=['Shoes and socks', 'Hiking socks'])])\n"
        "print(hashlib.sha256(msgspec.msgpack.encode(words.learnt())).hexdigest())\n"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1
