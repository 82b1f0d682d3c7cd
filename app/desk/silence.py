"""What silence after an offered article means: nobody knows whether it helped, and a person looks at the matter."""

from datetime import datetime, timedelta

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session, aliased

from app.desk import deadlines, events
from app.desk.books import Books
from app.desk.hours import Hours
from app.desk.mail_threads import SAID
from app.models.message import Direction, Message
from app.models.ticket import Answer, Outcome, Status, Ticket

# The pressing come to a technician on the next working day, the others when two working days have gone by.
DAYS = {"P1": 1, "P2": 1}
USUAL = 3
KNOWN_FOR = timedelta(days=7)
LATEST, BATCH = 20_000, 100
CHECK = "por revisar"


def look(session: Session, books: Books, *, now: datetime) -> int:
    """Give back to people what somebody was offered and said nothing about; how many tickets."""
    if not books.hours.open_at(now):
        return 0
    last = session.scalar(select(func.max(Answer.id))) or 0
    # Where one of us has written since, the silence is about that and no longer about the article.
    ours = aliased(Message)
    written = exists().where(
        ours.ticket_id == Ticket.id, ours.direction == Direction.OUT, ours.author_user_id.is_not(None)
    )
    rows = session.execute(
        select(Answer, Ticket)
        .join(Message, Message.id == Answer.message_id)
        .join(Ticket, Ticket.id == Answer.ticket_id)
        .where(
            Answer.id > last - LATEST,
            Answer.outcome == Outcome.OFFERED,
            Message.author_user_id.is_(None),
            ~written.where(ours.id > Message.id),
            Message.delivery.in_(SAID),
            Ticket.status == Status.WAITING,
            Ticket.merged_into_id.is_(None),
            Answer.at < now - timedelta(hours=12),
        )
        .order_by(Answer.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Ticket)
    ).all()
    due = [(answer, ticket) for answer, ticket in rows if _due(books.hours, answer.at, ticket.priority, now)]
    for answer, ticket in due:
        _give_back(session, answer, ticket, books, now=now)
    session.execute(
        update(Answer)
        .where(Answer.id > last - LATEST, Answer.outcome == Outcome.OFFERED, Answer.at < now - KNOWN_FOR)
        .values(outcome=Outcome.UNKNOWN, outcome_at=now)
    )
    return len(due)


def _due(hours: Hours, since: datetime, priority: str, now: datetime) -> bool:
    first, today = since.astimezone(hours.zone).date(), now.astimezone(hours.zone).date()
    gone = sum(hours.working_day(first + timedelta(days=place)) for place in range(1, (today - first).days + 1))
    return gone >= DAYS.get(priority, USUAL)


def _give_back(session: Session, answer: Answer, ticket: Ticket, books: Books, *, now: datetime) -> None:
    answer.outcome, answer.outcome_at = Outcome.UNKNOWN, now
    ticket.status, ticket.waiting_since, ticket.turn_since = Status.OPEN, now, None
    if ticket.priority not in DAYS and CHECK not in ticket.tags:
        ticket.tags = [*ticket.tags, CHECK]
    deadlines.refresh(ticket, books.hours, books.settings, now=now)
    events.record(session, ticket, "answer_unknown", now=now, rule="clock", article=answer.slug)
