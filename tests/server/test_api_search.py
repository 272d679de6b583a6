from __future__ import annotations

from fake_shop import Served

from daogou.domain.errors import NotReady
from daogou.domain.money import Money


def test_search_finds_in_both_languages_with_reasons(served: Served) -> None:
    answer = served.http.get("/v1/search", params={"q": "跑鞋"}, headers=served.key("service"))
    assert answer.status_code == 200
    assert answer.json()["release"] == "r1"
    assert answer.json()["items"] == [
        {
            "product": "p1",
            "score": 1.0,
            "because": [
                {"kind": "words", "text": {"zh": "标题", "en": "title"}, "share": 1.0, "products": [], "source": ""}
            ],
            "card": None,
            "propensity": None,
            "chance": None,
        }
    ]


def test_cards_show_the_product(served: Served) -> None:
    answer = served.http.get("/v1/search", params={"q": "kettle", "cards": True}, headers=served.key("service"))
    assert answer.json()["items"][0]["card"] == {
        "title": {"en": "kettle"},
        "brand": None,
        "price": {"amount": "59.00", "currency": "USD"},
        "list_price": None,
        "image": None,
        "available": True,
    }


def test_filter_parameters_become_the_filter(served: Served) -> None:
    url = "/v1/search?category=Shoes&brand=Nike&brand=安踏&price_min=10&price_max=99.99&attr=Color:Red&attr=color:blue"
    assert served.http.get(url, headers=served.key("service")).status_code == 200
    where = served.shop.asked["where"]
    assert where.category == "shoes"
    assert where.brands == {"nike", "安踏"}
    assert (where.price_min, where.price_max) == (Money(1000, "USD"), Money(9999, "USD"))
    assert where.attributes == {"color": {"red", "blue"}}


def test_a_parameter_out_of_range_is_named(served: Served) -> None:
    answer = served.http.get("/v1/search?q=a&k=0", headers=served.key("service"))
    assert answer.status_code == 422
    assert answer.json()["error"] == "invalid_request"
    assert answer.json()["where"] == "query.k"


def test_an_attribute_without_colon_is_refused(served: Served) -> None:
    answer = served.http.get("/v1/search?attr=red", headers=served.key("service"))
    assert (answer.status_code, answer.json()["where"]) == (400, "query.attr")


def test_before_the_first_release_the_answer_is_503(served: Served) -> None:
    served.shop.refusal = NotReady("train first")
    answer = served.http.get("/v1/search?q=a", headers=served.key("service"))
    assert answer.status_code == 503
    assert answer.json() == {"error": "not_ready", "message": "train first", "where": ""}
    assert answer.headers["Retry-After"] == "5"
