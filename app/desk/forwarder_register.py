"""The register of who forwards for a town hall: addresses that look like one's are proposed, a person enters them."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import events
from app.errors import Impossible
from app.models.message import Direction, Message
from app.models.people import ContactKind, Identity, User
from app.models.place import TownHall, TownHallWire, WireKind
from app.models.ticket import Ticket

OFFICE = re.compile(r"ayto|ayuntamiento|ajuntament|concello|udala|casaconsistorial|alcaldia")
SHORTEST = 4


def likely(address: str, halls: Mapping[int, str]) -> int | None:
    """The town hall whose name an address carries, beside a word for such a house or alone before the domain's end."""
    local, _, domain = address.lower().rpartition("@")
    house = domain.rpartition(".")[0].rpartition(".")[2]
    written = _plain(f"{local} {domain.rpartition('.')[0]}")
    names = sorted(
        ((_plain(name), hall_id) for hall_id, name in halls.items()), reverse=True, key=lambda one: len(one[0])
    )
    for name, hall_id in names:
        if len(name) < SHORTEST or name not in written:
            continue
        if OFFICE.search(written) or _plain(house) == name:
            return hall_id
    return None


def spellings(ticket: Ticket) -> list[str]:
    """By which addresses and domains whoever asks by mail may be registered; nothing where nobody is to be entered."""
    if ticket.channel != "email" or ticket.contact.kind is ContactKind.STAFF or ticket.forwarder_address:
        return []
    written = [one.address for one in ticket.contact.identities if "@" in one.address]
    return sorted({*written, *(address.rpartition("@")[2] for address in written)})


def proposed(
    ticket: Ticket, writer: Identity | None, halls: Mapping[int, str], *, registered: Collection[str]
) -> tuple[str, int] | None:
    """The writer who opened the ticket, to be entered for a town hall; None if registered, or like no such house."""
    if writer is None or writer.address not in spellings(ticket):
        return None
    address = writer.address
    hall_id = likely(address, halls)
    known = {address, address.rpartition("@")[2]} & set(registered)
    return None if hall_id is None or known else (address, hall_id)


def enter(session: Session, ticket: Ticket, town_hall_id: int, *, by: User, now: datetime) -> None:
    """Let who wrote this forward for a town hall. Not confirmed: forwards still need our own server's stamp."""
    hall, writer = session.get(TownHall, town_hall_id), _writer(session, ticket)
    if hall is None or writer is None or writer.contact is None or "@" not in writer.address:
        raise Impossible("Esta consulta no viene de una dirección de correo.")
    address = writer.address
    held = select(TownHallWire.id).where(TownHallWire.kind == WireKind.ADDRESS, TownHallWire.value == address)
    if session.scalar(held.limit(1)) is None:
        session.add(TownHallWire(kind=WireKind.ADDRESS, value=address, town_hall_id=hall.id))
    writer.contact.kind, writer.contact.town_hall_id = ContactKind.STAFF, hall.id
    if ticket.proposed_forward:
        ticket.proposed_forward = {**ticket.proposed_forward, "town_hall_id": hall.id}
    ticket.town_hall_id = ticket.town_hall_id or hall.id
    events.record(session, ticket, "clerk_registered", now=now, by=by, town_hall=hall.id)


def _writer(session: Session, ticket: Ticket) -> Identity | None:
    opened = select(Message).where(Message.ticket_id == ticket.id, Message.direction == Direction.IN)
    first = session.scalar(opened.order_by(Message.id).limit(1))
    return first.identity if first else None


def _plain(written: str) -> str:
    """Letters only, without accents; «Santa María la Real» is «santamarialareal» in an address."""
    bare = unicodedata.normalize("NFKD", written.lower())
    return re.sub(r"[^a-z]", "", bare)
