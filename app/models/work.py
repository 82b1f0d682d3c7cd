"""What the desk's work leaves beside tickets: merges, hand-overs, incidents, ready texts, views, who looks at what."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Id, Ref, codes, short
from app.models.place import TownHall


class TicketMerge(Base):
    """Two tickets made one, with what is needed to undo it."""

    __tablename__ = "ticket_merge"
    id: Mapped[Id]
    kept_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"), index=True)
    gone_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"))
    gone_status: Mapped[str] = mapped_column(short(20))
    message_ids: Mapped[list[int]]
    user_id: Mapped[Ref | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class Handed(StrEnum):
    """What a town hall says of a matter that was handed to it."""

    ASKED = "asked"
    TAKEN = "taken"
    REFUSED = "refused"
    ANSWERED = "answered"
    RECALLED = "recalled"


class HandOver(Base):
    """A ticket in the hands of a town hall: since when, what it says, when it is reminded, and until when it had it."""

    __tablename__ = "hand_over"
    id: Mapped[Id]
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"), index=True)
    town_hall_id: Mapped[Ref] = mapped_column(ForeignKey("town_hall.id"))
    token_hash: Mapped[str] = mapped_column(short(64), unique=True)
    state: Mapped[Handed] = mapped_column(codes(Handed), default=Handed.ASKED)
    user_id: Mapped[Ref | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    said_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    reminded_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    town_hall: Mapped[TownHall] = relationship()


class ReadyText(Base):
    """A text that the desk writes often, with gaps for what the ticket knows."""

    __tablename__ = "ready_text"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(short(80), unique=True)
    body: Mapped[str]
    edited_at: Mapped[datetime]


class Presence(Base):
    """Somebody has a ticket before her eyes until a moment, and perhaps writes."""

    __tablename__ = "presence"
    __table_args__: Any = (Index("ix_presence_until", "until"),)
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    user_id: Mapped[Ref] = mapped_column(ForeignKey("user.id"), primary_key=True)
    writing: Mapped[bool] = mapped_column(default=False)
    until: Mapped[datetime]


class SavedView(Base):
    """A look at the queue under a name, for one person or for all; `query` is what stands in the address."""

    __tablename__ = "saved_view"
    id: Mapped[Id]
    user_id: Mapped[Ref] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(short(60))
    query: Mapped[str] = mapped_column(short(1000))
    shared: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]


class IncidentState(StrEnum):
    """How far an incident has come."""

    PROPOSED = "proposed"
    OPEN = "open"
    OVER = "over"
    DISMISSED = "dismissed"


class Incident(Base):
    """Several enquiries about one thing that is broken: a town hall's site, or all the sites of one supplier."""

    __tablename__ = "incident"
    id: Mapped[Id]
    town_hall_id: Mapped[Ref | None] = mapped_column(ForeignKey("town_hall.id"))
    supplier: Mapped[str | None] = mapped_column(short(60))
    state: Mapped[IncidentState] = mapped_column(codes(IncidentState), default=IncidentState.PROPOSED, index=True)
    user_id: Mapped[Ref | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    town_hall: Mapped[TownHall | None] = relationship()


class IncidentTicket(Base):
    """A ticket that is about an incident; a ticket is about one at most."""

    __tablename__ = "incident_ticket"
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    incident_id: Mapped[Ref] = mapped_column(ForeignKey("incident.id"), index=True)
    __table_args__: Any = ()


class LinkCode(Base):
    """A short word told by telephone: who sends it by WhatsApp is who called about this ticket; once, for a day."""

    __tablename__ = "link_code"
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(short(8), unique=True)
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
