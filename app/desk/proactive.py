"""What the clock would say, with no person behind it and nobody who has just asked: the gate's word on it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.desk import breaker, conversation
from app.desk.books import Books
from app.desk.gate import Situation, may_answer
from app.models.arrival import Line, Mode
from app.models.people import Contact, Identity


def silence(
    session: Session, identity: Identity, line_id: int, books: Books, *, clerk: bool, now: datetime
) -> str | None:
    """None if the clock may write to somebody now by a line, else the code of the first reason why not.

    What a clerk has had today is not counted: she hears of many people's matters, once of each.
    """
    line, contact = session.get_one(Line, line_id), session.get_one(Contact, identity.contact_id)
    counted, zone = [] if clerk else [identity.id], books.hours.zone
    situation = Situation(
        # No message of theirs could be older than the day on which the line began to speak: it has begun, or not.
        go_live=now if line.go_live else None,
        said_at=now,
        machine=identity.kind == "none",
        turns=0,
        today=conversation.automatic_today(session, counted, now=now, zone=zone).get(identity.id, 0),
        window_until=conversation.window_until(session, identity.id, line_id, identity.channel),
        opted_out=identity.opted_out_at is not None,
        dead=identity.dead_since is not None,
        blocked=contact.blocked_at is not None,
        person_answered=False,
        lately=breaker.lately(session, counted, now=now).get(identity.id, 0),
    )
    caps = breaker.caps(books.settings, urgent=False, now=now)
    allowed = replace(caps, off=caps.off or line.mode is Mode.OFF)
    return may_answer(situation, now=now, zone=zone, caps=allowed, proactive=True)
