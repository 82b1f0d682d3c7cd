"""Who forwards for a town hall, and whether we may take a forward at its word."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models.place import TownHallWire, WireKind
from channels.message import Address, Forwarded, Inbound


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The town hall behind an address: its row, the register's row, and whether the address itself was confirmed."""

    town_hall_id: int
    wire_id: int
    confirmed: bool


def desks(session: Session, inbounds: Iterable[Inbound]) -> Mapping[str, Desk]:
    """The town hall of each sender that the register knows, by address first, then by a domain of its own."""
    letters = list(inbounds)
    addresses = {a.address for i in letters for a in (*i.addresses, *citizen(i))}
    domains = {a.rpartition("@")[2] for a in addresses if "@" in a}
    if not addresses:
        return {}
    rows = session.scalars(
        select(TownHallWire)
        .where(
            or_(
                TownHallWire.kind.in_((WireKind.ADDRESS, WireKind.PHONE)) & TownHallWire.value.in_(addresses),
                (TownHallWire.kind == WireKind.DOMAIN) & TownHallWire.value.in_(domains),
            )
        )
        .order_by(TownHallWire.id.desc())
    ).all()
    by_value = {(row.kind is WireKind.DOMAIN, row.value): row for row in rows}
    found = {}
    for address in addresses:
        row = by_value.get((False, address)) or by_value.get((True, address.rpartition("@")[2]))
        if row is not None:
            found[address] = Desk(town_hall_id=row.town_hall_id, wire_id=row.id, confirmed=row.confirmed_at is not None)
    return found


def trusted(inbound: Inbound, desk: Desk | None, known: Mapping[str, Desk]) -> bool:
    """Whether a forward is accepted by itself: read surely, from the register, vouched for, about somebody else.

    What a town hall's own people wrote, or we ourselves, is no citizen's enquiry, however it was passed on.
    """
    forwarded, inside = inbound.forwarded, citizen(inbound)
    return (
        forwarded is not None
        and forwarded.sure
        and bool(inside)
        and inside[0].address not in known
        and inside[0].address != inbound.line.lower()
        and desk is not None
        and (desk.confirmed or inbound.authenticated)
    )


def citizen(inbound: Inbound) -> tuple[Address, ...]:
    """The address of the person inside a forward."""
    forwarded = inbound.forwarded
    if forwarded is None or forwarded.sender is None or "@" not in forwarded.sender.address:
        return ()
    return (Address(channel="email", address=forwarded.sender.address.lower(), kind="email"),)


def proposal(forwarded: Forwarded, desk: Desk | None) -> dict[str, Any]:
    """What a technician is shown of a forward that we do not dare to accept alone."""
    return {
        "name": forwarded.sender.name if forwarded.sender else None,
        "address": forwarded.sender.address if forwarded.sender else None,
        "subject": forwarded.subject,
        "text": forwarded.text,
        "comment": forwarded.comment,
        "town_hall_id": desk.town_hall_id if desk else None,
    }
