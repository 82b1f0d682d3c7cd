"""What comes back: each mail of ours can have an address of its own for that, by which it is found without a word."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import update

from app import clock, jobs
from app.desk import carbon_copies, replies, tokens
from app.factory import open_house
from app.models.message import Message
from app.models.ticket import Status, Ticket
from channels.message import Delivery, Kind
from tests.app.desk.scenes import Desk, mail
from tests.app_fixtures import MAILBOX, environ
from tests.servers.smtp import Smtp

KEYS = ("key-of-the-tests",)
EMPTY = "Lo sentimos: no se ha podido entregar su mensaje.\n"


@contextmanager
def desk_with(url: str, folder: Path, smtp: Smtp, **more: str) -> Iterator[Desk]:
    house, _ = open_house(environ(url, folder / "data", SMTP_URL=smtp.url(), **more))
    try:
        yield Desk(house)
    finally:
        house.db.close()


@pytest.fixture
def sender(desk_url: str, tmp_path: Path, smtp: Smtp) -> Iterator[Desk]:
    """A desk whose mails have addresses of their own to come back to."""
    with desk_with(desk_url, tmp_path, smtp, MAIL_ENVELOPE="plus") as desk:
        yield desk


def asked(desk: Desk, smtp: Smtp, copies: str = "") -> Message:
    """Somebody has asked, and a technician's answer has gone out."""
    desk.hear(mail("¿Cómo entro?"))
    one, by, books = desk.ticket(), desk.user(), desk.house.books.current()
    with desk.write() as session:
        ticket = session.get_one(Ticket, one.id)
        session.execute(update(Message).where(Message.delivery.is_not(None)).values(delivery=Delivery.DROPPED))
        said = replies.reply(
            session, ticket, text="Con certificado.", by=by, now=clock.now(), books=books, cc=carbon_copies.read(copies)
        )
    while jobs.deliver(desk.house, "email"):
        pass
    assert (desk.said()[-1].delivery, desk.ticket().status) == (Delivery.SENT, Status.WAITING)
    return said


def report(to: str, text: str = EMPTY) -> bytes:
    """A server's own words, without anything of the mail that it speaks of."""
    return mail(
        text,
        sender="Mail Delivery System <MAILER-DAEMON@mx.example.com>",
        subject="Undelivered Mail Returned to Sender",
        message_id="<rebote@mx.example.com>",
        to=to,
        Return_Path="<>",
    )


def test_a_mail_goes_out_from_an_address_of_its_own_and_shows_the_mailbox(sender: Desk, smtp: Smtp) -> None:
    said = asked(sender, smtp)
    (gone,) = smtp.received

    assert gone.sender == MAILBOX.replace("@", f"+{tokens.return_mark(said.id, KEYS)}@")
    assert MAILBOX in (gone["From"] or "") and gone["Reply-To"] != gone.sender


def test_unless_it_is_asked_for_everything_goes_out_from_the_mailbox(desk_url: str, tmp_path: Path, smtp: Smtp) -> None:
    with desk_with(desk_url, tmp_path, smtp) as plain:
        asked(plain, smtp)

    assert [one.sender for one in smtp.received] == [MAILBOX]


def test_a_report_with_nothing_of_the_mail_in_it_fails_it_and_tells_its_owner(sender: Desk, smtp: Smtp) -> None:
    said = asked(sender, smtp)
    sender.hear(report(smtp.received[0].sender))
    failed = next(one for one in sender.said() if one.id == said.id)

    assert sender.messages()[-1].kind is Kind.BOUNCE
    assert (failed.delivery, failed.reason) == (Delivery.FAILED, "El servidor del destinatario lo ha devuelto")
    assert (sender.ticket().status, sender.ticket().owner_id) == (Status.OPEN, said.author_user_id)
    assert [e.data["message"] for e in sender.events(sender.ticket()) if e.what == "delivery_failed"] == [said.id]
    assert sender.identity("ana@example.com").dead_since is None


def test_a_report_to_that_address_finds_the_mail_whatever_other_address_it_names(sender: Desk, smtp: Smtp) -> None:
    said = asked(sender, smtp)
    sender.hear(report(smtp.received[0].sender, "<ana.rios@otra.example>: 550 5.1.1 User unknown\n"))
    failed = next(one for one in sender.said() if one.id == said.id)

    assert (failed.delivery, failed.code) == (Delivery.FAILED, "5.1.1")
    assert sender.identity("ana@example.com").dead_since is not None


@pytest.mark.parametrize("text", [EMPTY, "<ana.rios@otra.example>: 550 5.1.1 User unknown\n"])
def test_a_forged_address_finds_nothing(sender: Desk, smtp: Smtp, text: str) -> None:
    said = asked(sender, smtp)
    forged = MAILBOX.replace("@", f"+m{said.id:x}-{'0' * 20}@")
    sender.hear(report(forged, text))

    assert next(one for one in sender.said() if one.id == said.id).delivery is Delivery.SENT
    assert len(sender.tickets()) == 2


def test_a_copy_that_comes_back_fails_neither_the_mail_nor_the_address_of_who_asked(sender: Desk, smtp: Smtp) -> None:
    said = asked(sender, smtp, copies="luis@example.org")
    sender.hear(report(smtp.received[0].sender, "<luis@example.org>: 550 5.1.1 User unknown\n"))

    assert next(one for one in sender.said() if one.id == said.id).delivery is Delivery.SENT
    assert sender.identity("ana@example.com").dead_since is None
    assert len(sender.tickets()) == 1


def test_a_delay_told_to_that_address_changes_nothing(sender: Desk, smtp: Smtp) -> None:
    said = asked(sender, smtp)
    sender.hear(report(smtp.received[0].sender, "<ana@example.com>: delivery delayed, will be retried (4.4.1)\n"))

    assert next(one for one in sender.said() if one.id == said.id).delivery is Delivery.SENT


def test_a_notice_of_absence_sent_there_stays_in_its_consulta_and_is_answered_by_nobody(
    sender: Desk, smtp: Smtp
) -> None:
    asked(sender, smtp)
    before = len(sender.said())
    sender.hear(mail("Vuelvo el lunes.", to=smtp.received[0].sender, message_id="<f@x>", Auto_Submitted="auto-replied"))

    assert (len(sender.tickets()), len(sender.said()), sender.ticket().status) == (1, before, Status.WAITING)


@pytest.mark.parametrize("step", ["mail", "rcpt", "body"])
def test_a_server_that_takes_no_sender_but_the_mailbox_gets_it_from_the_mailbox(
    sender: Desk, smtp: Smtp, step: str
) -> None:
    smtp.answer(step, "553 5.7.1 Sender address rejected: not owned by user")  # type: ignore[arg-type]
    asked(sender, smtp)

    assert [one.sender for one in smtp.received] == [MAILBOX]
