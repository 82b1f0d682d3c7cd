"""One text to everybody whom an incident touches: while it lasts, and when it is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import events, incidents, reach, ready_texts, replies, wording
from app.desk.books import Books
from app.errors import Impossible
from app.models.message import Message
from app.models.people import ContactKind, User
from app.models.ticket import LIVE, Status, Ticket
from app.models.work import Incident, IncidentState

UNDO = timedelta(seconds=10)
FROM, TO = time(8), time(20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Of how many tickets the person is written to, on which channels, and how many have to be reached otherwise."""

    said: int
    channels: frozenset[str]
    left: int


def answer(session: Session, incident: Incident, *, text: str, key: str, by: User, now: datetime, books: Books) -> Told:
    """Answer all that wait, each on its own channel; who telephoned is put down for a call."""
    _check(incident, text)
    touched = [one for one in incidents.tickets(session, incident) if one.status in LIVE]
    return _tell(session, incident, touched, "incident_answered", text, key=key, by=by, now=now, books=books, at=now)


def over(
    session: Session, incident: Incident, *, text: str, key: str, solved: bool, by: User, now: datetime, books: Books
) -> Told:
    """It is over: tell everybody by mail and in open chats, between eight and eight; a later word opens it again."""
    _check(incident, text)
    incident.state, incident.over_at = IncidentState.OVER, now
    touched = [one for one in incidents.tickets(session, incident) if one.status is not Status.CLOSED]
    at = daytime(now, books.hours.zone)
    then = Status.SOLVED if solved else Status.WAITING
    told = _tell(
        session, incident, touched, "incident_over", text, key=key, by=by, now=now, books=books, at=at, then=then
    )
    session.flush()
    return told


def draft(incident: Incident, name: str, books: Books) -> str:
    """The province's text to begin with; the gaps of each ticket stay open."""
    hall = incident.town_hall
    known = books.halls.get(hall.code) if hall else None
    office = known.office if known else hall.name if hall else ""
    of_office = f"del {office[3:]}" if office.startswith("el ") else f"de {office}"
    holes = {
        "entity": books.province.entity,
        "number": "{numero}",
        "site": f"la sede {of_office}" if hall else "la sede",
        "phone": books.province.phone,
        "privacy": str(books.province.more.get("privacy_url", "")),
    }
    return wording.fill(books.text(name), holes)


def daytime(now: datetime, zone: ZoneInfo) -> datetime:
    """Now between eight and eight, else the next eight in the morning."""
    local = now.astimezone(zone)
    if FROM <= local.time() < TO:
        return now
    day = local.date() + timedelta(days=local.time() >= TO)
    return datetime.combine(day, FROM, tzinfo=zone)


def _check(incident: Incident, text: str) -> None:
    if incident.state is not IncidentState.OPEN:
        raise Impossible("Esta incidencia no está abierta.")
    if not text.strip():
        raise Impossible("El mensaje está vacío.")


def _tell(
    session: Session,
    incident: Incident,
    touched: Sequence[Ticket],
    what: str,
    text: str,
    *,
    key: str,
    by: User,
    now: datetime,
    books: Books,
    at: datetime,
    then: Status = Status.WAITING,
) -> Told:
    """Say it in each ticket where it can be said; each remembers whether it was."""
    keys = {ticket.id: f"{key[:40]}:{ticket.id}" for ticket in touched}
    done = set(session.scalars(select(Message.client_key).where(Message.client_key.in_(keys.values()))))
    channels, said = set(), 0
    fresh = [ticket for ticket in touched if keys[ticket.id] not in done]
    for ticket in fresh:
        may = _may(session, ticket, at=at, proactive=what == "incident_over")
        if may:
            held = ticket.status is Status.HELD
            replies.reply(
                session,
                ticket,
                text=ready_texts.filled(text, ready_texts.holes(ticket, by, books)),
                by=by,
                now=now,
                books=books,
                client_key=keys[ticket.id],
                undo=max(at - now, UNDO),
                then=Status.HELD if held else then,
            )
            said += 1
            channels.add(ticket.channel)
        events.record(session, ticket, what, now=now, by=by, incident=incident.id, told=may)
    return Told(said=said, channels=frozenset(channels - {"phone"}), left=len(fresh) - said)


def _may(session: Session, ticket: Ticket, *, at: datetime, proactive: bool) -> bool:
    """Town halls' own people are answered apart; news goes to nobody by a call, nor to those who asked for none."""
    if ticket.contact.kind is ContactKind.STAFF or ticket.merged_into_id is not None:
        return False
    identity = reach.addressee(session, ticket, ticket.channel)
    if proactive and (ticket.channel == "phone" or identity is None or identity.opted_out_at is not None):
        return False
    return reach.can_send(session, ticket, channel=ticket.channel, now=at) is None
