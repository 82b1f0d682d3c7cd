"""A short code told by telephone: who sends it by WhatsApp is the person who called, and may be written to there."""

import re
import secrets
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Select, select
from sqlalchemy.orm import Session

from app.desk import counters, events, people
from app.models.people import Contact, User
from app.models.ticket import Status, Ticket
from app.models.work import LinkCode

LASTS = timedelta(hours=24)
TRIES = 5
# Without what sounds or looks alike on a bad line: no vowels, no B or D beside P and T, no 0 or 1.
LETTERS, DIGITS = "CFGHJKLMNPRTXZ", "23456789"
_SHAPE = re.compile(rf"(?<!\w)[{DIGITS}][{LETTERS}][{DIGITS}][{LETTERS}](?!\w)", re.IGNORECASE)
_MOST_WORDS = 6
_UTC = ZoneInfo("UTC")


def make(session: Session, ticket: Ticket, *, by: User, now: datetime) -> LinkCode:
    """The code of a ticket: the one that still holds, else a new one."""
    if (known := current(session, ticket, now=now)) is not None:
        return known
    row = LinkCode(code=_fresh(session), ticket_id=ticket.id, made_at=now, expires_at=now + LASTS)
    session.add(row)
    events.record(session, ticket, "code_made", now=now, by=by)
    return row


def current(session: Session, ticket: Ticket, *, now: datetime) -> LinkCode | None:
    """The code of a ticket that nobody has used yet and that still holds."""
    held = select(LinkCode).where(
        LinkCode.ticket_id == ticket.id, LinkCode.used_at.is_(None), LinkCode.expires_at > now
    )
    return session.scalars(held.order_by(LinkCode.id.desc()).limit(1)).first()


def said(text: str) -> str | None:
    """The code in a message that says little else, as it is kept. Pure."""
    found = _SHAPE.findall(text) if len(text.split()) <= _MOST_WORDS else []
    return found[0].upper() if len(found) == 1 else None


def redeem(
    session: Session, text: str, *, identity_id: int, contact_id: int, now: datetime
) -> tuple[Ticket | None, int]:
    """The ticket of the code that somebody sent, and whose contact they are now: who sends it is who called.

    No ticket for what is no code that holds, nor for one whose ticket is closed.
    """
    code = said(text)
    if code is None or _tried_out(session, identity_id, now=now):
        return None, contact_id
    row = session.scalars(
        select(LinkCode)
        .where(LinkCode.code == code, LinkCode.used_at.is_(None), LinkCode.expires_at > now)
        .with_for_update()
    ).first()
    ticket = session.get(Ticket, row.ticket_id) if row else None
    if row is None or ticket is None:
        return None, contact_id
    row.used_at = now
    if ticket.contact_id != contact_id:
        called, writes = session.get_one(Contact, ticket.contact_id), session.get_one(Contact, contact_id)
        if called.merged_into_id or writes.merged_into_id:
            return None, contact_id
        people.merge(session, kept=called, gone=writes, by=None, now=now)
    events.record(session, ticket, "code_used", now=now)
    while ticket.merged_into_id is not None:
        ticket = session.get_one(Ticket, ticket.merged_into_id)
    return (ticket if ticket.status is not Status.CLOSED else None), ticket.contact_id


def ties(contact_id: BindParameter[int], *, since: BindParameter[datetime]) -> Select[int, datetime | None]:
    """The calls whose codes somebody has sent since, and when: what she writes then belongs to them too."""
    fresh = LinkCode.used_at > since
    return select(LinkCode.ticket_id, LinkCode.used_at).join(Ticket).where(Ticket.contact_id == contact_id, fresh)


def _tried_out(session: Session, identity_id: int, *, now: datetime) -> bool:
    """Whether this telephone has sent too many codes today to be believed one more."""
    return counters.count(session, f"link_code:{identity_id}", now=now.astimezone(UTC), zone=_UTC) > TRIES


def _fresh(session: Session) -> str:
    """A code that was never given out."""
    while True:
        code = "".join(secrets.choice(signs) for signs in (DIGITS, LETTERS, DIGITS, LETTERS))
        if session.scalar(select(LinkCode.id).where(LinkCode.code == code)) is None:
            return code
