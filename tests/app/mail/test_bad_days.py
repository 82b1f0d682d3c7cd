"""Bad days of the mailbox, on a real server; each ends by counting what became of every mail."""

import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import jobs
from app.house import House
from app.models.arrival import Arrival
from app.models.message import Direction, Message
from channels.channel import Unreachable
from channels.message import Kind
from tests.app.desk.scenes import Desk, mail
from tests.app_fixtures import environ
from tests.channels.email.test_email_imap import cut_after
from tests.servers.dovecot import Dovecot


def letter(number: int, *, size: int = 10) -> bytes:
    return mail(
        f"Duda {number} " + "x" * size,
        subject=f"Asunto {number}",
        sender=f"p{number}@example.com",
        message_id=f"<{number}@example.com>",
    )


def counted(house: House) -> tuple[int, int]:
    """Arrivals that still wait, and messages that came in."""
    with house.db.reading() as session:
        waiting = session.scalar(select(func.count()).select_from(Arrival).where(Arrival.filed_at.is_(None)))
        came = session.scalar(select(func.count()).select_from(Message).where(Message.direction == Direction.IN))
    return waiting or 0, came or 0


def poll(office: Desk) -> int:
    """Fetch and file."""
    taken = jobs.poll(office.house, "email")
    office.file()
    return taken


def test_a_connection_cut_in_the_middle_of_a_body_costs_time_and_no_mail(
    office: Desk, dovecot: Dovecot, desk_url: str, tmp_path: Path
) -> None:
    for number in range(6):
        dovecot.deliver(letter(number, size=9_000))
    for most in (4_000, 30_000):
        with cut_after(dovecot.port, most) as port:
            url = dovecot.url().replace(f":{dovecot.port}/", f":{port}/")
            cut = Desk(reopened(desk_url, tmp_path, url))
            with pytest.raises(Unreachable):
                jobs.poll(cut.house, "email")
            cut.house.db.close()
    poll(office)

    assert counted(office.house) == (0, 6)
    assert {len(one.text.strip()) for one in office.messages(Direction.IN)} == {len("Duda 1 ") + 9_000}


def reopened(desk_url: str, tmp_path: Path, imap_url: str) -> House:
    """Another process of the same desk, whose way to the mailbox is another."""
    from app.factory import open_house

    return open_house(environ(desk_url, tmp_path / "data", IMAP_URL=imap_url))[0]


def test_a_mailbox_restored_under_another_validity_brings_back_nothing_that_was_filed(
    office: Desk, dovecot: Dovecot
) -> None:
    for number in range(5):
        dovecot.deliver(letter(number))
    first = poll(office)
    dovecot.recreate()
    for number in (3, 4, 5, 0, 1, 2):
        dovecot.deliver(letter(number))
    again = poll(office)

    assert (first, again) == (5, 6)
    assert counted(office.house) == (0, 6)
    assert len(office.tickets()) == 6


def test_mail_that_others_read_or_delete_between_two_polls_is_kept_once_or_was_never_ours(
    office: Desk, dovecot: Dovecot
) -> None:
    for number in range(4):
        dovecot.deliver(letter(number))
    poll(office)
    for number in range(4, 8):
        dovecot.deliver(letter(number))
    with dovecot.session() as imap:
        imap.select("INBOX")
        imap.store("1:6", "+FLAGS", "(\\Seen)")
        imap.store("2,7", "+FLAGS", "(\\Deleted)")
        imap.expunge()
    poll(office)

    # The seventh was gone before anybody could fetch it; the second had been ours already.
    assert sorted(one.subject or "" for one in office.messages(Direction.IN)) == [
        f"Asunto {n}" for n in range(8) if n != 6
    ]
    assert counted(office.house) == (0, 7)
    assert len(dovecot.messages()) == 6


def test_two_who_poll_at_once_take_every_mail_once(office: Desk, dovecot: Dovecot) -> None:
    for number in range(60):
        dovecot.deliver(letter(number))
    ready = threading.Barrier(2)

    def one_of_them() -> None:
        ready.wait(10)
        jobs.poll(office.house, "email")
        while jobs.file(office.house):
            pass

    both = [threading.Thread(target=one_of_them) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(60)
    office.file()

    assert counted(office.house) == (0, 60)
    assert len(office.tickets()) == 60


def poison(number: int) -> bytes:
    """Bytes that tell nobody who wrote them."""
    return b"\x00\xff\xfe\r\n--=_\x00" + bytes([number]) * 500


@pytest.mark.slow
def test_five_thousand_mails_waiting_with_poison_among_them_are_all_tickets(office: Desk, dovecot: Dovecot) -> None:
    for number in range(5_000):
        dovecot.deliver(poison(number // 1000) if number % 1000 == 500 else letter(number))
    taken = poll(office)
    again = poll(office)
    kinds = Counter(one.kind for one in office.messages(Direction.IN))

    assert (taken, again) == (5_000, 0)
    assert counted(office.house) == (0, 5_000)
    assert kinds == {Kind.MESSAGE: 4_995, Kind.UNREADABLE: 5}


def test_poison_between_two_mails_stops_neither(office: Desk, dovecot: Dovecot) -> None:
    for raw in (letter(1), poison(7), letter(2)):
        dovecot.deliver(raw)
    poll(office)

    assert Counter(one.kind for one in office.messages(Direction.IN)) == {Kind.MESSAGE: 2, Kind.UNREADABLE: 1}
    assert counted(office.house) == (0, 3)
