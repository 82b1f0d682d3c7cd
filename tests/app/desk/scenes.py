"""A desk whose jobs a test runs by hand: wires push bytes, `settle` files and sorts them, rows are looked at."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import TypeVar
from urllib.parse import urlencode

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, selectinload

from app import clock, jobs
from app.house import House
from app.models.arrival import Arrival, ArrivalKind
from app.models.message import Direction, Message
from app.models.people import Contact, Identity, Role, User
from app.models.place import TownHall, TownHallWire, WireKind
from app.models.ticket import Event, Ticket
from channels.channel import Fetched, Pushed
from channels.message import Delivery
from tests.app_fixtures import ACCOUNT, MAILBOX, NUMBER

T = TypeVar("T")
AUTHSERV = "mx.example.es"
CITIZEN = "+34600111222"
CONFUSED = "no se ha podido conectar con autofirma al firmar"
ENDS_TODAY = "no puedo presentar la solicitud y el plazo acaba hoy"


def form(sid: str, body: str, *, sender: str = CITIZEN, **fields: str) -> Pushed:
    """A citizen's WhatsApp message as Twilio hands it over."""
    said = {
        "SmsMessageSid": sid,
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "SmsStatus": "received",
        "From": f"whatsapp:{sender}",
        "To": f"whatsapp:{NUMBER}",
        "Body": body,
        "NumMedia": "0",
        **fields,
    }
    return Pushed(wire_key=sid, raw=urlencode(said).encode())


def callback(sid: str, status: str, *, key: str | None = None, code: int | None = None) -> Pushed:
    """News of a message of ours."""
    said = {"MessageSid": sid, "MessageStatus": status, "AccountSid": ACCOUNT}
    said |= {"VentanillaKey": key} if key else {}
    said |= {"ErrorCode": str(code)} if code else {}
    return Pushed(wire_key=f"{sid}:{status}", raw=urlencode(said).encode())


def mail(
    text: str,
    *,
    sender: str = "Ana Ríos <ana@example.com>",
    subject: str = "Una duda",
    message_id: str | None = "<uno@example.com>",
    to: str = MAILBOX,
    **headers: str,
) -> bytes:
    """A mail as a server hands it over; headers by name, underscores for hyphens."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"] = clock.now()
    if message_id:
        made["Message-ID"] = message_id
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()


def forward(
    *,
    comment: str = "",
    citizen: str = "Blas Sanz <blas@example.org>",
    words: str = "No me deja firmar la instancia.",
    subject: str = "Fwd: Problema al firmar",
    inner_subject: str = "Problema al firmar",
    sender: str = "Secretaría <secretaria@pueblo.example>",
    message_id: str = "<reenvio@pueblo.example>",
    vouched: bool = False,
    **headers: str,
) -> bytes:
    """A town hall's forward of a citizen's mail."""
    body = (
        f"{comment}\n\n---------- Forwarded message ---------\nDe: {citizen}\nDate: lun, 23 nov 2026 a las 9:14\n"
        f"Subject: {inner_subject}\nTo: <ayuntamiento@pueblo.example>\n\n{words}\n"
    )
    if vouched:
        domain = sender.rpartition("@")[2].strip(">")
        headers["Authentication_Results"] = f"{AUTHSERV}; dmarc=pass header.from={domain}"
    raw = mail(body, sender=sender, subject=subject, message_id=message_id, **headers)
    # Servers put their stamp on top of everything that came with the mail.
    head, _, rest = raw.partition(b"\n\n")
    lines = head.split(b"\n")
    stamps = [line for line in lines if line.startswith(b"Authentication-Results")]
    return b"\n".join([*stamps, *(line for line in lines if line not in stamps)]) + b"\n\n" + rest


@dataclass(frozen=True)
class Desk:
    """The house with hands: what a test does to it, and what it sees."""

    house: House

    def push(self, *things: Pushed) -> list[int]:
        """Twilio hands these over."""
        return jobs.take_in(self.house, "whatsapp", NUMBER, things, ArrivalKind.PUSHED)

    def post(self, *raws: bytes, first_uid: int = 1) -> list[int]:
        """The mailbox hands these over, each under the next UID."""
        with self.house.db.reading() as session:
            held = len(session.scalars(select(Arrival.id)).all())
        things = [Fetched(wire_key=f"7:{held + first_uid + place}", raw=raw) for place, raw in enumerate(raws)]
        return jobs.take_in(self.house, "email", MAILBOX, things, ArrivalKind.FETCHED)

    def file(self) -> None:
        """File everything that is due."""
        while jobs.file(self.house):
            pass

    def settle(self) -> None:
        """File everything, and sort it as if everybody had fallen silent."""
        self.file()
        self.be_quiet()
        while jobs.sort(self.house):
            pass

    def be_quiet(self) -> None:
        """Let the time pass that a burst is waited for."""
        with self.write() as session:
            due = update(Ticket).where(Ticket.sort_at.is_not(None))
            session.execute(due.values(sort_at=clock.now() - timedelta(seconds=1)))

    def hurry_arrivals(self) -> None:
        """Let the time pass after which an arrival is tried again."""
        with self.write() as session:
            due = update(Arrival).where(Arrival.filed_at.is_(None))
            session.execute(due.values(due_at=clock.now() - timedelta(seconds=1), leased_until=None))

    def hear(self, *things: Pushed | bytes) -> None:
        """Take in and settle, one after another."""
        for thing in things:
            self.post(thing) if isinstance(thing, bytes) else self.push(thing)
            self.settle()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A short transaction."""
        with self.house.db.transaction() as session:
            yield session

    def tickets(self) -> list[Ticket]:
        """All tickets, oldest first."""
        return self._all(select(Ticket).order_by(Ticket.id).options(selectinload(Ticket.labels)))

    def ticket(self) -> Ticket:
        """The only ticket."""
        (one,) = self.tickets()
        return one

    def messages(self, direction: Direction | None = None, ticket: Ticket | None = None) -> list[Message]:
        """Messages, oldest first."""
        wanted = select(Message).order_by(Message.id)
        wanted = wanted.where(Message.direction == direction) if direction else wanted
        return self._all(wanted.where(Message.ticket_id == ticket.id) if ticket else wanted)

    def said(self, ticket: Ticket | None = None) -> list[Message]:
        """What we said or would say, oldest first."""
        return self.messages(Direction.OUT, ticket)

    def contacts(self) -> list[Contact]:
        """All contacts, oldest first."""
        return self._all(select(Contact).order_by(Contact.id))

    def identity(self, address: str) -> Identity:
        """The identity of an address."""
        (one,) = self._all(select(Identity).where(Identity.address == address))
        return one

    def events(self, ticket: Ticket) -> list[Event]:
        """A ticket's history."""
        return self._all(select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id))

    def user(self, name: str = "Nuria", role: Role = Role.TECHNICIAN) -> User:
        """Somebody of the desk."""
        with self.write() as session:
            one = User(name=name, email=f"{name.lower()}@example.es", role=role, created_at=clock.now())
            session.add(one)
        return one

    def register(self, address: str, *, hall: str = "Cantimpalos", confirmed: bool = False) -> TownHall:
        """Enter an address, or a domain when there is no @ in it, as a town hall's."""
        with self.write() as session:
            one = session.scalars(select(TownHall).where(TownHall.name == hall)).one()
            kind = WireKind.ADDRESS if "@" in address else WireKind.DOMAIN
            confirmed_at = clock.now() if confirmed else None
            session.add(TownHallWire(kind=kind, value=address, town_hall_id=one.id, confirmed_at=confirmed_at))
        return one

    def change(self, ticket: Ticket, **values: object) -> None:
        """Make a ticket what a test needs it to be."""
        with self.write() as session:
            session.execute(update(Ticket).where(Ticket.id == ticket.id).values(**values))

    def change_message(self, message: Message, **values: object) -> None:
        """Make a message what a test needs it to be."""
        with self.write() as session:
            session.execute(update(Message).where(Message.id == message.id).values(**values))

    def delivered(self, message: Message, external_id: str) -> None:
        """The wire took a message under its own id."""
        sent = {"delivery": Delivery.SENT, "external_id": external_id, "sent_at": clock.now(), "attempts": 1}
        self.change_message(message, **sent)

    def _all(self, wanted: Select[T]) -> list[T]:
        with self.house.db.reading() as session:
            return list(session.scalars(wanted).unique())


def later(moment: datetime, **length: float) -> datetime:
    """A moment so much later."""
    return moment + timedelta(**length)


def bodies(messages: Iterable[Message]) -> list[str]:
    """Their words."""
    return [message.text for message in messages]
