"""Machines that answer machines: whatever the other side does, ours falls silent."""

import time
from datetime import timedelta

import pytest

from app import clock
from app.desk import breaker, desk_settings
from app.house import House
from app.models.message import Message
from channels.message import Delivery
from tests.app.desk.scenes import CONFUSED, Desk, mail


@pytest.fixture
def scene(house: House) -> Desk:
    return Desk(house)


def sent_to(scene: Desk) -> list[Message]:
    return [one for one in scene.said() if one.delivery is not Delivery.PROPOSED]


def acknowledgement(number: int, answers: str | None) -> bytes:
    """What another help desk writes to whoever writes to it, without any header that says so."""
    more = {"In_Reply_To": answers} if answers else {}
    return mail(
        f"Hemos recibido su mensaje y le hemos dado el número {number}. {CONFUSED}",
        sender="Soporte <soporte@otro.example>",
        subject=f"[#{number}] Recibido",
        message_id=f"<ack.{number}@otro.example>",
        **more,
    )


def test_another_desk_that_acknowledges_every_mail_of_ours_in_its_thread_gets_two_at_most(scene: Desk) -> None:
    scene.hear(acknowledgement(100, None))
    for number in range(101, 108):
        ours = scene.said()[-1]
        scene.delivered(ours, ours.external_id or f"<ours.{number}@example.es>")
        scene.hear(acknowledgement(number, scene.said()[-1].external_id))

    assert len(scene.tickets()) == 1
    assert 1 <= len(sent_to(scene)) <= 2


def test_another_desk_that_begins_a_thread_each_time_gets_two_an_hour_and_the_ticket_says_why(scene: Desk) -> None:
    for number in range(8):
        scene.hear(acknowledgement(number, None))
    last = scene.tickets()[-1]

    assert len(scene.tickets()) == 8
    assert len(sent_to(scene)) == 2
    assert [e.data.get("silence") for e in scene.events(last) if e.what == "sorted"] == ["mail_to_address"]


def test_a_vacation_responder_that_answers_every_mail_gets_nothing_and_changes_nothing(scene: Desk) -> None:
    scene.hear(mail(CONFUSED))
    before, ticket = len(scene.said()), scene.ticket()
    for number in range(5):
        ours = scene.said()[-1].external_id or ""
        absence = mail(
            "Estoy de vacaciones.",
            subject="Respuesta automática: Una duda",
            message_id=f"<ausencia.{number}@example.com>",
            In_Reply_To=ours,
        )
        scene.hear(absence)

    assert len(scene.said()) == before
    assert scene.ticket().status is ticket.status


def test_what_ends_today_is_answered_although_the_address_had_its_two_mails(scene: Desk) -> None:
    for number in range(3):
        scene.hear(acknowledgement(number, None))
    urgent = "no puedo presentar la solicitud y el plazo acaba hoy"
    scene.hear(mail(urgent, sender="soporte@otro.example", message_id="<urge@otro.example>"))

    assert scene.said()[-1].author_rule == "rescue"


def test_too_much_automatic_mail_to_everybody_stops_it_for_an_hour(scene: Desk) -> None:
    with scene.write() as session:
        desk_settings.put(session, "mail_per_hour", 3, now=clock.now())
    settings = {"mail_per_hour": 3}
    for number in range(3):
        scene.hear(mail(CONFUSED, sender=f"p{number}@example.com", message_id=f"<{number}@example.com>"))
    with scene.write() as session:
        tripped = [breaker.trip(session, settings, now=clock.now())]
    # The books ask once a second whether there are newer ones.
    time.sleep(1.1)
    settings = dict(scene.house.books.current().settings)
    scene.hear(mail(CONFUSED, sender="otra@example.com", message_id="<otra@example.com>"))
    with scene.write() as session:
        tripped.append(breaker.trip(session, settings, now=clock.now()))
    last = scene.tickets()[-1]

    assert tripped == [True, False]
    assert scene.said(last) == []
    assert [e.data.get("silence") for e in scene.events(last) if e.what == "sorted"] == ["mail_breaker"]
    assert not breaker.caps(settings, urgent=False, now=clock.now() + timedelta(hours=1, seconds=1)).stopped
