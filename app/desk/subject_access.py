"""Everything the desk holds of one person, as plain values that can be written down and handed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.desk import data_subject, file_screening
from app.desk.data_subject import Scope
from app.desk.numbers import number
from app.models.message import Message
from app.models.people import Contact
from app.models.place import TownHall
from app.models.ticket import Event, Ticket


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is handed over: the values, and each file's hash with the name under which it is added."""

    told: dict[str, Any]
    files: tuple[tuple[str, str], ...]


def dossier(session: Session, scope: Scope, *, now: datetime) -> Dossier:
    """Contacts, tickets, messages and notes of a scope; what was erased is told to have been."""
    scope = data_subject.whole(session, scope)
    contacts = session.scalars(
        select(Contact).where(Contact.id.in_(scope.contact_ids)).options(selectinload(Contact.identities))
    )
    messages = session.scalars(
        select(Message)
        .where(data_subject.messages(scope))
        .order_by(Message.id)
        .options(selectinload(Message.attachments))
    ).all()
    spoken_in = {message.ticket_id for message in messages}
    tickets = session.scalars(select(Ticket).where(Ticket.id.in_(spoken_in)).order_by(Ticket.id)).all()
    halls = {hall.id: hall.name for hall in session.scalars(select(TownHall))}
    files = [
        (file.sha256, f"{file.id}-{file.filename.replace('/', '-')}")
        for message in messages
        for file in message.attachments
        if file.sha256 and file_screening.shown(file.file)
    ]
    told = {
        "hecho_el": now.isoformat(),
        "personas": [_person(contact) for contact in contacts],
        "consultas": [_ticket(session, ticket, halls, messages) for ticket in tickets],
    }
    return Dossier(told, tuple(files))


def _person(contact: Contact) -> dict[str, Any]:
    return {
        "nombre": contact.name,
        "idioma": contact.language,
        "desde": contact.created_at.isoformat(),
        "direcciones": [{"canal": one.channel, "direccion": one.address} for one in contact.identities],
        "borrado_el": _moment(contact.erased_at),
    }


def _ticket(session: Session, ticket: Ticket, halls: dict[int, str], messages: Sequence[Message]) -> dict[str, Any]:
    history = session.scalars(select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id))
    return {
        "numero": number(ticket.id),
        "asunto": ticket.subject,
        "en_nombre_de": ticket.on_behalf_of,
        "estado": ticket.status.value,
        "categoria": ticket.category,
        "prioridad": ticket.priority,
        "idioma": ticket.language,
        "etiquetas": list(ticket.tags),
        "plazo": ticket.deadline.isoformat() if ticket.deadline else None,
        "municipio": halls.get(ticket.town_hall_id or 0),
        "derivada_por": halls.get(ticket.forwarder_town_hall_id or 0),
        "abierta_el": ticket.created_at.isoformat(),
        "cerrada_el": _moment(ticket.closed_at),
        "mensajes": [_message(message) for message in messages if message.ticket_id == ticket.id],
        "historia": [{"cuando": event.at.isoformat(), "que": event.what} for event in history],
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "cuando": message.created_at.isoformat(),
        "sentido": message.direction.value,
        "canal": message.channel,
        "asunto": message.subject,
        "texto": message.text,
        "automatico": message.author_rule is not None,
        "participantes": message.participants,
        "entrega": message.delivery.value if message.delivery else None,
        "transcripciones": [file.transcript for file in message.attachments if file.transcript],
        "ficheros": [f"{file.id}-{file.filename}" for file in message.attachments],
        "borrado_el": _moment(message.erased_at),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
