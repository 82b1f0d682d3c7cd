"""A desk with a few enquiries on every channel, for the tests of its pages: people, words and numbers are invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.desk import events, search
from app.desk.hours import Hours
from app.models.arrival import Line
from app.models.message import Direction, Message
from app.models.people import Contact, Identity, Role, User, UserTownHall
from app.models.place import TownHall
from app.models.ticket import Finding, Status, Ticket
from channels.message import Delivery
from kb.words import words

PASSWORD = "una frase de prueba"
# Weak on purpose: a test does not guess passwords and should not wait for them.
KEPT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
HOME = "https://consultas.example.es/entrar"


@dataclass(kw_only=True)
class Asked:
    """One enquiry as a test wants it."""

    who: str = "Milagros Arranz"
    channel: str = "whatsapp"
    address: str = "+34600000118"
    subject: str = "AutoFirma no conecta al firmar"
    text: str = "Buenas tardes, al firmar me sale que no se ha podido conectar con AutoFirma. ¿Qué hago?"
    status: Status = Status.NEW
    priority: str = "P3"
    category: str | None = "autofirma"
    town_hall: str | None = "Cantimpalos"
    owner: User | None = None
    due_in: timedelta | None = timedelta(hours=3)
    ago: timedelta = timedelta(minutes=35)
    forwarded: bool = False
    html: str | None = None
    more: dict[str, object] = field(default_factory=dict)


def user(session: Session, name: str, email: str, *, role: Role = Role.TECHNICIAN, now: datetime) -> User:
    """Somebody who can sign in with PASSWORD."""
    row = User(name=name, email=email, role=role, password_hash=KEPT, created_at=now)
    session.add(row)
    session.flush()
    return row


def clerk_of(session: Session, place: str, *, now: datetime) -> User:
    """The clerk of a town hall."""
    row = user(session, "Nieves Gil", "secretaria@pueblo.example", role=Role.CLERK, now=now)
    session.add(UserTownHall(user_id=row.id, town_hall_id=hall(session, place).id))
    return row


def hall(session: Session, name: str) -> TownHall:
    """A town hall of the register."""
    return session.scalars(select(TownHall).where(TownHall.name == name).limit(1)).one()


def ask(session: Session, asked: Asked, *, now: datetime, hours: Hours) -> Ticket:
    """An enquiry in the queue, with its first message; `due_in` is open time of the desk."""
    line = session.scalars(select(Line).where(Line.channel == asked.channel)).first()
    if line is None:
        line = Line(channel=asked.channel, address="", name=asked.channel)
        session.add(line)
        session.flush()
    contact = Contact(name=asked.who, created_at=now)
    identity = Identity(
        channel=asked.channel,
        address=asked.address,
        kind="email" if asked.channel == "email" else "phone",
        heard_at=now - asked.ago,
    )
    contact.identities.append(identity)
    session.add(contact)
    session.flush()
    place = hall(session, asked.town_hall) if asked.town_hall else None
    heard = now - asked.ago
    ticket = Ticket(
        contact_id=contact.id,
        channel=asked.channel,
        line_id=line.id,
        subject=asked.subject,
        status=asked.status,
        priority=asked.priority,
        category=asked.category,
        town_hall_id=place.id if place else None,
        forwarder_town_hall_id=place.id if place and asked.forwarded else None,
        owner_id=asked.owner.id if asked.owner else None,
        created_at=heard,
        heard_at=heard,
        waiting_since=heard if asked.status in {Status.NEW, Status.OPEN} else None,
        due_at=_due(asked.due_in, now, hours),
        **asked.more,
    )
    session.add(ticket)
    session.flush()
    events.record(session, ticket, "opened", now=heard, first=True, channel=asked.channel)
    hear(session, ticket, asked.text, now=heard, html=asked.html)
    return ticket


def hear(session: Session, ticket: Ticket, text: str, *, now: datetime, html: str | None = None) -> Message:
    """Another message of the contact."""
    identity = session.scalars(select(Identity).where(Identity.contact_id == ticket.contact_id).limit(1)).one()
    message = _said(ticket, text, now)
    message.direction, message.identity_id, message.html = Direction.IN, identity.id, html
    message.received_at = message.sent_at = ticket.heard_at = now
    return _keep(session, ticket, message)


def say(
    session: Session, ticket: Ticket, text: str, delivery: Delivery, *, by: User | None = None, now: datetime
) -> Message:
    """An answer of ours, a machine's when nobody is named, however it fared."""
    identity = session.scalars(select(Identity).where(Identity.contact_id == ticket.contact_id).limit(1)).one()
    message = _said(ticket, text, now)
    message.direction, message.identity_id, message.delivery = Direction.OUT, identity.id, delivery
    message.author_user_id, message.author_rule = (by.id, None) if by else (None, "answer")
    message.sent_at = message.delivered_at = now
    if delivery is not Delivery.PROPOSED:
        ticket.spoke_at = now
    return _keep(session, ticket, message)


def note(session: Session, ticket: Ticket, text: str, *, by: User, now: datetime) -> Message:
    """An internal note."""
    message = _said(ticket, text, now)
    message.direction, message.channel, message.author_user_id = Direction.NOTE, "note", by.id
    return _keep(session, ticket, message)


def found(session: Session, ticket: Ticket, *slugs: str, now: datetime) -> None:
    """What triage and the search said about it."""
    told = [("priority", "P1", "«acaba el miércoles»"), ("category", "autofirma", "«AutoFirma»")]
    told += [("article", slug, "0.80@42") for slug in slugs]
    for name, value, reason in told:
        session.add(Finding(ticket_id=ticket.id, field=name, value=value, reason=reason, rule="test", at=now))


def sign_in(client: FlaskClient, email: str = "rosa@mesa.example", password: str = PASSWORD) -> None:
    """Sign in as a browser does."""
    form = {"email": email, "password": password, "csrf_token": token(client, "/entrar")}
    answer = client.post("/entrar", data=form, headers={"Referer": HOME})
    assert answer.status_code == 303, answer.text[:400]


def token(client: FlaskClient, path: str) -> str:
    """The CSRF token that a page holds."""
    return client.get(path).text.split('name="csrf-token" content="', 1)[1].split('"', 1)[0]


def post(client: FlaskClient, path: str, data: Mapping[str, object]) -> TestResponse:
    """Send a form with its token, which is read from a page that is always there."""
    return client.post(path, data={**data, "csrf_token": token(client, "/cuenta")}, headers={"Referer": HOME})


def _due(length: timedelta | None, now: datetime, hours: Hours) -> datetime | None:
    if length is None:
        return None
    return hours.add(now, length) if length > timedelta() else now + length


def _said(ticket: Ticket, text: str, now: datetime) -> Message:
    return Message(
        ticket_id=ticket.id,
        origin_ticket_id=ticket.id,
        channel=ticket.channel,
        line_id=ticket.line_id,
        text=text,
        reply=text,
        words=words(text),
        created_at=now,
    )


def _keep(session: Session, ticket: Ticket, message: Message) -> Message:
    session.add(message)
    session.flush()
    if message.delivery is not Delivery.PROPOSED:
        search.index(session, [(message.id, message.words)])
        ticket.last_message_id, ticket.last_message_at = message.id, message.created_at
    ticket.version += 1
    return message
