"""Calls: who may be on the line, when one can be called back, and what a call leaves behind in its ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.desk import board, conversation, events, replies, search
from app.desk.books import Books
from app.desk.hours import Hours
from app.errors import Impossible
from app.models.message import Message
from app.models.people import Contact, Identity, User
from app.models.place import EntityKind, TownHall
from app.models.ticket import LIVE, Ticket
from channels.message import Address
from kb.words import fold

STEP = timedelta(minutes=30)
SLOTS = 6
FOUND = 5
SHORTEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may be calling."""

    contact: Contact
    address: str | None
    tickets: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A half hour in which somebody of the desk can call."""

    at: datetime
    taken: bool


def people(session: Session, typed: str, *, starts: Sequence[str]) -> list[Person]:
    """Those whose number begins with one of `starts`; without any, those whose name was said; in order."""
    wanted = _by_number(session, starts) if starts else _by_name(session, typed)
    if not wanted:
        return []
    contacts = session.scalars(
        select(Contact)
        .where(Contact.id.in_(wanted), Contact.merged_into_id.is_(None), Contact.erased_at.is_(None))
        .options(selectinload(Contact.identities))
    ).all()
    rows = session.execute(
        select(Ticket.contact_id, func.count(), func.max(Ticket.created_at))
        .where(Ticket.contact_id.in_(wanted))
        .group_by(Ticket.contact_id)
    )
    counts = {contact_id: (count, last) for contact_id, count, last in rows}
    found = []
    for contact in sorted(contacts, key=lambda one: wanted.index(one.id)):
        count, last = counts.get(contact.id, (0, None))
        found.append(Person(contact=contact, address=_address(contact), tickets=count, last_at=last))
    return found


def past(session: Session, contact_id: int, *, limit: int = 3) -> list[Ticket]:
    """The newest tickets of a contact."""
    return list(
        session.scalars(select(Ticket).where(Ticket.contact_id == contact_id).order_by(Ticket.id.desc()).limit(limit))
    )


def slots(session: Session, hours: Hours, now: datetime) -> list[Slot]:
    """The next half hours of open time, with those in which somebody is promised a call already."""
    moments = half_hours(hours, now)
    if not moments:
        return []
    promised = session.scalars(
        select(Ticket.call_back_at).where(
            Ticket.call_back_at.between(moments[0], moments[-1] + STEP), Ticket.status.in_(LIVE)
        )
    ).all()
    return [Slot(at=at, taken=any(p is not None and at <= p < at + STEP for p in promised)) for at in moments]


def half_hours(hours: Hours, now: datetime) -> list[datetime]:
    """Today's remaining half hours, and the first one of the next open day as the last. Pure."""
    closes = hours.closes_at(now)
    first = now.replace(minute=0, second=0, microsecond=0)
    while first < now + timedelta(minutes=10):
        first += STEP
    today: list[datetime] = []
    while closes is not None and first < closes and len(today) < SLOTS - 1:
        today.append(first)
        first += STEP
    tomorrow = hours.next_opening(closes or now)
    rest = [tomorrow + STEP * place for place in range(SLOTS - len(today))]
    return [*today, *(at for at in rest if hours.open_at(at))]


def call_back(
    session: Session, ticket: Ticket, *, text: str, at: datetime | None, by: User, now: datetime, books: Books
) -> Message:
    """Promise a call: what is to be said waits as a message that a person delivers."""
    if at is not None and not books.hours.open_at(at):
        raise Impossible("A esa hora no hay nadie: elija otra.")
    message = replies.reply(session, ticket, text=text, by=by, now=now, books=books, channel="phone")
    ticket.call_back_at = at
    events.record(session, ticket, "call_promised", now=now, by=by, at=at.isoformat() if at else None)
    return message


def answered(session: Session, ticket: Ticket, *, text: str, by: User, now: datetime, books: Books) -> None:
    """It was answered while they talked."""
    message = replies.reply(session, ticket, text=text, by=by, now=now, books=books, channel="phone")
    session.flush()
    replies.call_done(session, message, outcome="reached", by=by, now=now, books=books)
    _sorted_by_hand(ticket, now=now)


def sort_out(
    session: Session,
    ticket: Ticket,
    *,
    category: str | None,
    said: str,
    town_hall_id: int | None,
    by: User,
    now: datetime,
    books: Books,
) -> None:
    """What whoever answered already knows about the call."""
    wanted: dict[str, object] = {} if ticket.subject else {"subject": conversation.first_line(said)}
    if category:
        wanted["category"] = category
    if town_hall_id:
        wanted["town_hall_id"] = town_hall_id
    if wanted:
        board.change(session, ticket, by=by, now=now, books=books, **wanted)
        # Whoever answers next reads the row anew.
        session.flush()


def _by_number(session: Session, starts: Sequence[str]) -> list[int]:
    near = or_(*((Identity.address >= start) & (Identity.address < start + "~") for start in starts))
    rows = session.scalars(
        select(Identity.contact_id)
        .where(Identity.channel.in_(("phone", "whatsapp")), near, Identity.contact_id.is_not(None))
        .order_by(Identity.heard_at.desc())
        .limit(FOUND * 2)
    )
    return list(dict.fromkeys(row for row in rows if row is not None))[:FOUND]


def _by_name(session: Session, typed: str) -> list[int]:
    if len(typed.strip()) < SHORTEST:
        return []
    ids: Sequence[int] = search.tickets(session, typed)
    rows = session.scalars(select(Ticket.contact_id).where(Ticket.id.in_(ids)).order_by(Ticket.id.desc()))
    return list(dict.fromkeys(rows))[:FOUND]


def _address(contact: Contact) -> str | None:
    spoken = [one for one in contact.identities if one.channel in {"phone", "whatsapp"} and one.kind == "phone"]
    return spoken[0].address if spoken else None


def send_link(session: Session, ticket: Ticket, *, text: str, by: User, now: datetime, books: Books) -> Message:
    """Send what was talked about in writing, by whichever way is open to this person."""
    for channel in ("whatsapp", "email"):
        if replies.can_send(session, ticket, channel=channel, now=now) is None:
            sent = replies.reply(session, ticket, text=text, by=by, now=now, books=books, channel=channel)
            _sorted_by_hand(ticket, now=now)
            return sent
    raise Impossible("No hay correo ni WhatsApp abierto de esta persona: léale los pasos o devuélvale la llamada.")


def hall_names(session: Session) -> list[str]:
    """All local entities by name, for a list to choose from."""
    return list(session.scalars(select(TownHall.name).order_by(TownHall.name)))


def hall_named(session: Session, typed: str) -> TownHall | None:
    """The local entity of this name, accents and capitals aside; a municipality before others of its name."""
    wanted = fold(typed).strip()
    if not wanted:
        return None
    rows = session.execute(select(TownHall.id, TownHall.name, TownHall.kind)).all()
    same = sorted((kind != EntityKind.MUNICIPALITY, row_id) for row_id, name, kind in rows if fold(name) == wanted)
    return session.get(TownHall, same[0][1]) if same else None


def hall_of(session: Session, contact: Contact) -> TownHall | None:
    """Where somebody is from: what is known of them, else what their last ticket said."""
    last = select(Ticket.town_hall_id).where(Ticket.contact_id == contact.id).order_by(Ticket.id.desc()).limit(1)
    hall_id = contact.town_hall_id or session.scalar(last)
    return session.get(TownHall, hall_id) if hall_id else None


def known_addresses(session: Session, contact_id: int | None) -> list[Address]:
    """One address by which filing knows a contact again."""
    if contact_id is None:
        return []
    rows = session.scalars(
        select(Identity)
        .where(Identity.contact_id == contact_id, Identity.kind != "none")
        .order_by(Identity.id)
        .limit(1)
    )
    return [Address(channel=row.channel, address=row.address, kind=row.kind) for row in rows]


def ask_for_call(session: Session, ticket: Ticket, *, by: User, now: datetime, books: Books) -> None:
    """Somebody who passed an enquiry on knows only a telephone number: the answer is a call that anybody may make."""
    call_back(session, ticket, text="Llamar: solo tenemos su teléfono.", at=None, by=by, now=now, books=books)
    ticket.owner_id = None


def _sorted_by_hand(ticket: Ticket, *, now: datetime) -> None:
    # Triage gives a call to people; this one has had its person, and must not come back.
    ticket.sort_at, ticket.sorted_at, ticket.unsorted_since = None, now, None
