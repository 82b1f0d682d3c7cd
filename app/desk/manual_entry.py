"""Enquiries that somebody of ours hands over, by page or API: kept as an arrival and filed in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import arrivals, events, inbox, message_parts
from app.desk.arrivals import Packed
from app.desk.inbox import Letter, Read
from app.errors import Impossible
from app.models.arrival import Arrival, ArrivalKind, Line
from app.models.message import Direction, Message
from app.models.people import User
from app.models.place import TownHall
from app.models.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What is handed over: the letter to file, and its bytes packed under the key under which it comes once."""

    letter: Letter
    packed: Packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The ticket that holds it; not `fresh` when the same slip had been handed over before."""

    ticket: Ticket
    fresh: bool


def take(session: Session, slip: Slip, *, keys: tuple[str, ...], now: datetime) -> Taken:
    """File a slip. The same key with the same bytes is one enquiry; with other bytes it is Impossible."""
    line = line_for(session, slip.letter.inbound.channel)
    at, connection = (line.channel, line.address), session.connection()
    kept = arrivals.store(connection, [slip.packed], at=at, kind=ArrivalKind.GIVEN, now=now)
    if not kept:
        return Taken(ticket=_before(session, line, slip.packed), fresh=False)
    ((arrival, _),) = arrivals.load(session, kept)
    waiting = arrivals.bare(arrival, line)
    filed = inbox.file(session, [Read(arrival=waiting, letters=(slip.letter,))], keys=keys, quiet=timedelta(), now=now)
    arrivals.done(session, kept, now=now)
    return Taken(ticket=session.get_one(Ticket, filed.tickets[0]), fresh=True)


def forwarded(
    session: Session, ticket: Ticket, *, hall: TownHall, address: str | None, comment: str, by: User, now: datetime
) -> None:
    """Say that a town hall passed this on for a citizen; its comment stays inside the house."""
    ticket.forwarder_town_hall_id, ticket.forwarder_address = hall.id, address
    ticket.town_hall_id = ticket.town_hall_id or hall.id
    first = session.scalars(
        select(Message)
        .where(Message.ticket_id == ticket.id, Message.direction == Direction.IN)
        .order_by(Message.id)
        .limit(1)
    ).one()
    first.forwarded = {"by": address, "comment": comment}
    if comment.strip():
        session.add(Message(**message_parts.comment(ticket.id, first.arrival_id, comment.strip(), now=now)))
    events.record(session, ticket, "forwarded", now=now, by=by, town_hall=hall.id)


def line_for(session: Session, channel: str) -> Line:
    """Our end of a channel; Impossible where we have none."""
    line = session.scalar(select(Line).where(Line.channel == channel).order_by(Line.id).limit(1))
    if line is None:
        raise Impossible("Este canal no está en marcha.")
    return line


def halls(session: Session, ids: Sequence[int]) -> list[TownHall]:
    """Town halls by id, in the order of their names."""
    return list(session.scalars(select(TownHall).where(TownHall.id.in_(ids)).order_by(TownHall.name)))


def _before(session: Session, line: Line, slip: Packed) -> Ticket:
    arrival = session.scalars(
        select(Arrival).where(Arrival.line_id == line.id, Arrival.wire_key == slip.wire_key)
    ).one()
    if arrival.body_sha256 != slip.body_sha256:
        raise Impossible("Esa clave ya se usó con otra consulta.")
    return session.get_one(Ticket, inbox.tickets_of(session, arrival.id)[0])
