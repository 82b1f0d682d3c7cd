"""Whose question a ticket is: given to another person, known by an address or by another consulta of hers."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.desk import carbon_copies, delivery_steps, events, identities
from app.desk.identities import Newcomer
from app.desk.numbers import ticket_id
from app.errors import Impossible
from app.models.message import Message
from app.models.people import Contact, Identity, User
from app.models.ticket import Ticket
from channels import phones
from channels.message import Address, Delivery

UNKNOWN = "Escriba su correo, su teléfono o el número de otra consulta suya, que tiene la forma C-10427-3."


def known_by(session: Session, typed: str, *, region: str, now: datetime) -> int:
    """The contact of what somebody typed: a consulta's, else that of an address, which is made when nobody has it."""
    typed = typed.strip()
    if "@" in typed:
        return _of(
            session, Address(channel="email", address=carbon_copies.read(typed)[0].address, kind="email"), now=now
        )
    if (number := phones.e164(typed, region=region)) is not None:
        chat = select(Identity.contact_id).where(Identity.channel == "whatsapp", Identity.address == number)
        return session.scalar(chat) or _of(session, Address(channel="phone", address=number, kind="phone"), now=now)
    other = session.get(Ticket, ticket_id(typed) or 0)
    if other is None:
        raise Impossible(UNKNOWN)
    return other.contact_id


def give(session: Session, ticket: Ticket, contact_id: int, *, by: User, now: datetime) -> None:
    """It is this person who asks; what the machine proposed was meant for the other one."""
    delivery_steps.lock(session, ticket)
    if ticket.merged_into_id is not None:
        raise Impossible("Esta consulta está unida a otra: trabaje en aquella o deshaga la unión.")
    contact = session.get_one(Contact, contact_id)
    while contact.merged_into_id is not None:
        contact = session.get_one(Contact, contact.merged_into_id)
    if contact.id == ticket.contact_id:
        return
    ticket.contact = contact
    session.execute(
        update(Message)
        .where(Message.ticket_id == ticket.id, Message.delivery == Delivery.PROPOSED)
        .values(delivery=Delivery.DROPPED)
    )
    events.record(session, ticket, "contact_changed", now=now, by=by, contact=contact.id)


def _of(session: Session, address: Address, *, now: datetime) -> int:
    return identities.settle(session, [((address,), Newcomer())], now=now)[identities.key(address)].contact_id
