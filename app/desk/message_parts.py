"""How the parts of a message become rows: its files, its payload, a clerk's comment; and what is still to fetch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.models.arrival import Arrival
from app.models.message import Direction, File, Message, MessageFile
from channels.message import Attachment, Inbound

# How the ids begin under which the API hands messages over.
BY_API = "api:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An attachment whose bytes lie in the files under their hash; no hash while they must still be fetched.

    `scanned` and `why` are those of its row.
    """

    attachment: Attachment
    sha256: str | None
    size: int
    scanned: str | None = None
    why: str | None = None


def files(kept: Sequence[Kept], *, now: datetime) -> list[MessageFile]:
    """The rows of a message's files; what must be fetched is due at once."""
    return [MessageFile(**file(one, now=now)) for one in kept]


def file(kept: Kept, *, now: datetime) -> dict[str, Any]:
    """The row of one file, by the names of its columns."""
    attachment = kept.attachment
    return {
        "filename": attachment.filename[:255] or "adjunto",
        "content_type": attachment.content_type[:120] or "application/octet-stream",
        "size": kept.size,
        "sha256": kept.sha256,
        "content_id": (attachment.content_id or "")[:255] or None,
        "reference": attachment.reference,
        "due_at": now if attachment.reference and not kept.sha256 else None,
    }


def keep_files(session: Session, kept: Sequence[Kept], *, now: datetime) -> None:
    """Make sure that every stored hash has its row, before messages refer to it."""
    rows = {
        one.sha256: {
            "sha256": one.sha256,
            "size": one.size,
            "type": one.attachment.content_type[:120],
            "stored_at": now,
            "scanned": one.scanned,
            "why": one.why,
            "scan_due_at": now if one.scanned == "held" else None,
        }
        for one in kept
        if one.sha256
    }
    if rows:
        insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
        into = insert(File)
        # Bytes that came before anybody looked at them are looked at now; a word that was spoken stands.
        news = {name: into.excluded[name] for name in ("scanned", "why", "scan_due_at")}
        into = into.on_conflict_do_update(index_elements=["sha256"], set_=news, where=File.scanned.is_(None))
        session.execute(into, [rows[k] for k in sorted(rows)])


def payload(inbound: Inbound) -> dict[str, Any] | None:
    """A pressed button, a reaction or a place, as it is kept; and whether the message was forwarded, or is signed."""
    kept: dict[str, Any] = {}
    if inbound.payload is not None:
        kept = {
            "kind": inbound.payload.kind,
            "value": inbound.payload.value,
            "label": inbound.payload.label,
            "latitude": inbound.payload.latitude,
            "longitude": inbound.payload.longitude,
        }
    if inbound.was_forwarded:
        kept["was_forwarded"] = True
    if inbound.signed:
        kept["signed"] = True
    return kept or None


def comment(ticket_id: int, arrival_id: int | None, text: str, *, now: datetime) -> dict[str, Any]:
    """A clerk's comment above a forward, as an internal note that never leaves the house: its row."""
    return {
        "ticket_id": ticket_id,
        "origin_ticket_id": ticket_id,
        "direction": Direction.NOTE,
        "channel": "note",
        "author_rule": "forward_comment",
        "audience": "staff",
        "text": text,
        "reply": text,
        "created_at": now,
        "arrival_id": arrival_id,
    }


def body_of(session: Session, arrival_id: int) -> str | None:
    """The hash of an earlier arrival's body."""
    return session.scalar(select(Arrival.body_sha256).where(Arrival.id == arrival_id))


def exists(session: Session, line_id: int, external_id: str) -> bool:
    """Whether a line holds a message under this id."""
    return (
        session.scalar(select(Message.id).where(Message.line_id == line_id, Message.external_id == external_id))
        is not None
    )


def by_api(inbound: Inbound) -> bool:
    """Whether another program handed it over: it opens a ticket of its own."""
    return ("source", "api") in inbound.original_form


def chosen_ticket(inbound: Inbound) -> int | None:
    """The ticket that whoever wrote a call down chose for it."""
    chosen = dict(inbound.original_form).get("ticket")
    return int(chosen) if chosen and chosen.isdecimal() else None


def original(channel: str, sha256: str, size: int) -> Kept:
    """The message as it came, as an attachment of the ticket that says it could not be read."""
    name, kind = ("original.eml", "message/rfc822") if channel == "email" else ("original.txt", "text/plain")
    return Kept(attachment=Attachment(filename=name, content_type=kind, size=size), sha256=sha256, size=size)
