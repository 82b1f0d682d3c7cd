"""Processes that die without a word while messages flow: nothing lost, nothing twice, at worst a person is asked."""

import pytest

from app import clock
from app.models.message import Message
from channels.message import Delivery
from tests.faults.burst import Burst, fault, push, sids, twins
from tests.faults.count import Count
from tests.flows.desk_process import DeskProcess
from tests.flows.people import Technician, mail
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import Smtp
from tests.servers.twilio import Twilio

pytestmark = pytest.mark.slow
COMMANDS = {
    "worker": ("-m", "flask", "work"),
    "clock": ("-m", "flask", "clock"),
    "serve": ("-m", "flask", "serve"),
    "mail": ("-m", "flask", "listen", "email"),
}


def strike(desk: DeskProcess, name: str) -> None:
    """One process is killed, and started again as whoever watches over it would."""
    desk.kill(name)
    if name == "web":
        desk.begin_web()
    else:
        desk.begin(name, *COMMANDS[name])
    desk.wait_for(desk.answers, "the desk to answer again")


def only(count: Count) -> Message:
    (message,) = count.outgoing()
    return message


def test_nothing_is_lost_or_sent_twice_however_often_processes_are_killed_in_a_burst(
    desk: DeskProcess, twilio: Twilio, dovecot: Dovecot, count: Count
) -> None:
    victims = ["serve"] * 3 if desk.embedded else ["worker", "web", "worker", "clock"]
    with Burst(twilio, dovecot) as burst:
        for victim in victims:
            answered = len(burst.taken)
            desk.wait_for(lambda answered=answered: len(burst.taken) > answered + 5, "the desk to be busy")  # type: ignore[misc]  # mypy reads no types into the default
            strike(desk, victim)
    # The list at Twilio brings back what no hook could tell while the web was dead.
    count.leases_run_out()
    strike(desk, "serve" if desk.embedded else "clock")
    everything = sids(twilio) | burst.mails
    desk.wait_for(lambda: count.kept().keys() >= everything and count.quiet(), "everything to be done", seconds=90)

    assert len(burst.taken) > 10 and len(burst.mails) > 3
    assert burst.refused == []
    assert set(count.kept()) == everything
    assert twins(count.kept().items()) == []


def test_a_whatsapp_that_the_wire_took_before_we_died_is_uncertain_until_its_callback_and_never_sent_again(
    desk: DeskProcess, twilio: Twilio, technician: Technician, count: Count
) -> None:
    fault(desk, twilio, silent="after")
    push(twilio, "no se ha podido conectar con autofirma", sender="+34600111222")
    desk.wait_for(lambda: twilio.sent, "the wire to take it")
    strike(desk, "serve" if desk.embedded else "worker")
    if not desk.embedded:
        count.leases_run_out()
    desk.wait_for(lambda: only(count).delivery is Delivery.UNCERTAIN, "somebody to notice the dead worker")
    before = technician.only_ticket()["status"]

    assert count.events("delivery_uncertain") == 1
    assert before == "open"

    assert twilio.callback(twilio.sent[0].sid, "delivered") == 204
    desk.wait_for(lambda: only(count).delivery is Delivery.DELIVERED, "the callback to settle it")

    assert only(count).external_id == twilio.sent[0].sid
    assert len(twilio.sent) == 1


def test_what_was_uncertain_is_asked_for_at_the_wire_and_stands_as_sent(
    desk: DeskProcess, twilio: Twilio, count: Count
) -> None:
    fault(desk, twilio, silent="after")
    push(twilio, "no se ha podido conectar con autofirma", sender="+34600111222")
    desk.wait_for(lambda: twilio.sent, "the wire to take it")
    strike(desk, "serve" if desk.embedded else "worker")
    if not desk.embedded:
        count.leases_run_out()
    desk.wait_for(lambda: only(count).delivery is Delivery.UNCERTAIN, "somebody to notice the dead worker")
    count.wait_is_over()
    desk.wait_for(lambda: only(count).delivery is Delivery.SENT, "the wire to be asked")

    assert only(count).external_id == twilio.sent[0].sid


def test_a_mail_that_the_server_took_before_we_died_is_uncertain_and_never_sent_again(
    desk: DeskProcess, dovecot: Dovecot, smtp: Smtp, count: Count
) -> None:
    smtp.hang("body")
    letter = mail("no se ha podido conectar con autofirma", sender="ana@example.com", subject="AutoFirma")
    dovecot.deliver(letter.as_bytes())
    desk.wait_for(lambda: smtp.received, "the server to take it")
    strike(desk, "serve" if desk.embedded else "worker")
    smtp.release()
    if not desk.embedded:
        count.leases_run_out()
    desk.wait_for(lambda: only(count).delivery is Delivery.UNCERTAIN, "somebody to notice the dead worker")
    count.wait_is_over()
    desk.wait_for(lambda: (only(count).due_at or clock.now()) > clock.now(), "the mailbox to be asked in vain")

    assert only(count).delivery is Delivery.UNCERTAIN
    assert len(smtp.received) == 1


def test_who_listens_to_the_mailbox_may_die_while_mails_come(desk: DeskProcess, dovecot: Dovecot, count: Count) -> None:
    letters = [mail("no puedo firmar", sender=f"e{n}@example.com", subject=f"Consulta {n}") for n in range(30)]
    desk.begin("mail", *COMMANDS["mail"])
    for number, letter in enumerate(letters):
        dovecot.deliver(letter.as_bytes())
        if number % 10 == 5:
            desk.wait_for(lambda: count.arrivals(), "the first mails")
            strike(desk, "mail")
    count.leases_run_out()
    desk.wait_for(lambda: len(count.incoming()) >= 30 and count.quiet(), "every mail to be filed", seconds=60)

    assert set(count.kept()) == {str(letter["Message-ID"]) for letter in letters}
    assert twins(count.kept().items()) == []
