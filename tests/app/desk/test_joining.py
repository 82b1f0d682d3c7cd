"""Which ticket a message joins, on every channel."""

import pytest

from app.desk.tokens import mark
from app.models.message import Direction, Message
from app.models.ticket import Status
from channels.message import Delivery, Kind
from tests.app.desk.scenes import CITIZEN, CONFUSED, Desk, form, mail
from tests.app_fixtures import MAILBOX

BSUID = "ES.1234567890"


def test_two_quick_messages_of_one_person_are_one_ticket(desk: Desk) -> None:
    desk.push(form("SM1", "hola"), form("SM2", CONFUSED))
    desk.file()

    assert len(desk.messages(Direction.IN, desk.ticket())) == 2


def test_phone_and_business_id_of_one_person_are_one_contact_whichever_comes_first(desk: Desk) -> None:
    desk.hear(
        form("SM1", "hola"),
        form("SM2", CONFUSED, ExternalUserId=BSUID),
        form("SM3", "¿siguen ahí?", sender=BSUID),
    )

    assert len(desk.contacts()) == 1
    assert desk.identity(BSUID).contact_id == desk.identity(CITIZEN).contact_id == desk.ticket().contact_id


def test_a_quoted_message_leads_to_its_own_ticket_and_not_to_the_newest(desk: Desk) -> None:
    desk.hear(form("SM1", CONFUSED))
    old = desk.ticket()
    desk.delivered(desk.said(old)[0], "SMours")
    desk.change(old, status=Status.CLOSED)
    desk.hear(form("SM2", "necesito una factura electrónica"))
    desk.change(old, status=Status.WAITING)
    desk.hear(form("SM3", "sigue igual", OriginalRepliedMessageSid="SMours"))

    assert desk.messages(Direction.IN)[-1].ticket_id == old.id


def test_without_a_quote_the_ticket_of_our_last_message_is_meant(desk: Desk) -> None:
    desk.hear(form("SM1", CONFUSED))
    old = desk.ticket()
    desk.change(old, status=Status.CLOSED)
    desk.hear(form("SM2", CONFUSED))
    desk.change(old, status=Status.WAITING)
    desk.hear(form("SM3", "sigue igual"))

    assert desk.messages(Direction.IN)[-1].ticket_id == desk.tickets()[1].id


def test_a_word_on_a_closed_ticket_opens_a_new_one_that_points_at_it(desk: Desk) -> None:
    desk.hear(form("SM1", CONFUSED))
    old = desk.ticket()
    desk.change(old, status=Status.CLOSED)
    desk.hear(form("SM2", CONFUSED))

    assert [t.related_to_id for t in desk.tickets()] == [None, old.id]


def test_a_quoted_closed_ticket_is_the_one_that_the_new_one_points_at(desk: Desk) -> None:
    desk.hear(form("SM1", CONFUSED))
    old = desk.ticket()
    desk.delivered(desk.said(old)[0], "SMours")
    desk.change(old, status=Status.CLOSED)
    desk.hear(form("SM2", CONFUSED), form("SM3", "y esto otro", OriginalRepliedMessageSid="SMours"))

    assert desk.tickets()[-1].related_to_id == old.id and len(desk.tickets()) == 3


def test_a_merged_ticket_passes_its_messages_on(desk: Desk) -> None:
    desk.hear(form("SM1", CONFUSED))
    old = desk.ticket()
    desk.hear(mail("Otra cosa", message_id="<otra@example.com>"))
    kept = desk.tickets()[1]
    desk.change(old, merged_into_id=kept.id)
    desk.hear(form("SM2", "sigue igual"))

    assert desk.messages(Direction.IN)[-1].ticket_id == kept.id


def test_another_person_never_joins_by_writing_at_the_same_moment(desk: Desk) -> None:
    desk.push(form("SM1", CONFUSED), form("SM2", CONFUSED, sender="+34600333444"))
    desk.file()

    assert len(desk.tickets()) == len(desk.contacts()) == 2


def test_a_mail_joins_by_the_message_that_it_answers(desk: Desk) -> None:
    desk.hear(mail("Una pregunta"), mail("Otra línea", message_id="<dos@example.com>", In_Reply_To="<uno@example.com>"))

    assert len(desk.messages(Direction.IN, desk.ticket())) == 2


def test_a_mail_joins_by_our_own_message_before_anybody_knows_that_it_arrived(desk: Desk) -> None:
    desk.hear(mail("Una pregunta"))
    ours = desk.said()[0]
    desk.change_message(ours, delivery=Delivery.UNCERTAIN)
    desk.hear(mail("Gracias, pero no", message_id="<dos@example.com>", References=ours.external_id or ""))

    assert len(desk.tickets()) == 1


def test_a_mail_joins_by_the_signed_address_and_not_by_a_forged_one(desk: Desk) -> None:
    desk.hear(mail("Una pregunta"))
    signed = mark(desk.ticket().id, desk.house.config.secret_keys)
    plus = MAILBOX.replace("@", f"+{signed}@")
    forged = MAILBOX.replace("@", f"+{signed[:-4]}0000@")
    desk.hear(mail("A esa", message_id="<dos@example.com>", to=plus))
    desk.hear(mail("A la falsa", message_id="<tres@example.com>", to=forged))

    assert [m.ticket_id for m in desk.messages(Direction.IN)] == [1, 1, 2]


@pytest.mark.parametrize("subject", ["Re: Una duda", "Re: consulta C-1-9", "Una duda"])
def test_no_mail_joins_by_its_subject_or_by_a_number(desk: Desk, subject: str) -> None:
    desk.hear(mail("Una pregunta"), mail("Otra", subject=subject, message_id="<dos@example.com>"))

    assert len(desk.tickets()) == 2


def test_a_stranger_who_names_a_ticket_gets_one_of_his_own_that_points_at_it(desk: Desk) -> None:
    desk.hear(mail("Una pregunta"))
    stranger = mail("¿Qué le dijeron?", sender="x@example.net", message_id="<x@n>", In_Reply_To="<uno@example.com>")
    desk.hear(stranger)

    assert [t.related_to_id for t in desk.tickets()] == [None, 1]


def test_a_stranger_does_not_slip_in_by_coming_in_the_same_batch(desk: Desk) -> None:
    stranger = mail("¿Qué le dijeron?", sender="x@example.net", message_id="<x@n>", In_Reply_To="<uno@example.com>")
    desk.post(mail("Una pregunta"), stranger)
    desk.file()

    assert len(desk.tickets()) == 2


def test_an_automatic_reply_joins_changes_no_status_and_gets_no_answer(desk: Desk) -> None:
    desk.hear(mail(CONFUSED))
    before, said = desk.ticket(), len(desk.said())
    desk.change(before, status=Status.SOLVED)
    away = mail("Estoy fuera.", message_id="<f@e>", In_Reply_To="<uno@example.com>", Auto_Submitted="auto-replied")
    desk.hear(away)
    after = desk.ticket()

    assert desk.messages(Direction.IN)[-1].kind is Kind.AUTO_REPLY
    assert (after.status, after.sort_at, after.waiting_since) == (Status.SOLVED, None, before.waiting_since)
    assert len(desk.said()) == said


def test_an_automatic_reply_to_nothing_of_ours_troubles_nobody(desk: Desk) -> None:
    desk.hear(mail("Estoy fuera.", Auto_Submitted="auto-replied"))

    assert (desk.ticket().status, desk.ticket().close_reason, desk.said()) == (Status.CLOSED, "auto_reply", [])


def test_a_bounce_fails_the_message_reopens_the_ticket_and_marks_the_address_dead(desk: Desk) -> None:
    desk.hear(mail(CONFUSED))
    ours = desk.said()[0]
    desk.delivered(ours, ours.external_id or "")
    desk.change(desk.ticket(), status=Status.WAITING, waiting_since=None)
    desk.hear(bounce(ours.external_id or "", "ana@example.com"))
    ticket, failed = desk.ticket(), desk.said()[0]

    assert (failed.delivery, failed.code, ticket.status) == (Delivery.FAILED, "5.1.1", Status.OPEN)
    assert ticket.waiting_since is not None and ticket.due_at is not None
    assert desk.identity("ana@example.com").dead_since is not None


def test_a_full_mailbox_fails_the_message_and_leaves_the_address_alive(desk: Desk) -> None:
    desk.hear(mail(CONFUSED))
    ours = desk.said()[0]
    desk.delivered(ours, ours.external_id or "")
    desk.hear(bounce(ours.external_id or "", "ana@example.com").replace(b"5.1.1", b"5.2.2"))
    failed = desk.said()[0]

    assert (failed.delivery, failed.code, desk.ticket().status) == (Delivery.FAILED, "5.2.2", Status.OPEN)
    assert "lleno" in (failed.reason or "")
    assert desk.identity("ana@example.com").dead_since is None


def test_a_bounce_to_the_address_of_a_consulta_fails_what_was_said_in_it_and_not_the_last_word(desk: Desk) -> None:
    desk.hear(mail(CONFUSED), mail(CONFUSED, subject="Otra vez", message_id="<dos@example.com>"))
    first, second = desk.tickets()
    for ticket in (first, second):
        for ours in desk.said(ticket):
            desk.delivered(ours, ours.external_id or "")
    plus = MAILBOX.replace("@", f"+{mark(first.id, desk.house.config.secret_keys)}@")
    desk.hear(bounce("<otro@servidor.example>", "ana@example.com").replace(MAILBOX.encode(), plus.encode()))

    assert [one.delivery for one in desk.said(first)] == [Delivery.FAILED]
    assert [one.delivery for one in desk.said(second)] == [Delivery.SENT]


def test_a_false_bounce_about_nothing_of_ours_kills_no_address(desk: Desk) -> None:
    desk.hear(mail("Una pregunta"))
    desk.hear(bounce("<inventado@example.net>", "ana@example.com"))

    assert desk.identity("ana@example.com").dead_since is None


def answered(desk: Desk) -> Message:
    """The answer to somebody's mail, which has left."""
    desk.hear(mail(CONFUSED))
    ours = desk.said()[0]
    desk.delivered(ours, ours.external_id or "")
    return ours


@pytest.mark.parametrize("in_form", [True, False])
def test_a_strangers_report_kills_no_address(desk: Desk, in_form: bool) -> None:
    answered(desk)
    stranger = mail("Hola", sender="X <x@evil.example>", message_id="<f@x>", X_Failed_Recipients="ana@example.com")
    desk.hear(bounce("<otro@servidor.example>", "ana@example.com") if in_form else stranger)

    assert desk.identity("ana@example.com").dead_since is None


def test_an_address_that_writes_again_is_alive_again(desk: Desk) -> None:
    ours = answered(desk)
    desk.hear(bounce(ours.external_id or "", "ana@example.com"))
    dead = desk.identity("ana@example.com").dead_since
    desk.hear(mail("Sigo igual", message_id="<dos@example.com>"))

    assert dead is not None and desk.identity("ana@example.com").dead_since is None


def test_a_notice_of_absence_does_not_bring_an_address_back(desk: Desk) -> None:
    ours = answered(desk)
    desk.hear(bounce(ours.external_id or "", "ana@example.com"))
    desk.hear(mail("Estoy fuera.", message_id="<f@e>", Auto_Submitted="auto-replied"))

    assert desk.identity("ana@example.com").dead_since is not None


@pytest.mark.parametrize("code", [b"5.7.1", b"5.4.7", b"5.1.8", b"5.0.0"])
def test_what_is_not_the_fault_of_the_address_fails_the_message_and_leaves_it_alive(desk: Desk, code: bytes) -> None:
    ours = answered(desk)
    desk.hear(bounce(ours.external_id or "", "ana@example.com").replace(b"5.1.1", code))

    assert [one.delivery for one in desk.said()[:1]] == [Delivery.FAILED]
    assert desk.identity("ana@example.com").dead_since is None


def bounce(message_id: str, recipient: str) -> bytes:
    """A delivery report as a server writes it."""
    return (
        "From: MAILER-DAEMON@mx.example.com\r\n"
        f"To: {MAILBOX}\r\nSubject: Undelivered\r\nMessage-ID: <rebote@mx.example.com>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo existe.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()
