"""Mail as it leaves the desk: both forms of its words, what its headers say of it, and where a report would go."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from app import clock, jobs
from app.desk import replies
from app.factory import open_house
from app.models.arrival import Line
from app.models.ticket import Ticket
from channels.email import html
from tests.app.desk.scenes import CONFUSED, Desk, mail
from tests.app_fixtures import environ
from tests.servers.smtp import Smtp
from tests.servers.smtp_plan import Received


@pytest.fixture
def sender(desk_url: str, tmp_path: Path, smtp: Smtp) -> Iterator[Desk]:
    """A desk whose mail goes to a real server."""
    house, _ = open_house(environ(desk_url, tmp_path / "data", SMTP_URL=smtp.url()))
    desk = Desk(house)
    with desk.write() as session:
        # A mail says its second only, and the line was opened within it.
        session.execute(update(Line).values(go_live=clock.now() - timedelta(hours=1)))
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
