"""Write down what was decided about a batch of tickets, only where nothing newer came in meanwhile."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.desk import automatic_messages, blocking, bulk, conversation, deadlines, events
from app.desk.books import Books
from app.desk.case import Case, Links, Plan
from app.models.people import Identity
from app.models.place import TownHall
from app.models.ticket import Answer, Event, Finding, Outcome, Status, Ticket
from triage.verdict import Verdict

SURE = 0.6
UNREAD = {"courtesy", "choice"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A case with what triage found and what the desk will do about it."""

    case: Case
    verdict: Verdict
    plan: Plan
    links: Links


def write(session: Session, decisions: Sequence[Decision], books: Books, *, now: datetime) -> frozenset[int]:
    """Write decisions, one for each ticket; the ids of those written: the others have moved on since they were read."""
    tickets = _still(session, decisions)
    made = [(tickets[d.case.ticket_id], d) for d in decisions if d.case.ticket_id in tickets]
    if not made:
        return frozenset()
    events.hold_all(session, tickets)
    automatic_messages.speak(
        session, [(ticket, d.case, say, d.links) for ticket, d in made for say in d.plan.says], now=now
    )
    kept = _by_hand(session, [d.case.ticket_id for _, d in made if d.case.version > 1])
    halls = _halls(session, {d.verdict.town_hall for _, d in made if d.verdict.town_hall})
    with events.together(session):
        for ticket, decision in made:
            ticket.version += 1
            ticket.sort_at, ticket.sorted_at, ticket.unsorted_since = None, now, None
            if _tells(decision):
                _verdict(ticket, decision, kept[ticket.id], halls)
            _act(session, ticket, decision, books, now=now)
    bulk.write(session, Finding, [row for ticket, decision in made for row in _findings(ticket, decision, now=now)])
    return frozenset(tickets)


def _still(session: Session, decisions: Sequence[Decision]) -> Mapping[int, Ticket]:
    """The tickets that stand as they were read, locked."""
    versions = {d.case.ticket_id: d.case.version for d in decisions}
    rows = session.scalars(
        select(Ticket)
        .where(Ticket.id.in_(versions))
        .order_by(Ticket.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {ticket.id: ticket for ticket in rows if ticket.version == versions[ticket.id]}


def _act(session: Session, ticket: Ticket, decision: Decision, books: Books, *, now: datetime) -> None:
    case, plan = decision.case, decision.plan
    if decision.verdict.stop and not case.aside:
        _opt_out(session, case, now=now)
    _outcome(session, ticket, decision, now=now)
    _status(session, ticket, case, plan, now=now)
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
    if case.situation.blocked:
        blocking.shut(session, ticket, now=now)


def _verdict(ticket: Ticket, decision: Decision, kept: Collection[str], halls: Mapping[str, int]) -> None:
    """What triage found, where no person has said otherwise."""
    case, verdict = decision.case, decision.verdict
    if "priority" not in kept:
        ticket.priority = verdict.priority if case.first else min(verdict.priority, ticket.priority)
    if "category" not in kept and (ticket.category is None or verdict.category_confidence >= SURE):
        ticket.category = verdict.category
    if verdict.town_hall and ticket.forwarder_town_hall_id is None and "town_hall_id" not in kept:
        ticket.town_hall_id = halls.get(verdict.town_hall)
    ticket.language = verdict.language
    ticket.deadline = verdict.deadline or ticket.deadline
    ticket.filing = ticket.filing or verdict.filing
    if not ticket.subject:
        ticket.subject = conversation.first_line(case.enquiry.text)


def _tells(decision: Decision) -> bool:
    """Whether the words tell what it is about: a bare «2», «gracias» or «BAJA» to what we said leaves that as it is.

    So does what a clerk says of what she forwarded.
    """
    case, verdict = decision.case, decision.verdict
    bare = verdict.choice or verdict.courtesy or verdict.stop
    return decision.plan.silence not in UNREAD and not case.aside and (case.first or not bare)


def _findings(ticket: Ticket, decision: Decision, *, now: datetime) -> Iterable[bulk.Row]:
    """The rows of what the rules found and of what search suggests, so that the page shows it without searching."""
    if not _tells(decision):
        return
    for finding in decision.verdict.findings:
        yield {
            "ticket_id": ticket.id,
            "field": finding.field[:40],
            "value": finding.value[:200] if finding.value else None,
            "reason": finding.reason[:400],
            "rule": finding.rule[:60],
            "at": now,
        }
    for offered in decision.plan.suggested:
        yield {
            "ticket_id": ticket.id,
            "field": "article",
            "value": offered.slug,
            "reason": f"{offered.score:.2f}" + (f"@{offered.moment:g}" if offered.moment else ""),
            "rule": "search",
            "at": now,
        }


def _by_hand(session: Session, ids: Collection[int]) -> Mapping[int, set[str]]:
    """What a person has set on these tickets: no rule sets it otherwise. One in its first version has met nobody."""
    kept: dict[int, set[str]] = defaultdict(set)
    if ids:
        changes = select(Event.ticket_id, Event.data).where(
            Event.ticket_id.in_(ids), Event.what == "changed", Event.user_id.is_not(None)
        )
        for ticket_id, data in session.execute(changes):
            kept[ticket_id].update(data)
    return kept


def _halls(session: Session, codes: Collection[str]) -> Mapping[str, int]:
    if not codes:
        return {}
    rows = session.execute(select(TownHall.code, TownHall.id).where(TownHall.code.in_(codes)))
    return {code: row_id for code, row_id in rows}  # noqa: C416 - rows are not pairs to the type checker


def _opt_out(session: Session, case: Case, *, now: datetime) -> None:
    session.execute(
        update(Identity)
        .where(Identity.id == case.identity_id, Identity.opted_out_at.is_(None))
        .values(opted_out_at=now)
        .execution_options(synchronize_session="fetch")
    )


def _on_the_subject(decision: Decision) -> bool:
    """Whether these words go on about what the ticket is about: only what is surely of another kind does not."""
    case, verdict = decision.case, decision.verdict
    return case.category in (None, verdict.category) or verdict.category_confidence < SURE


def _outcome(session: Session, ticket: Ticket, decision: Decision, *, now: datetime) -> None:
    """«1» and «2» say what an offered answer was worth; so does coming back on the subject."""
    case, plan = decision.case, decision.plan
    if case.pending_answer is None or plan.silence == "courtesy":
        return
    answer = session.get_one(Answer, case.pending_answer)
    if plan.outcome is not None:
        answer.outcome, answer.outcome_at = plan.outcome, now
        events.record(session, ticket, f"answer_{plan.outcome.value}", now=now, article=answer.slug)
    elif now - answer.at <= timedelta(days=7) and _on_the_subject(decision):
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
