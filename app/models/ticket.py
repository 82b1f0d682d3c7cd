"""One contact's one question, with what was found about it, what was done to it, and what was offered for it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, and_, text
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import MAYBE, Base, Id, Ref, codes, literally, short
from app.models.people import Contact, User
from app.models.place import TownHall


class Status(StrEnum):
    """Whose turn it is. Snoozed, merged and spam are columns, not states."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    HELD = "held"
    SOLVED = "solved"
    CLOSED = "closed"


LIVE = (Status.NEW, Status.OPEN, Status.WAITING, Status.HELD)
OPEN = (Status.NEW, Status.OPEN, Status.HELD)
OURS = (Status.NEW, Status.OPEN)
_LIVE_SQL = text("status IN ('new','open','waiting','held') AND merged_into_id IS NULL")
_SOLVED_SQL = text("status = 'solved'")
_SNOOZED_SQL = text("snoozed_until IS NOT NULL")
_UNSORTED_SQL = text("sort_at IS NOT NULL")
_CALL_BACK_SQL = text("call_back_at IS NOT NULL")
_RELATED_SQL = text("related_to_id IS NOT NULL")
_HANDED_SQL = text("handed_to_id IS NOT NULL")


class Ticket(Base):
    """A consulta. `version` grows with every change; `sort_at` is when triage should look at it, NULL when it has."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_live", "status", "id", postgresql_where=_LIVE_SQL, sqlite_where=_LIVE_SQL),
        Index("ix_ticket_live_owner", "owner_id", "id", postgresql_where=_LIVE_SQL, sqlite_where=_LIVE_SQL),
        Index("ix_ticket_live_due", "due_at", "id", postgresql_where=_LIVE_SQL, sqlite_where=_LIVE_SQL),
        Index("ix_ticket_unsorted", "sort_at", postgresql_where=_UNSORTED_SQL, sqlite_where=_UNSORTED_SQL),
        Index("ix_ticket_solved", "solved_at", postgresql_where=_SOLVED_SQL, sqlite_where=_SOLVED_SQL),
        Index("ix_ticket_snoozed", "snoozed_until", postgresql_where=_SNOOZED_SQL, sqlite_where=_SNOOZED_SQL),
        Index("ix_ticket_forwarder", "forwarder_town_hall_id", "id"),
        Index("ix_ticket_contact", "contact_id", "id"),
        Index("ix_ticket_town_hall", "town_hall_id", "id"),
        Index("ix_ticket_call_back", "call_back_at", postgresql_where=_CALL_BACK_SQL, sqlite_where=_CALL_BACK_SQL),
        Index("ix_ticket_related", "related_to_id", "id", postgresql_where=_RELATED_SQL, sqlite_where=_RELATED_SQL),
        Index("ix_ticket_handed", "handed_to_id", "id", postgresql_where=_HANDED_SQL, sqlite_where=_HANDED_SQL),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[Id]
    version: Mapped[int] = mapped_column(default=1)
    contact_id: Mapped[Ref] = mapped_column(ForeignKey("contact.id"))
    channel: Mapped[str] = mapped_column(short(20))
    line_id: Mapped[Ref] = mapped_column(ForeignKey("line.id"))
    subject: Mapped[str] = mapped_column(short(300), default="")
    status: Mapped[Status] = mapped_column(codes(Status), default=Status.NEW)
    priority: Mapped[str] = mapped_column(short(2), default="P3")
    category: Mapped[str | None] = mapped_column(short(40))
    language: Mapped[str | None] = mapped_column(short(8))
    town_hall_id: Mapped[Ref | None] = mapped_column(ForeignKey("town_hall.id"))
    forwarder_town_hall_id: Mapped[Ref | None] = mapped_column(ForeignKey("town_hall.id"))
    forwarder_address: Mapped[str | None] = mapped_column(short(254))
    handed_to_id: Mapped[Ref | None] = mapped_column(ForeignKey("town_hall.id"))
    on_behalf_of: Mapped[str | None] = mapped_column(short(200))
    owner_id: Mapped[Ref | None] = mapped_column(ForeignKey("user.id"))
    deadline: Mapped[date | None]
    filing: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(index=True)
    last_message_id: Mapped[Ref | None]
    last_message_at: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    spoke_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    unsorted_since: Mapped[datetime | None]
    sort_at: Mapped[datetime | None]
    sorted_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    due_first: Mapped[datetime | None]
    due_solved: Mapped[datetime | None]
    turn_since: Mapped[datetime | None]
    spent_minutes: Mapped[int] = mapped_column(default=0)
    first_answered_at: Mapped[datetime | None]
    solved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None] = mapped_column(short(40))
    snoozed_until: Mapped[datetime | None]
    merged_into_id: Mapped[Ref | None] = mapped_column(ForeignKey("ticket.id"))
    related_to_id: Mapped[Ref | None] = mapped_column(ForeignKey("ticket.id"))
    automatic_turns: Mapped[int] = mapped_column(default=0)
    call_back_at: Mapped[datetime | None]
    proposed_forward: Mapped[dict[str, Any] | None] = mapped_column(MAYBE)

    contact: Mapped[Contact] = relationship()
    owner: Mapped[User | None] = relationship()
    town_hall: Mapped[TownHall | None] = relationship(foreign_keys=[town_hall_id])
    forwarder: Mapped[TownHall | None] = relationship(foreign_keys=[forwarder_town_hall_id])
    labels: Mapped[list["TicketTag"]] = relationship(cascade="all, delete-orphan", order_by="TicketTag.tag")
    followers: Mapped[list["TicketFollower"]] = relationship(cascade="all, delete-orphan")
    tags: AssociationProxy[list[str]] = association_proxy("labels", "tag", creator=lambda tag: TicketTag(tag=tag))


class TicketTag(Base):
    """A word by which the desk marks a ticket."""

    __tablename__ = "ticket_tag"
    __table_args__: Any = (Index("ix_ticket_tag_tag", "tag", "ticket_id"),)
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(short(40), primary_key=True)


class TicketFollower(Base):
    """Somebody of the desk who wants to see what becomes of a ticket; `seen_id` is the newest message she has seen."""

    __tablename__ = "ticket_follower"
    __table_args__: Any = (Index("ix_ticket_follower_user", "user_id", "ticket_id"),)
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    user_id: Mapped[Ref] = mapped_column(ForeignKey("user.id"), primary_key=True)
    seen_id: Mapped[Ref] = mapped_column(default=0)


def live() -> ColumnElement[bool]:
    """Somebody has still to do something about the ticket: said in the words of the indexes over live ones."""
    return and_(literally(Ticket.status, LIVE), Ticket.merged_into_id.is_(None))


class Finding(Base):
    """One rule's word about a ticket, with its reason in Spanish; later ones replace earlier ones of their field."""

    __tablename__ = "finding"
    id: Mapped[Id]
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"), index=True)
    field: Mapped[str] = mapped_column(short(40))
    value: Mapped[str | None] = mapped_column(short(200))
    reason: Mapped[str] = mapped_column(short(400))
    rule: Mapped[str] = mapped_column(short(60))
    at: Mapped[datetime]
    __table_args__ = ({"sqlite_autoincrement": True},)


class Event(Base):
    """Who did what to a ticket and when: codes and ids only, chained by hash so that nobody can rewrite the past."""

    __tablename__ = "event"
    id: Mapped[Id]
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(short(40))
    user_id: Mapped[Ref | None] = mapped_column(ForeignKey("user.id"))
    rule: Mapped[str | None] = mapped_column(short(60))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    before_hash: Mapped[str] = mapped_column(short(64))
    hash: Mapped[str] = mapped_column(short(64))
    user: Mapped[User | None] = relationship()


class Outcome(StrEnum):
    """What became of an offered answer; silence is unknown, never solved."""

    OFFERED = "offered"
    HELPED = "helped"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Answer(Base):
    """An article offered for a ticket in one message."""

    __tablename__ = "answer"
    id: Mapped[Id]
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"), index=True)
    message_id: Mapped[Ref | None] = mapped_column(ForeignKey("message.id"))
    slug: Mapped[str] = mapped_column(short(80), index=True)
    language: Mapped[str] = mapped_column(short(8))
    moment: Mapped[float | None]
    score: Mapped[float]
    confident: Mapped[bool]
    at: Mapped[datetime]
    outcome: Mapped[Outcome] = mapped_column(codes(Outcome), default=Outcome.OFFERED)
    outcome_at: Mapped[datetime | None]


class FollowLink(Base):
    """A link by which a forwarding clerk follows the state of a ticket: state only, thirty days, revocable."""

    __tablename__ = "follow_link"
    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(short(64), unique=True)
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"), index=True)
    purpose: Mapped[str] = mapped_column(short(20), default="follow")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    opened: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None]
