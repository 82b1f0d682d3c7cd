"""`/api/v1`: tickets over the wire, for programs."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock, jobs
from app.desk import reach
from app.house import House
from app.models.message import Direction, Message
from app.models.people import Role, User
from app.models.place import TownHall, TownHallWire, WireKind
from app.models.ticket import Ticket
from tests.app.api.callers import ENQUIRY, Caller, Reply, problem, token
from tests.app.desk.scenes import CONFUSED
from tests.app.web_desk.scenes import clerk_of


@pytest.mark.parametrize("word", ["", "unknown-word"])
def test_without_a_good_token_nothing_opens(client: FlaskClient, word: str) -> None:
    answer = Caller(client, word).send("GET", "/tickets")

    assert problem(answer)["status"] == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_opens_nothing(client: FlaskClient, house: House) -> None:
    token(house, "old-word", Role.ADMIN, revoked_at=clock.now())

    assert Caller(client, "old-word").send("GET", "/tickets").status_code == 401


def test_an_enquiry_is_a_ticket_when_the_answer_comes(desk: Caller, house: House) -> None:
    answer = desk.send("POST", "/tickets", {**ENQUIRY, "subject": "Error al firmar", "town_hall": "40155"})

    assert (answer.status_code, set(answer.json)) == (201, {"number", "status", "url"})
    with house.db.reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.subject, ticket.contact.name) == ("Error al firmar", "Ana Pérez")
        assert ticket.contact.identities[0].address == "ana@example.com"
        assert ticket.town_hall is not None and ticket.town_hall.code == "40155"


def test_the_same_key_with_the_same_body_is_the_same_ticket(desk: Caller, house: House) -> None:
    first = desk.send("POST", "/tickets", ENQUIRY, Idempotency_Key="k1")
    second = desk.send("POST", "/tickets", ENQUIRY, Idempotency_Key="k1")

    assert [first.status_code, second.status_code] == [201, 200]
    assert first.json == second.json


def test_the_same_key_with_another_body_is_refused(desk: Caller, house: House) -> None:
    desk.send("POST", "/tickets", ENQUIRY, Idempotency_Key="k1")
    answer = desk.send("POST", "/tickets", {**ENQUIRY, "text": "otra cosa"}, Idempotency_Key="k1")

    assert problem(answer)["status"] == 422
    with house.db.reading() as session:
        assert len(session.scalars(select(Ticket)).all()) == 1


def test_keys_of_different_tokens_do_not_meet(desk: Caller, hall: Caller) -> None:
    first = desk.send("POST", "/tickets", ENQUIRY, Idempotency_Key="k1")
    second = hall.send("POST", "/tickets", ENQUIRY, Idempotency_Key="k1")

    assert first.json["number"] != second.json["number"]


def test_two_enquiries_of_one_whatsapp_number_are_two_tickets(desk: Caller) -> None:
    told = {"channel": "whatsapp", "sender": {"address": "600 111 222", "name": None}}

    assert desk.open(**told) != desk.open(**told, text="y otra cosa")


def test_an_enquiry_of_nobody_known_is_taken(desk: Caller) -> None:
    answer = desk.send("POST", "/tickets", {**ENQUIRY, "channel": "phone", "sender": {"address": None, "name": None}})

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"channel": "fax"}, "channel"),
        ({"text": ""}, "text"),
        ({"sender": {"address": 7}}, "sender.address"),
        ({"sender": {"address": "sin arroba"}}, "sender.address"),
        ({"town_hall": "99999"}, "town_hall"),
        ({"forwarded_by": "nadie@desconocido.example"}, "forwarded_by"),
        ({"color": "azul"}, "color"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(desk: Caller, house: House, wrong: dict[str, Any], field: str) -> None:
    told = problem(desk.send("POST", "/tickets", {**ENQUIRY, **wrong}))

    assert told["status"] == 422
    assert [error["field"] for error in told["errors"]] == [field]
    with house.db.reading() as session:
        assert session.scalar(select(Ticket.id)) is None


def test_a_body_that_is_no_json_is_told(desk: Caller) -> None:
    answer = desk.client.post(
        "/api/v1/tickets", data="{", content_type="application/json", headers={"Authorization": "Bearer desk-word"}
    )

    assert problem(Reply.of(answer))["status"] == 400


def test_null_bytes_and_lone_surrogates_do_not_reach_the_database(desk: Caller) -> None:
    number = desk.open(text="hola\x00 qué tal \ud800")

    assert desk.send("GET", f"/tickets/{number}").json["messages"][0]["text"] == "hola qué tal "


def test_a_registered_address_forwards_for_its_town_hall(desk: Caller, house: House) -> None:
    with house.db.transaction() as session:
        place = session.scalars(select(TownHall).where(TownHall.code == "40041")).one()
        wire = TownHallWire(kind=WireKind.ADDRESS, value="secretaria@cantimpalos.example", town_hall_id=place.id)
        session.add(wire)
    number = desk.open(forwarded_by="Secretaria@Cantimpalos.example")

    assert desk.send("GET", f"/tickets/{number}").json["forwarded_by"]["code"] == "40041"


def test_a_town_halls_token_names_only_who_is_registered_for_it(desk: Caller, hall: Caller, house: House) -> None:
    with house.db.transaction() as session:
        here, there = (
            session.scalars(select(TownHall).where(TownHall.code == code)).one() for code in ("40041", "40155")
        )
        for value, place in (("secretaria@cantimpalos.example", here), ("registro@otro.example", there)):
            session.add(TownHallWire(kind=WireKind.ADDRESS, value=value, town_hall_id=place.id))
        clerk_of(session, here.name, now=clock.now())
    known = ("Secretaria@Cantimpalos.example", "secretaria@pueblo.example")
    told = [hall.send("POST", "/tickets", {**ENQUIRY, "forwarded_by": one}).status_code for one in known]
    others = ("registro@otro.example", "vecino@example.com")
    refused = [problem(hall.send("POST", "/tickets", {**ENQUIRY, "forwarded_by": one})) for one in others]

    assert (told, [one["errors"][0]["field"] for one in refused]) == ([201, 201], ["forwarded_by"] * 2)


def test_pages_follow_each_other_by_key(desk: Caller) -> None:
    numbers = [desk.open() for _ in range(3)]
    first = desk.send("GET", "/tickets?limit=2").json
    second = desk.send("GET", f"/tickets?limit=2&after={first['next']}").json

    assert [one["number"] for one in first["items"] + second["items"]] == numbers[::-1]
    assert second["next"] is None


def test_tickets_are_filtered_by_what_they_are(desk: Caller) -> None:
    number = desk.open()
    desk.open(channel="phone")

    items = desk.send("GET", "/tickets?channel=email&status=new&owner=nadie").json["items"]
    assert [one["number"] for one in items] == [number]
    assert problem(desk.send("GET", "/tickets?limit=101"))["errors"][0]["field"] == "limit"


def test_a_ticket_is_shown_with_its_messages_and_its_version(desk: Caller) -> None:
    number = desk.open()
    answer = desk.send("GET", f"/tickets/{number.replace('-', '')}")

    assert answer.headers["ETag"] == f'"{answer.json["version"]}"'
    assert [one["text"] for one in answer.json["messages"]] == [ENQUIRY["text"]]


def test_a_number_with_a_slip_is_not_found(desk: Caller) -> None:
    number = desk.open()
    slipped = number[:-1] + str((int(number[-1]) + 1) % 10)

    assert problem(desk.send("GET", f"/tickets/{slipped}"))["status"] == 404


def test_a_reply_is_queued_for_delivery_and_owned_by_nobody_who_cannot_be_asked(desk: Caller, house: House) -> None:
    number = desk.open()
    answer = desk.send("POST", f"/tickets/{number}/replies", {"text": "Reinicie AutoFirma"})

    assert (answer.status_code, answer.json["delivery"]) == (201, "queued")
    with house.db.reading() as session:
        assert session.scalars(select(Ticket)).one().owner_id is None
        author = session.scalars(select(User)).one()
        assert (author.name, author.active) == ("API: desk-word", False)


def test_a_reply_to_something_older_than_the_last_word_is_a_conflict(desk: Caller) -> None:
    number = desk.open()
    answer = desk.send("POST", f"/tickets/{number}/replies", {"text": "Hola", "last_seen": 0})

    assert problem(answer)["status"] == 409


def test_the_same_reply_twice_under_one_key_goes_out_once(desk: Caller, house: House) -> None:
    number = desk.open()
    for _ in range(2):
        desk.send("POST", f"/tickets/{number}/replies", {"text": "Hola"}, Idempotency_Key="r1")

    with house.db.reading() as session:
        assert len(session.scalars(select(Message).where(Message.direction == Direction.OUT)).all()) == 1


def test_a_key_that_was_used_elsewhere_is_refused_and_no_reply_is_lost_in_silence(desk: Caller, house: House) -> None:
    number, other = desk.open(), desk.open(sender={"address": "blas@example.com", "name": "Blas"})
    desk.send("POST", f"/tickets/{number}/replies", {"text": "Hola"}, Idempotency_Key="r1")
    again = [
        desk.send("POST", f"/tickets/{one}/replies", {"text": text}, Idempotency_Key="r1")
        for one, text in ((other, "Hola"), (number, "Otra cosa"))
    ]

    assert [problem(answer)["status"] for answer in again] == [422, 422]
    with house.db.reading() as session:
        assert len(session.scalars(select(Message).where(Message.direction == Direction.OUT)).all()) == 1


def test_a_note_stays_inside(desk: Caller) -> None:
    number = desk.open()
    answer = desk.send("POST", f"/tickets/{number}/notes", {"text": "Llamar mañana"})

    assert (answer.status_code, answer.json["direction"], answer.json["delivery"]) == (201, "note", None)


def test_a_change_needs_the_version_that_was_seen(desk: Caller) -> None:
    number = desk.open()
    statuses = [
        desk.send("PATCH", f"/tickets/{number}", {"priority": "P1"}).status_code,
        desk.send("PATCH", f"/tickets/{number}", {"priority": "P1"}, If_Match='"77"').status_code,
        desk.send("PATCH", f"/tickets/{number}", {"priority": "P1"}, If_Match='"1"').status_code,
        desk.send("PATCH", f"/tickets/{number}", {"priority": "P2"}, If_Match='"1"').status_code,
    ]

    assert statuses == [428, 412, 200, 412]


def test_only_what_is_given_changes(desk: Caller, house: House) -> None:
    number = desk.open(town_hall="40155")
    answer = desk.send("PATCH", f"/tickets/{number}", {"tags": ["sede"], "town_hall": None}, If_Match="*")

    assert (answer.json["tags"], answer.json["town_hall"], answer.json["priority"]) == (["sede"], None, "P3")


def test_a_town_halls_token_forwards_and_sees_the_state_of_its_own_only(desk: Caller, hall: Caller) -> None:
    others, own = desk.open(), hall.open()
    shown = hall.send("GET", f"/tickets/{own}").json

    assert [one["number"] for one in hall.send("GET", "/tickets").json["items"]] == [own]
    assert hall.send("GET", f"/tickets/{others}").status_code == 404
    assert (shown["status"], shown["forwarded_by"]["code"]) == ("new", "40041")
    assert (shown["messages"], shown["contact"], shown["subject"], shown["owner"]) == ([], None, None, None)


@pytest.mark.parametrize(("method", "rest"), [("POST", "/replies"), ("POST", "/notes"), ("PATCH", "")])
def test_a_town_halls_token_does_not_work_at_the_desk(hall: Caller, method: str, rest: str) -> None:
    number = hall.open()

    assert problem(hall.send(method, f"/tickets/{number}{rest}", {"text": "hola"}))["status"] == 403


def test_a_whatsapp_that_a_program_tells_of_opens_no_chat(desk: Caller, house: House) -> None:
    desk.open(channel="whatsapp", sender={"address": "+34600999888", "name": "Eva"}, text=CONFUSED)
    while jobs.sort(house):
        pass

    with house.db.reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert session.scalars(select(Message).where(Message.direction == Direction.OUT)).all() == []
        assert reach.can_send(session, ticket, channel="whatsapp", now=clock.now()) is not None
