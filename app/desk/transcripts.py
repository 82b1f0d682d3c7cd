"""What is said in voice notes, typed by people so that it can be read and found."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import events, search
from app.errors import Impossible
from app.models.message import Message, MessageFile
from app.models.people import User
from app.models.ticket import Ticket
from kb.words import words

LONGEST = 20_000


def keep(session: Session, file_id: int, *, text: str, by: User, now: datetime) -> Ticket:
    """Write down, or mend, what is said in a file; the ticket that it belongs to."""
    file = session.get(MessageFile, file_id)
    message = session.get(Message, file.message_id) if file else None
    if file is None or message is None or message.erased_at is not None:
        raise Impossible("Ese audio ya no está.")
    typed = text.replace("\r\n", "\n").strip()
    if len(typed) > LONGEST:
        raise Impossible(f"Una transcripción tiene como mucho {LONGEST} letras.")
    ticket = session.get_one(Ticket, message.ticket_id)
    if typed == (file.transcript or ""):
        return ticket
    file.transcript = typed or None
    session.flush()
    _find(session, message)
    events.record(session, ticket, "transcribed", now=now, by=by, message=message.id)
    return ticket


def _find(session: Session, message: Message) -> None:
    """Make the message findable by its own words and by those of its voice notes."""
    typed = session.scalars(select(MessageFile.transcript).where(MessageFile.message_id == message.id)).all()
    writer = message.identity.contact if message.identity else None
    said = " ".join(filter(None, (message.subject, writer.name if writer else None, message.text, *typed)))
    search.forget(session, message.id)
    message.words = words(said)
    search.index(session, [(message.id, message.words)])
