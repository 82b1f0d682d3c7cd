"""Wires that refuse, stumble or say nothing: tried again, or failed with a reason and a person to see it."""

import pytest

from app import clock
from app.models.message import Message
from channels.message import Delivery
from tests.faults.burst import fault, push
from tests.faults.count import Count
from tests.flows.desk_process import DeskProcess
from tests.flows.people import Technician, mail
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import Smtp
from tests.servers.twilio import Twilio

pytestmark = pytest.mark.slow
CITIZEN = "+34600111222"


def only(count: Count) -> Message:
    (message,) = count.outgoing()
    return message


def write(twilio: Twilio) -> None:
    assert push(twilio, "no se ha podido conectar con autofirma", sender=CITIZEN)[0] == 200


def send_mail(dovecot: Dovecot) -> None:
    letter = mail("no se ha podido conectar con autofirma", sender="ana@example.com", subject="AutoFirma")
    dovecot.deliver(letter.as_bytes())


def test_what_twilio_does_not_take_now_is_tried_again_and_sent_once(
    desk: DeskProcess, twilio: Twilio, count: Count
) -> None:
    fault(desk, twilio, status=429, code=20429)
    write(twilio)
    desk.wait_for(lambda: count.outgoing() and only(count).reason, "the first try")
    first = only(count)
    count.wait_is_over()
    desk.wait_for(lambda: only(count).delivery is Delivery.SENT, "the second try")

    assert (first.delivery, first.attempts) == (Delivery.QUEUED, 1)
    assert len(twilio.sent) == 1


def test_what_twilio_refuses_for_good_has_failed_with_a_reason_and_its_ticket_is_open_again(
    desk: DeskProcess, twilio: Twilio, technician: Technician, count: Count
) -> None:
    fault(desk, twilio, status=400, code=63003)
    write(twilio)
    desk.wait_for(lambda: Delivery.FAILED in count.stands(), "the refusal")

    assert only(count).reason and only(count).code == "63003"
    assert technician.only_ticket()["status"] == "open"
    assert count.events("delivery_failed") == 1
    assert count.failed_in_the_queue() == 1


def test_what_twilio_does_not_even_hear_is_tried_again_when_it_listens(
    desk: DeskProcess, twilio: Twilio, count: Count
) -> None:
    desk.wait_for(lambda: len(twilio.requests) >= 2, "Twilio's lists to be read")
    twilio.stop()
    write(twilio)
    desk.wait_for(lambda: count.outgoing() and only(count).reason, "the first try")
    first = only(count)
    twilio.start()
    count.wait_is_over()
    desk.wait_for(lambda: only(count).delivery is Delivery.SENT, "the second try")

    assert first.delivery is Delivery.QUEUED
    assert len(twilio.sent) == 1


def test_what_twilio_took_without_an_answer_in_time_is_asked_for_and_not_sent_again(
    desk: DeskProcess, twilio: Twilio, count: Count
) -> None:
    fault(desk, twilio, silent="after")
    write(twilio)
    desk.wait_for(lambda: Delivery.UNCERTAIN in count.stands(), "the time-out")
    twilio.released.set()
    count.wait_is_over()
    desk.wait_for(lambda: Delivery.SENT in count.stands(), "Twilio's list to show it")

    assert (only(count).attempts, len(twilio.sent)) == (1, 1)


@pytest.mark.parametrize("what", [{"status": 500}, {"broken": True}, {"silent": "before"}])
def test_an_answer_of_twilio_that_says_nothing_leaves_it_uncertain_and_asked_for_before_it_goes_again(
    desk: DeskProcess, twilio: Twilio, count: Count, what: dict[str, int | bool | str]
) -> None:
    fault(desk, twilio, **what)
    write(twilio)
    desk.wait_for(lambda: Delivery.UNCERTAIN in count.stands(), "the silence to be noticed")
    count.wait_is_over()
    desk.wait_for(lambda: Delivery.SENT in count.stands(), "Twilio's list to show that it was never taken")

    assert count.events("delivery_uncertain") == 1
    assert only(count).attempts == 2
    assert len(twilio.sent) == 1


def test_mail_waits_for_a_server_that_is_down_and_fails_with_a_reason_after_the_last_try(
    desk: DeskProcess, dovecot: Dovecot, smtp: Smtp, technician: Technician, count: Count
) -> None:
    smtp.stop()
    send_mail(dovecot)
    desk.wait_for(lambda: count.outgoing() and only(count).reason, "the first try")
    first = only(count)
    count.last_try()
    count.wait_is_over()
    desk.wait_for(lambda: Delivery.FAILED in count.stands(), "the last try")

    assert first.delivery is Delivery.QUEUED
    assert only(count).reason == "No hay conexión con el servidor de salida"
    assert technician.only_ticket()["status"] == "open"
    assert count.failed_in_the_queue() == 1
    assert smtp.received == []


def test_mail_that_is_put_off_goes_later_and_once_with_the_same_id(
    desk: DeskProcess, dovecot: Dovecot, smtp: Smtp, count: Count
) -> None:
    smtp.answer("rcpt", "451 4.7.1 Espere un poco")
    smtp.answer("body", "452 4.3.1 No queda sitio")
    send_mail(dovecot)
    for tries in (1, 2):
        desk.wait_for(lambda tries=tries: count.outgoing() and only(count).attempts == tries, "a try")  # type: ignore[misc]  # mypy reads no types into the default
        desk.wait_for(lambda: only(count).delivery is Delivery.QUEUED, "the server to put it off")
        count.wait_is_over()
    desk.wait_for(lambda: only(count).delivery is Delivery.SENT, "the third try")

    assert [mail["Message-ID"] for mail in smtp.received] == [only(count).external_id]


def test_mail_that_is_put_off_and_then_refused_has_failed_and_somebody_sees_it(
    desk: DeskProcess, dovecot: Dovecot, smtp: Smtp, technician: Technician, count: Count
) -> None:
    smtp.answer("mail", "421 4.3.2 Vuelva luego")
    smtp.answer("body", "554 5.7.1 No lo queremos")
    send_mail(dovecot)
    desk.wait_for(lambda: count.outgoing() and only(count).reason, "the first try")
    first = only(count)
    count.wait_is_over()
    desk.wait_for(lambda: Delivery.FAILED in count.stands(), "the refusal")

    assert (first.delivery, only(count).attempts) == (Delivery.QUEUED, 2)
    assert technician.only_ticket()["status"] == "open"
    assert count.failed_in_the_queue() == 1


def test_mail_to_a_server_that_falls_silent_before_it_has_it_goes_later_and_once(
    desk: DeskProcess, dovecot: Dovecot, smtp: Smtp, count: Count
) -> None:
    smtp.hang("data")
    send_mail(dovecot)
    desk.wait_for(lambda: count.outgoing() and only(count).reason, "the time-out", seconds=60)
    first = only(count)
    smtp.release()
    count.wait_is_over()
    desk.wait_for(lambda: only(count).delivery is Delivery.SENT, "the second try")

    assert first.delivery is Delivery.QUEUED
    assert len(smtp.received) == 1


def test_mail_that_the_server_took_in_silence_is_uncertain_with_its_owner_told_and_never_sent_again(
    desk: DeskProcess, dovecot: Dovecot, smtp: Smtp, technician: Technician, count: Count
) -> None:
    smtp.hang("body")
    send_mail(dovecot)
    desk.wait_for(lambda: Delivery.UNCERTAIN in count.stands(), "the time-out", seconds=120)
    smtp.release()
    count.wait_is_over()
    desk.wait_for(lambda: (only(count).due_at or clock.now()) > clock.now(), "the mailbox to be asked in vain")

    assert (only(count).delivery, only(count).attempts) == (Delivery.UNCERTAIN, 1)
    assert technician.only_ticket()["status"] == "open"
    assert count.failed_in_the_queue() == 1
    assert len(smtp.received) == 1


def test_mail_to_an_address_that_is_not_there_fails_at_once_and_somebody_sees_it(
    desk: DeskProcess, dovecot: Dovecot, smtp: Smtp, technician: Technician, count: Count
) -> None:
    smtp.answer("rcpt", "550 5.1.1 No existe")
    send_mail(dovecot)
    desk.wait_for(lambda: Delivery.FAILED in count.stands(), "the refusal")

    assert only(count).reason and "5.1.1" in (only(count).code or "")
    assert technician.only_ticket()["status"] == "open"
    assert count.events("delivery_failed") == 1
    assert count.failed_in_the_queue() == 1


def test_a_callback_that_overtakes_twilios_own_answer_is_not_lost(
    desk: DeskProcess, twilio: Twilio, count: Count
) -> None:
    fault(desk, twilio, silent="after")
    write(twilio)
    desk.wait_for(lambda: twilio.sent, "Twilio to take it")
    told = twilio.callback(twilio.sent[0].sid, "delivered")
    desk.wait_for(lambda: Delivery.DELIVERED in count.stands(), "the callback to be applied before the answer")
    twilio.released.set()
    desk.wait_for(count.quiet, "the answer to be there too")

    assert told == 204
    assert only(count).delivery is Delivery.DELIVERED
    assert only(count).external_id == twilio.sent[0].sid
