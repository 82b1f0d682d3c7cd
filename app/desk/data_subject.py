"""Whose data these are: what the desk holds about one person, as its contact or only spoken of by others."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.desk import search
from app.models.message import Message, MessageFile
from app.models.people import Contact, Identity
from app.models.ticket import Ticket
from channels.phones import e164

MOST = 50


@dataclass(frozen=True, slots=True)
class Scope:
    """What a request is about: whole contacts, and tickets of others in which the person is spoken of."""

    contact_ids: tuple[int, ...] = ()
    ticket_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much a scope holds that is not erased yet."""

    contacts: int
    tickets: int
    messages: int
    files: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a search for a person brought: contacts, and the tickets of others that may speak of them."""

    contacts: tuple[Contact, ...]
    mentions: tuple[Ticket, ...]


def find(session: Session, who: str, *, region: str) -> Found:
    """Look for a person by address, telephone, name, or words that were said; people decide what is really theirs."""
    who = who.strip()
    if len(who) < 3:
        return Found((), ())
    contacts = _contacts(session, who, region)
    ids = [contact.id for contact in contacts]
    mentioned = search.tickets(session, who)
    if "@" in who:
        named = cast(Message.participants, Text).contains(who.lower(), autoescape=True)
        mentioned += session.scalars(
            select(Message.ticket_id).where(named).order_by(Message.id.desc()).limit(MOST)
        ).all()
    others = select(Ticket).where(Ticket.id.in_(mentioned), Ticket.contact_id.not_in(ids)).order_by(Ticket.id.desc())
    return Found(contacts, tuple(session.scalars(others.limit(MOST))))


def tickets(scope: Scope) -> ColumnElement[bool]:
    """A condition on Ticket: those of the contacts and the others that were chosen."""
    return or_(Ticket.contact_id.in_(scope.contact_ids), Ticket.id.in_(scope.ticket_ids))


def messages(scope: Scope) -> ColumnElement[bool]:
    """A condition on Message: all of these tickets, and what the contacts said or were told anywhere else."""
    theirs = select(Identity.id).where(Identity.contact_id.in_(scope.contact_ids))
    return or_(
        Message.ticket_id.in_(select(Ticket.id).where(tickets(scope))),
        Message.identity_id.in_(theirs),
    )


def sizes(session: Session, scope: Scope) -> Sizes:
    """What an erasure would take away; a contact that was merged into another one goes with it."""
    scope = whole(session, scope)
    alive = (messages(scope), Message.erased_at.is_(None))
    files = select(func.count()).select_from(MessageFile).join(Message, Message.id == MessageFile.message_id)
    return Sizes(
        contacts=session.scalar(_count(Contact, Contact.id.in_(scope.contact_ids), Contact.erased_at.is_(None))) or 0,
        tickets=session.scalar(_count(Ticket, tickets(scope))) or 0,
        messages=session.scalar(_count(Message, *alive)) or 0,
        files=session.scalar(files.where(*alive)) or 0,
    )


def whole(session: Session, scope: Scope) -> Scope:
    """The scope with every contact that is the same person by a merge."""
    ids, fresh = set(scope.contact_ids), set(scope.contact_ids)
    while fresh:
        rows = session.execute(
            select(Contact.id, Contact.merged_into_id).where(
                or_(Contact.id.in_(fresh), Contact.merged_into_id.in_(fresh))
            )
        ).all()
        fresh = {one for row in rows for one in row if one is not None} - ids
        ids |= fresh
    return Scope(tuple(sorted(ids)), scope.ticket_ids)


def _contacts(session: Session, who: str, region: str) -> tuple[Contact, ...]:
    address = who.lower() if "@" in who else e164(who, region=region) or who
    by_address = select(Identity.contact_id).where(Identity.address == address)
    by_name = func.lower(Contact.name).contains(who.lower(), autoescape=True)
    rows = session.scalars(
        select(Contact)
        .where(or_(Contact.id.in_(by_address), by_name), Contact.erased_at.is_(None))
        .options(selectinload(Contact.identities))
        .order_by(Contact.id.desc())
        .limit(MOST)
    )
    return tuple(rows)


def _count(model: type[Contact | Ticket | Message], *conditions: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(model).where(*conditions)
