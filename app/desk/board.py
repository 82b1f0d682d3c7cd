"""What people do with a ticket besides answering it: whose it is, what about, where it stands. Each act an event."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.desk import deadlines, events, identities
from app.desk.books import Books
from app.desk.identities import Newcomer
from app.errors import Impossible, NotAllowed
from app.models.message import Direction, Message
from app.models.people import Role, User
from app.models.place import TownHall
from app.models.ticket import Finding, Status, Ticket
from app.models.work import Handed, HandOver
from channels.message import Address, Delivery

PRIORITIES = ("P1", "P2", "P3", "P4")


def assign(session: Session, ticket: Ticket, *, to: User | None, by: User, now: datetime) -> None:
    """Give the ticket to somebody of the desk, or to nobody."""
    if to is not None and (to.role is Role.CLERK or not to.active):
        raise Impossible(f"{to.name} no atiende consultas.")
    if ticket.owner_id == (to.id if to else None):
        return
    ticket.owner_id = to.id if to else None
    events.record(session, ticket, "assigned", now=now, by=by, to=ticket.owner_id)


def change(
    session: Session,
    ticket: Ticket,
    *,
    by: User,
    now: datetime,
    books: Books,
    **wanted: Any,
) -> None:
    """Set any of category, town_hall_id, priority, status, subject, on_behalf_of, tags; one event says what changed."""
    unknown = set(wanted) - {"category", "town_hall_id", "priority", "status", "subject", "on_behalf_of", "tags"}
    if unknown:
        raise Impossible(f"No se puede cambiar: {', '.join(sorted(unknown))}.")
    changed = {name: value for name, value in wanted.items() if getattr(ticket, name) != value}
    if not changed:
        return
    if changed.get("priority", "P3") not in PRIORITIES:
        raise Impossible("La prioridad va de P1 a P4.")
    hall = changed.get("town_hall_id")
    if hall is not None and session.get(TownHall, hall) is None:
        raise Impossible("Ese ayuntamiento no está en el registro.")
    for name, value in changed.items():
        if name != "status":
            setattr(ticket, name, value)
    if "status" in changed:
        _move(ticket, Status(changed["status"]), now=now)
    deadlines.refresh(ticket, books.hours, books.settings, now=now)
    # Events hold codes and ids: what people wrote (subject, name) is only said to have changed.
    told: dict[str, Any] = dict.fromkeys(changed, True)
    told |= {name: str(changed[name]) for name in ("category", "priority", "status") if name in changed}
    if "town_hall_id" in changed:
        told["town_hall_id"] = hall
    events.record(session, ticket, "changed", now=now, by=by, **told)


def solve(session: Session, ticket: Ticket, *, by: User, now: datetime, books: Books) -> None:
    """The question is answered; a word of the contact opens it again."""
    change(session, ticket, by=by, now=now, books=books, status=Status.SOLVED)


def reopen(session: Session, ticket: Ticket, *, by: User, now: datetime, books: Books) -> None:
    """It is our turn again."""
    change(session, ticket, by=by, now=now, books=books, status=Status.OPEN)
    ticket.close_reason = None


def close(session: Session, ticket: Ticket, *, reason: str, by: User | None, now: datetime) -> None:
    """For good: a later word opens a new ticket that points here."""
    if ticket.status is Status.CLOSED:
        return
    ticket.status, ticket.closed_at, ticket.close_reason, ticket.due_at = Status.CLOSED, now, reason, None
    ticket.sort_at = ticket.turn_since = None
    ticket.spent_minutes = 0
    if ticket.handed_to_id is not None:
        _end_hand_over(session, ticket, now=now)
    events.record(session, ticket, "closed", now=now, by=by, rule=None if by else "clock", reason=reason)


def spam(session: Session, ticket: Ticket, *, by: User, now: datetime) -> None:
    """Nobody asked anything here; nothing that waits to be said is said."""
    session.execute(
        update(Message)
        .where(Message.ticket_id == ticket.id, Message.delivery.in_((Delivery.QUEUED, Delivery.PROPOSED)))
        .values(delivery=Delivery.DROPPED)
    )
    close(session, ticket, reason="spam", by=by, now=now)


def snooze(session: Session, ticket: Ticket, *, until: datetime | None, by: User, now: datetime) -> None:
    """Out of sight until a moment; None wakes it."""
    if until is not None and until <= now:
        raise Impossible("Esa hora ya ha pasado: elija una posterior.")
    ticket.snoozed_until = until
    events.record(session, ticket, "snoozed", now=now, by=by, until=until.isoformat() if until else None)


def accept_forward(
    session: Session, ticket: Ticket, *, by: User, now: datetime, town_hall_id: int | None = None
) -> None:
    """A technician confirms that this is a town hall's forward: the citizen inside it becomes the contact."""
    _whole(ticket)
    proposal = ticket.proposed_forward
    if not proposal or not proposal.get("address"):
        raise Impossible("No hay ningún reenvío que aceptar.")
    hall = town_hall_id or proposal.get("town_hall_id")
    if hall is None:
        raise Impossible("Elija antes el ayuntamiento que lo reenvía.")
    address = Address(channel="email", address=str(proposal["address"]).lower(), kind="email")
    known = identities.settle(session, [((address,), Newcomer(name=proposal.get("name")))], now=now)
    citizen = known[identities.key(address)]
    first = session.scalars(
        select(Message)
        .where(Message.ticket_id == ticket.id, Message.direction == Direction.IN)
        .order_by(Message.id)
        .limit(1)
    ).one()
    clerk = first.identity.address if first.identity else None
    ticket.contact_id, ticket.forwarder_address = citizen.contact_id, clerk
    ticket.forwarder_town_hall_id = ticket.town_hall_id = hall
    # The clerk's own subject may say what she thinks of the citizen; triage names the ticket by the citizen's words.
    ticket.subject = (proposal.get("subject") or "")[:300]
    ticket.proposed_forward, ticket.automatic_turns = None, 0
    first.identity_id = citizen.id
    first.forwarded = {"by": clerk, "comment": proposal.get("comment", "")}
    first.text = first.reply = proposal.get("text") or ""
    first.subject, first.html = proposal.get("subject"), None
    first.references, first.in_reply_to, first.participants = [], None, []
    # What the machine proposed before was meant for the one who forwarded.
    session.execute(
        update(Message)
        .where(Message.ticket_id == ticket.id, Message.delivery == Delivery.PROPOSED)
        .values(delivery=Delivery.DROPPED)
    )
    if proposal.get("comment", "").strip():
        session.add(_comment(ticket, str(proposal["comment"]), now=now))
    ticket.sort_at = ticket.unsorted_since = now
    events.record(session, ticket, "forward_accepted", now=now, by=by, town_hall=hall)


def findings(session: Session, ticket: Ticket) -> list[Finding]:
    """The newest finding of each field, and the articles that search found last."""
    return newest(session.scalars(select(Finding).where(Finding.ticket_id == ticket.id).order_by(Finding.id)).all())


def newest(rows: Sequence[Finding]) -> list[Finding]:
    """Of findings from the first to the last, those that no later one has replaced. Pure."""
    newest: dict[tuple[str, str | None], Finding] = {}
    last = max((row.at for row in rows), default=None)
    for row in rows:
        if row.field == "article" and row.at != last:
            continue
        newest[row.field, row.value if row.field == "article" else None] = row
    return list(newest.values())


def only(user: User, *roles: Role) -> None:
    """Refuse everybody else."""
    if user.role not in roles:
        raise NotAllowed("No tiene permiso para esto.")


def _whole(ticket: Ticket) -> None:
    """A ticket that was merged has nothing of its own: opened, it would be in nobody's list."""
    if ticket.merged_into_id is not None:
        raise Impossible("Esta consulta está unida a otra: trabaje en aquella o deshaga la unión.")


def _move(ticket: Ticket, status: Status, *, now: datetime) -> None:
    _whole(ticket)
    if ticket.status is Status.CLOSED and status is not Status.OPEN:
        raise Impossible("La consulta está cerrada: ábrala antes.")
    ticket.status = status
    ticket.solved_at = now if status is Status.SOLVED else None
    ticket.closed_at = now if status is Status.CLOSED else None
    if status in {Status.NEW, Status.OPEN}:
        ticket.waiting_since = ticket.waiting_since or now
    else:
        ticket.waiting_since = None
    if status is not Status.OPEN:
        ticket.snoozed_until = None


def _end_hand_over(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """What a town hall still has to say is asked of it no more, and its link opens nothing."""
    still = update(HandOver).where(HandOver.ticket_id == ticket.id, HandOver.ended_at.is_(None))
    taken = still.values(state=Handed.RECALLED, ended_at=now, due_at=None).returning(HandOver.id)
    if session.scalar(taken) is not None:
        ticket.handed_to_id = None


def _comment(ticket: Ticket, text: str, *, now: datetime) -> Message:
    return Message(
        ticket_id=ticket.id,
        origin_ticket_id=ticket.id,
        direction=Direction.NOTE,
        channel="note",
        audience="staff",
        author_rule="forward_comment",
        text=text,
        reply=text,
        created_at=now,
    )
