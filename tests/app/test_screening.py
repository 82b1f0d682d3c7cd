"""Files on their way in and out: keys and what runs stop, a real ClamAV is asked, nothing passes without it."""

import io
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import select, update

from app import clock, jobs, screening
from app.cli import doctor
from app.desk import packing
from app.desk.file_screening import INFECTED, KIND, LARGE, SECRET
from app.errors import ConfigError, Impossible
from app.factory import create_app
from app.models.message import File, MessageFile
from app.scanner import Clamd, TooLarge
from channels.message import Attachment, Delivery
from tests.app.desk.scenes import Desk, mail
from tests.app.operator.conftest import PNG
from tests.app_fixtures import environ
from tests.servers.clamd import NAME, VIRUS, ClamdServer

KEY = b"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"


def zipped(name: str) -> bytes:
    """An archive with one empty file."""
    kept = io.BytesIO()
    with ZipFile(kept, "w") as archive:
        archive.writestr(name, "")
    return kept.getvalue()


def with_files(*files: tuple[str, str, bytes]) -> bytes:
    """A mail with these files: name, claimed type, bytes."""
    from email import message_from_bytes
    from email.message import EmailMessage
    from email.policy import default

    made = message_from_bytes(mail("Mire esto"), policy=default)
    assert isinstance(made, EmailMessage)
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        made.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return made.as_bytes()


def rows(desk: Desk) -> dict[str, tuple[str | None, str | None]]:
    """What became of each file by its name."""
    with desk.house.db.reading() as session:
        told = session.execute(
            select(MessageFile.filename, File.scanned, File.why).join(File, File.sha256 == MessageFile.sha256)
        )
        return {name: (scanned, why) for name, scanned, why in told}


@pytest.fixture
def desk(desk_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk without a scanner."""
    yield from opened(desk_url, tmp_path)


@pytest.fixture
def scanning(desk_url: str, tmp_path: Path, clamd: ClamdServer) -> Iterator[Desk]:
    """A desk that asks a ClamAV."""
    yield from opened(desk_url, tmp_path, CLAMD_URL=clamd.url)


def opened(desk_url: str, tmp_path: Path, **more: str) -> Iterator[Desk]:
    app = create_app(environ(desk_url, tmp_path / "data", **more))
    yield Desk(app.extensions["ventanilla"])
    app.extensions["ventanilla"].db.close()


def admit(desk: Desk, name: str, content: bytes) -> object:
    return screening.admit(desk.house, Attachment(filename=name, content_type="application/octet-stream"), [content])


def test_what_comes_in_is_kept_whatever_it_is_and_shown_only_if_it_may_be(desk: Desk) -> None:
    desk.hear(
        with_files(
            ("error.png", "application/octet-stream", PNG),
            ("certificado.txt", "text/plain", KEY),
            ("factura.pdf", "application/pdf", b"MZ\x90\x00\x03\x00"),
        )
    )

    assert rows(desk) == {
        "error.png": (None, None),
        "certificado.txt": ("refused", SECRET),
        "factura.pdf": ("refused", KIND),
    }
    with desk.house.db.reading() as session:
        assert (
            session.scalar(select(MessageFile.content_type).where(MessageFile.filename == "error.png")) == "image/png"
        )


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("mio.p12", KEY, "clave privada"),
        ("trampa.pdf", b"MZ\x90\x00", "no es de un tipo"),
        ("factura.msi", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "no es de un tipo"),
        ("factura.jar", zipped("META-INF/MANIFEST.MF"), "no es de un tipo"),
        ("clases.zip", zipped("Factura.class"), "no es de un tipo"),
    ],
)
def test_what_must_not_go_out_is_refused_with_what_to_do_and_not_kept(
    desk: Desk, name: str, content: bytes, told: str
) -> None:
    with pytest.raises(Impossible, match=told):
        admit(desk, name, content)

    folder = desk.house.files.folder
    assert folder is not None and [one for one in folder.rglob("*") if one.is_file()] == []


@pytest.mark.slow
def test_a_file_is_shown_once_the_scanner_has_spoken_and_an_infected_one_never(scanning: Desk) -> None:
    scanning.hear(with_files(("bien.csv", "text/csv", b"nada"), ("mal.csv", "text/csv", b"x " + VIRUS)))
    before, version = rows(scanning), scanning.ticket().version
    jobs.run(scanning.house, "scan")

    assert before == {"bien.csv": ("held", None), "mal.csv": ("held", None)}
    assert rows(scanning) == {"bien.csv": ("clean", None), "mal.csv": ("refused", INFECTED)}
    assert scanning.ticket().version > version


@pytest.mark.slow
def test_one_file_that_cannot_be_scanned_holds_up_no_other(scanning: Desk) -> None:
    scanning.hear(with_files(("perdido.csv", "text/csv", b"una"), ("bien.csv", "text/csv", b"otra")))
    with scanning.house.db.reading() as session:
        lost = session.scalar(select(MessageFile.sha256).where(MessageFile.filename == "perdido.csv"))
    scanning.house.files.delete(lost or "")
    jobs.run(scanning.house, "scan")

    assert rows(scanning) == {"perdido.csv": ("held", None), "bien.csv": ("clean", None)}


@pytest.mark.slow
def test_while_the_scanner_is_down_files_wait_and_the_clock_asks_again(scanning: Desk, clamd: ClamdServer) -> None:
    clamd.stop()
    scanning.hear(with_files(("bien.csv", "text/csv", b"nada")))
    asked, waiting = jobs.run(scanning.house, "scan"), rows(scanning)
    clamd.start()
    with scanning.write() as session:
        for file in session.scalars(select(File)):
            assert file.scan_due_at is not None and file.scan_due_at > clock.now()
            file.scan_due_at = clock.now()
    with scanning.house.db.reading() as session:
        due = packing.due_kinds(session, now=clock.now())
    jobs.run(scanning.house, "scan")

    assert (asked, waiting) == (0, {"bien.csv": ("held", None)})
    assert "scan" in due and rows(scanning) == {"bien.csv": ("clean", None)}


@pytest.mark.slow
def test_what_one_of_ours_attaches_is_scanned_at_once(scanning: Desk, clamd: ClamdServer) -> None:
    with pytest.raises(Impossible, match="virus"):
        admit(scanning, "mal.txt", VIRUS)
    admit(scanning, "bien.txt", b"nada")
    clamd.stop()

    with pytest.raises(Impossible, match="no contesta"):
        admit(scanning, "bien.txt", b"otra cosa")


@pytest.mark.slow
def test_a_clamd_is_reached_by_port_and_by_socket(clamd: ClamdServer) -> None:
    for url in (clamd.url, clamd.socket_url):
        assert Clamd.from_url(url).scan(io.BytesIO(b"x" * 1_000_000 + VIRUS)) == f"{NAME}.UNOFFICIAL"
        assert Clamd.from_url(url).scan(io.BytesIO(b"")) is None


@pytest.mark.slow
def test_what_is_too_large_for_the_scanner_is_told_from_a_scanner_that_is_away(clamd: ClamdServer) -> None:
    with pytest.raises(TooLarge):
        Clamd.from_url(clamd.socket_url).scan(io.BytesIO(b"x" * 32_000_000))


@pytest.mark.slow
def test_what_is_too_large_for_the_scanner_stays_held_and_is_not_asked_about_again(
    desk_url: str, tmp_path: Path, clamd: ClamdServer
) -> None:
    for desk in opened(desk_url, tmp_path, CLAMD_URL=clamd.socket_url):
        desk.hear(with_files(("plano.csv", "text/csv", b"nada")))
        sha256, size = desk.house.files.put([b"x" * 32_000_000])
        with desk.write() as session:
            session.add(File(sha256=sha256, size=size, type="text/csv", scanned="held", stored_at=clock.now()))
            session.flush()
            session.execute(update(MessageFile).values(sha256=sha256))
            session.execute(update(File).where(File.sha256 == sha256).values(scan_due_at=clock.now()))
        jobs.run(desk.house, "scan")
        with desk.house.db.reading() as session:
            asked_again = session.scalar(select(File.scan_due_at).where(File.sha256 == sha256))

        assert rows(desk) == {"plano.csv": ("held", LARGE)}
        assert asked_again is None


@pytest.mark.slow
def test_what_one_of_ours_attaches_must_not_be_too_large_for_the_scanner(
    desk_url: str, tmp_path: Path, clamd: ClamdServer
) -> None:
    for desk in opened(desk_url, tmp_path, CLAMD_URL=clamd.socket_url):
        with pytest.raises(Impossible, match="mayor de lo que el antivirus mira"):
            admit(desk, "plano.txt", b"x" * 32_000_000)


@pytest.mark.slow
def test_the_doctor_says_that_the_scanner_is_away(scanning: Desk, clamd: ClamdServer) -> None:
    def told() -> list[bool]:
        return [one.well for one in doctor.look(scanning.house) if one.name == "antivirus"]

    well = told()
    clamd.stop()

    assert (well, told()) == ([True], [False])


@pytest.mark.parametrize("url", ["127.0.0.1:3310", "tcp://", "tcp://a:b", "unix://host/path", "http://127.0.0.1"])
def test_a_wrong_address_of_the_scanner_stops_the_start(url: str) -> None:
    with pytest.raises(ConfigError, match="CLAMD_URL"):
        Clamd.from_url(url)


def test_a_held_file_goes_out_in_no_mail(desk: Desk) -> None:
    desk.hear(with_files(("bien.png", "image/png", PNG)))
    (said, *_) = desk.said()
    with desk.write() as session:
        (file,) = session.scalars(select(MessageFile)).all()
        session.add(MessageFile(message_id=said.id, filename="x", content_type="image/png", sha256=file.sha256))
        session.get_one(File, file.sha256).scanned = "held"
    desk.change_message(said, delivery=Delivery.QUEUED, due_at=clock.now())
    jobs.deliver(desk.house, "email")

    assert [one.delivery for one in desk.said() if one.id == said.id] == [Delivery.FAILED]
