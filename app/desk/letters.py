"""Letters on their way into tickets, and whose they are: the sender's, or the citizen's inside an accepted forward."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import forwards, identities, message_parts
from app.desk.arrivals import Waiting
from app.desk.identities import Newcomer
from app.models.message import Message
from app.models.people import ContactKind
from app.models.ticket import Ticket
from channels.message import Address, Inbound, Receipt

NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One inbound message ready to be filed: its words for search, its files already kept, whether it cannot wait."""

    inbound: Inbound
    words: str
    files: tuple[message_parts.Kept, ...]
    hurried: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An arrival read by its channel: letters for tickets, receipts for messages of ours."""

    arrival: Waiting
    letters: tuple[Letter, ...] = ()
    receipts: tuple[Receipt, ...] = ()


@dataclass(slots=True, kw_only=True)
class Place:
    """A letter on its way into a ticket: whose it is, under which id it is filed, and by whom it was forwarded."""

    letter: Letter
    arrival: Waiting
    identity_ids: tuple[int, ...]
    contact_id: int
    external_id: str
    desk: forwards.Desk | None
    accepted: bool
    ticket: Ticket | None = None
    fresh: bool = False
    related: Ticket | None = None
    message_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    arrival: Waiting
    letter: Letter
    desk: forwards.Desk | None
    accepted: bool
    speaker: tuple[Address, ...]


def places(session: Session, letters: Sequence[tuple[Waiting, Letter]], *, now: datetime) -> list[Place]:
    """Every letter with its speaker's identities and contact, found or made under the lock of the identities."""
    desks = forwards.desks(session, (letter.inbound for _, letter in letters))
    groups: list[tuple[tuple[Address, ...], Newcomer]] = []
    plans = []
    for arrival, letter in letters:
        inbound = letter.inbound
        desk = next((desks[a.address] for a in inbound.addresses if a.address in desks), None)
        sender = _sender(inbound, arrival)
        groups.append((sender, _newcomer(inbound.sender_name, desk)))
        accepted = forwards.trusted(inbound, desk, desks)
        if accepted and inbound.forwarded and inbound.forwarded.sender:
            groups.append((forwards.citizen(inbound), _newcomer(inbound.forwarded.sender.name, None)))
        speaker = forwards.citizen(inbound) if accepted else sender
        plans.append(_Plan(arrival=arrival, letter=letter, desk=desk, accepted=accepted, speaker=speaker))
    known = identities.settle(session, groups, now=now)
    return [_place(plan, [known[identities.key(a)] for a in plan.speaker]) for plan in plans]


def tickets_of(session: Session, arrival_id: int) -> list[int]:
    """The tickets that an arrival was filed into."""
    return list(session.scalars(select(Message.ticket_id).where(Message.arrival_id == arrival_id).distinct()))


def _newcomer(name: str | None, desk: forwards.Desk | None) -> Newcomer:
    kind = ContactKind.STAFF if desk else ContactKind.PERSON
    return Newcomer(name=(name or "")[:NAME] or None, kind=kind, town_hall_id=desk.town_hall_id if desk else None)


def _place(plan: _Plan, known: Sequence[identities.Known]) -> Place:
    return Place(
        letter=plan.letter,
        arrival=plan.arrival,
        identity_ids=tuple(k.id for k in known),
        contact_id=known[0].contact_id,
        external_id=plan.letter.inbound.external_id[:980],
        desk=plan.desk,
        accepted=plan.accepted,
    )


def _sender(inbound: Inbound, arrival: Waiting) -> tuple[Address, ...]:
    if inbound.addresses:
        return inbound.addresses
    # A caller without number or a mail without sender is somebody too; nobody else will ever have this address.
    return (Address(channel=inbound.channel, address=f"anonymous:{arrival.id}", kind="none"),)
