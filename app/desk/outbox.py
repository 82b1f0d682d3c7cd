"""The delivery machine: each step is one conditional UPDATE, forward only, so that nothing is sent twice by us."""

from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.desk import delivery_steps, receipts
from app.desk.delivery_steps import fail as failed
from app.desk.undo_window import LONGEST
from app.models.message import Direction, Message, in_outbox
from channels.message import Delivery, Receipt

__all__ = ["asked", "claim", "failed", "not_taken", "others", "overdue", "sent", "to_ask", "uncertain"]

LEASE = timedelta(minutes=5)
ASK_AFTER = timedelta(minutes=10)
ASK_FOR = timedelta(days=2)
KNOWN = 1000
# An answer that may still be taken back keeps its place for so long; news that waits for the morning keeps none.
KEPT_PLACE = timedelta(seconds=LONGEST)
RETRY = {
    "email": (timedelta(minutes=5), *(timedelta(hours=1),) * 167),
    "whatsapp": (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), *(timedelta(minutes=30),) * 10),
}


def claim(session: Session, channel: str, *, now: datetime, limit: int = 20) -> list[int]:
    """queued → sending: take the oldest due messages of a channel, one per identity at a time and in order."""
    earlier = aliased(Message)
    blocked = exists().where(
        earlier.identity_id == Message.identity_id,
        earlier.id < Message.id,
        in_outbox(earlier),
        or_(
            earlier.delivery == Delivery.SENDING,
            (earlier.delivery == Delivery.QUEUED) & (earlier.attempts == 0) & (earlier.due_at <= now + KEPT_PLACE),
        ),
    )
    pick = (
        select(Message.id)
        .where(
            in_outbox(),
            Message.delivery == Delivery.QUEUED,
            Message.channel == channel,
            Message.due_at <= now,
            ~blocked,
        )
        .order_by(Message.due_at, Message.id)
        .limit(limit)
        # By name and so looked for once: PostgreSQL may run a plain subquery again for every row, and take them all.
        .with_for_update(skip_locked=True)
        .cte("pick")
    )
    return sorted(
        session.execute(
            update(Message)
            .where(Message.id.in_(select(pick.c.id)), Message.delivery == Delivery.QUEUED)
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
    ticket = delivery_steps.ticket_of(session, message_id)
    before = (Delivery.SENDING, Delivery.UNCERTAIN)
    done = {"sent_at": now, "leased_until": None, "due_at": None}
    if delivery_steps.step(session, message_id, before, Delivery.SENT, Message.attempts == attempt, **done):
        delivery_steps.spoken(session, ticket, message_id, now=now)
    if receipt.delivery is not Delivery.SENT:
        receipts.confirm(session, receipt, now=now, message_id=message_id)
    delivery_steps.name(session, message_id, receipt.external_id, surely=True)


def not_taken(
    session: Session, message_id: int, reason: str, code: str | None, *, wait: timedelta | None, now: datetime
) -> None:
    """sending → queued: the wire surely did not take it, so it goes again later; after the last try it failed."""
    message = session.get_one(Message, message_id)
    schedule = RETRY.get(message.channel, RETRY["whatsapp"])
    if message.attempts > len(schedule):
        failed(session, message_id, reason, code, now=now)
        return
    again = {"due_at": now + max(wait or timedelta(), schedule[message.attempts - 1]), "leased_until": None}
    told = {"reason": reason[:300], "code": (code or "")[:40] or None}
    ticket = delivery_steps.ticket_of(session, message_id)
    if delivery_steps.step(session, message_id, (Delivery.SENDING,), Delivery.QUEUED, **again, **told):
        ticket.version += 1


def uncertain(session: Session, message_id: int, *, now: datetime) -> None:
    """sending → uncertain: we spoke and heard nothing; the wire is asked later."""
    ticket = delivery_steps.ticket_of(session, message_id)
    later = {"leased_until": None, "due_at": now + ASK_AFTER}
    if delivery_steps.step(session, message_id, (Delivery.SENDING,), Delivery.UNCERTAIN, **later):
        delivery_steps.trouble(session, ticket, message_id, "delivery_uncertain", None, now=now)


def overdue(session: Session, *, now: datetime) -> list[int]:
    """Messages whose sender died with the lease: they are uncertain now, because nobody knows what the wire took."""
    ids = session.scalars(
        select(Message.id)
        .where(in_outbox(), Message.delivery == Delivery.SENDING, Message.leased_until < now)
        .order_by(Message.id)
        .limit(100)
    ).all()
    for message_id in ids:
        uncertain(session, message_id, now=now)
    return list(ids)


def to_ask(session: Session, *, now: datetime, limit: int = 20) -> list[int]:
    """Claim uncertain messages whose wire should be asked now."""
    ids = session.scalars(
        select(Message.id)
        .where(in_outbox(), Message.delivery == Delivery.UNCERTAIN, Message.due_at <= now)
        .order_by(Message.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for message_id in ids:
        delivery_steps.step(session, message_id, (Delivery.UNCERTAIN,), Delivery.UNCERTAIN, due_at=now + ASK_AFTER)
    return list(ids)


def others(session: Session, message_id: int) -> frozenset[str]:
    """The wire's own ids of the other messages to the same person, which this one is not."""
    to = select(Message.identity_id).where(Message.id == message_id).scalar_subquery()
    named = select(Message.external_id).where(
        Message.identity_id == to, Message.id != message_id, Message.external_id.is_not(None)
    )
    ours = named.where(Message.direction == Direction.OUT).order_by(Message.id.desc()).limit(KNOWN)
    return frozenset(name for name in session.scalars(ours) if name)


def asked(session: Session, message_id: int, receipt: Receipt | None, *, sure_absent: bool, now: datetime) -> None:
    """What the wire said of an uncertain message: it has it, or it surely lacks it and the message may go again."""
    if receipt is not None:
        receipts.confirm(session, receipt, now=now, message_id=message_id)
        return
    ticket = delivery_steps.ticket_of(session, message_id)
    message = session.get_one(Message, message_id, populate_existing=True)
    if sure_absent:
        moved = delivery_steps.step(session, message_id, (Delivery.UNCERTAIN,), Delivery.QUEUED, due_at=now)
        ticket.version += int(moved)
    elif now - message.created_at > ASK_FOR:
        # Nobody will ever know; a person decides, and the wire is left in peace.
        delivery_steps.step(session, message_id, (Delivery.UNCERTAIN,), Delivery.UNCERTAIN, due_at=None)
