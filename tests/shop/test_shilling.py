"""Fake profiles that buy a product with one's own do not make the two go together."""

from __future__ import annotations

from pathlib import Path

import pytest
from shop_world import build_shop, write_lines

from daogou.shop.shop import Shop, open_shop

FAKES = 10
"""More than the six shoppers who really bought the boots with their socks."""


@pytest.fixture
def attacked(tmp_path: Path) -> Shop:
    """The outdoor shop after ten new profiles bought boots with a pack."""
    build_shop(tmp_path / "shop", train=False).close()
    shop = open_shop(tmp_path / "shop")
    bought = [
        {"type": "purchase", "shopper": f"fake{n}", "product": product, "at": f"2026-03-29T10:{n:02d}:00Z"}
        for n in range(FAKES)
        for product in ("boots-2", "pack-0")
    ]
    shop.import_files([write_lines(tmp_path / "more.jsonl", bought)])
    return shop


def test_new_profiles_have_no_say_in_what_is_bought_together(attacked: Shop) -> None:
    attacked.train()
    together = [str(hit.product) for hit in attacked.recommend(product="boots-2", kind="together", k=10)]
    assert together[0] == "socks-2"
    said = {
        str(hit.product)
        for hit in attacked.recommend(product="boots-2", kind="together", k=10)
        for reason in hit.because
        if reason.kind == "together"
    }
    assert "pack-0" not in said
    edges = {(edge.head, edge.tail) for edge in attacked.stores.edges.scan() if edge.relation == "boughtWith"}
    assert any("boots-2" in head + tail for head, tail in edges)
    assert not any("pack-0" in head + tail for head, tail in edges)
    attacked.close()
