from __future__ import annotations

from daogou.retrieval.content import ContentConfig, ContentKnn, bag_of, words
from daogou.retrieval.evidence import Trail
from daogou.testing.builders import product

SHELF = [
    product("p0", "red running shoe", brand="Nike"),
    product("p1", "blue running shoe", brand="Nike"),
    product("p2", "steel tea pot"),
    product("p3", "红色运动鞋"),
    product("p4", "蓝色运动鞋"),
]


def fitted(**config: int) -> ContentKnn:
    return ContentKnn.fit([bag_of(item, ContentConfig()) for item in SHELF], config=ContentConfig(**config))


def best(knn: ContentKnn, row: int) -> list[int]:
    return knn.evidence(Trail.of([row])).best(1).rows.tolist()


def test_words_are_latin_words_numbers_and_pairs_of_han() -> None:
    assert words("Nike 42.5码 运动鞋 A") == ["nike", "42.5", "码", "运动", "动鞋", "a"]


def test_alike_products_find_each_other_in_both_languages() -> None:
    knn = fitted()
    assert best(knn, 0) == [1]
    assert best(knn, 3) == [4]


def test_a_product_with_nothing_in_common_has_no_neighbours() -> None:
    assert best(fitted(), 2) == []


def test_a_product_that_comes_later_finds_and_is_found() -> None:
    knn = fitted()
    knn.place(5, bag_of(product("p5", "glass tea pot"), ContentConfig()))
    assert best(knn, 5) == [2]
    assert best(knn, 2) == [5]


def test_a_budget_leaves_out_the_commonest_words_first() -> None:
    # "running", "shoe", "nike" and "运动", "动鞋", "色运" are in two products each; "red", "tea" in one.
    assert best(fitted(budget=1), 0) == []
    assert best(fitted(budget=100), 0) == [1]
