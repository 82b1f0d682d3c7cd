"""The rows that a letter becomes: a new ticket and its message. Pure: makes them, stores nothing."""

from datetime import datetime
from typing import Any

from app.desk import forwards, message_parts
from app.desk.letters import Place
from app.models.message import Direction
from app.models.ticket import Status, Ticket
from channels.message import Kind

NOBODY = {Kind.AUTO_REPLY, Kind.BOUNCE, Kind.FEEDBACK}
HEADER = 998


def ticket(place: Place, *, now: datetime) -> Ticket:
    """A new ticket for a letter; what no person wrote is closed from the start."""
    inbound, desk = place.letter.inbound, place.desk
    subject = inbound.forwarded.subject if place.accepted and inbound.forwarded else inbound.subject
    made = Ticket(
        version=1,
        contact_id=place.contact_id,
        channel=inbound.channel,
        line_id=place.arrival.line_id,
        subject=(subject or "")[:300],
        status=Status.NEW,
        priority="P3",
        created_at=now,
        automatic_turns=0,
    )
    if place.accepted and desk is not None:
        made.forwarder_town_hall_id = made.town_hall_id = desk.town_hall_id
        made.forwarder_address = inbound.addresses[0].address
    elif inbound.forwarded is not None and inbound.kind is Kind.MESSAGE:
        made.proposed_forward = forwards.proposal(inbound.forwarded, desk)
    if inbound.kind in NOBODY:
        made.status, made.closed_at, made.close_reason = Status.CLOSED, now, inbound.kind.value
    return made


def message(place: Place, ticket_id: int, *, now: datetime) -> dict[str, Any]:
    """The message of a letter; of an accepted forward only what the citizen wrote, and no trace of the clerk's mail."""
    inbound = place.letter.inbound
    told = inbound.forwarded if place.accepted else None
    made = {
        "ticket_id": ticket_id,
        "origin_ticket_id": ticket_id,
        "direction": Direction.IN,
        "kind": inbound.kind,
        "channel": inbound.channel,
        "line_id": place.arrival.line_id,
        "identity_id": place.identity_ids[0],
        "arrival_id": place.arrival.id,
        "external_id": place.external_id,
        "payload": message_parts.payload(inbound),
        "quoted": _header(inbound.quoted),
        "received_at": place.arrival.received_at,
        "sent_at": inbound.sent_at,
        "created_at": now,
        "words": place.letter.words,
    }
    if told:
        return made | {
            "subject": _header(told.subject),
            "text": told.text,
            "reply": told.text,
            "participants": [],
            "refs": [],
            "forwarded": {"by": inbound.addresses[0].address, "comment": told.comment},
        }
    return made | {
        "subject": _header(inbound.subject),
        "text": inbound.text,
        "reply": inbound.reply,
        "html": inbound.html,
        "in_reply_to": _header(inbound.in_reply_to),
        "participants": [p.address for p in inbound.participants],
        "refs": list(inbound.references),
    }


def _header(value: str | None) -> str | None:
    """A header value as the column holds it; a name that is too long is nobody's name any more, only for people."""
    return value[:HEADER] if value else None
