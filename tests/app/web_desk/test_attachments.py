"""Attachments seen in their place: what may be shown, how a PDF is kept apart, voice notes typed and found."""

from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.wrappers import Response

from app import clock
from app.desk import erasing
from app.desk.data_subject import Scope
from app.desk.numbers import number
from app.house import House
from app.models.message import Direction, File, Message, MessageFile
from app.models.ticket import Event
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import post


def enclose(house: House, desk: Desk, name: str, kind: str, content: bytes) -> int:
    """A file with the first message of the long talk."""
    sha256, size = house.files.put([content])
    with house.db.transaction() as session:
        heard = select(Message).where(Message.ticket_id == desk.talk.id, Message.direction == Direction.IN)
        message = session.scalars(heard.order_by(Message.id).limit(1)).one()
        session.add(File(sha256=sha256, size=size, type=kind, stored_at=clock.now()))
        row = MessageFile(message_id=message.id, filename=name, content_type=kind, size=size, sha256=sha256)
        session.add(row)
        session.flush()
        return row.id


def fetched(client: FlaskClient, path: str) -> Response:
    """A file as a browser gets it, read to its end."""
    with client.get(path) as answer:
        assert answer.data
    return answer


def here(desk: Desk) -> str:
    return f"/consultas/{number(desk.talk.id)}"


def test_a_pdf_is_shown_in_a_frame_of_no_origin_and_else_saved(rosa: FlaskClient, desk: Desk, house: House) -> None:
    file_id = enclose(house, desk, "aviso.pdf", "application/pdf", b"%PDF-1.7 aviso")
    shown = fetched(rosa, f"/archivos/{file_id}/aviso.pdf?ver=1")
    saved = fetched(rosa, f"/archivos/{file_id}/aviso.pdf")

    assert (shown.mimetype, shown.headers["Content-Disposition"][:6]) == ("application/pdf", "inline")
    assert shown.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert (saved.mimetype, saved.headers["X-Frame-Options"]) == ("application/octet-stream", "DENY")
    assert f"/archivos/{file_id}/aviso.pdf?ver=1" in rosa.get(here(desk)).text


def test_what_is_no_pdf_is_not_shown_as_one(rosa: FlaskClient, desk: Desk, house: House) -> None:
    file_id = enclose(house, desk, "aviso.html", "text/html", b"<script>alert(1)</script>")
    answer = fetched(rosa, f"/archivos/{file_id}/aviso.html?ver=1")

    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_voice_note_is_typed_read_and_found(rosa: FlaskClient, desk: Desk, house: House) -> None:
    file_id = enclose(house, desk, "voz.ogg", "audio/ogg", b"OggS")
    post(rosa, f"/archivos/{file_id}/transcripcion", {"transcripcion": "Que la ventana de mantenimiento no se quita"})

    assert "Que la ventana de mantenimiento" in rosa.get(here(desk)).text
    assert desk.talk.subject in rosa.get("/consultas?q=mantenimiento").text
    post(rosa, f"/archivos/{file_id}/transcripcion", {"transcripcion": "Que la pantalla se queda gris"})
    assert desk.talk.subject not in rosa.get("/consultas?q=mantenimiento").text
    assert desk.talk.subject in rosa.get("/consultas?q=gris").text


def test_what_was_typed_of_a_voice_note_is_erased_with_it(rosa: FlaskClient, desk: Desk, house: House) -> None:
    file_id = enclose(house, desk, "voz.ogg", "audio/ogg", b"OggS")
    post(rosa, f"/archivos/{file_id}/transcripcion", {"transcripcion": "Me llamo Blas"})
    with house.db.transaction() as session:
        erasing.erase(session, Scope((), (desk.talk.id,)), because="lo pidió", by=None, now=clock.now())

    with house.db.reading() as session:
        assert session.get_one(MessageFile, file_id).transcript is None
    assert desk.talk.subject not in rosa.get("/consultas?q=blas").text


def test_a_file_too_large_for_the_scanner_is_shown_when_a_technician_releases_it(
    rosa: FlaskClient, desk: Desk, house: House
) -> None:
    file_id = enclose(house, desk, "plano.png", "image/png", b"grande")
    with house.db.transaction() as session:
        session.execute(update(File).values(scanned="held", why="too_large"))
    held = rosa.get(here(desk)).text
    answers = [post(rosa, f"/archivos/{file_id}/soltar", {}).status_code for _ in range(2)]
    with house.db.reading() as session:
        acts = session.scalars(select(Event).where(Event.what == "file_released")).all()
        said = [(act.user_id, act.ticket_id) for act in acts]

    assert "demasiado grande para el antivirus" in held and "Abrirlo sin comprobar" in held
    assert answers == [303, 422]
    assert said == [(desk.who["rosa"].id, desk.talk.id)]
    assert fetched(rosa, f"/archivos/{file_id}/plano.png").data == b"grande"
    assert "dejó abrir un archivo" in rosa.get(here(desk)).text


def test_a_file_with_a_virus_is_released_by_nobody(rosa: FlaskClient, desk: Desk, house: House) -> None:
    file_id = enclose(house, desk, "mal.png", "image/png", b"mal")
    with house.db.transaction() as session:
        session.execute(update(File).values(scanned="refused", why="infected"))

    assert post(rosa, f"/archivos/{file_id}/soltar", {}).status_code == 422
    assert rosa.get(f"/archivos/{file_id}/mal.png").status_code == 404
