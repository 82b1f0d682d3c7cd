"""The links in our messages: a state to follow, an answer to judge."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.desk import identities
from app.desk.tokens import fingerprint
from app.house import House
from app.models.arrival import Line
from app.models.ticket import Answer, FollowLink, Outcome, Status, Ticket
from channels.message import Address
from tests.app.web_outer.people import token_of

WORD = "a-secret-word-of-the-tests"


def ticket_with_link(session: Session, purpose: str, **more: object) -> Ticket:
    now = clock.now()
    address = Address(channel="email", address="ana@example.com", kind="email")
    known = identities.settle(session, [((address,), identities.Newcomer(name="Ana Pérez"))], now=now)
    line = session.scalars(select(Line).where(Line.channel == "email")).one()
    ticket = Ticket(
        contact_id=known[identities.key(address)].contact_id,
        channel="email",
        line_id=line.id,
        subject="Asunto privado",
        status=Status.WAITING,
        created_at=now,
    )
    session.add(ticket)
    session.flush()
    link = {"created_at": now, "expires_at": now + timedelta(days=30), **more}
    session.add(FollowLink(token_hash=fingerprint(WORD), ticket_id=ticket.id, purpose=purpose, **link))
    return ticket


def test_a_follow_link_shows_the_state_and_counts_its_openings(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        ticket_with_link(session, "follow")
    pages = [client.get(f"/seguir/{WORD}").text for _ in range(2)]

    assert "contestada" in pages[0]
    assert "Ana" not in pages[0] and "Asunto privado" not in pages[0]
    with house.db.reading() as session:
        assert session.scalars(select(FollowLink)).one().opened == 2


@pytest.mark.parametrize("spent", [{"expires_at": clock.now() - timedelta(seconds=1)}, {"revoked_at": clock.now()}])
def test_a_spent_link_shows_nothing(client: FlaskClient, house: House, spent: dict[str, object]) -> None:
    with house.db.transaction() as session:
        ticket_with_link(session, "follow", **spent)
    answer = client.get(f"/seguir/{WORD}")

    assert answer.status_code == 410
    assert "C-1-9" not in answer.text


def test_a_follow_link_judges_no_answer(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        ticket_with_link(session, "follow")

    assert client.get(f"/respuesta/{WORD}").status_code == 410


def test_looking_at_a_feedback_link_changes_nothing(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        ticket_with_link(session, "feedback")
    client.get(f"/respuesta/{WORD}")
    client.head(f"/respuesta/{WORD}")

    with house.db.reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.status, ticket.version) == (Status.WAITING, 1)


@pytest.mark.parametrize(
    ("said", "status", "outcome"),
    [("resuelto", Status.SOLVED, Outcome.HELPED), ("ayuda", Status.OPEN, Outcome.FAILED)],
)
def test_the_button_says_whether_the_answer_helped(
    client: FlaskClient, house: House, said: str, status: Status, outcome: Outcome
) -> None:
    with house.db.transaction() as session:
        ticket = ticket_with_link(session, "feedback")
        session.add(
            Answer(
                ticket_id=ticket.id,
                slug="autofirma-no-conecta",
                language="es",
                score=0.9,
                confident=True,
                at=clock.now(),
            )
        )
    form = {"resultado": said, "csrf_token": token_of(client, f"/respuesta/{WORD}")}
    answer = client.post(f"/respuesta/{WORD}", data=form)

    assert answer.status_code == 303
    with house.db.reading() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.status, session.scalars(select(Answer)).one().outcome) == (status, outcome)
        assert (ticket.due_at is None) is (status is Status.SOLVED)


def test_a_post_without_the_pages_token_is_refused(client: FlaskClient, house: House) -> None:
    with house.db.transaction() as session:
        ticket_with_link(session, "feedback")

    assert client.post(f"/respuesta/{WORD}", data={"resultado": "resuelto"}).status_code == 400
