"""Mail from pipes, files, mboxes and Maildirs, and mail read again."""

import mailbox
import zlib
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update

from app import clock, rereading
from app.cli import mail as commands
from app.desk import events
from app.house import House
from app.models.arrival import Arrival, Line
from app.models.message import Direction, MessageFile
from app.models.ticket import Status, Ticket
from channels.message import Kind
from tests.app.desk.scenes import Desk, forward, mail


def letter(number: int) -> bytes:
    return mail(f"Duda {number}", sender=f"p{number}@example.com", message_id=f"<{number}@example.com>")


@pytest.fixture
def scene(house: House) -> Desk:
    return Desk(house)


def run(app: Flask, *words: str, given: bytes = b"") -> Result:
    return app.test_cli_runner().invoke(commands.mail_command, list(words), input=given)


def test_a_mail_from_a_pipe_is_kept_once(app: Flask, scene: Desk) -> None:
    raw = letter(1)
    told = [run(app, "receive", given=raw) for _ in range(2)]
    scene.settle()

    assert [one.output.strip() for one in told] == ["1 recibido", "ya estaba"]
    assert len(scene.tickets()) == 1


def test_a_pipe_is_asked_to_come_again_when_there_is_no_line(app: Flask, scene: Desk) -> None:
    with scene.write() as session:
        session.execute(update(Line).where(Line.channel == "email").values(address="otra@example.es"))
    told = run(app, "receive", given=letter(1))

    assert told.exit_code == commands.TRY_LATER


def test_an_empty_mail_is_refused(app: Flask, scene: Desk) -> None:
    assert run(app, "receive", given=b"\n").exit_code == 1
    assert scene.tickets() == []


def test_files_mboxes_maildirs_and_folders_are_imported_and_what_was_there_is_counted(
    app: Flask, scene: Desk, tmp_path: Path
) -> None:
    (tmp_path / "uno.eml").write_bytes(letter(1))
    (tmp_path / "vacio.eml").write_bytes(b"")
    box = mailbox.mbox(tmp_path / "correo.mbox")
    for number in (2, 3):
        box.add(letter(number))
    box.close()
    maildir = mailbox.Maildir(tmp_path / "Maildir")
    maildir.add(letter(4))
    folder = tmp_path / "carpeta"
    folder.mkdir()
    (folder / "cinco.eml").write_bytes(letter(5))
    (folder / "otra-vez.eml").write_bytes(letter(1))
    names = ("uno.eml", "vacio.eml", "correo.mbox", "Maildir", "carpeta")
    told = run(app, "import", *(str(tmp_path / name) for name in names))

    assert told.exit_code == 0
    assert told.stdout.strip().endswith("5 recibidos, 1 ya estaban, 1 vacíos")
    assert "Importando" in told.stderr
    assert len(scene.tickets()) == 5


def test_a_mail_that_was_read_badly_is_read_again_and_found_by_its_words(app: Flask, scene: Desk) -> None:
    scene.hear(letter(1), letter(2))
    wrong = scene.messages()[0]
    scene.change_message(wrong, text="ilegible", reply="ilegible")
    told = run(app, "reparse")
    mended = scene.messages()[0]

    assert told.stdout.strip().endswith("2 leídos, 1 se leen ahora de otra manera")
    assert mended.text.strip() == "Duda 1"
    assert [event.what for event in scene.events(scene.tickets()[0])][-1] == "reread"


def test_a_machine_s_mail_that_was_taken_for_a_person_s_is_closed_when_it_is_read_again(scene: Desk) -> None:
    scene.hear(mail("Estoy fuera", subject="Respuesta automática: Duda", message_id="<a@example.com>"))
    (message,), (ticket,) = scene.messages(Direction.IN), scene.tickets()
    scene.change_message(message, kind=Kind.MESSAGE)
    scene.change(ticket, status=Status.NEW, closed_at=None, close_reason=None)
    told = list(rereading.reread(scene.house, "email"))

    assert told == [(1, 1)]
    assert scene.messages(Direction.IN)[0].kind is Kind.AUTO_REPLY
    assert (scene.ticket().status, scene.ticket().close_reason) == (Status.CLOSED, "auto_reply")


def test_a_person_s_mail_that_was_taken_for_a_machine_s_comes_back_to_the_queue(scene: Desk) -> None:
    scene.hear(letter(1))
    scene.change_message(scene.messages(Direction.IN)[0], kind=Kind.AUTO_REPLY)
    scene.change(scene.ticket(), status=Status.CLOSED, closed_at=clock.now(), close_reason="auto_reply", sort_at=None)
    list(rereading.reread(scene.house, "email"))
    ticket = scene.ticket()

    assert (ticket.status, ticket.close_reason) == (Status.NEW, None)
    assert ticket.sort_at is not None


def test_a_forward_and_its_files_that_are_seen_only_now_are_proposed_and_shown(scene: Desk) -> None:
    scene.hear(forward())
    (message,) = scene.messages(Direction.IN)
    before = scene.ticket().proposed_forward
    scene.change(scene.ticket(), proposed_forward=None)
    told = list(rereading.reread(scene.house, "email"))

    assert told == [(1, 1)]
    assert before is not None
    assert scene.ticket().proposed_forward == before
    assert scene.messages(Direction.IN)[0].text == message.text


def test_a_file_that_was_missed_is_added_and_one_that_is_there_gets_its_name(scene: Desk) -> None:
    made = message_from_bytes(letter(1), policy=policy.default)
    assert isinstance(made, EmailMessage)
    made.add_attachment(b"uno", maintype="application", subtype="pdf", filename="uno.pdf")
    made.add_attachment(b"dos", maintype="application", subtype="pdf", filename="dos.pdf")
    scene.hear(made.as_bytes())
    with scene.write() as session:
        first, second = session.scalars(select(MessageFile).order_by(MessageFile.id))
        first.filename = "sin nombre"
        session.delete(second)
    told = list(rereading.reread(scene.house, "email"))

    assert told == [(1, 1)]
    with scene.house.db.reading() as session:
        assert set(session.scalars(select(MessageFile.filename))) == {"uno.pdf", "dos.pdf"}


def test_a_thread_that_is_read_only_now_is_proposed_as_a_relation(scene: Desk) -> None:
    scene.hear(letter(1))
    scene.hear(mail("Sigue igual", message_id="<2@example.com>", sender="p1@example.com"))
    first, second = scene.tickets()
    raw = mail("Sigue igual", message_id="<2@example.com>", sender="p1@example.com", in_reply_to="<1@example.com>")
    arrival_id = scene.messages(Direction.IN)[1].arrival_id
    with scene.write() as session:
        arrival = session.get_one(Arrival, arrival_id)
        arrival.raw = zlib.compress(raw)
    list(rereading.reread(scene.house, "email"))

    assert (first.related_to_id, second.related_to_id) == (None, None)
    assert scene.tickets()[1].related_to_id == first.id


def test_a_mail_that_nobody_could_read_gets_its_sender_and_a_place_in_the_queue(scene: Desk) -> None:
    scene.hear(b"Subject: sin remite\n\nDuda\n")
    arrival_id = scene.messages(Direction.IN)[0].arrival_id
    with scene.write() as session:
        arrival = session.get_one(Arrival, arrival_id)
        arrival.raw = zlib.compress(letter(1))
    list(rereading.reread(scene.house, "email"))
    (message,) = scene.messages(Direction.IN)

    assert (message.kind, message.text.strip()) == (Kind.MESSAGE, "Duda 1")
    assert message.identity_id == scene.identity("p1@example.com").id
    assert scene.ticket().contact_id == scene.identity("p1@example.com").contact_id


def test_what_a_person_has_done_stays_when_a_mail_is_read_again(scene: Desk) -> None:
    scene.hear(mail("Estoy fuera", subject="Respuesta automática: Duda", message_id="<a@example.com>"))
    scene.change_message(scene.messages(Direction.IN)[0], kind=Kind.MESSAGE)
    scene.change(scene.ticket(), status=Status.OPEN, closed_at=None, close_reason=None)
    user, ticket = scene.user(), scene.ticket()
    with scene.write() as session:
        events.record(session, session.get_one(Ticket, ticket.id), "assigned", now=clock.now(), by=session.merge(user))
    list(rereading.reread(scene.house, "email"))

    assert scene.ticket().status is Status.OPEN
    assert scene.messages(Direction.IN)[0].kind is Kind.MESSAGE


def test_what_was_erased_is_not_read_again(scene: Desk) -> None:
    scene.hear(letter(1))
    scene.change_message(scene.messages()[0], text="", erased_at=clock.now())

    assert list(rereading.reread(scene.house, "email")) == []
