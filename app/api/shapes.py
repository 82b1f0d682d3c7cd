"""Rows as the API shows them, with what a clerk may not see left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.api.bearer import Caller
from app.desk.numbers import number
from app.models.message import Direction, Message
from app.models.place import TownHall
from app.models.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A local entity."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileShape:
    """A file with a message."""

    filename: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing said in a ticket."""

    id: int
    direction: str
    kind: str
    channel: str
    at: datetime
    text: str
    author: str | None
    automatic: bool
    delivery: str | None
    reason: str | None
    attachments: tuple[FileShape, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A ticket; None where the caller may not look."""

    number: str
    url: str
    version: int
    status: str
    channel: str
    subject: str | None
    contact: str | None
    priority: str | None
    category: str | None
    town_hall: Place | None
    forwarded_by: Place | None
    owner: str | None
    tags: tuple[str, ...]
    deadline: date | None
    due_at: datetime | None
    created_at: datetime
    last_message_at: datetime | None
    messages: tuple[Said, ...] = ()


def address(public_url: str, ticket_id: int) -> str:
    """Where the API tells of a ticket."""
    return f"{public_url}/api/v1/tickets/{number(ticket_id)}"


def show(
    ticket: Ticket, who: Caller, places: Mapping[int, Place], *, public_url: str, messages: tuple[Said, ...] = ()
) -> Shown:
    """A ticket for a caller: a clerk sees the state and not the talk."""
    wide = not who.clerk
    return Shown(
        number=number(ticket.id),
        url=address(public_url, ticket.id),
        version=ticket.version,
        status=ticket.status.value,
        channel=ticket.channel,
        subject=(ticket.subject or None) if wide else None,
        contact=ticket.contact.name if wide else None,
        priority=ticket.priority if wide else None,
        category=ticket.category if wide else None,
        town_hall=places.get(ticket.town_hall_id or 0),
        forwarded_by=places.get(ticket.forwarder_town_hall_id or 0),
        owner=ticket.owner.email if wide and ticket.owner else None,
        tags=tuple(ticket.tags) if wide else (),
        deadline=ticket.deadline if wide else None,
        due_at=ticket.due_at if wide else None,
        created_at=ticket.created_at,
        last_message_at=ticket.last_message_at if wide else None,
        messages=messages if wide else (),
    )


def places(session: Session, tickets: Sequence[Ticket]) -> dict[int, Place]:
    """The local entities that these tickets name."""
    ids = {i for t in tickets for i in (t.town_hall_id, t.forwarder_town_hall_id) if i}
    rows = session.scalars(select(TownHall).where(TownHall.id.in_(ids))) if ids else ()
    return {row.id: Place(code=row.code, name=row.name) for row in rows}


def talk(session: Session, ticket: Ticket) -> tuple[Said, ...]:
    """Everything said in a ticket, oldest first."""
    rows = session.scalars(
        select(Message)
        .where(Message.ticket_id == ticket.id)
        .order_by(Message.id)
        .options(selectinload(Message.attachments), selectinload(Message.author))
    )
    return tuple(said(row) for row in rows)


def said(row: Message) -> Said:
    inward = row.direction is Direction.IN
    return Said(
        id=row.id,
        direction=row.direction.value,
        kind=row.kind.value,
        channel=row.channel,
        at=row.received_at or row.created_at if inward else row.sent_at or row.created_at,
        text=row.text,
        author=row.author.email if row.author else row.author_rule,
        automatic=row.author_rule is not None,
        delivery=row.delivery.value if row.delivery else None,
        reason=row.reason,
        attachments=tuple(
            FileShape(filename=one.filename, content_type=one.content_type, size=one.size) for one in row.attachments
        ),
    )
