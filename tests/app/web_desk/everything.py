"""A desk in which every page has something to show: outages, links that still hold, people on their way in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.desk import handover, incidents, people, totp, two_factor
from app.desk.numbers import number
from app.desk.tokens import fingerprint
from app.house import House
from app.models.message import Message
from app.models.people import Role, User
from app.models.ticket import FollowLink, Status, Ticket
from app.models.work import Incident
from tests.app.serving import served
from tests.app.web_desk.conftest import Desk
from tests.app.web_desk.scenes import Asked, ask, hall, user
from tests.app_fixtures import environ, raised
from tests.servers.process import free_port

FOLLOW, FEEDBACK, SECRET = "word-of-a-follow-link", "word-of-a-feedback-link", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ADMIN, HALFWAY = "admin@mesa.example", "mitad@mesa.example"


ACCOUNT = {"OIDC_ISSUER": "https://127.0.0.1:9", "OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "x"}
# What the demo must not be told.
WIRED = (
    "PUBLIC_URL",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_API_URL",
    "WHATSAPP_FROM",
    "SMTP_URL",
    "MAIL_FROM",
)


@contextmanager
def listening(database_url: str, folder: Path) -> Iterator[tuple[Flask, str]]:
    """The demo, which alone has every page, with an account of the house's own to sign in with; and its address."""
    port = free_port()
    told = environ(database_url, folder, PORT=str(port), DEMO="1", **ACCOUNT)
    app = raised({name: value for name, value in told.items() if name not in WIRED})
    with served(app, port) as url:
        yield app, url
    app.extensions["ventanilla"].db.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """What the addresses of pages are made from."""

    talk: str
    mail: str
    call: str
    colleagues: str
    handed: str
    invited: str


def furnish(house: House, desk: Desk) -> Everything:
    """Add to a morning what its queue alone does not show."""
    now = clock.now()
    with house.db.transaction() as session:
        user(session, "Administración", ADMIN, role=Role.ADMIN, now=now)
        _halfway(session, house, now)
        _outages(session, house, desk, now)
        colleagues = session.get_one(Ticket, desk.tickets[5].id)
        colleagues.status = Status.CLOSED
        _links(session, desk.mail, now)
        newcomer = user(session, "Ana Nueva", "ana@mesa.example", now=now)
        return Everything(
            talk=number(desk.talk.id),
            mail=number(desk.mail.id),
            call=number(desk.tickets[-2].id),
            colleagues=number(colleagues.id),
            handed=_handed(session, house, desk, now),
            invited=people.reinvite(newcomer, now=now),
        )


def _halfway(session: Session, house: House, now: datetime) -> None:
    """Somebody with a second step, which was set up a while ago."""
    row, earlier = user(session, "Mitad Camino", HALFWAY, now=now), now - timedelta(minutes=5)
    typed = totp.code(SECRET, int(earlier.timestamp()) // totp.STEP)
    two_factor.set_up(session, row, secret=SECRET, typed=typed, keys=house.config.secret_keys, now=earlier)


def _outages(session: Session, house: House, desk: Desk, now: datetime) -> None:
    """One incident that is proposed and one that is open."""
    books = house.books.current()
    for place in ("Coca", "Cuéllar"):
        for at in range(3):
            asked = Asked(
                who=f"Vecina de {place} {at}",
                channel="email",
                address=f"{place.lower()}{at}@example.com",
                subject=f"La sede de {place} no abre",
                town_hall=place,
                category=incidents.OUTAGE,
                ago=timedelta(),
            )
            ask(session, asked, now=now, hours=books.hours)
    incidents.propose(session, now=now)
    session.flush()
    incidents.confirm(session, session.get_one(Incident, 1), by=desk.who["jefa"], now=now, books=books)


def _links(session: Session, ticket: Ticket, now: datetime) -> None:
    for word, purpose in ((FOLLOW, "follow"), (FEEDBACK, "feedback")):
        until = now + timedelta(days=30)
        link = FollowLink(
            token_hash=fingerprint(word), ticket_id=ticket.id, purpose=purpose, created_at=now, expires_at=until
        )
        session.add(link)


def _handed(session: Session, house: House, desk: Desk, now: datetime) -> str:
    """A matter in the hands of its town hall; the word of the link that went there."""
    handover.hand_over(
        session,
        session.get_one(Ticket, desk.tickets[1].id),
        hall=hall(session, "Ayllón"),
        address="secretaria@pueblo.example",
        by=session.get_one(User, desk.who["rosa"].id),
        now=now,
        books=house.books.current(),
        public_url=house.config.public_url,
        keys=house.config.secret_keys,
    )
    session.flush()
    mail = session.scalars(select(Message).where(Message.author_rule == "handed_clerk")).one()
    return mail.text.split("/entrega/", 1)[1].split("?", 1)[0]
