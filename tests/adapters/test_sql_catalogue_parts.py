from __future__ import annotations

from pathlib import Path

import pytest

from daogou.adapters.addresses import open_stores
from daogou.adapters.sql import products
from daogou.domain.ids import Instant, ProductId
from daogou.testing.builders import product


def test_what_products_say_alike_is_held_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is lost by it, also where all that was met is forgotten in between."""
    put = [
        product(
            f"p{n}",
            f"Shoe {n}",
            price=9,
            brand="Alta",
            category=["Shoes", "Boots"],
            attributes={"color": ["red", "blue"]},
        )
        for n in range(3)
    ]
    stores = open_stores(f"sqlite:///{tmp_path / 'shop.db'}")
    stores.catalogue.put(put, at=Instant(1))
    found = stores.catalogue.get([ProductId(f"p{n}") for n in range(3)])
    assert list(found.values()) == put == list(stores.catalogue.scan())
    one, other = found[ProductId("p0")], found[ProductId("p2")]
    assert one.category is other.category
    assert one.brand is other.brand
    assert one.price is other.price
    assert one.attributes is other.attributes
    assert one.description is other.description
    monkeypatch.setattr(products, "_MOST", 2)
    assert list(stores.catalogue.scan()) == put
    stores.close()
