"""What hangs on a ticket in small pieces, read in one query: a page that asks for each by itself asks ten times."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, String, case, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.desk import board, conversation, forwarder_register
from app.desk.presence import Eyes
from app.models.base import BIG, UTCDateTime
from app.models.book import CalendarDay
from app.models.message import Draft, DraftFile, Message
from app.models.people import ContactMerge, Role, User
from app.models.place import TownHallWire, WireKind
from app.models.ticket import Answer, Finding, Outcome, Ticket
from app.models.work import Handed, HandOver, LinkCode, Presence, ReadyText, TicketMerge

Pieces = Mapping[str, Sequence[Any]]
COLUMNS: Mapping[str, Any] = {
    "id": BIG,
    "at": UTCDateTime(),
    "until": UTCDateTime(),
    "name": String(),
    "value": String(),
    "reason": String(),
    "other": BIG,
    "moment": Float(),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in, or once did."""

    id: int
    name: str
    role: Role
    active: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A ready text."""

    id: int
    name: str
    body: str


@dataclass(frozen=True, slots=True)
class Pinned:
    """A file that is to go with what one has begun to write."""

    id: int
    filename: str
    size: int


@dataclass(frozen=True, slots=True)
class Begun:
    """What one has begun to write: the words, the way (a channel or a note), who gets a copy, and its files."""

    text: str = ""
    way: str = ""
    cc: str = ""
    files: tuple[Pinned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hanging:
    """All the pieces. `windows` says of each chat of the contact until when it may be answered freely.

    `code` is the one told by telephone that holds; `registered` which addresses of the contact the register knows.
    """

    findings: Sequence[Finding]
    answers: Sequence[Answer]
    people: Sequence[Person]
    texts: Sequence[Text]
    eyes: Sequence[Eyes]
    contact_merges: Sequence[int]
    merges: Sequence[tuple[int, int]]
    days: Sequence[date]
    draft: Begun
    hall_mail: str
    hands: Sequence[HandOver]
    code: LinkCode | None
    registered: frozenset[str]
    windows: Mapping[int, datetime]


def read(session: Session, ticket: Ticket, *, user: User, now: datetime) -> Hanging:
    """Everything that is small and hangs on a ticket, as `user` may see it."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in session.execute(union_all(*_pieces(ticket, user, now))):
        found[row.kind].append(row)
    hall = ticket.town_hall
    wires = [row.value for row in _ordered(found["wire"])]
    pinned = tuple(Pinned(row.id, row.name, row.other) for row in _ordered(found["pinned"]))
    return Hanging(
        findings=board.newest([_finding(row) for row in _ordered(found["finding"])]),
        answers=[_answer(row, ticket) for row in _ordered(found["answer"])],
        people=sorted((_person(row) for row in found["person"]), key=lambda one: one.name),
        texts=sorted((Text(row.id, row.name, row.value) for row in found["text"]), key=lambda one: one.name),
        eyes=[Eyes(row.name, bool(row.other)) for row in sorted(found["eyes"], key=lambda row: str(row.name))],
        contact_merges=[row.id for row in reversed(_ordered(found["contact_merge"]))],
        merges=[(row.id, row.other) for row in reversed(_ordered(found["merge"]))],
        days=[date.fromisoformat(row.value) for row in found["day"]],
        draft=next((Begun(row.value, row.name, row.reason, pinned) for row in found["draft"]), Begun()),
        hall_mail=((hall.email if hall else None) or next(iter(wires), "")) if hall else "",
        hands=[_hand(row) for row in _ordered(found["hand"])],
        code=next((LinkCode(code=row.value, expires_at=row.until) for row in reversed(_ordered(found["code"]))), None),
        registered=frozenset(row.value for row in found["registered"]),
        windows={row.id: conversation.closes(row.at) for row in found["window"] if row.at},
    )


def _pieces(ticket: Ticket, user: User, now: datetime) -> list[Select[Any]]:
    chats = [one.id for one in ticket.contact.identities if one.channel == "whatsapp"]
    hall = ticket.town_hall
    pieces = [
        _piece("finding", Finding, at=Finding.at, name=Finding.field, value=Finding.value, reason=Finding.reason).where(
            Finding.ticket_id == ticket.id
        ),
        _piece(
            "answer",
            Answer,
            at=Answer.at,
            name=Answer.slug,
            value=Answer.language,
            reason=Answer.outcome,
            other=Answer.message_id,
            moment=Answer.moment,
        ).where(Answer.ticket_id == ticket.id),
        _piece("person", User, name=User.name, value=User.role, other=case((User.active, 1), else_=0)),
        _piece("text", ReadyText, name=ReadyText.name, value=ReadyText.body),
        _piece("draft", Draft, value=Draft.text, name=Draft.channel, reason=Draft.cc).where(
            Draft.ticket_id == ticket.id, Draft.user_id == user.id
        ),
        _piece("pinned", DraftFile, name=DraftFile.filename, other=DraftFile.size)
        .join(Draft, Draft.id == DraftFile.draft_id)
        .where(Draft.ticket_id == ticket.id, Draft.user_id == user.id),
        _piece("eyes", Presence, id=Presence.user_id, name=User.name, other=case((Presence.writing, 1), else_=0))
        .join(User, User.id == Presence.user_id)
        .where(Presence.ticket_id == ticket.id, Presence.until > now, Presence.user_id != user.id),
        _piece("contact_merge", ContactMerge).where(
            ContactMerge.kept_id == ticket.contact_id, ContactMerge.undone_at.is_(None)
        ),
        _piece("merge", TicketMerge, other=TicketMerge.gone_id).where(
            TicketMerge.kept_id == ticket.id, TicketMerge.undone_at.is_(None)
        ),
        _piece(
            "hand", HandOver, at=HandOver.at, until=HandOver.ended_at, value=HandOver.state, other=HandOver.town_hall_id
        ).where(HandOver.ticket_id == ticket.id),
        _piece("code", LinkCode, until=LinkCode.expires_at, value=LinkCode.code).where(
            LinkCode.ticket_id == ticket.id, LinkCode.used_at.is_(None), LinkCode.expires_at > now
        ),
    ]
    if written := forwarder_register.spellings(ticket):
        wires = _piece("registered", TownHallWire, value=TownHallWire.value)
        pieces.append(wires.where(TownHallWire.value.in_(written)))
    if chats:
        heard = _piece("window", Message, id=Message.identity_id, at=func.max(Message.received_at))
        said = heard.where(Message.identity_id.in_(chats), conversation.spoken_there())
        # A call is answered by WhatsApp on whichever line of ours the person wrote to.
        here = said.where(Message.line_id == ticket.line_id) if ticket.channel == "whatsapp" else said
        pieces.append(here.group_by(Message.identity_id))
    if hall is not None:
        days = _piece("day", CalendarDay, value=cast(CalendarDay.day, String)).where(
            CalendarDay.town_hall_code == hall.code
        )
        wires = _piece("wire", TownHallWire, value=TownHallWire.value)
        pieces += [
            days.where(CalendarDay.town_hall_code == hall.code),
            wires.where(TownHallWire.town_hall_id == hall.id, TownHallWire.kind == WireKind.ADDRESS),
        ]
    return pieces


def _piece(kind: str, table: Any, **given: Any) -> Select[Any]:
    """Rows of one kind in the columns that all kinds share."""
    told = {"id": None if "id" in given else table.id, **given}
    columns: list[ColumnElement[Any]] = [
        (cast(null(), shape) if told.get(name) is None else told[name]).label(name) for name, shape in COLUMNS.items()
    ]
    return select(literal(kind).label("kind"), *columns).select_from(table)


def _ordered(rows: Sequence[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: int(row.id))


def _finding(row: Any) -> Finding:
    return Finding(id=row.id, at=row.at, field=row.name, value=row.value, reason=row.reason)


def _answer(row: Any, ticket: Ticket) -> Answer:
    return Answer(
        id=row.id,
        ticket_id=ticket.id,
        at=row.at,
        slug=row.name,
        language=row.value,
        outcome=Outcome(row.reason),
        message_id=row.other,
        moment=row.moment,
    )


def _hand(row: Any) -> HandOver:
    state = Handed(row.value)
    return HandOver(id=row.id, at=row.at, ended_at=row.until, state=state, town_hall_id=row.other)


def _person(row: Any) -> Person:
    return Person(row.id, row.name, Role(row.value), bool(row.other))
