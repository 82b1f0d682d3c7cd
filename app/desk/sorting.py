"""Read the tickets that wait for triage, and write down what was decided, only if nothing newer came in meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.desk import deadlines, events, talk
from app.desk.books import Books
from app.desk.case import Case, Links, Plan, Say
from app.desk.tokens import fingerprint
from app.models.message import Direction, Message
from app.models.place import TownHall, TownHallWire
from app.models.ticket import Answer, Finding, FollowLink, Outcome, Status, Ticket
from channels.message import Delivery
from triage.verdict import Verdict

LEASE = timedelta(minutes=2)
FOLLOW_FOR = timedelta(days=30)
KEEPS = {"category", "town_hall", "priority", "deadline", "language", "filing", "sensitive", "out_of_scope"}


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
    if plan.silence not in {"courtesy", "choice"}:
        _findings(session, ticket, case, verdict, now=now)
    _outcome(session, ticket, case, plan, now=now)
    _status(session, ticket, case, plan, now=now)
    for say in plan.says:
        _speak(session, ticket, case, say, decision.links, now=now)
    _suggest(session, ticket, plan, now=now)
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


def give_up(session: Session, ticket_id: int, *, now: datetime) -> None:
    """Triage could not read this one: a person gets it unsorted."""
    ticket = session.get_one(Ticket, ticket_id)
    ticket.sort_at, ticket.sorted_at, ticket.unsorted_since = None, now, None
    if ticket.status in {Status.WAITING, Status.SOLVED, Status.HELD}:
        ticket.status = Status.OPEN
    events.record(session, ticket, "sort_failed", now=now, rule="triage")


def _findings(session: Session, ticket: Ticket, case: Case, verdict: Verdict, *, now: datetime) -> None:
    ticket.priority = min(verdict.priority, ticket.priority) if not case.first else verdict.priority
    if ticket.category is None or verdict.category_confidence >= 0.6:
        ticket.category = verdict.category
    ticket.language = verdict.language
    ticket.deadline = verdict.deadline or ticket.deadline
    ticket.filing = ticket.filing or verdict.filing
    if verdict.town_hall and ticket.forwarder_town_hall_id is None:
        ticket.town_hall_id = session.scalar(select(TownHall.id).where(TownHall.code == verdict.town_hall))
    if not ticket.subject:
        ticket.subject = talk.first_line(case.enquiry.text)
    session.add_all(
        Finding(
            ticket_id=ticket.id,
            field=finding.field[:40],
            value=(finding.value or None) and finding.value[:200],
            reason=finding.reason[:400],
            rule=finding.rule[:60],
            at=now,
        )
        for finding in verdict.findings
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
    if plan.status is None or plan.status is ticket.status:
        return
    before, ticket.status = ticket.status, plan.status
    if plan.status is Status.SOLVED:
        ticket.solved_at, ticket.close_reason = now, plan.close_reason
        ticket.waiting_since = None
    elif plan.status is Status.WAITING:
        ticket.waiting_since = None
    elif before is Status.SOLVED:
        ticket.solved_at = None
        events.record(session, ticket, "reopened", now=now, message=case.newest_id)


def _speak(session: Session, ticket: Ticket, case: Case, say: Say, links: Links, *, now: datetime) -> None:
    identity_id = case.forwarder_identity_id if say.to_clerk else case.identity_id
    message = Message(
        ticket_id=ticket.id,
        origin_ticket_id=ticket.id,
        direction=Direction.OUT,
        channel=ticket.channel,
        line_id=ticket.line_id,
        identity_id=identity_id,
        author_rule=say.rule,
        audience="clerk" if say.to_clerk else "contact",
        subject=say.subject,
        text=say.text,
        reply=say.text,
        created_at=now,
        delivery=Delivery.PROPOSED if say.propose else Delivery.QUEUED,
        due_at=None if say.propose else now,
    )
    talk.thread(session, message, ticket)
    session.add(message)
    session.flush()
    if say.offered is not None:
        session.add(
            Answer(
                ticket_id=ticket.id,
                message_id=message.id,
                slug=say.offered.slug,
                language=say.offered.language,
                moment=say.offered.moment,
                score=say.offered.score,
                confident=True,
                at=now,
            )
        )
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
    if say.to_clerk and case.forwarder_wire_id is not None:
        session.get_one(TownHallWire, case.forwarder_wire_id).acknowledged_at = now
    if not say.propose and not say.to_clerk:
        ticket.spoke_at = now
        ticket.automatic_turns += 1
        ticket.last_message_id, ticket.last_message_at = message.id, now


def _suggest(session: Session, ticket: Ticket, plan: Plan, *, now: datetime) -> None:
    """Keep what search found as findings, so that the page shows it without searching again."""
    session.add_all(
        Finding(
            ticket_id=ticket.id,
            field="article",
            value=offered.slug,
            reason=f"{offered.score:.2f}" + (f"@{offered.moment:g}" if offered.moment else ""),
            rule="search",
            at=now,
        )
        for offered in plan.suggested
    )
