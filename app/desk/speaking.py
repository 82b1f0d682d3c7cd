"""The rows of what a machine says: the message, the article that it offers, the links in it, what search suggests."""

from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.desk import talk
from app.desk.case import Case, Links, Plan, Say
from app.desk.tokens import fingerprint
from app.models.message import Direction, Message
from app.models.ticket import Answer, Finding, FollowLink, Ticket
from channels.message import Delivery

FOLLOW_FOR = timedelta(days=30)


def speak(session: Session, ticket: Ticket, case: Case, say: Say, links: Links, *, now: datetime) -> None:
    """Queue one automatic message, or lay it before a person as a proposal."""
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
    talk.thread(session, message)
    session.add(message)
    session.flush()
    talk.name(session, message)
    if say.offered is not None:
        session.add(
            Answer(
                ticket_id=ticket.id,
                message_id=message.id,
                slug=say.offered.slug,
                language=say.offered.language,
                moment=say.offered.moment,
                score=say.offered.score,
                confident=say.offered.confident,
                at=now,
            )
        )
    _link(session, ticket, say, links, now=now)
    if not say.propose and not say.to_clerk:
        ticket.spoke_at = now
        ticket.automatic_turns += 1
        ticket.last_message_id, ticket.last_message_at = message.id, now


def suggest(session: Session, ticket: Ticket, plan: Plan, *, now: datetime) -> None:
    """Keep what search found as findings, so that the page shows it without searching again."""
    rows = [
        {
            "ticket_id": ticket.id,
            "field": "article",
            "value": offered.slug,
            "reason": f"{offered.score:.2f}" + (f"@{offered.moment:g}" if offered.moment else ""),
            "rule": "search",
            "at": now,
        }
        for offered in plan.suggested
    ]
    if rows:
        session.execute(insert(Finding), rows)


def _link(session: Session, ticket: Ticket, say: Say, links: Links, *, now: datetime) -> None:
    """A link counts only if the words that were said hold it."""
    for purpose, token, url in (
        ("feedback", links.feedback_token, links.feedback),
        ("follow", links.follow_token, links.follow),
    ):
        if url in say.text:
            session.add(
                FollowLink(
                    token_hash=fingerprint(token),
                    ticket_id=ticket.id,
                    purpose=purpose,
                    created_at=now,
                    expires_at=now + FOLLOW_FOR,
                )
            )
