"""What somebody answers from Outlook joins the ticket and stops the machine."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app import clock, jobs, sent
from app.models.arrival import Arrival
from app.models.message import Direction
from app.models.ticket import Status
from channels.message import Delivery
from tests.app.desk.scenes import CONFUSED, Desk, mail
from tests.app_fixtures import MAILBOX
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.slow


def answer(to: str = "Ana Ríos <ana@example.com>", text: str = "Pruebe con otro navegador.", **headers: str) -> bytes:
    """A colleague's answer as Outlook puts it into the folder of sent mail."""
    headers = {"In_Reply_To": "<uno@example.com>", **headers}
    return mail(text, sender=f"Consultas <{MAILBOX}>", to=to, message_id="<outlook.1@example.es>", **headers)


def asked(office: Desk, dovecot: Dovecot) -> None:
    dovecot.deliver(mail(CONFUSED))
    fetch(office)


def fetch(office: Desk) -> None:
    jobs.poll(office.house, "email")
    office.settle()


def test_a_colleagues_answer_joins_the_ticket_as_sent_and_waits_for_the_citizen(office: Desk, dovecot: Dovecot) -> None:
    asked(office, dovecot)
    dovecot.append(answer(), "Sent")
    joined = [sent.look(office.house, "email") for _ in range(2)]
    message = office.said()[-1]

    assert joined == [1, 0]
    assert (message.delivery, message.direction) == (Delivery.SENT, Direction.OUT)
    assert message.text.strip() == "Pruebe con otro navegador."
    assert office.ticket().status is Status.WAITING
    assert office.ticket().first_answered_at is not None
    assert office.events(office.ticket())[-1].what == "answered_elsewhere"


def test_what_the_machine_wanted_to_say_is_taken_back(office: Desk, dovecot: Dovecot) -> None:
    asked(office, dovecot)
    waiting = [one.delivery for one in office.said()]
    dovecot.append(answer(), "Sent")
    sent.look(office.house, "email")

    assert set(waiting) <= {Delivery.QUEUED, Delivery.PROPOSED}
    assert waiting
    assert [one.delivery for one in office.said()] == [*[Delivery.DROPPED] * len(waiting), Delivery.SENT]


def test_after_a_colleague_has_answered_the_machine_is_silent(office: Desk, dovecot: Dovecot) -> None:
    asked(office, dovecot)
    dovecot.append(answer(), "Sent")
    sent.look(office.house, "email")
    before = len(office.said())
    dovecot.deliver(
        mail("Sigue sin ir, no se ha podido conectar.", message_id="<dos@x>", In_Reply_To="<outlook.1@example.es>")
    )
    fetch(office)

    assert len(office.tickets()) == 1
    assert len(office.said()) == before
    assert office.events(office.ticket())[-1].data.get("silence") == "person_answered"


def test_a_citizen_who_has_written_again_since_is_still_owed_an_answer(office: Desk, dovecot: Dovecot) -> None:
    asked(office, dovecot)
    later = mail("Y otra cosa más.", message_id="<dos@example.com>", In_Reply_To="<uno@example.com>")
    dovecot.deliver(later)
    fetch(office)
    dovecot.append(answer().replace(b"Date: ", b"Date: Mon, 05 Jan 2026 10:00:00 +0000\nX-Date: "), "Sent")
    sent.look(office.house, "email")

    assert office.ticket().status in {Status.NEW, Status.OPEN}
    assert office.ticket().first_answered_at is not None


def test_our_own_mail_and_what_goes_to_others_joins_nothing(office: Desk, dovecot: Dovecot) -> None:
    asked(office, dovecot)
    ours = office.said()[0]
    office.delivered(ours, "<ventanilla.1@example.es>")
    before = len(office.messages())
    dovecot.append(mail("x", sender=MAILBOX, to="ana@example.com", message_id="<ventanilla.1@example.es>"), "Sent")
    dovecot.append(answer(to="informatica@example.es"), "Sent")
    dovecot.append(answer(Auto_Submitted="auto-replied"), "Sent")
    joined = sent.look(office.house, "email")
    office.settle()

    assert joined == 0
    assert len(office.messages()) == before
    assert len(office.tickets()) == 1


def test_what_is_no_answer_is_looked_at_once_neither_kept_nor_filed_as_if_it_had_come_in(
    office: Desk, dovecot: Dovecot
) -> None:
    dovecot.append(answer(), "Sent")
    sent.look(office.house, "email")
    office.settle()
    with office.house.db.reading() as session:
        kept = session.scalars(select(Arrival).options(undefer(Arrival.raw))).all()

    assert [(one.wire_key.split(":")[0], one.raw) for one in kept] == [("sent", None)]
    assert kept[0].filed_at is not None
    assert kept[0].filed_at <= clock.now()
    assert office.tickets() == []
