"""Whether and where a contact can be reached, told in whole sentences when not."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, case, exists, or_, select
from sqlalchemy.orm import Session

from app.desk import conversation
from app.errors import Impossible, Stale
from app.models.message import Direction, Message
from app.models.people import Identity, User
from app.models.ticket import Ticket
from channels.message import Delivery

LIMITS = {"whatsapp": 1600, "email": 100_000, "phone": 20_000}


def addressee(session: Session, ticket: Ticket, channel: str) -> Identity | None:
    """Where this ticket's contact is reached on a channel: not where mail is dead, best where this ticket was asked."""
    asked_here = exists().where(
        Message.ticket_id == ticket.id, Message.identity_id == Identity.id, Message.direction == Direction.IN
    )
    return session.scalar(
        select(Identity)
        .where(Identity.contact_id == ticket.contact_id, Identity.channel == channel, Identity.kind != "none")
        .order_by(
            Identity.dead_since.is_not(None),
            case((asked_here, 0), else_=1),
            Identity.heard_at.desc().nulls_last(),
            Identity.id,
        )
        .limit(1)
    )


def chosen(identities: Sequence[Identity], channel: str, *, asked_here: Collection[int]) -> Identity | None:
    """The choice of `addressee` among rows that are read already; `asked_here` are those who wrote in the ticket."""
    there = [one for one in identities if one.channel == channel and one.kind != "none"]

    def rank(one: Identity) -> tuple[bool, bool, float, int]:
        silent = -one.heard_at.timestamp() if one.heard_at else 0.0
        return one.dead_since is not None, one.id not in asked_here, silent, one.id

    return min(there, key=rank, default=None)


def window_until(session: Session, ticket: Ticket) -> datetime | None:
    """Until when this ticket's chat may be answered freely; None on channels that never close."""
    if ticket.channel != "whatsapp":
        return None
    identity = addressee(session, ticket, ticket.channel)
    return conversation.window_until(session, identity.id, ticket.line_id, ticket.channel) if identity else None


def can_send(session: Session, ticket: Ticket, *, channel: str, now: datetime) -> str | None:
    """None if a message can go to this contact by this channel now, else a Spanish sentence that says why not."""
    if channel == "phone":
        return None
    identity = addressee(session, ticket, channel)
    # A call is answered by WhatsApp on whichever line of ours the person wrote to.
    line_id = ticket.line_id if ticket.channel == channel else None
    until = conversation.window_until(session, identity.id, line_id, channel) if identity else None
    return obstacle(channel, identity, until, now=now)


def obstacle(channel: str, identity: Identity | None, until: datetime | None, *, now: datetime) -> str | None:
    """Why nothing can be said there: nobody to say it to, a dead address, a chat open only `until` a moment. Pure."""
    if identity is None:
        return {
            "whatsapp": "No tenemos un WhatsApp de esta persona.",
            "email": "No tenemos una dirección de correo de esta persona.",
        }.get(channel, "No hay manera de escribirle por este canal.")
    if identity.dead_since is not None:
        return "Esta dirección devuelve los mensajes. Use otro canal o llame por teléfono."
    if until is not None and now >= until:
        return (
            "Han pasado más de 24 horas desde su último mensaje y WhatsApp ya no admite texto libre."
            " Use una plantilla aprobada, otro canal o llame por teléfono."
        )
    return None


def check(
    session: Session,
    ticket: Ticket,
    *,
    text: str,
    channel: str,
    now: datetime,
    last_seen: int | None = None,
    by: User | None = None,
) -> None:
    """Raises Impossible, or Stale when the contact, or a colleague of `by`, has said something after `last_seen`."""
    if not text:
        raise Impossible("El mensaje está vacío.")
    if channel not in LIMITS:
        raise Impossible("No hay manera de escribirle por este canal.")
    if len(text) > LIMITS[channel]:
        raise Impossible(f"El mensaje tiene {len(text)} caracteres y por este canal caben {LIMITS[channel]}.")
    if ticket.merged_into_id is not None:
        raise Impossible("Esta consulta está fusionada con otra: conteste en aquella.")
    if last_seen is not None:
        _newer(session, ticket, last_seen, by=by)
    if reason := can_send(session, ticket, channel=channel, now=now):
        raise Impossible(reason)


def _newer(session: Session, ticket: Ticket, last_seen: int, *, by: User | None) -> None:
    """Raises Stale: an answer must not pass by what the contact has just said, nor say twice what a colleague has."""
    other = Message.author_user_id != by.id if by else Message.author_user_id.is_not(None)
    answered = and_(Message.direction == Direction.OUT, Message.audience == "contact", other)
    newer = (
        select(Message)
        .where(Message.ticket_id == ticket.id, Message.id > last_seen, or_(Message.direction == Direction.IN, answered))
        .where(or_(Message.delivery.is_(None), Message.delivery.not_in((Delivery.PROPOSED, Delivery.DROPPED))))
    )
    message = session.scalars(newer.order_by(Message.id.desc()).limit(1)).first()
    if message is not None and message.direction is Direction.IN:
        raise Stale("Ha llegado un mensaje nuevo mientras escribía. No se ha enviado nada.")
    if message is not None and message.author is not None:
        raise Stale(f"{message.author.name} ha contestado mientras usted escribía. No se ha enviado nada.")
