"""Two calls that nobody answered: the person is told in writing, where one may write, that we tried."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.desk import events, handover_words, mail_threads, reach, wording
from app.desk.books import Books
from app.desk.numbers import number
from app.models.message import Direction, Message
from app.models.people import User
from app.models.ticket import Ticket
from channels.message import Delivery
from kb.words import words

AFTER = 2
RULE = "call_missed"


def tell(session: Session, ticket: Ticket, *, attempts: int, by: User, now: datetime, books: Books) -> Message | None:
    """Say once, after the second try, that we called; None where nothing can be said."""
    way = next((way for way in ("whatsapp", "email") if _open(session, ticket, way, now=now)), None)
    if attempts != AFTER or way is None:
        return None
    text = _text(ticket, books)
    identity = reach.addressee(session, ticket, way)
    message = Message(
        ticket_id=ticket.id,
        origin_ticket_id=ticket.id,
        direction=Direction.OUT,
        channel=way,
        line_id=ticket.line_id if way == ticket.channel else None,
        identity_id=identity.id if identity else None,
        author_rule=RULE,
        author_user_id=by.id,
        subject=handover_words.subject(ticket) if way == "email" else None,
        text=text,
        reply=text,
        words=words(text),
        created_at=now,
        delivery=Delivery.QUEUED,
        due_at=now,
    )
    mail_threads.tie(session, message)
    session.add(message)
    session.flush()
    ticket.last_message_id, ticket.last_message_at = message.id, now
    events.record(session, ticket, "call_missed_told", now=now, by=by, message=message.id, channel=way)
    return message


def _open(session: Session, ticket: Ticket, way: str, *, now: datetime) -> bool:
    identity = reach.addressee(session, ticket, way)
    wanted = identity is not None and identity.opted_out_at is None
    return wanted and reach.can_send(session, ticket, channel=way, now=now) is None


def _text(ticket: Ticket, books: Books) -> str:
    holes = {
        "entity": books.province.entity,
        "number": number(ticket.id),
        "phone": books.province.phone,
        "privacy": str(books.province.more.get("privacy_url", "")),
    }
    return wording.fill(books.text(RULE, ticket.language), holes)
