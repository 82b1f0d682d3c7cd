"""What a colleague answered from Outlook, as the ticket's page shows it."""

from datetime import UTC, datetime

from flask.testing import FlaskClient

from app.desk import answered_elsewhere, arrivals
from app.desk.numbers import number
from app.house import House
from app.models.arrival import ArrivalKind
from channels.message import Inbound
from tests.app.desk.scenes import CONFUSED, Desk, mail
from tests.app.web_outer.people import sign_in, worker
from tests.app_fixtures import MAILBOX


def join(house: House, raw: bytes) -> None:
    """The answer lies in the folder of sent mail and is seen there."""
    now, channel = datetime.now(UTC), house.channels["email"]
    (inbound, *_) = channel.parse(raw, now)
    assert isinstance(inbound, Inbound)
    with house.db.transaction() as session:
        line = arrivals.line_of(session, "email", channel.line)
        assert line is not None
        packed = arrivals.pack("sent:1:1", raw, house.files)
        at, connection = ("email", channel.line), session.connection()
        (arrival_id,) = arrivals.store(connection, [packed], at=at, kind=ArrivalKind.FETCHED, now=now)
        arrivals.done(session, [arrival_id], now=now)
        written = answered_elsewhere.Written(inbound=inbound, words="", files=(), arrival_id=arrival_id)
        keys, books = house.config.secret_keys, house.books.current()
        assert answered_elsewhere.join(session, written, line=line, keys=keys, books=books, now=now)


def test_the_page_shows_the_words_and_that_somebody_wrote_them_elsewhere(client: FlaskClient, house: House) -> None:
    scene = Desk(house)
    scene.hear(mail(CONFUSED))
    answer = mail(
        "Pruebe con otro navegador.",
        sender=f"Consultas <{MAILBOX}>",
        to="ana@example.com",
        message_id="<outlook.1@example.es>",
        In_Reply_To="<uno@example.com>",
    )
    join(house, answer)
    with house.db.transaction() as session:
        worker(session)
    sign_in(client)
    page = client.get(f"/consultas/{number(scene.ticket().id)}")

    assert page.status_code == 200
    assert "Pruebe con otro navegador." in page.text
    assert "Alguien, desde su programa de correo" in page.text
