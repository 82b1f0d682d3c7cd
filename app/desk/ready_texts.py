"""Texts that are ready: those that the desk writes often, and WhatsApp templates for a window that is closed."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import deadlines, delivery_steps, desk_settings, events, reach, search, wording
from app.desk.books import Books
from app.desk.numbers import number
from app.desk.turns import turn
from app.errors import Impossible
from app.models.message import Direction, Message
from app.models.people import User
from app.models.ticket import Status, Ticket
from app.models.work import ReadyText
from channels.message import Delivery
from kb.words import words

KEY = "whatsapp_templates"
GAPS = ("nombre", "numero", "ayuntamiento", "sede", "telefono", "tecnico", "entidad")
SID = re.compile(r"HX[0-9a-f]{32}")
_PLACE = re.compile(r"\{\{(\d+)\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template that Meta has approved: its name, Twilio's id, its words with {{1}}, {{2}}, and what fills them."""

    name: str
    sid: str
    body: str
    variables: tuple[str, ...]


def texts(session: Session) -> Sequence[ReadyText]:
    """All ready texts by name."""
    return session.scalars(select(ReadyText).order_by(ReadyText.name)).all()


def keep(session: Session, *, text_id: int | None, name: str, body: str, now: datetime) -> ReadyText:
    """Write a ready text, or write one anew."""
    name, body = name.strip()[:80], body.replace("\r\n", "\n").strip()
    if not name or not body:
        raise Impossible("Un texto preparado necesita un nombre y lo que dice.")
    twin = session.scalar(select(ReadyText).where(ReadyText.name == name))
    if twin is not None and twin.id != text_id:
        raise Impossible(f"Ya hay un texto que se llama «{name}».")
    row = (session.get(ReadyText, text_id) if text_id else None) or ReadyText()
    row.name, row.body, row.edited_at = name, body, now
    session.add(row)
    return row


def drop(session: Session, text_id: int) -> None:
    """Forget a ready text."""
    row = session.get(ReadyText, text_id)
    if row is not None:
        session.delete(row)


def holes(ticket: Ticket, by: User, books: Books) -> Mapping[str, str]:
    """What fills the gaps of a text about this ticket; the entity's own telephone where its town hall has none."""
    hall = ticket.town_hall
    return {
        "nombre": ticket.contact.name or "",
        "numero": number(ticket.id),
        "ayuntamiento": hall.name if hall else "su ayuntamiento",
        "sede": (hall.sede_url if hall else None) or "la sede de su ayuntamiento",
        "telefono": (hall.phone if hall else None) or books.province.phone,
        "tecnico": by.name,
        "entidad": books.province.entity,
    }


def filled(body: str, given: Mapping[str, str]) -> str:
    """A ready text with its gaps filled."""
    return wording.fill(body, given)


def templates(settings: Mapping[str, Any]) -> list[Template]:
    """The templates that the desk knows."""
    return [Template(**{**one, "variables": tuple(one["variables"])}) for one in settings.get(KEY) or ()]


def keep_templates(session: Session, kept: Sequence[Template], *, now: datetime) -> None:
    """Write all templates; each must be one that Twilio could send."""
    for one in kept:
        if not one.name or not SID.fullmatch(one.sid):
            raise Impossible(
                "El identificador de una plantilla empieza por HX y sigue con 32 cifras o letras de la a a la f."
            )
        asked = {int(place) for place in _PLACE.findall(one.body)}
        if asked != set(range(1, len(one.variables) + 1)) or set(one.variables) - set(GAPS):
            raise Impossible(f"En «{one.name}» los huecos {{{{1}}}}, {{{{2}}}}… y los datos que los llenan no casan.")
    desk_settings.put(session, KEY, [asdict(one) for one in kept], now=now)


def said(template: Template, given: Mapping[str, str]) -> str:
    """The words of a template as the person reads them."""
    return _PLACE.sub(lambda place: given[template.variables[int(place[1]) - 1]], template.body)


def send(
    session: Session,
    ticket: Ticket,
    template: Template,
    *,
    by: User,
    now: datetime,
    books: Books,
    key: str | None = None,
) -> Message:
    """Send a template by WhatsApp, whose window may be closed; the same `key` twice is one message."""
    delivery_steps.lock(session, ticket)
    if key and (twin := session.scalar(select(Message).where(Message.client_key == key))):
        return twin
    identity = reach.addressee(session, ticket, "whatsapp")
    if identity is None or identity.heard_at is None:
        raise Impossible("Esta persona no nos ha escrito por WhatsApp: llámela, o dele un código para que escriba.")
    if identity.opted_out_at is not None:
        raise Impossible("Esta persona pidió que no le escribamos por iniciativa nuestra.")
    given = {name: value or "—" for name, value in holes(ticket, by, books).items()}
    text = said(template, given)
    variables = {str(place): given[name] for place, name in enumerate(template.variables, 1)}
    message = Message(
        ticket_id=ticket.id,
        origin_ticket_id=ticket.id,
        direction=Direction.OUT,
        channel="whatsapp",
        line_id=ticket.line_id if ticket.channel == "whatsapp" else None,
        identity_id=identity.id,
        author_user_id=by.id,
        text=text,
        reply=text,
        words=words(text),
        created_at=now,
        client_key=key,
        delivery=Delivery.QUEUED,
        due_at=now,
        template=[template.sid, json.dumps(variables, ensure_ascii=False)],
    )
    session.add(message)
    session.flush()
    search.index(session, [(message.id, message.words)])
    ticket.last_message_id, ticket.last_message_at, ticket.spoke_at = message.id, now, now
    ticket.owner_id = ticket.owner_id or by.id
    turn(ticket, Status.WAITING, now=now)
    deadlines.refresh(ticket, books.hours, books.settings, now=now)
    events.record(session, ticket, "template_sent", now=now, by=by, message=message.id, template=template.sid)
    return message
