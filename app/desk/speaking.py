"""The rows of what a machine says: the messages, the articles that they offer, the links in them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.desk import threads
from app.desk.case import Case, Links, Offered, Say
from app.desk.tokens import fingerprint
from app.models.message import Direction, Message
from app.models.ticket import Answer, FollowLink, Ticket
from channels.message import Delivery

FOLLOW_FOR = timedelta(days=30)

Told = tuple[Ticket, Case, Say, Links]


def speak(session: Session, told: Sequence[Told], *, now: datetime) -> None:
    """Queue automatic messages, or lay them before a person as proposals."""
    messages = [_message(ticket, case, say, now=now) for ticket, case, say, _ in told]
    session.add_all(messages)
    # One statement for all of them; what names a message needs its id.
    session.flush()
    answers, followed = [], []
    for (ticket, _, say, links), message in zip(told, messages, strict=True):
        if say.offered is not None:
            answers.append(_answer(message, say.offered, now=now))
        followed += _links(ticket, say, links, now=now)
        if not say.propose and not say.to_clerk:
            ticket.spoke_at = now
            ticket.automatic_turns += 1
            ticket.last_message_id, ticket.last_message_at = message.id, now
    for table, rows in ((Answer, answers), (FollowLink, followed)):
        if rows:
            session.execute(insert(table), rows)


def _message(ticket: Ticket, case: Case, say: Say, *, now: datetime) -> Message:
    message = Message(
        ticket_id=ticket.id,
        origin_ticket_id=ticket.id,
        direction=Direction.OUT,
        channel=ticket.channel,
        line_id=ticket.line_id,
        identity_id=case.forwarder_identity_id if say.to_clerk else case.identity_id,
        author_rule=say.rule,
        audience="clerk" if say.to_clerk else "contact",
        subject=say.subject,
        text=say.text,
        reply=say.text,
        created_at=now,
        delivery=Delivery.PROPOSED if say.propose else Delivery.QUEUED,
        due_at=None if say.propose else now,
    )
    if ticket.channel == "email":
        message.external_id = threads.message_id(case.line)
        threads.enter(message, case.threads.get(message.identity_id or 0, threads.Thread()))
    return message


def _answer(message: Message, offered: Offered, *, now: datetime) -> dict[str, Any]:
    return {
        "ticket_id": message.ticket_id,
        "message_id": message.id,
        "slug": offered.slug,
        "language": offered.language,
        "moment": offered.moment,
        "score": offered.score,
        "confident": offered.confident,
        "at": now,
    }


def _links(ticket: Ticket, say: Say, links: Links, *, now: datetime) -> list[dict[str, Any]]:
    """A link counts only if the words that were said hold it."""
    told = (("feedback", links.feedback_token, links.feedback), ("follow", links.follow_token, links.follow))
    return [
        {
            "token_hash": fingerprint(token),
            "ticket_id": ticket.id,
            "purpose": purpose,
            "created_at": now,
            "expires_at": now + FOLLOW_FOR,
        }
        for purpose, token, url in told
        if url in say.text
    ]
