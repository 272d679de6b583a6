from __future__ import annotations

from pathlib import Path

import pytest

from daogou.adapters.addresses import open_stores
from daogou.domain.errors import BadRequest
from daogou.domain.ids import Instant
from daogou.recommend.batch import histories
from daogou.recommend.recommender import Recommender
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import event, product
from daogou.training.releases import Releases
from daogou.training.train import train

NOW = Instant(1_700_000_000_000)
NEITHER = "is neither a moment of ISO 8601 nor one in epoch seconds or milliseconds"


@pytest.fixture
def recommender(tmp_path: Path) -> Recommender:
    stores = open_stores("memory://")
    stores.catalogue.put([product(f"p{n}", f"thing {n}") for n in range(10)], at=NOW)
    stores.events.append(
        [event("view", f"p{(s + n) % 10}", shopper=f"s{s}", at=NOW + n) for s in range(20) for n in range(4)]
    )
    release = train(stores, Releases(tmp_path))
    shelf = Shelf(release.items())
    shelf.refresh(stores.catalogue)
    return Recommender(release, shelf, stores.events, clock=lambda: NOW)


def test_each_line_is_answered_in_order(recommender: Recommender) -> None:
    lines = ['{"id": "a", "history": ["p1", "p2"]}', "", '{"id": 7, "shopper": "s5", "at": "2026-01-01T00:00:00Z"}']
    first, second = histories(lines, recommender, 3)
    assert (first["id"], second["id"]) == ("a", 7)
    assert first["items"][0]["product"] == "p3"
    assert set(first["items"][0]) == {"product", "score", "because"}
    assert first["items"][0]["because"][0]["products"] == ("p2",)
    assert second["items"][0]["product"] == "p9"


def test_seen_products_are_left_out_unless_asked_for(recommender: Recommender) -> None:
    seen = {"id": 1, "history": ["p3", "p2"]}
    masked, unmasked = histories([seen, seen | {"exclude_seen": False}], recommender, 10)
    assert len(masked["items"]) == 8
    assert {"p2", "p3"} <= {item["product"] for item in unmasked["items"]}


def test_unknown_products_of_a_history_are_passed_over_and_said(recommender: Recommender) -> None:
    known, also = histories([{"id": 1, "history": ["p2"]}, {"id": 1, "history": ["p2", "nope"]}], recommender, 3)
    assert known["items"] == also["items"]
    assert also["degraded"] == "1 of 2 products of the history unknown, such as 'nope'"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": 1, "history": "p1"}', "line 2, history: Expected `array | null`, got `str`"),
        ('{"id": 1}', "line 2, history: give either history or shopper"),
        ('{"id": 1, "shopper": "a", "at": "soon"}', f"line 2, at: 'soon' {NEITHER}"),
        ('{"id": 1, "shopper": "a", "at": 1e300}', f"line 2, at: 1e+300 {NEITHER}"),
        ('{"id": 1, "shopper": "a", "at": 1e18}', f"line 2, at: 1e+18 {NEITHER}"),
        ('{"id": 1, "shopper": "a", "kind": "similar"}', "line 2: 'similar' needs a product"),
        (b'{"id": "\xff"}', "line 2, the line: "),
        ('{"id": 1, "histroy": []}', "line 2, the line: Object contains unknown field `histroy`"),
        ("{", "line 2, the line: Input data was truncated"),
    ],
)
def test_an_error_names_the_line_and_the_field(recommender: Recommender, line: str | bytes, message: str) -> None:
    with pytest.raises(BadRequest) as caught:
        list(histories(['{"id": 0, "history": []}', line], recommender, 3))
    assert caught.value.message.startswith(message)
    assert caught.value.where == "line 2"


@pytest.mark.parametrize("at", [1_700_000_000, 1_700_000_000_000, "2023-11-14T22:13:20"])
def test_moments_are_seconds_milliseconds_or_iso(recommender: Recommender, at: int | str) -> None:
    [answer] = histories([{"id": 1, "shopper": "s1", "at": at}], recommender, 1)
    assert len(answer["items"]) == 1


def test_candidates_of_a_line_are_ranked_and_all_come_back(recommender: Recommender) -> None:
    lines = ['{"id": 1, "history": ["p1", "p2"], "candidates": ["p9", "p2", "p3", "p5"]}']
    (answer,) = histories(lines, recommender, 2)
    found = [item["product"] for item in answer["items"]]
    assert found[0] == "p3"
    assert sorted(found) == ["p2", "p3", "p5", "p9"]


def test_what_is_missing_is_said(recommender: Recommender) -> None:
    lines = [{"id": 1, "history": ["p1"], "candidates": ["p2", "nope"]}, {"id": 2, "history": ["p1"]}]
    lacking, whole = histories(lines, recommender, 3)
    assert [item["product"] for item in lacking["items"]] == ["p2"]
    assert lacking["degraded"].startswith("1 of 2 candidates left out")
    assert set(whole) == {"id", "items"}
