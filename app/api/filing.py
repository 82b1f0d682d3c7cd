"""What comes in over the API made into a slip for the desk, and what is changed there made into its verbs."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import bearer, reading, shapes
from app.api.bearer import Caller
from app.api.problems import Problem, Wrong
from app.desk import arrivals, board, manual_entry, message_parts
from app.desk.inbox import Letter
from app.desk.manual_entry import Slip
from app.desk.numbers import number
from app.house import house
from app.models.people import Role, User, UserTownHall
from app.models.place import TownHall, TownHallWire, WireKind
from app.models.ticket import Ticket
from channels import phones
from channels.message import Address, Inbound
from kb.words import words

LONGEST_KEY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A ticket that was handed over, now or before under the same key."""

    number: str
    status: str
    url: str
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarder:
    """The town hall that passes an enquiry on, and the address it is registered under."""

    hall: TownHall
    address: str | None


def open_ticket(told: Mapping[str, Any], who: Caller, *, key: str | None, now: datetime) -> Opened:
    """File an enquiry under the caller's key."""
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise Problem(422, f"Idempotency-Key tiene entre 1 y {LONGEST_KEY} caracteres.")
    home = house()
    slip = _slip(told, who, key)
    with home.db.transaction() as session:
        forwarder = _forwarder(session, told, who)
        place = reading.town_hall(session, told["town_hall"])
        taken = manual_entry.take(session, slip, keys=home.config.secret_keys, now=now)
        ticket = taken.ticket
        if taken.fresh:
            if place is not None:
                ticket.town_hall_id = place.id
            if forwarder is not None:
                by = bearer.actor(session, who, now=now)
                manual_entry.forwarded(
                    session, ticket, hall=forwarder.hall, address=forwarder.address, comment="", by=by, now=now
                )
        opened = Opened(
            number=number(ticket.id),
            status="new" if taken.fresh else ticket.status.value,
            url=shapes.address(home.config.public_url, ticket.id),
            fresh=taken.fresh,
        )
    return opened


def change(session: Session, ticket: Ticket, told: Mapping[str, Any], *, by: User, now: datetime) -> None:
    """Change what was given, each by its verb."""
    if "owner" in told:
        board.assign(session, ticket, to=reading.person(session, told["owner"]), by=by, now=now)
    wanted = {name: told[name] for name in ("status", "category", "priority", "tags") if name in told}
    if "town_hall" in told:
        place = reading.town_hall(session, told["town_hall"])
        wanted["town_hall_id"] = place.id if place else None
    if wanted:
        board.change(session, ticket, by=by, now=now, books=house().books.current(), **wanted)


def reply_key(who: Caller, key: str | None) -> str | None:
    """Under what a reply is known: the column holds 64 characters, so the caller's key goes in as a hash."""
    return None if key is None else hashlib.sha256(f"api:{who.token_id}:{key}".encode()).hexdigest()


def _slip(told: Mapping[str, Any], who: Caller, key: str | None) -> Slip:
    raw = json.dumps(told, sort_keys=True, ensure_ascii=True).encode("ascii")
    name = f"{message_parts.BY_API}{who.token_id}:{key if key is not None else uuid4().hex}"
    sender = told["sender"]
    inbound = Inbound(
        channel=told["channel"],
        line="",
        external_id=name,
        addresses=_addresses(told["channel"], sender["address"]),
        sender_name=sender["name"],
        subject=told["subject"],
        text=told["text"],
        reply=told["text"],
        original_form=(("source", "api"),),
    )
    said = " ".join(filter(None, (told["subject"], sender["name"], told["text"])))
    return Slip(
        letter=Letter(inbound=inbound, words=words(said), files=()),
        packed=arrivals.pack(name, raw, house().files),
    )


def _addresses(channel: str, typed: str | None) -> tuple[Address, ...]:
    if not typed or not typed.strip():
        return ()
    if channel == "email":
        if "@" not in typed.strip("@"):
            raise Problem(422, "El correo no es válido.", Wrong(field="sender.address", detail="No es un correo."))
        return (Address(channel=channel, address=typed.strip().lower(), kind="email"),)
    region = house().books.current().province.phone_region
    return (Address(channel=channel, address=phones.number(typed, region=region).address, kind="phone"),)


def _forwarder(session: Session, told: Mapping[str, Any], who: Caller) -> Forwarder | None:
    """A town hall's own token forwards for its town hall and for no other; who is named is told what becomes of it."""
    address = (told["forwarded_by"] or "").strip().lower() or None
    if who.clerk and who.town_hall_id is None:
        raise Problem(403, "Esta clave no está unida a ningún ayuntamiento.")
    if address is None:
        return Forwarder(hall=session.get_one(TownHall, who.town_hall_id), address=None) if who.clerk else None
    registered = _registered(session, address)
    hall_id = who.town_hall_id if who.clerk else next(iter(registered), None)
    if hall_id not in registered:
        detail = f"Esa dirección no está registrada para {'su' if who.clerk else 'ningún'} ayuntamiento."
        raise Problem(422, detail, Wrong(field="forwarded_by", detail=detail))
    return Forwarder(hall=session.get_one(TownHall, hall_id), address=address)


def _registered(session: Session, address: str) -> list[int]:
    """The town halls that an address forwards for: by itself, by a domain of its own, or as a clerk who signs in."""
    itself = (TownHallWire.kind == WireKind.ADDRESS) & (TownHallWire.value == address)
    domain = (TownHallWire.kind == WireKind.DOMAIN) & (TownHallWire.value == address.rpartition("@")[2])
    wires = select(TownHallWire.town_hall_id).where(itself | domain).order_by(TownHallWire.kind)
    clerk = (User.email == address) & User.active & (User.role == Role.CLERK)
    clerks = select(UserTownHall.town_hall_id).join(User, User.id == UserTownHall.user_id).where(clerk)
    return [*session.scalars(wires), *session.scalars(clerks)]
