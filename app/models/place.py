"""The province as rows: town halls and other local entities, their localities, and who may forward for them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Id, Ref, codes, short


class EntityKind(StrEnum):
    """What sort of local entity a row is."""

    MUNICIPALITY = "municipality"
    MINOR = "minor"
    ASSOCIATION = "association"
    COMMUNITY = "community"
    CONSORTIUM = "consortium"


class TownHall(Base):
    """A local entity. `code` is its INE or BDNS code; `edited_at` marks a row that an upgrade must leave alone."""

    __tablename__ = "town_hall"
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(short(20), unique=True)
    kind: Mapped[EntityKind] = mapped_column(codes(EntityKind))
    name: Mapped[str] = mapped_column(short(160), index=True)
    aliases: Mapped[list[str]] = mapped_column(default=list)
    parent_id: Mapped[Ref | None] = mapped_column(ForeignKey("town_hall.id"))
    population: Mapped[int | None]
    sede_url: Mapped[str | None] = mapped_column(short(200))
    supplier: Mapped[str | None] = mapped_column(short(60))
    phone: Mapped[str | None] = mapped_column(short(40))
    email: Mapped[str | None] = mapped_column(short(254))
    attendance: Mapped[str | None] = mapped_column(short(200))
    dir3: Mapped[str | None] = mapped_column(short(120))
    edited_at: Mapped[datetime | None]
    localities: Mapped[list["Locality"]] = relationship()
    wires: Mapped[list["TownHallWire"]] = relationship()


class Locality(Base):
    """A village or district that belongs to a municipality."""

    __tablename__ = "locality"
    __table_args__ = (UniqueConstraint("town_hall_id", "name"), {"sqlite_autoincrement": True})
    id: Mapped[Id]
    town_hall_id: Mapped[Ref] = mapped_column(ForeignKey("town_hall.id"))
    name: Mapped[str] = mapped_column(short(160))


class WireKind(StrEnum):
    """How a forwarding clerk is recognised."""

    ADDRESS = "address"
    DOMAIN = "domain"
    PHONE = "phone"


class TownHallWire(Base):
    """An address, a domain of its own or a telephone from which a town hall forwards; an address may be confirmed."""

    __tablename__ = "town_hall_wire"
    id: Mapped[Id]
    kind: Mapped[WireKind] = mapped_column(codes(WireKind))
    value: Mapped[str] = mapped_column(short(254))
    town_hall_id: Mapped[Ref] = mapped_column(ForeignKey("town_hall.id"))
    confirmed_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("kind", "value", "town_hall_id"), {"sqlite_autoincrement": True})
