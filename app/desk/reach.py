"""Whether and where a contact can be reached, told in whole sentences when not."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session

from app.desk import talk
from app.errors import Impossible, Stale
from app.models.message import Direction, Message
from app.models.people import Identity
from app.models.ticket import Ticket

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
    return talk.window_until(session, identity.id, ticket.line_id, ticket.channel) if identity else None


def can_send(session: Session, ticket: Ticket, *, channel: str, now: datetime) -> str | None:
    """None if a message can go to this contact by this channel now, else a Spanish sentence that says why not."""
    if channel == "phone":
        return None
    identity = addressee(session, ticket, channel)
    # A call is answered by WhatsApp on whichever line of ours the person wrote to.
    line_id = ticket.line_id if ticket.channel == channel else None
    until = talk.window_until(session, identity.id, line_id, channel) if identity else None
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


def check(session: Session, ticket: Ticket, *, text: str, channel: str, last_seen: int | None, now: datetime) -> None:
    """Raises Impossible, or Stale when something newer than `last_seen` has come."""
    if not text:
        raise Impossible("El mensaje está vacío.")
    if channel not in LIMITS:
        raise Impossible("No hay manera de escribirle por este canal.")
    if len(text) > LIMITS[channel]:
        raise Impossible(f"El mensaje tiene {len(text)} caracteres y por este canal caben {LIMITS[channel]}.")
    if ticket.merged_into_id is not None:
        raise Impossible("Esta consulta está fusionada con otra: conteste en aquella.")
    newest = session.scalar(
        select(func.max(Message.id)).where(Message.ticket_id == ticket.id, Message.direction == Direction.IN)
    )
    if last_seen is not None and newest is not None and newest > last_seen:
        raise Stale("Ha llegado un mensaje nuevo mientras escribía. No se ha enviado nada.")
    if reason := can_send(session, ticket, channel=channel, now=now):
        raise Impossible(reason)
