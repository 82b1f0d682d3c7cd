"""Who may open what, read from the routes themselves: a new page without a decision fails here."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.models.people import Role
from app.web.access import DESK, decision_of
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import sign_in

SIGNED_IN = {
    Role.CLERK: "secretaria@pueblo.example",
    Role.TECHNICIAN: "rosa@mesa.example",
    Role.SUPERVISOR: "carmen@mesa.example",
}
# What a page of the desk is about; nobody else's business may have these words in it.
PRIVATE = ("Wenceslao Berzal", "Milagros Arranz", "+34600000118", "aserradero.example")


def rules(app: Flask, method: str) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]


def address(app: Flask, rule: Rule) -> str:
    """The route with something plausible in each of its gaps."""
    plausible = {"number": "C-1-5" if rule.endpoint.startswith(("ticket", "reply", "acts")) else 1, "what": "deshacer"}
    values = {name: plausible.get(name, 1) for name in rule.arguments}
    with app.test_request_context():
        return str(app.url_map.bind("localhost").build(rule.endpoint, values, method=min(rule.methods or {"GET"})))


def test_every_route_says_who_may_open_it(app: Flask) -> None:
    undecided = [str(rule) for rule in app.url_map.iter_rules() if decision_of(app, rule.endpoint) is None]

    assert undecided == []


def test_without_signing_in_only_open_pages_open(app: Flask, client: FlaskClient, desk: Desk) -> None:
    for rule in rules(app, "GET"):
        decision = decision_of(app, rule.endpoint)
        assert decision is not None
        if decision.open or decision.token:
            continue
        answer = client.get(address(app, rule))

        assert answer.status_code == 303, rule
        assert answer.headers["Location"].startswith("/entrar"), rule


@pytest.mark.parametrize("role", SIGNED_IN)
def test_each_role_opens_its_own_pages_and_no_others(app: Flask, desk: Desk, role: Role) -> None:
    client = app.test_client()
    sign_in(client, SIGNED_IN[role])
    for rule in rules(app, "GET"):
        decision = decision_of(app, rule.endpoint)
        assert decision is not None
        if decision.open or decision.token or rule.endpoint == "static":
            continue
        status = client.get(address(app, rule)).status_code

        assert status < 500, rule
        assert (status == 403) is (role not in decision.roles), f"{role} {rule} {status}"


def test_a_clerk_may_post_to_nothing_of_the_desk(app: Flask, desk: Desk) -> None:
    client = app.test_client()
    sign_in(client, SIGNED_IN[Role.CLERK])
    for rule in rules(app, "POST"):
        decision = decision_of(app, rule.endpoint)
        assert decision is not None
        if decision.roles and Role.CLERK not in decision.roles:
            assert client.post(address(app, rule)).status_code == 403, rule


def test_a_clerk_reads_nothing_of_the_desk_on_any_page(app: Flask, desk: Desk) -> None:
    client = app.test_client()
    sign_in(client, SIGNED_IN[Role.CLERK])
    for rule in rules(app, "GET"):
        if rule.endpoint == "static":
            continue
        text = client.get(address(app, rule)).get_data(as_text=False).decode("utf-8", "replace")

        assert [word for word in PRIVATE if word in text] == [], rule


def test_a_supervisor_may_what_a_technician_may() -> None:
    assert {Role.TECHNICIAN, Role.SUPERVISOR, Role.ADMIN} == DESK
