"""Read the tickets that wait for triage, and write down what was decided, only if nothing newer came in meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.desk import deadlines, events, speaking, talk
from app.desk.books import Books
from app.desk.case import Case, Links, Plan
from app.models.people import Identity
from app.models.place import TownHall
from app.models.ticket import Answer, Event, Finding, Outcome, Status, Ticket
from triage.verdict import Verdict

LEASE = timedelta(minutes=2)
SURE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A case with what triage found and what the desk will do about it."""

    case: Case
    verdict: Verdict
    plan: Plan
    links: Links


def claim(session: Session, *, now: datetime, limit: int = 20) -> list[int]:
    """Take tickets whose time to be sorted has come; the lease is their own `sort_at`, moved ahead."""
    pick = (
        select(Ticket.id)
        .where(Ticket.sort_at.is_not(None), Ticket.sort_at <= now)
        .order_by(Ticket.sort_at, Ticket.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return sorted(
        session.execute(
            update(Ticket)
            .where(Ticket.id.in_(pick.scalar_subquery()))
            .values(sort_at=now + LEASE)
            .returning(Ticket.id)
            .execution_options(synchronize_session=False)
        ).scalars()
    )


def next_due(session: Session) -> datetime | None:
    """When the next ticket should be sorted."""
    return session.scalar(select(func.min(Ticket.sort_at)).where(Ticket.sort_at.is_not(None)))


def cases(session: Session, ids: Sequence[int], *, now: datetime) -> list[Case]:
    """The tickets as values, with all that decides about them."""
    return talk.cases(session, ids, now=now)


def write(session: Session, decision: Decision, books: Books, *, now: datetime) -> bool:
    """Write one decision; False, and nothing changed, when the ticket has moved on since it was read."""
    case, verdict, plan = decision.case, decision.verdict, decision.plan
    taken = session.execute(
        update(Ticket)
        .where(Ticket.id == case.ticket_id, Ticket.version == case.version)
        .values(version=Ticket.version + 1, sort_at=None, sorted_at=now, unsorted_since=None)
        .returning(Ticket.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if taken is None:
        return False
    ticket = session.get_one(Ticket, case.ticket_id, populate_existing=True)
    events.hold(session, ticket, locked=True)
    if plan.silence not in {"courtesy", "choice"}:
        _findings(session, ticket, case, verdict, now=now)
    if verdict.stop:
        _opt_out(session, case, now=now)
    _outcome(session, ticket, case, plan, now=now)
    _status(session, ticket, case, plan, now=now)
    for say in plan.says:
        speaking.speak(session, ticket, case, say, decision.links, now=now)
    speaking.suggest(session, ticket, plan, now=now)
    deadlines.refresh(ticket, books.hours, books.settings, now=now)
    events.record(
        session,
        ticket,
        "sorted",
        now=now,
        rule="triage",
        category=ticket.category,
        priority=ticket.priority,
        silence=plan.silence,
        said=",".join(say.rule for say in plan.says) or None,
    )
    return True


def again(session: Session, ticket_id: int, *, claimed: datetime) -> None:
    """Somebody changed the ticket while it was read: sort it at once, unless a new word has set a time of its own."""
    session.execute(
        update(Ticket)
        .where(Ticket.id == ticket_id, Ticket.sort_at == claimed + LEASE)
        .values(sort_at=claimed)
        .execution_options(synchronize_session=False)
    )


def give_up(session: Session, ticket_id: int, books: Books, *, claimed: datetime, now: datetime) -> None:
    """Triage could not read this one: a person gets it unsorted, unless a new word came that may be read."""
    taken = session.execute(
        update(Ticket)
        .where(Ticket.id == ticket_id, Ticket.sort_at == claimed + LEASE)
        .values(sort_at=None, sorted_at=now, unsorted_since=None)
        .returning(Ticket.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if taken is None:
        return
    ticket = session.get_one(Ticket, ticket_id, populate_existing=True)
    if ticket.status in {Status.WAITING, Status.SOLVED, Status.HELD}:
        ticket.status, ticket.solved_at = Status.OPEN, None
    deadlines.refresh(ticket, books.hours, books.settings, now=now)
    events.record(session, ticket, "sort_failed", now=now, rule="triage")


def _findings(session: Session, ticket: Ticket, case: Case, verdict: Verdict, *, now: datetime) -> None:
    # A ticket in its first version has met nobody yet.
    kept = _by_hand(session, ticket) if case.version > 1 else set()
    if "priority" not in kept:
        ticket.priority = verdict.priority if case.first else min(verdict.priority, ticket.priority)
    if "category" not in kept and (ticket.category is None or verdict.category_confidence >= SURE):
        ticket.category = verdict.category
    if verdict.town_hall and ticket.forwarder_town_hall_id is None and "town_hall_id" not in kept:
        ticket.town_hall_id = session.scalar(select(TownHall.id).where(TownHall.code == verdict.town_hall))
    ticket.language = verdict.language
    ticket.deadline = verdict.deadline or ticket.deadline
    ticket.filing = ticket.filing or verdict.filing
    if not ticket.subject:
        ticket.subject = talk.first_line(case.enquiry.text)
    rows = [
        {
            "ticket_id": ticket.id,
            "field": finding.field[:40],
            "value": finding.value[:200] if finding.value else None,
            "reason": finding.reason[:400],
            "rule": finding.rule[:60],
            "at": now,
        }
        for finding in verdict.findings
    ]
    if rows:
        session.execute(insert(Finding), rows)


def _by_hand(session: Session, ticket: Ticket) -> set[str]:
    """What a person has set on this ticket: no rule sets it otherwise."""
    changes = session.scalars(
        select(Event.data).where(Event.ticket_id == ticket.id, Event.what == "changed", Event.user_id.is_not(None))
    )
    return {name for data in changes for name in data}


def _opt_out(session: Session, case: Case, *, now: datetime) -> None:
    session.execute(
        update(Identity)
        .where(Identity.id == case.identity_id, Identity.opted_out_at.is_(None))
        .values(opted_out_at=now)
        .execution_options(synchronize_session="fetch")
    )


def _outcome(session: Session, ticket: Ticket, case: Case, plan: Plan, *, now: datetime) -> None:
    """«1» and «2» say what an offered answer was worth; so does coming back on the subject."""
    if case.pending_answer is None or plan.silence == "courtesy":
        return
    answer = session.get_one(Answer, case.pending_answer)
    if plan.outcome is not None:
        answer.outcome, answer.outcome_at = plan.outcome, now
        events.record(session, ticket, f"answer_{plan.outcome.value}", now=now, article=answer.slug)
    elif answer.outcome is Outcome.OFFERED and now - answer.at <= timedelta(days=7):
        answer.outcome, answer.outcome_at = Outcome.FAILED, now


def _status(session: Session, ticket: Ticket, case: Case, plan: Plan, *, now: datetime) -> None:
    before, after = ticket.status, plan.status or ticket.status
    ticket.status = after
    if after not in deadlines.OURS:
        # A courtesy word set the clock when it came in; nobody owes an answer to it.
        ticket.waiting_since = None
    if after is before:
        return
    if after is Status.SOLVED:
        ticket.solved_at, ticket.close_reason = now, plan.close_reason
    elif before is Status.SOLVED:
        ticket.solved_at, ticket.close_reason = None, None
        events.record(session, ticket, "reopened", now=now, message=case.newest_id)
