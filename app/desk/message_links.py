"""The links that stand in our messages: a clerk follows a state, a company says whether the answer helped."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.desk import deadlines, events, joining
from app.desk.books import Books
from app.desk.tokens import fingerprint
from app.errors import Impossible
from app.models.people import User
from app.models.ticket import Answer, FollowLink, Outcome, Status, Ticket

FOLLOW, FEEDBACK = "follow", "feedback"


def find(session: Session, token: str, *, purpose: str, now: datetime) -> FollowLink | None:
    """The link of a token; None when it never was, has run out, or was revoked."""
    return session.scalar(
        select(FollowLink).where(
            FollowLink.token_hash == fingerprint(token),
            FollowLink.purpose == purpose,
            FollowLink.expires_at > now,
            FollowLink.revoked_at.is_(None),
        )
    )


def opened(session: Session, link: FollowLink, *, now: datetime) -> None:
    """Somebody looked; two at once count two."""
    session.execute(
        update(FollowLink).where(FollowLink.id == link.id).values(opened=FollowLink.opened + 1, opened_at=now)
    )


def revoke(session: Session, ticket: Ticket, *, by: User, now: datetime) -> int:
    """Close every link of a ticket; how many there were."""
    rows = session.scalars(
        update(FollowLink)
        .where(FollowLink.ticket_id == ticket.id, FollowLink.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(FollowLink.id)
    ).all()
    if rows:
        events.record(session, ticket, "links_revoked", now=now, by=by, count=len(rows))
    return len(rows)


def settle(session: Session, link: FollowLink, *, helped: bool, now: datetime, books: Books) -> Ticket:
    """What the person behind the link says of our answer: solved, or a person must look again."""
    ticket = joining.final(session, session.get_one(Ticket, link.ticket_id, with_for_update=True))
    if ticket.status is Status.CLOSED:
        raise Impossible("Esta consulta ya está cerrada. Escríbanos de nuevo y abrimos otra.")
    answer = session.scalar(
        select(Answer)
        .where(Answer.ticket_id == ticket.id, Answer.outcome.in_((Outcome.OFFERED, Outcome.UNKNOWN)))
        .order_by(Answer.id.desc())
        .limit(1)
    )
    if answer is not None:
        answer.outcome, answer.outcome_at = Outcome.HELPED if helped else Outcome.FAILED, now
    if helped:
        ticket.status, ticket.solved_at, ticket.waiting_since = Status.SOLVED, now, None
    else:
        ticket.status, ticket.solved_at = Status.OPEN, None
        ticket.waiting_since = ticket.waiting_since or now
    deadlines.refresh(ticket, books.hours, books.settings, now=now)
    events.record(session, ticket, "feedback", now=now, rule="link", helped=helped)
    return ticket
