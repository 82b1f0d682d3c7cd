"""What the knowledge base lacks: questions that found nothing, in the public search and in tickets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, selectinload

from app.desk import masking
from app.errors import Impossible
from app.models.knowledge import Gap
from app.models.message import Message
from app.models.ticket import Answer, Finding, Outcome, Ticket
from channels.message import Delivery
from kb.search import Found
from kb.words import fold, tokens

# Of 300 labelled messages, 13 of the 15 without an article lie below it, and 10 of the 285 with one.
LITTLE = 0.2
LONGEST, FEWEST_WORDS = 200, 2
KEPT, LATEST, SHOWN = 1_000, 400, 40
# Other bodies' business, and what nobody reads for an answer, are no gap.
ELSEWHERE = ("otros-no-competencia",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A ticket for which no article was found, or one was and did not help."""

    ticket: Ticket
    slug: str | None = None


def little(found: Found) -> bool:
    """Whether a search found nothing worth offering."""
    return not found.hits or found.hits[0].score < LITTLE


def note(session: Session, asked: str, *, now: datetime) -> None:
    """Keep a question that found nothing, without what names somebody; the same one again is counted."""
    told = " ".join(masking.masked(asked).split())[:LONGEST]
    key = re.sub(r"\W+", " ", fold(told)).strip()[:LONGEST]
    if len(tokens(told)) < FEWEST_WORDS:
        return
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    row_id = session.execute(
        insert(Gap)
        .values(key=key, asked=told, times=1, last_at=now)
        .on_conflict_do_update(index_elements=["key"], set_={"times": Gap.times + 1, "last_at": now, "done_at": None})
        .returning(Gap.id)
    ).scalar_one()
    session.execute(delete(Gap).where(Gap.id <= row_id - KEPT))


def asked(session: Session) -> list[Gap]:
    """What was looked for in vain, the most frequent first."""
    wanted = select(Gap).where(Gap.done_at.is_(None)).order_by(Gap.times.desc(), Gap.last_at.desc())
    return list(session.scalars(wanted.limit(SHOWN)))


def done(session: Session, gap_id: int, *, now: datetime) -> Gap:
    """Somebody writes the article, or it needs none."""
    gap = session.get(Gap, gap_id)
    if gap is None:
        raise Impossible("Esa pregunta ya no está en la lista.")
    gap.done_at = now
    return gap


def in_tickets(session: Session) -> list[Unanswered]:
    """Of the latest tickets, those for which search had nothing to offer, newest first."""
    tickets = session.scalars(
        select(Ticket)
        .where(Ticket.sorted_at.is_not(None), Ticket.merged_into_id.is_(None), Ticket.category.not_in(ELSEWHERE))
        .order_by(Ticket.id.desc())
        .limit(LATEST)
        .options(selectinload(Ticket.contact), selectinload(Ticket.town_hall))
    ).all()
    best = _best(session, [ticket.id for ticket in tickets])
    said = [ticket for ticket in tickets if ticket.close_reason != "spam" and best.get(ticket.id, 0.0) < LITTLE]
    return [Unanswered(ticket=ticket) for ticket in said[:SHOWN]]


def failed(session: Session) -> list[Unanswered]:
    """Of the latest offers, those that did not help, newest first."""
    rows = session.execute(
        select(Ticket, Answer.slug)
        .join(Answer, Answer.ticket_id == Ticket.id)
        .join(Message, Message.id == Answer.message_id)
        .where(Answer.outcome == Outcome.FAILED, Message.delivery.not_in((Delivery.PROPOSED, Delivery.DROPPED)))
        .order_by(Answer.id.desc())
        .limit(SHOWN)
        .options(selectinload(Ticket.contact), selectinload(Ticket.town_hall))
    )
    return [Unanswered(ticket=ticket, slug=slug) for ticket, slug in rows]


def _best(session: Session, ids: list[int]) -> Mapping[int, float]:
    """The best score that search gave an article for each ticket; it stands first in the reason («0.83@12»)."""
    told: dict[int, float] = {}
    rows = select(Finding.ticket_id, Finding.reason).where(Finding.ticket_id.in_(ids), Finding.field == "article")
    for ticket_id, reason in session.execute(rows):
        told[ticket_id] = max(told.get(ticket_id, 0.0), float(reason.partition("@")[0]))
    return told
