"""The rows of what a machine says: the messages, the articles that they offer, the links in them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.desk import bulk, mail_threads
from app.desk.case import Case, Links, Offered, Say
from app.desk.tokens import fingerprint
from app.models.message import Direction, Message
from app.models.ticket import Answer, FollowLink, Ticket
from channels.message import Delivery

FOLLOW_FOR = timedelta(days=30)

Told = tuple[Ticket, Case, Say, Links]


def speak(session: Session, told: Sequence[Told], *, now: datetime) -> None:
    """Queue automatic messages, or lay them before a person as proposals."""
    messages, answers, followed = [], [], []
    for message_id, (ticket, case, say, links) in zip(bulk.numbers(session, Message, len(told)), told, strict=True):
        messages.append(_message(message_id, ticket, case, say, now=now))
        if say.offered is not None:
            answers.append(_answer(message_id, ticket, say.offered, now=now))
        followed += _links(ticket, say, links, now=now)
        if not say.propose and not say.to_clerk:
            ticket.spoke_at = now
            ticket.automatic_turns += 1
            ticket.last_message_id, ticket.last_message_at = message_id, now
    for table, rows in ((Message, messages), (Answer, answers), (FollowLink, followed)):
        bulk.write(session, table, rows)


def _message(message_id: int, ticket: Ticket, case: Case, say: Say, *, now: datetime) -> bulk.Row:
    to = case.forwarder_identity_id if say.to_clerk else case.identity_id
    mail = ticket.channel == "email"
    place = case.threads.get(to or 0, mail_threads.Thread())
    return {
        "id": message_id,
        "ticket_id": ticket.id,
        "origin_ticket_id": ticket.id,
        "direction": Direction.OUT,
        "channel": ticket.channel,
        "line_id": ticket.line_id,
        "identity_id": to,
        "external_id": mail_threads.message_id(case.line) if mail else None,
        "author_rule": say.rule,
        "audience": "clerk" if say.to_clerk else "contact",
        "subject": say.subject,
        "text": say.text,
        "reply": say.text,
        "in_reply_to": place.in_reply_to if mail else None,
        "refs": list(place.references) if mail else [],
        "created_at": now,
        "delivery": Delivery.PROPOSED if say.propose else Delivery.QUEUED,
        "due_at": None if say.propose else now,
    }


def _answer(message_id: int, ticket: Ticket, offered: Offered, *, now: datetime) -> bulk.Row:
    return {
        "ticket_id": ticket.id,
        "message_id": message_id,
        "slug": offered.slug,
        "language": offered.language,
        "moment": offered.moment,
        "score": offered.score,
        "confident": offered.confident,
        "at": now,
    }


def _links(ticket: Ticket, say: Say, links: Links, *, now: datetime) -> list[bulk.Row]:
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
