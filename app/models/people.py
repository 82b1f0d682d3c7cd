"""Who asks and who answers: contacts with their identities, users with their sessions and tokens."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Id, Ref, codes, short


class ContactKind(StrEnum):
    """What sort of contact this is; staff of a town hall get no citizen's text."""

    PERSON = "person"
    COMPANY = "company"
    STAFF = "staff"


class Role(StrEnum):
    """What a user may do, from least to most; a clerk belongs to town halls."""

    CLERK = "clerk"
    TECHNICIAN = "technician"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Contact(Base):
    """A person or a company that asks. A merged one points at the one that was kept."""

    __tablename__ = "contact"
    id: Mapped[Id]
    kind: Mapped[ContactKind] = mapped_column(codes(ContactKind), default=ContactKind.PERSON)
    name: Mapped[str | None] = mapped_column(short(200))
    language: Mapped[str | None] = mapped_column(short(8))
    town_hall_id: Mapped[Ref | None] = mapped_column(ForeignKey("town_hall.id"))
    merged_into_id: Mapped[Ref | None] = mapped_column(ForeignKey("contact.id"))
    created_at: Mapped[datetime]
    blocked_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    erased_because: Mapped[str | None] = mapped_column(short(200))
    identities: Mapped[list["Identity"]] = relationship(back_populates="contact", order_by="Identity.id")


class Identity(Base):
    """One address of somebody on one channel; its row is the lock under which their messages are filed."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("channel", "address"), {"sqlite_autoincrement": True})
    id: Mapped[Id]
    channel: Mapped[str] = mapped_column(short(20))
    address: Mapped[str] = mapped_column(short(254))
    kind: Mapped[str] = mapped_column(short(10))
    typed: Mapped[str | None] = mapped_column(short(254))
    contact_id: Mapped[Ref | None] = mapped_column(ForeignKey("contact.id"), index=True)
    heard_at: Mapped[datetime | None]
    dead_since: Mapped[datetime | None]
    opted_out_at: Mapped[datetime | None]
    contact: Mapped[Contact | None] = relationship(back_populates="identities")


class ContactMerge(Base):
    """Two contacts made one, with what is needed to undo it."""

    __tablename__ = "contact_merge"
    id: Mapped[Id]
    kept_id: Mapped[Ref] = mapped_column(ForeignKey("contact.id"))
    gone_id: Mapped[Ref] = mapped_column(ForeignKey("contact.id"))
    identity_ids: Mapped[list[int]]
    ticket_ids: Mapped[list[int]]
    user_id: Mapped[Ref | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_contact_merge_kept", "kept_id"), {"sqlite_autoincrement": True})


class User(Base):
    """Somebody who signs in. `invite_hash` is the one-time link, `oidc_hash` who she is to the house's own provider."""

    __tablename__ = "user"
    __table_args__ = (Index("uq_user_oidc_hash", "oidc_hash", unique=True), {"sqlite_autoincrement": True})
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(short(120))
    email: Mapped[str] = mapped_column(short(254), unique=True)
    role: Mapped[Role] = mapped_column(codes(Role))
    password_hash: Mapped[str | None] = mapped_column(short(200))
    oidc_hash: Mapped[str | None] = mapped_column(short(64))
    invite_hash: Mapped[str | None] = mapped_column(short(64))
    invite_until: Mapped[datetime | None]
    totp_secret: Mapped[str | None] = mapped_column(short(64))
    totp_step: Mapped[Ref | None]
    theme: Mapped[str | None] = mapped_column(short(10))
    shortcuts: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    town_halls: Mapped[list["UserTownHall"]] = relationship()


class UserTownHall(Base):
    """A town hall that a clerk works for; one clerk may serve several."""

    __tablename__ = "user_town_hall"
    user_id: Mapped[Ref] = mapped_column(ForeignKey("user.id"), primary_key=True)
    town_hall_id: Mapped[Ref] = mapped_column(ForeignKey("town_hall.id"), primary_key=True)
    __table_args__: Any = ()


class UserSession(Base):
    """One sign-in, known by the hash of its token; it ends by age, by idleness, or by being revoked."""

    __tablename__ = "user_session"
    id: Mapped[Id]
    user_id: Mapped[Ref] = mapped_column(ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(short(64), unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(short(200), default="")


class ApiToken(Base):
    """A bearer token of the API: hashed, with a role, perhaps bound to one town hall."""

    __tablename__ = "api_token"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(short(120), unique=True)
    token_hash: Mapped[str] = mapped_column(short(64), unique=True)
    role: Mapped[Role] = mapped_column(codes(Role))
    town_hall_id: Mapped[Ref | None] = mapped_column(ForeignKey("town_hall.id"))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInTry(Base):
    """A failed sign-in, kept for a day to slow down guessing even when Redis is away."""

    __tablename__ = "sign_in_try"
    id: Mapped[Id]
    email_hash: Mapped[str] = mapped_column(short(64))
    at: Mapped[datetime]
    __table_args__ = (Index(None, "email_hash", "at"), {"sqlite_autoincrement": True})
