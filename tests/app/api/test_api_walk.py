"""Whatever a program sends to any operation, the answer is one that the document tells, and never 5xx."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.app.api.callers import Caller

# What the web server itself may say of any request, before an operation is reached.
ALWAYS = {400, 401, 404, 405, 413, 415, 422, 429}
OPERATIONS = (
    ("get", "/tickets"),
    ("post", "/tickets"),
    ("get", "/tickets/{number}"),
    ("patch", "/tickets/{number}"),
    ("post", "/tickets/{number}/notes"),
    ("post", "/tickets/{number}/replies"),
    ("get", "/articles"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)


def near(document: dict[str, Any], schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """A body with the right fields, of which some hold anything at all."""
    found = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    fields = {name: JSON | st.text(max_size=60) for name in found.get("properties", {})}
    return st.fixed_dictionaries({}, optional=fields) | JSON


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_anything_at_all_is_answered_as_the_document_says(desk: Caller, method: str, path: str) -> None:
    document: dict[str, Any] = desk.client.get("/api/v1/openapi.json").json or {}
    operation = document["paths"][f"/api/v1{path}"][method]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    documented = {int(code) for code in operation["responses"] if code.isdecimal()} | ALWAYS
    asked = [one["name"] for one in operation.get("parameters", ()) if one.get("in") == "query"]
    number = desk.open()

    @settings(max_examples=25, suppress_health_check=list(HealthCheck), database=None)
    @given(
        told=near(document, body) if body else st.none(),
        query=st.fixed_dictionaries({}, optional={name: st.text(max_size=30) for name in asked}),
        typed=st.sampled_from([number, number, "C-1-1", "nada", "%00", "9" * 40]),
        match=st.sampled_from(['"1"', '"0"', "x", ""]),
    )
    def walk(told: Any, query: dict[str, str], typed: str, match: str) -> None:
        answer = desk.client.open(
            f"/api/v1{path.replace('{number}', typed)}",
            method=method.upper(),
            query_string=query,
            data=json.dumps(told).encode() if body else None,
            content_type="application/json" if body else None,
            headers={"Authorization": f"Bearer {desk.word}", "If-Match": match},
        )
        assert answer.status_code < 500 and answer.status_code in documented, (answer.status_code, answer.text[:300])

    walk()


def test_every_operation_of_the_document_is_walked(client: FlaskClient) -> None:
    document: dict[str, Any] = client.get("/api/v1/openapi.json").json or {}
    told = {
        (method, path.removeprefix("/api/v1"))
        for path, operations in document["paths"].items()
        for method in operations
        if method in {"get", "post", "put", "patch", "delete"}
    }

    assert told == set(OPERATIONS)
