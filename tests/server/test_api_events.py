from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fake_shop import NOW, Served

from daogou.domain.errors import Overloaded, StorageFull

VIEW = {"type": "view", "shopper": "u1", "product": "p1", "at": "2025-06-15T12:00:00Z"}


def test_one_event_is_recorded(served: Served) -> None:
    answer = served.http.post("/v1/events", json=VIEW, headers=served.key("service"))
    assert (answer.status_code, answer.json()) == (200, {"recorded": 1, "duplicate": 0})
    (recorded,) = served.shop.stores.events.of(shopper="u1")
    assert (recorded.event.type, recorded.event.product, recorded.event.at) == ("view", "p1", 1_749_988_800_000)


def test_the_same_fact_twice_is_one_event(served: Served) -> None:
    served.http.post("/v1/events", json=VIEW, headers=served.key("service"))
    answer = served.http.post("/v1/events", json=[VIEW, {**VIEW, "product": "p2"}], headers=served.key("service"))
    assert answer.json() == {"recorded": 1, "duplicate": 1}


def test_a_moment_left_out_is_now(served: Served) -> None:
    event = {"type": "view", "shopper": "u1", "product": "p1"}
    served.http.post("/v1/events", json=event, headers=served.key("service"))
    assert [r.event.at for r in served.shop.stores.events.of(shopper="u1")] == [NOW]


def test_the_same_key_records_once_whatever_the_clock_says(served: Served) -> None:
    headers = served.key("service") | {"Idempotency-Key": "k1"}
    events = [{"type": "view", "shopper": "u1", "product": p} for p in ("p1", "p1", "p2")]
    assert served.http.post("/v1/events", json=events, headers=headers).json() == {"recorded": 3, "duplicate": 0}
    served.shop.now += 5000
    assert served.http.post("/v1/events", json=events, headers=headers).json() == {"recorded": 0, "duplicate": 3}


def test_another_body_under_a_used_key_loses_nothing(served: Served) -> None:
    headers = served.key("service") | {"Idempotency-Key": "k1"}
    for product in ("p1", "p2"):
        event = {"type": "view", "shopper": "u1", "product": product}
        assert served.http.post("/v1/events", json=event, headers=headers).json()["recorded"] == 1


def test_one_caller_cannot_use_up_the_key_of_another(served: Served) -> None:
    event = {"type": "view", "product": "p1"}
    for shopper in ("u1", "u2"):
        headers = served.token(shopper) | {"Idempotency-Key": "k1"}
        assert served.http.post("/v1/events", json=event, headers=headers).json()["recorded"] == 1


def test_retries_from_several_threads_record_once(served: Served) -> None:
    headers = served.key("service")

    def post(i: int) -> int:
        batch = [{**VIEW, "id": f"e{i // 3}-{j}"} for j in range(20)]
        return int(served.http.post("/v1/events", json=batch, headers=headers).json()["recorded"])

    with ThreadPoolExecutor(4) as threads:
        recorded = sum(threads.map(post, range(60)))
    assert recorded == 20 * 20 == served.shop.stores.events.head()


def test_a_wrong_event_is_named_and_nothing_is_recorded(served: Served) -> None:
    batch = [VIEW, {**VIEW, "type": "stare"}]
    answer = served.http.post("/v1/events", json=batch, headers=served.key("service"))
    assert (answer.status_code, answer.json()["where"]) == (400, "[1].type")
    assert served.shop.stores.events.head() == 0


@pytest.mark.parametrize("by", ["service", "shopper"])
def test_an_event_of_the_future_is_refused_since_counters_fade_by_the_newest(served: Served, by: str) -> None:
    headers = served.token("u1") if by == "shopper" else served.key("service")
    day_ms = 86_400_000
    answer = served.http.post("/v1/events", json=[VIEW, {**VIEW, "at": NOW + day_ms + 1}], headers=headers)
    assert (answer.status_code, answer.json()["where"]) == (400, "[1].at")
    assert "more than a day in the future" in answer.json()["message"]
    assert served.shop.stores.events.head() == 0
    tomorrow = served.http.post("/v1/events", json={**VIEW, "at": NOW + day_ms}, headers=headers)
    assert tomorrow.json() == {"recorded": 1, "duplicate": 0}  # a clock or a zone that is ahead


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1]", b'"view"', b"NaN", b'{"type": "\\ud800"}', b"[" * 100_000, b'{"a":' * 50_000, b"\xff", b"null"],
)  # fmt: skip
def test_what_is_no_event_is_refused(served: Served, body: bytes) -> None:
    answer = served.http.post("/v1/events", content=body, headers=served.key("service"))
    assert answer.status_code == 400
    assert set(answer.json()) == {"error", "message", "where"}


def test_fields_that_nothing_is_kept_of_are_named(served: Served) -> None:
    events = [VIEW | {"colour": "red"}, VIEW | {"product": "p2", "colour": "blue", "Value": 1}]
    answer = served.http.post("/v1/events", json=events, headers=served.key("service"))
    assert answer.json() == {"recorded": 2, "duplicate": 0, "ignored": ["Value", "colour"]}


def test_products_that_the_shop_does_not_have_are_named_and_their_events_kept(served: Served) -> None:
    events = [VIEW | {"product": f"sku-{n}"} for n in (*range(12), 0)] + [VIEW]
    answer = served.http.post("/v1/events", json=events, headers=served.key("service")).json()
    assert answer == {"recorded": 13, "duplicate": 1, "unknown": [f"sku-{n}" for n in range(10)]}


@pytest.mark.parametrize(
    "odd",
    [
        {"type": []}, {"type": {}}, {"shopper": 10**400}, {"at": 10**400}, {"at": -1}, {"quantity": 2**70},
        {"price": 1e308}, {"price": "NaN"}, {"position": 1.5}, {"product": "\0"}, {"product": "x" * 1000},
        {"shopper": True}, {"currency": "??"}, {"propensity": 2}, {"value": "Infinity"},
    ],
    ids=lambda odd: str(odd)[:30],
)  # fmt: skip
def test_an_odd_field_is_refused(served: Served, odd: dict[str, object]) -> None:
    answer = served.http.post("/v1/events", json=VIEW | odd, headers=served.key("service"))
    assert answer.status_code == 400, answer.text
    assert answer.json()["where"]


def test_too_many_events_are_refused(served: Served) -> None:
    answer = served.http.post("/v1/events", json=[{}] * 5001, headers=served.key("service"))
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_an_empty_batch_records_nothing(served: Served) -> None:
    answer = served.http.post("/v1/events", json=[], headers=served.key("service"))
    assert answer.json() == {"recorded": 0, "duplicate": 0}


@pytest.mark.parametrize(
    ("refusal", "status", "after"), [(Overloaded("queue full"), 429, "1"), (StorageFull("disk full"), 507, "30")]
)
def test_a_full_queue_or_disk_says_when_to_try_again(
    served: Served, refusal: Exception, status: int, after: str
) -> None:
    served.shop.refusal = refusal
    answer = served.http.post("/v1/events", json=VIEW, headers=served.key("service"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, after)


def test_the_answer_waits_for_the_disk(served: Served) -> None:
    served.shop.gate = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        pending = threads.submit(served.http.post, "/v1/events", json=VIEW, headers=served.key("service"))
        assert served.http.get("/healthz").status_code == 200
        assert not pending.done()
        served.shop.gate.set()
        assert pending.result().json()["recorded"] == 1


def test_the_next_recommendation_knows_the_event(served: Served) -> None:
    headers = served.token("u1")
    for i in range(1, 5):
        served.http.post("/v1/events", json={"type": "view", "product": f"p{i}"}, headers=headers)
        items = served.http.get("/v1/recommend", headers=headers).json()["items"]
        assert f"p{i}" not in {item["product"] for item in items}


def test_a_token_records_only_its_own_acts(served: Served) -> None:
    answer = served.http.post("/v1/events", json=VIEW | {"shopper": "u2"}, headers=served.token("u1"))
    assert (answer.status_code, answer.json()["where"]) == (403, "shopper")
    answer = served.http.post("/v1/events", json=[VIEW | {"type": "purchase"}], headers=served.token("u1"))
    assert (answer.status_code, answer.json()["where"]) == (403, "[0].type")
    assert served.shop.stores.events.head() == 0


def test_an_anonymous_session_records_as_itself(served: Served) -> None:
    event = {"type": "view", "product": "p1"}
    assert served.http.post("/v1/events", json=event, headers=served.token(None, "s1")).status_code == 200
    (recorded,) = served.shop.stores.events.of(session="s1")
    assert recorded.event.shopper is None
