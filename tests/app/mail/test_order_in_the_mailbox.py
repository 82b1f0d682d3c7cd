"""Copies of what went out, and what becomes of mail that is filed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from app import clock, jobs, tidying
from app.factory import open_house
from channels.channel import Unreachable
from channels.email.settings import read
from channels.message import Delivery
from tests.app.desk.scenes import CONFUSED, Desk, mail
from tests.app_fixtures import environ
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import Smtp

pytestmark = pytest.mark.slow


@contextmanager
def desk_with(url: str, folder: Path, dovecot: Dovecot, smtp: Smtp, **more: str) -> Iterator[Desk]:
    house, _ = open_house(environ(url, folder / "data", IMAP_URL=dovecot.url(), SMTP_URL=smtp.url(), **more))
    try:
        yield Desk(house)
    finally:
        house.db.close()


def answered(office: Desk, dovecot: Dovecot) -> None:
    """Somebody wrote, and our answer went out a while ago."""
    dovecot.deliver(mail(CONFUSED))
    jobs.poll(office.house, "email")
    office.settle()
    while jobs.deliver(office.house, "email"):
        pass
    for one in office.said():
        if one.delivery is Delivery.SENT:
            office.change_message(one, sent_at=clock.now() - timedelta(minutes=5))


def test_a_copy_of_what_went_out_lies_in_sent_once_with_its_own_id(
    desk_url: str, tmp_path: Path, dovecot: Dovecot, smtp: Smtp
) -> None:
    with desk_with(desk_url, tmp_path, dovecot, smtp) as office:
        answered(office, dovecot)
        made = [tidying.copy(office.house, "email") for _ in range(2)]
    with desk_with(desk_url, tmp_path, dovecot, smtp) as after_a_restart:
        made.append(tidying.copy(after_a_restart.house, "email"))
    copies = [message_from_bytes(raw, policy=policy.default) for raw in dovecot.messages("Sent")]

    assert made == [len(smtp.received), 0, 0]
    assert [one["Message-ID"] for one in copies] == [one["Message-ID"] for one in smtp.received]
    assert [raw.split() for raw in dovecot.messages("Sent")] == [one.raw.split() for one in smtp.received]
    assert all("\\Seen" in flags for flags in dovecot.flags("Sent"))


def test_a_server_that_keeps_copies_itself_gets_none_of_ours(
    desk_url: str, tmp_path: Path, dovecot: Dovecot, smtp: Smtp
) -> None:
    with desk_with(desk_url, tmp_path, dovecot, smtp) as office:
        answered(office, dovecot)
        for one in smtp.received:
            dovecot.append(one.raw, "Sent")
        made = tidying.copy(office.house, "email")

    assert made == 0
    assert len(dovecot.messages("Sent")) == len(smtp.received) > 0


def test_nobody_looks_into_sent_when_the_setting_says_no(
    desk_url: str, tmp_path: Path, dovecot: Dovecot, smtp: Smtp
) -> None:
    with desk_with(desk_url, tmp_path, dovecot, smtp, IMAP_SENT="no") as office:
        answered(office, dovecot)
        made = tidying.copy(office.house, "email")

    assert (made, dovecot.messages("Sent")) == (0, [])


@pytest.mark.parametrize(
    ("done", "inbox", "elsewhere"), [("", [False], 0), ("flag", [True], 0), ("move:Registrado", [], 1)]
)
def test_filed_mail_is_left_flagged_or_moved_and_what_is_not_filed_stays(
    desk_url: str, tmp_path: Path, dovecot: Dovecot, smtp: Smtp, done: str, inbox: list[bool], elsewhere: int
) -> None:
    with desk_with(desk_url, tmp_path, dovecot, smtp, MAIL_DONE=done) as office:
        dovecot.deliver(mail(CONFUSED))
        jobs.poll(office.house, "email")
        before = tidying.tidy(office.house, "email")
        office.settle()
        dovecot.deliver(mail("otra", message_id="<dos@example.com>"))
        tidying.tidy(office.house, "email")
        jobs.poll(office.house, "email")
        office.settle()

    assert before == 0
    assert ["\\Flagged" in flags for flags in dovecot.flags()] == [*inbox, False]
    assert (len(dovecot.messages("Registrado")) if elsewhere else 0) == elsewhere
    assert len(office.tickets()) == 2


def test_a_server_that_is_down_is_said_and_harms_nothing(
    desk_url: str, tmp_path: Path, dovecot: Dovecot, smtp: Smtp
) -> None:
    with desk_with(desk_url, tmp_path, dovecot, smtp, MAIL_DONE="flag") as office:
        dovecot.stop()
        tidying.tidy_everywhere(office.house)
        with pytest.raises(Unreachable):
            tidying.tidy(office.house, "email")

    assert office.tickets() == []


def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(ValueError, match="MAIL_DONE"):
        read({"SMTP_URL": "smtp://x.example", "MAIL_FROM": "c@example.es", "MAIL_DONE": "borrar"})
