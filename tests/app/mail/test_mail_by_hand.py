"""Mail from pipes, files, mboxes and Maildirs, and mail read again."""

import mailbox
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import update

from app import clock, rereading
from app.cli import mail as commands
from app.house import House
from app.models.arrival import Line
from tests.app.desk.scenes import Desk, mail


def letter(number: int) -> bytes:
    return mail(f"Duda {number}", sender=f"p{number}@example.com", message_id=f"<{number}@example.com>")


@pytest.fixture
def scene(house: House) -> Desk:
    return Desk(house)


def run(app: Flask, *words: str, given: bytes = b"") -> Result:
    return app.test_cli_runner().invoke(commands.mail_command, list(words), input=given)


def test_a_mail_from_a_pipe_is_kept_once(app: Flask, scene: Desk) -> None:
    told = [run(app, "receive", given=letter(1)) for _ in range(2)]
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


def test_what_was_erased_is_not_read_again(scene: Desk) -> None:
    scene.hear(letter(1))
    scene.change_message(scene.messages()[0], text="", erased_at=clock.now())

    assert list(rereading.reread(scene.house, "email")) == []
