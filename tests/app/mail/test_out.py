"""Mail as it leaves the desk: both forms of its words, what its headers say of it, and where a report would go."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app import clock, jobs
from app.desk import handover, message_acts, replies, upkeep
from app.factory import open_house
from app.models.arrival import Line
from app.models.message import Message
from app.models.place import TownHall
from app.models.ticket import Ticket
from channels.email import html
from channels.message import Delivery
from tests.app.desk.scenes import AUTHSERV, CONFUSED, Desk, forward, mail
from tests.app_fixtures import PUBLIC_URL, environ
from tests.servers.smtp import Smtp
from tests.servers.smtp_plan import Received

FRIDAY = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
KEYS = ("una llave",)


@pytest.fixture
def sender(desk_url: str, tmp_path: Path, smtp: Smtp) -> Iterator[Desk]:
    """A desk whose mail goes to a real server."""
    house, _ = open_house(environ(desk_url, tmp_path / "data", SMTP_URL=smtp.url(), MAIL_AUTHSERV_ID=AUTHSERV))
    desk = Desk(house)
    with desk.write() as session:
        session.execute(update(Line).values(go_live=FRIDAY - timedelta(hours=1)))
    yield desk
    house.db.close()


def gone(desk: Desk, smtp: Smtp) -> list[Received]:
    """Everything that is due goes out."""
    while jobs.deliver(desk.house, "email"):
        pass
    return smtp.received


def answer(desk: Desk, text: str = "Entre con certificado.") -> None:
    """A technician answers."""
    one, by, books = desk.ticket(), desk.user(), desk.house.books.current()
    with desk.write() as session:
        replies.reply(session, session.get_one(Ticket, one.id), text=text, by=by, now=clock.now(), books=books)


def page(received: Received) -> str:
    """The HTML half."""
    part = received.message.get_body(("html",))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def test_the_machines_mail_and_a_persons_say_the_same_in_both_forms(sender: Desk, smtp: Smtp) -> None:
    sender.hear(mail(CONFUSED))
    gone(sender, smtp)
    answer(sender)
    both = gone(sender, smtp)

    assert [one.message.get_content_type() for one in both] == ["multipart/alternative"] * 2
    for one in both:
        assert '<html lang="es">' in page(one)
        assert html.text(page(one)).replace(">", "").split() == one.text.replace(">", "").split()
    assert f"<blockquote>\n<p>{CONFUSED}</p>" in page(both[1])


def hand_over(desk: Desk) -> None:
    """A technician gives the newest ticket to its town hall."""
    by, books = desk.user(), desk.house.books.current()
    with desk.write() as session:
        handover.hand_over(
            session,
            session.get_one(Ticket, desk.tickets()[-1].id),
            hall=session.scalars(select(TownHall).where(TownHall.name == "Cantimpalos")).one(),
            address="secretaria@pueblo.example",
            by=by,
            now=clock.now(),
            books=books,
            public_url=PUBLIC_URL,
            keys=KEYS,
        )


def headers(received: list[Received]) -> list[tuple[str, str | None]]:
    """To whom each went, and how it says that it came about."""
    return [(one.recipients[0], one["Auto-Submitted"]) for one in received]


def test_an_answer_of_the_machine_is_a_reply_and_a_person_s_is_none(sender: Desk, smtp: Smtp) -> None:
    sender.hear(mail(CONFUSED))
    gone(sender, smtp)
    answer(sender)

    assert headers(gone(sender, smtp)) == [("ana@example.com", "auto-replied"), ("ana@example.com", None)]


def test_a_proposal_that_a_person_sends_is_the_person_s(sender: Desk, smtp: Smtp) -> None:
    sender.hear(mail(CONFUSED))
    (said,), by, books = sender.said(), sender.user(), sender.house.books.current()
    sender.change_message(said, delivery=Delivery.PROPOSED, due_at=None)
    with sender.write() as session:
        message = session.get_one(Message, said.id)
        message_acts.approve(session, message, text=said.text, by=by, now=clock.now(), books=books)

    assert headers(gone(sender, smtp)) == [("ana@example.com", None)]


def test_a_citizen_whose_mail_was_passed_on_has_not_written_to_us_and_the_clerk_has(sender: Desk, smtp: Smtp) -> None:
    sender.register("pueblo.example")
    sender.hear(forward(vouched=True))

    assert sorted(headers(gone(sender, smtp))) == [
        ("blas@example.org", "auto-generated"),
        ("secretaria@pueblo.example", "auto-replied"),
    ]


def test_what_a_click_hands_over_is_a_persons_and_what_the_clock_says_answers_nobody(sender: Desk, smtp: Smtp) -> None:
    sender.register("pueblo.example")
    with clock.standing_at(FRIDAY):
        sender.hear(forward(vouched=True), mail("¿Cuándo abren?", sender="Eva <eva@example.org>"))
        gone(sender, smtp)
        hand_over(sender)
    smtp.received.clear()
    with clock.standing_at(FRIDAY + timedelta(minutes=1)):
        by_click = sorted(headers(gone(sender, smtp)))
    smtp.received.clear()
    with clock.standing_at(FRIDAY + timedelta(days=6, hours=16)), sender.write() as session:
        books = sender.house.books.current()
        handover.remind(session, books, public_url=PUBLIC_URL, keys=KEYS, now=clock.now())
    with clock.standing_at(FRIDAY + timedelta(days=6, hours=16)):
        by_clock = sorted(headers(gone(sender, smtp)))

    assert by_click == [("eva@example.org", None), ("secretaria@pueblo.example", None)]
    assert by_clock == [
        ("eva@example.org", "auto-generated"),
        ("secretaria@pueblo.example", "auto-generated"),
    ]


def test_the_mail_of_half_past_two_answers_nobody(sender: Desk, smtp: Smtp) -> None:
    sender.register("pueblo.example")
    with clock.standing_at(FRIDAY):
        sender.hear(forward(vouched=True))
        gone(sender, smtp)
    smtp.received.clear()
    with clock.standing_at(FRIDAY + timedelta(days=3)):
        with sender.write() as session:
            upkeep.digest(session, sender.house.books.current(), public_url=PUBLIC_URL, now=clock.now())
        last = gone(sender, smtp)

    assert headers(last) == [("secretaria@pueblo.example", "auto-generated")]
