"""The API's own description, and how it answers what it does not know."""

from flask import Flask
from flask.testing import FlaskClient

from app import clock
from app.desk.tokens import fingerprint
from app.house import House
from app.models.people import ApiToken, Role
from app.web import access


def test_the_document_tells_every_route(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json

    assert document is not None and document["openapi"] == "3.1.0"
    assert {path: sorted(told) for path, told in document["paths"].items()} == {
        "/api/v1/articles": ["get"],
        "/api/v1/tickets": ["get", "post"],
        "/api/v1/tickets/{number}": ["get", "parameters", "patch"],
        "/api/v1/tickets/{number}/notes": ["parameters", "post"],
        "/api/v1/tickets/{number}/replies": ["parameters", "post"],
    }


def test_an_address_or_method_that_nobody_knows_is_a_problem_document(client: FlaskClient) -> None:
    unknown, wrong = client.get("/api/v1/nada"), client.delete("/api/v1/tickets")

    assert [(one.status_code, one.content_type) for one in (unknown, wrong)] == [
        (404, "application/problem+json"),
        (405, "application/problem+json"),
    ]
    assert "POST" in wrong.headers["Allow"]


def test_whoever_guesses_tokens_is_slowed_down_and_whoever_has_one_is_not(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        word = fingerprint("word")
        session.add(ApiToken(name="a", token_hash=word, role=Role.TECHNICIAN, created_at=clock.now()))
    good = {client.get("/api/v1/tickets", headers={"Authorization": "Bearer word"}).status_code for _ in range(70)}
    guessed = [client.get("/api/v1/tickets", headers={"Authorization": "Bearer x"}).status_code for _ in range(70)]

    assert good == {200}
    assert (guessed[0], guessed[-1]) == (401, 429)


def test_every_route_of_the_api_is_kept_by_a_token(app: Flask) -> None:
    ours = [rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]

    assert {access.decision_of(app, one) for one in ours} == {access.TOKEN, access.PUBLIC}
    assert [one for one in ours if access.decision_of(app, one) == access.PUBLIC] == ["api-docs.openapi_json"]


def test_articles_are_found_as_at_the_desk(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        word = fingerprint("word")
        session.add(ApiToken(name="a", token_hash=word, role=Role.CLERK, created_at=clock.now()))
    headers = {"Authorization": "Bearer word"}
    found = client.get("/api/v1/articles?q=no+me+conecta+autofirma", headers=headers).json
    everything = client.get("/api/v1/articles", headers=headers).json

    assert found is not None and everything is not None
    assert (found["items"][0]["slug"], found["items"][0]["number"]) == ("autofirma-no-conecta", 19)
    assert len(everything["items"]) == len(house.books.current().shelf)
