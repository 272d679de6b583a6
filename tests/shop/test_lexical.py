"""A release keeps what search learnt of the products; search without it answers the same, only opens more slowly."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from shop_world import build_shop

from daogou.domain.text import Text
from daogou.recommend.recommender import Recommender
from daogou.retrieval.shelf import Shelf
from daogou.shop.lexical import Lexical
from daogou.shop.shop import Shop
from daogou.testing.builders import product
from daogou.training.releases import Release

_WORDS = Path("catalogue") / "words.msgpack"


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
