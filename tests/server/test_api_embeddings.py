from __future__ import annotations

import base64
import struct

import pytest
from fake_shop import Served


def test_a_shop_without_an_encoder_says_which_setting(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served.shop, "encoder", None)
    answer = served.http.post("/v1/embeddings", json={"input": "a"}, headers=served.key("service"))
    assert (answer.status_code, answer.json()["where"]) == (503, "encoder.address")


@pytest.mark.parametrize(("texts", "n"), [("red", 1), (["red", "blue"], 2)])
def test_texts_are_encoded_by_the_protocol(served: Served, texts: str | list[str], n: int) -> None:
    body = {"input": texts, "model": "any", "encoding_format": "float"}
    answer = served.http.post("/v1/embeddings", json=body, headers=served.key("service")).json()
    assert answer["model"] == "letters"
    assert answer["object"] == "list"
    assert [item["index"] for item in answer["data"]] == list(range(n))
    assert answer["data"][0]["embedding"] == [3.0, 0.0]


def test_vectors_come_in_base64_to_clients_that_ask_for_it(served: Served) -> None:
    body = {"input": ["red", "blue"], "encoding_format": "base64"}
    answer = served.http.post("/v1/embeddings", json=body, headers=served.key("service")).json()
    found = [struct.unpack("<2f", base64.b64decode(item["embedding"])) for item in answer["data"]]
    assert found == [(3.0, 0.0), (4.0, 0.0)]


def test_other_dimensions_are_refused(served: Served) -> None:
    for dimensions, status in ((2, 200), (64, 400)):
        body = {"input": "red", "dimensions": dimensions}
        answer = served.http.post("/v1/embeddings", json=body, headers=served.key("service"))
        assert answer.status_code == status
    assert answer.json()["where"] == "dimensions"
    assert "2 numbers, not 64" in answer.json()["message"]
