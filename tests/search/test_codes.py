import threading

import numpy as np
import pytest

from daogou.domain.ids import ProductId
from daogou.retrieval.shelf import Shelf
from daogou.search.alike import likeness
from daogou.search.codes import FacetCodes
from daogou.testing.builders import product

_ROWS = np.arange(3, dtype=np.int32)


def _codes() -> tuple[Shelf, FacetCodes]:
    shelf = Shelf()
    shelf.put(
        [
            product("a", attributes={"color": "red", "size": "s"}),
            product("b", attributes={"color": "red"}),
            product("c", attributes={"color": "blue"}),
        ]
    )
    return shelf, FacetCodes(shelf)


def test_a_value_is_the_rarer_the_fewer_rows_have_it_and_one_row_alone_says_nothing() -> None:
    _, codes = _codes()
    rarity = dict(zip(codes.keys, codes.rarity().tolist(), strict=True))
    assert rarity["color", "red"] == np.log(3 / 2)
    assert rarity["color", "blue"] == rarity["size", "s"] == 0


def test_a_shelf_is_read_by_value_as_it_is_by_row() -> None:
    shelf, codes = _codes()
    shelf.put([product("d", brand="Alta", category=["Shoes", "Boots"], attributes={"color": "red"})])
    shelf.ids.append(ProductId("gone"))  # a row of the release whose product is no longer there
    shelf.products.append(None)
    codes.put([3])
    again = FacetCodes(shelf)

    def values(codes: FacetCodes, row: int) -> set[tuple[str, str]]:
        found, _ = codes.gather(np.array([row], np.int32))
        return {codes.keys[code] for code in found.tolist()}

    assert [values(again, row) for row in range(5)] == [values(codes, row) for row in range(5)]
    rarities = [dict(zip(found.keys, found.rarity().tolist(), strict=True)) for found in (codes, again)]
    assert rarities[0] == rarities[1]
    codes.put([0])
    again.put([0])
    assert values(again, 0) == values(codes, 0)


def test_counts_follow_a_row_that_changes() -> None:
    shelf, codes = _codes()
    codes.rarity()
    shelf.put([product("b", attributes={"color": "blue"})])
    codes.put([shelf.row[ProductId("b")]])
    rarity = dict(zip(codes.keys, codes.rarity().tolist(), strict=True))
    assert rarity["color", "blue"] == np.log(3 / 2)
    assert rarity["color", "red"] == 0


def test_rows_with_the_values_of_the_best_are_like_them() -> None:
    _, codes = _codes()
    assert likeness(_ROWS, np.array([1, 0, 0], np.float32), codes).tolist() == [1, 1, 0]


def test_rows_newer_than_the_codes_are_like_nothing() -> None:
    _, codes = _codes()
    rows = np.array([0, 1, 7], np.int32)
    assert likeness(rows, np.ones(3, np.float32), codes)[2] == 0


def test_no_product_is_put_between_the_rarity_of_values_and_their_use(monkeypatch: pytest.MonkeyPatch) -> None:
    _, codes = _codes()
    rarity, taken = codes.rarity(), []

    def take() -> None:
        taken.append(codes.lock.acquire(blocking=False))
        if taken[-1]:
            codes.lock.release()

    def observed() -> np.ndarray:
        other = threading.Thread(target=take)
        other.start()
        other.join()
        return rarity

    monkeypatch.setattr(codes, "rarity", observed)
    likeness(_ROWS, np.ones(3, np.float32), codes)
    assert taken == [False]


def test_whoever_holds_the_owners_of_codes_does_not_keep_new_values_out() -> None:
    shelf, codes = _codes()
    held = codes.owners
    shelf.put([product("d", attributes={"color": "green", "fabric": "wool"})])
    codes.put([3])
    assert len(held) == 3
    assert [codes.names[place] for place in codes.owners.tolist()][3:] == ["color", "fabric"]
