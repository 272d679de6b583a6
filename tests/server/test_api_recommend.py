from __future__ import annotations

import pytest
from fake_shop import Served

from daogou.domain.article import Article
from daogou.domain.ids import ArticleId, ProductId
from daogou.domain.text import Text


def test_a_body_asks_for_more_than_an_address_holds(served: Served) -> None:
    asked = {
        "shopper": "u1", "candidates": [f"p{n}" for n in range(300)], "likes": ["red shoes"], "k": 200, "cards": True,
        "exclude_seen": True,
    }  # fmt: skip
    answer = served.http.post("/v1/recommend?price_max=50", json=asked, headers=served.key("service"))
    assert answer.status_code == 200
    assert all(item["card"]["title"] for item in answer.json()["items"])
    heard = served.shop.asked
    assert (heard["shopper"], heard["likes"], len(heard["candidates"])) == ("u1", ["red shoes"], 300)
    assert heard["where"].price_max.minor == 5000
    assert heard["exclude_seen"] is True
    served.http.get("/v1/recommend?exclude_seen=true", headers=served.key("service"))
    assert served.shop.asked["exclude_seen"] is True


def test_context_stands_in_the_address_or_the_body(served: Served) -> None:
    at = "/v1/recommend?context=country:DE&context=campaign:a:b"
    assert served.http.get(at, headers=served.key("service")).status_code == 200
    assert served.shop.asked["context"] == {"country": "DE", "campaign": "a:b"}
    body = {"context": {"device": "mobile"}}
    assert served.http.post("/v1/recommend", json=body, headers=served.key("service")).status_code == 200
    assert served.shop.asked["context"] == {"device": "mobile"}
    answer = served.http.get("/v1/recommend?context=DE", headers=served.key("service"))
    assert (answer.status_code, answer.json()["where"]) == (400, "query.context")
    assert answer.json()["message"] == "'DE' is not name:value, such as country:DE"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"k": 0}, "k"),
        ({"kind": "magic"}, "kind"),
        ({"candidates": ["p"] * 1001}, "candidates"),
        ({"likes": [""]}, "likes[0]"),
        ({"group": ["u"] * 21}, "group"),
        ({"context": {"country": 7}}, "context[...]"),
        ({"candidate": ["p1"]}, "body"),
    ],
)
def test_a_body_that_cannot_be_is_refused_with_the_field(served: Served, body: dict[str, object], where: str) -> None:
    answer = served.http.post("/v1/recommend", json=body, headers=served.key("service"))
    assert (answer.status_code, answer.json()["where"]) == (400, where)


def test_a_key_may_name_a_group_and_a_token_nobody_but_its_own(served: Served) -> None:
    body = {"group": ["u1", "u2"]}
    assert served.http.post("/v1/recommend", json=body, headers=served.key("service")).status_code == 200
    assert served.shop.asked["group"] == ["u1", "u2"]
    answer = served.http.post("/v1/recommend", json=body, headers=served.token("u1"))
    assert (answer.status_code, answer.json()["where"]) == (403, "group: shopper")


def test_a_group_may_stand_in_the_address(served: Served) -> None:
    at = "/v1/recommend?kind=group&group=u1&group=u2"
    assert served.http.get(at, headers=served.key("service")).status_code == 200
    assert served.shop.asked["group"] == ["u1", "u2"]
    answer = served.http.get(at, headers=served.token("u1"))
    assert (answer.status_code, answer.json()["where"]) == (403, "group: shopper")


def test_articles_are_recommended_with_title_and_reason(served: Served) -> None:
    about = Article(ArticleId("a1"), Text(zh="选鞋", en="Choosing shoes"), Text(en="…"), products=(ProductId("p1"),))
    served.shop.stores.articles.put([about])
    answer = served.http.get("/v1/recommend/articles?product=p1&k=1", headers=served.token("u1")).json()
    (item,) = answer["items"]
    assert (item["article"], item["title"], item["score"]) == ("a1", {"zh": "选鞋", "en": "Choosing shoes"}, 1.0)
    assert item["because"][0]["text"]["en"] == "about"


def test_a_recommendation_is_explained_to_whom_it_is_for(served: Served) -> None:
    at = "/v1/explain?product=p1"
    answer = served.http.get(at, headers=served.token("u1"))
    assert answer.status_code == 200
    (without,) = answer.json()["because"]
    assert (answer.json()["shopper"], answer.json()["rank"], answer.json()["parts"]) == ("u1", 0, {"content": 1.0})
    assert (without["reason"]["share"], without["score"], "rank" in without) == (1.0, 0.25, False)
    assert served.http.get(at + "&shopper=u2", headers=served.key("service")).json()["shopper"] == "u2"
    refused = served.http.get(at + "&shopper=u2", headers=served.token("u1"))
    assert (refused.status_code, refused.json()["where"]) == (403, "shopper")
    nobody = served.http.get(at, headers=served.key("service"))
    assert (nobody.status_code, nobody.json()["where"]) == (400, "query.shopper")
    assert served.http.get("/v1/explain?product=px", headers=served.token("u1")).status_code == 404
