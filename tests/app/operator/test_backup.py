"""The restore drill: what was kept comes back row for row and byte for byte, into either kind of database."""

import threading
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select, text

from app import clock, jobs
from app.backup import pack, rows, unpack
from app.db import Database
from app.desk import backups, events, search
from app.factory import create_app
from app.files import Folder
from app.house import House
from app.models.all import Base
from app.models.message import File, Message
from app.models.ticket import Ticket
from channels.message import Delivery
from tests.app.desk.scenes import CONFUSED, Desk, form
from tests.app_fixtures import environ


def kept(desk: Desk, target: Path) -> pack.Packed:
    house = desk.house
    return pack.pack(house.db, house.files, target, keys=house.config.secret_keys, now=clock.now())


def content(db: Database) -> Mapping[str, list[bytes]]:
    """Every row of every table."""
    with pack.snapshot(db) as connection:
        return {table.name: list(rows.lines(connection, table)) for table in Base.metadata.sorted_tables}


def restored(archive: Path, url: str, folder: Path) -> House:
    """A desk made of the archive."""
    db = Database(url)
    unpack.restore(archive, db, Folder(folder / "files"))
    db.close()
    house: House = create_app(environ(url, folder)).extensions["ventanilla"]
    return house


@pytest.fixture
def archive(lived_in: Desk, tmp_path: Path) -> Path:
    kept(lived_in, tmp_path / "copia.zip")
    return tmp_path / "copia.zip"


def check_drill(lived_in: Desk, archive: Path, url: str, folder: Path) -> None:
    """Same rows, same bytes; search, histories and numbering go on."""
    home = restored(archive, url, folder)
    try:
        before, after = content(lived_in.house.db), content(home.db)
        assert {name: len(told) for name, told in after.items()} == {name: len(told) for name, told in before.items()}
        assert after == before and len(after["message"]) >= 5
        with home.db.reading() as session:
            hashes = session.scalars(select(File.sha256)).all()
            assert hashes
            for sha256 in hashes:
                with home.files.open(sha256) as here, lived_in.house.files.open(sha256) as there:
                    assert here.read() == there.read()
            assert search.tickets(session, "zarigüeya") == [session.scalar(select(func.max(Ticket.id)))]
            assert {events.broken(session, one) for one in session.scalars(select(Ticket.id))} == {None}
        newest = max(ticket.id for ticket in lived_in.tickets())
        Desk(home).hear(form("SM9", CONFUSED, sender="+34600777666"))
        assert max(ticket.id for ticket in Desk(home).tickets()) == newest + 1
    finally:
        home.db.close()


def test_a_desk_is_restored_row_for_row_and_byte_for_byte(
    lived_in: Desk, archive: Path, empty_database_url: str, tmp_path: Path
) -> None:
    check_drill(lived_in, archive, empty_database_url, tmp_path / "anew")


@pytest.mark.slow
def test_a_desk_moves_to_the_other_kind_of_database(
    lived_in: Desk, archive: Path, on_postgresql: bool, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/other.db" if on_postgresql else request.getfixturevalue("empty_server")

    check_drill(lived_in, archive, url, tmp_path / "anew")


def test_a_backup_of_a_busy_desk_is_of_one_moment(lived_in: Desk, empty_database_url: str, tmp_path: Path) -> None:
    end = threading.Event()

    def write() -> None:
        number = 0
        while not end.is_set():
            lived_in.push(form(f"SB{number}", "hola", sender=f"+346001{number:05}"))
            lived_in.file()
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    kept(lived_in, tmp_path / "copia.zip")
    end.set()
    writer.join()
    home = restored(tmp_path / "copia.zip", empty_database_url, tmp_path / "anew")
    with home.db.reading() as session:
        counts = [session.scalar(text(f"SELECT count(*) FROM {name}")) for name in ("message", "event", "ticket")]
        headless = session.scalar(
            select(func.count())
            .select_from(Ticket)
            .where(~select(Message.id).where(Message.ticket_id == Ticket.id).exists())
        )
    home.db.close()

    assert headless == 0 and min(count or 0 for count in counts) > 0


def test_a_backup_is_never_written_over_another_and_is_for_its_owner_only(archive: Path, lived_in: Desk) -> None:
    before = archive.read_bytes()
    with pytest.raises(FileExistsError):
        kept(lived_in, archive)

    assert archive.read_bytes() == before and archive.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("part", ["rows/message", "files/", "secret", "manifest.json"])
def test_a_changed_backup_is_refused_before_anything_is_written(
    archive: Path, empty_database_url: str, tmp_path: Path, part: str
) -> None:
    changed = tmp_path / "cambiada.zip"
    with ZipFile(archive) as old, ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b" {}" if name.startswith(part) else b""))
    db = Database(empty_database_url)
    with pytest.raises(unpack.NotRestored, match="dañada"):
        unpack.restore(changed, db, Folder(tmp_path / "anew"))

    assert unpack.empty(db) and not (tmp_path / "anew").exists()
    db.close()


def test_half_a_backup_is_refused(archive: Path, tmp_path: Path) -> None:
    half = tmp_path / "media.zip"
    half.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])

    with pytest.raises(unpack.NotRestored, match="dañada"):
        unpack.check(half)


def test_nothing_is_restored_over_a_desk_with_rows(archive: Path, lived_in: Desk, tmp_path: Path) -> None:
    before = content(lived_in.house.db)
    with pytest.raises(unpack.NotRestored, match="ya tiene filas"):
        unpack.restore(archive, lived_in.house.db, Folder(tmp_path / "anew"))

    assert content(lived_in.house.db) == before


def test_a_spoilt_file_is_told_and_the_rest_is_kept(lived_in: Desk, tmp_path: Path) -> None:
    with lived_in.house.db.reading() as session:
        sha256 = session.scalars(select(File.sha256)).first()
    folder = lived_in.house.files.folder
    assert sha256 and folder
    (folder / sha256[:2] / sha256).write_bytes(b"something else")
    done = kept(lived_in, tmp_path / "copia.zip")

    assert done.missing == [sha256] and unpack.check(tmp_path / "copia.zip").missing == (sha256,)


def test_the_commands_keep_check_and_restore(
    lived_in: Desk, empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = lived_in.house.db.url.render_as_string(hide_password=False)
    app = create_app(environ(url, tmp_path / "data"))
    archive, run = str(tmp_path / "copia.zip"), app.test_cli_runner()
    backup, again = run.invoke(args=["backup", archive]), run.invoke(args=["backup", archive])
    checked = run.invoke(args=["restore", "--check", archive])
    with lived_in.house.db.reading() as session:
        last = backups.last(session)
    told = environ(empty_database_url, tmp_path / "anew")
    del told["SECRET_KEY"]
    for name in ("SECRET_KEY", *told):
        monkeypatch.delenv(name, raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    done = FlaskCliRunner(app).invoke(args=["restore", archive])
    home: House = create_app(told).extensions["ventanilla"]
    tickets = len(Desk(home).tickets())
    home.db.close()
    app.extensions["ventanilla"].db.close()

    assert (backup.exit_code, again.exit_code, checked.exit_code, done.exit_code) == (0, 1, 0, 0), done.output
    assert last is not None and "ya existe" in again.output and "entera" in checked.output
    assert tickets == len(lived_in.tickets()) and home.config.secret_keys == ("key-of-the-tests",)


def test_what_waited_to_be_sent_is_in_doubt_after_a_restore_and_is_not_sent_again_unasked(
    archive: Path, empty_database_url: str, tmp_path: Path
) -> None:
    home = restored(archive, empty_database_url, tmp_path / "anew")
    with home.db.transaction() as session:
        doubtful = backups.restored(session, now=clock.now())
        states = set(session.scalars(select(Message.delivery).where(Message.delivery.is_not(None))))
    home.db.close()

    assert doubtful >= 1 and not states & {Delivery.QUEUED, Delivery.SENDING}


def test_jobs_go_on_after_a_restore(archive: Path, empty_database_url: str, tmp_path: Path) -> None:
    home = restored(archive, empty_database_url, tmp_path / "anew")

    assert [jobs.file(home), jobs.sort(home)] == [0, 0]
    home.db.close()
