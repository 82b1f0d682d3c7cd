"""The delivery machine: each step is one conditional UPDATE, forward only, so that nothing is sent twice by us."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.desk import events
from app.models.message import Direction, Message
from app.models.people import Identity
from app.models.ticket import Status, Ticket
from channels.message import Delivery, Inbound, Receipt

LEASE = timedelta(minutes=5)
ASK_AFTER = timedelta(minutes=10)
ASK_FOR = timedelta(days=2)
RETRY = {
    "email": (timedelta(minutes=5), *(timedelta(hours=1),) * 167),
    "whatsapp": (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), *(timedelta(minutes=30),) * 10),
}
RANK = {Delivery.SENT: 1, Delivery.DELIVERED: 2, Delivery.READ: 3}
OPEN_END = (Delivery.SENDING, Delivery.UNCERTAIN, Delivery.QUEUED)


def claim(session: Session, channel: str, *, now: datetime, limit: int = 20) -> list[int]:
    """queued → sending: take the oldest due messages of a channel, one per identity at a time and in order."""
    earlier = aliased(Message)
    blocked = exists().where(
        earlier.identity_id == Message.identity_id,
        earlier.id < Message.id,
        or_(
            earlier.delivery == Delivery.SENDING,
            (earlier.delivery == Delivery.QUEUED) & (earlier.attempts == 0),
        ),
    )
    pick = (
        select(Message.id)
        .where(Message.delivery == Delivery.QUEUED, Message.channel == channel, Message.due_at <= now, ~blocked)
        .order_by(Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return sorted(
        session.execute(
            update(Message)
            .where(Message.id.in_(pick.scalar_subquery()), Message.delivery == Delivery.QUEUED)
            .values(
                delivery=Delivery.SENDING,
                leased_until=now + LEASE,
                attempts=Message.attempts + 1,
                reason=None,
                code=None,
            )
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        ).scalars()
    )


def sent(session: Session, message_id: int, attempt: int, receipt: Receipt, *, now: datetime) -> None:
    """sending → sent: the wire took it. News that overtook us is not undone."""
    moved = _step(
        session, message_id, (Delivery.SENDING, Delivery.UNCERTAIN), receipt.delivery, attempt=attempt, sent_at=now
    )
    _name(session, message_id, receipt.external_id)
    if moved:
        _spoken(session, message_id, now=now)


def not_taken(
    session: Session, message: Message, reason: str, code: str | None, *, wait: timedelta | None, now: datetime
) -> None:
    """sending → queued: the wire surely did not take it, so it goes again later; after the last try it failed."""
    schedule = RETRY.get(message.channel, RETRY["whatsapp"])
    if message.attempts > len(schedule):
        failed(session, message.id, reason, code, now=now)
        return
    due = now + max(wait or timedelta(), schedule[message.attempts - 1])
    _step(
        session,
        message.id,
        (Delivery.SENDING,),
        Delivery.QUEUED,
        due_at=due,
        leased_until=None,
        reason=reason,
        code=code,
    )


def failed(session: Session, message_id: int, reason: str, code: str | None, *, now: datetime) -> None:
    """→ failed: it will not arrive, and its ticket comes back to people with the reason."""
    steps = (Delivery.SENDING, Delivery.QUEUED, Delivery.UNCERTAIN, Delivery.SENT)
    if _step(session, message_id, steps, Delivery.FAILED, reason=reason, code=code, leased_until=None, due_at=None):
        _trouble(session, message_id, "delivery_failed", code, now=now)


def uncertain(session: Session, message_id: int, *, now: datetime) -> None:
    """sending → uncertain: we spoke and heard nothing; the wire is asked later."""
    if _step(session, message_id, (Delivery.SENDING,), Delivery.UNCERTAIN, leased_until=None, due_at=now + ASK_AFTER):
        _trouble(session, message_id, "delivery_uncertain", None, now=now)


def overdue(session: Session, *, now: datetime) -> list[int]:
    """Messages whose sender died with the lease: they are uncertain now, because nobody knows what the wire took."""
    ids = session.scalars(
        select(Message.id).where(Message.delivery == Delivery.SENDING, Message.leased_until < now).limit(100)
    ).all()
    for message_id in ids:
        uncertain(session, message_id, now=now)
    return list(ids)


def to_ask(session: Session, *, now: datetime, limit: int = 20) -> list[int]:
    """Claim uncertain messages whose wire should be asked now."""
    ids = session.scalars(
        select(Message.id)
        .where(Message.delivery == Delivery.UNCERTAIN, Message.due_at <= now)
        .order_by(Message.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for message_id in ids:
        _step(session, message_id, (Delivery.UNCERTAIN,), Delivery.UNCERTAIN, due_at=now + ASK_AFTER)
    return list(ids)


def asked(session: Session, message: Message, receipt: Receipt | None, *, sure_absent: bool, now: datetime) -> None:
    """What the wire said of an uncertain message: it has it, or it surely lacks it and the message may go again."""
    if receipt is not None:
        confirm(session, receipt, now=now, message_id=message.id)
        _name(session, message.id, receipt.external_id)
    elif sure_absent:
        _step(session, message.id, (Delivery.UNCERTAIN,), Delivery.QUEUED, due_at=now)
    elif now - message.created_at > ASK_FOR:
        _step(session, message.id, (Delivery.UNCERTAIN,), Delivery.UNCERTAIN, due_at=None)


def confirm(session: Session, receipt: Receipt, *, now: datetime, message_id: int | None = None) -> bool:
    """News from the wire about a message of ours; False when we do not know the message (yet)."""
    message_id = message_id or _known(session, receipt)
    if message_id is None:
        return False
    if receipt.delivery is Delivery.FAILED:
        failed(session, message_id, receipt.reason or "El canal no ha podido entregarlo", receipt.code, now=now)
    elif receipt.delivery in RANK:
        rank = RANK[receipt.delivery]
        before = (*OPEN_END, *(d for d, r in RANK.items() if r < rank))
        values: dict[str, Any] = {"delivered_at": now} if rank > 1 else {}
        if _step(session, message_id, before, receipt.delivery, leased_until=None, **values):
            session.execute(
                update(Message).where(Message.id == message_id, Message.sent_at.is_(None)).values(sent_at=now)
            )
            _spoken(session, message_id, now=now)
    if receipt.external_id:
        _name(session, message_id, receipt.external_id)
    return True


def bounced(session: Session, inbound: Inbound, *, now: datetime) -> None:
    """A delivery report: the message it speaks of has failed, and a dead address is marked as such."""
    message = session.scalar(
        select(Message)
        .where(Message.external_id == inbound.bounced_message_id, Message.direction == Direction.OUT)
        .limit(1)
    )
    for recipient in inbound.bounced:
        if not recipient.permanent:
            continue
        session.execute(
            update(Identity)
            .where(Identity.channel == inbound.channel, Identity.address == recipient.address.lower())
            .values(dead_since=now)
        )
    if message is not None and any(r.permanent for r in inbound.bounced):
        code = next((r.status for r in inbound.bounced if r.permanent), None)
        failed(session, message.id, "El servidor del destinatario lo ha devuelto", code, now=now)


def _known(session: Session, receipt: Receipt) -> int | None:
    if receipt.outbound_key is not None:
        found = session.scalar(
            select(Message.id).where(Message.id == receipt.outbound_key, Message.direction == Direction.OUT)
        )
        if found is not None:
            return found
    return session.scalar(
        select(Message.id).where(Message.external_id == receipt.external_id, Message.direction == Direction.OUT)
    )


def _step(
    session: Session,
    message_id: int,
    before: Sequence[Delivery],
    after: Delivery,
    *,
    attempt: int | None = None,
    **values: Any,
) -> bool:
    step = update(Message).where(Message.id == message_id, Message.delivery.in_(before))
    if attempt is not None:
        step = step.where(Message.attempts == attempt)
    done = session.execute(
        step.values(delivery=after, **values).returning(Message.id).execution_options(synchronize_session="fetch")
    )
    return done.scalar() is not None


def _name(session: Session, message_id: int, external_id: str) -> None:
    """Remember the wire's own id, the first time that we hear it."""
    if external_id:
        session.execute(
            update(Message)
            .where(Message.id == message_id, Message.external_id.is_(None))
            .values(external_id=external_id)
        )


def _spoken(session: Session, message_id: int, *, now: datetime) -> None:
    message = session.get_one(Message, message_id)
    ticket = session.get_one(Ticket, message.ticket_id)
    ticket.version += 1
    if message.author_user_id is not None and message.audience == "contact" and ticket.first_answered_at is None:
        ticket.first_answered_at = now


def _trouble(session: Session, message_id: int, what: str, code: str | None, *, now: datetime) -> None:
    message = session.get_one(Message, message_id)
    ticket = session.get_one(Ticket, message.ticket_id)
    if ticket.status in {Status.WAITING, Status.SOLVED} and message.audience == "contact":
        ticket.status = Status.OPEN
    events.record(session, ticket, what, now=now, message=message_id, code=code)
