from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
import schemathesis
from fake_shop import Served
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from test_api_roles import EXPECTED


def _document(served: Served) -> dict[str, Any]:
    found: dict[str, Any] = served.http.get("/openapi.json").json()
    return found


def test_the_document_is_open_and_current(served: Served) -> None:
    document = _document(served)
    assert document["openapi"].startswith("3.1")
    operations = {f"{m.upper()} {path}" for path, each in document["paths"].items() for m in each}
    assert operations == {entry.replace(":path", "") for entry in EXPECTED}


def test_every_reference_leads_somewhere(served: Served) -> None:
    document = _document(served)
    text = msgspec.json.encode(document).decode()
    referred = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert referred - set(document["components"]["schemas"]) == set()
    assert set(re.findall(r'"\$ref":"(?!#/components/schemas/)([^"]*)"', text)) == set()


def test_every_operation_says_what_it_answers_and_refuses(served: Served) -> None:
    for path, operations in _document(served)["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert operation["description"], path
            for status, response in operation["responses"].items():
                content = response["content"]
                if status != "200":
                    assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_only_health_is_open(served: Served) -> None:
    paths = _document(served)["paths"]
    open_ones = {path for path, operations in paths.items() for each in operations.values() if "security" not in each}
    assert open_ones == {"/healthz", "/readyz"}


@pytest.mark.parametrize("role", ["admin", "shopper"])
def test_nothing_the_document_allows_is_a_server_error(served: Served, role: str) -> None:
    headers = served.token("u1") if role == "shopper" else served.key(role)
    schema = schemathesis.openapi.from_dict(_document(served))
    checks = [not_a_server_error, response_schema_conformance, content_type_conformance, status_code_conformance]
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=8,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def attempt(case: Any) -> None:
            arguments = case.as_transport_kwargs(base_url="http://localhost", headers=headers)
            arguments.pop("cookies", None)
            answer = served.http.request(**arguments)
            case.validate_response(answer, checks=checks)

        attempt()
        tried += 1
    assert tried == len(EXPECTED)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["type", "shopper", "product", "at", "value", "text", "lines", "quantity", "code"]),
                    inner,
                    max_size=6,
                )
            ),
            max_leaves=15,
        ).map(lambda value: str(msgspec.json.encode(value), "utf-8", "surrogatepass").encode("utf-8", "surrogatepass")),
    ),
    path=st.sampled_from(["/v1/events", "/v1/chat", "/v1/basket/price", "/v1/token"]),
)
def test_whatever_is_posted_is_no_server_error(served: Served, body: bytes, path: str) -> None:
    answer = served.http.post(path, content=body, headers=served.key("admin"))
    assert answer.status_code < 500


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    name=st.sampled_from(["q", "k", "offset", "category", "brand", "price_min", "attr", "shopper", "rating_min"]),
    value=st.text(max_size=30),
)
def test_whatever_is_asked_is_no_server_error(served: Served, name: str, value: str) -> None:
    for path in ("/v1/search", "/v1/recommend"):
        answer = served.http.get(path, params={name: value}, headers=served.key("service"))
        assert answer.status_code in {200, 400, 422}
