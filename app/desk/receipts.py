"""What the wires tell of messages of ours, in whatever order: late news never undoes later news."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.desk import delivery_steps
from app.desk.tokens import marked_message, marked_ticket
from app.models.message import Direction, Message
from app.models.people import Identity
from channels.message import Address, BouncedRecipient, Delivery, Inbound, Receipt

RANK = {Delivery.SENT: 1, Delivery.DELIVERED: 2, Delivery.READ: 3}
OPEN_END = (Delivery.SENDING, Delivery.UNCERTAIN, Delivery.QUEUED)
# RFC 3463: whoever empties the mailbox is reached again; only what is wrong with the address itself ends it.
FULL = ("4.2.2", "5.2.2")
NO_ADDRESS = ("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.2.1")
RETURNED = "El servidor del destinatario lo ha devuelto"
BOUNCES_WITHIN = timedelta(days=5)


def confirm(session: Session, receipt: Receipt, *, now: datetime, message_id: int | None = None) -> bool:
    """News from the wire about a message of ours; False when we do not know the message (yet)."""
    message_id = message_id or _known(session, receipt)
    if message_id is None:
        return False
    if receipt.delivery is Delivery.FAILED:
        _failed(session, message_id, receipt, now=now)
    elif receipt.delivery in RANK:
        _arrived(session, message_id, receipt, now=now)
    return True


def bounced(session: Session, inbound: Inbound, *, keys: tuple[str, ...], now: datetime) -> None:
    """A delivery report: the message it speaks of has failed, and its address is dead if the report says so surely.

    That takes our message's own id or address, which strangers do not know, and a code that speaks of the address.
    A report without either fails the last message to that address at most. A delay changes nothing, and a copy that
    came back is no news of the message itself.
    """
    token = inbound.ticket_token or ""
    named = _of_number(session, marked_message(token, keys)) or _named(session, inbound)
    if named is not None and not inbound.bounced:
        delivery_steps.fail(session, named.id, RETURNED, None, now=now, where=(_after_delivery(),))
    for recipient in (r for r in inbound.bounced if r.permanent):
        message = named or _last_to(session, inbound.channel, recipient, marked_ticket(token, keys), now=now)
        if message is None or recipient.address.lower() in message.participants:
            continue
        if named is not None and recipient.status in NO_ADDRESS:
            session.execute(
                update(Identity)
                .where(Identity.id == message.identity_id, Identity.dead_since.is_(None))
                .values(dead_since=now)
            )
        reason = "El buzón del destinatario está lleno" if recipient.status in FULL else RETURNED
        delivery_steps.fail(session, message.id, reason, recipient.status, now=now, where=(_after_delivery(),))


def heard(session: Session, addresses: Collection[Address]) -> None:
    """Whoever writes from an address is reached there, whatever was reported of it before."""
    # A channel at a time: by pairs of columns SQLite would look through everybody.
    for channel in {one.channel for one in addresses}:
        known = {one.address for one in addresses if one.channel == channel}
        session.execute(
            update(Identity)
            .where(Identity.channel == channel, Identity.address.in_(known), Identity.dead_since.is_not(None))
            .values(dead_since=None)
            .execution_options(synchronize_session="fetch")
        )


def _failed(session: Session, message_id: int, receipt: Receipt, *, now: datetime) -> None:
    """Failed, unless the news is of an earlier try: that one is over, and another is on its way."""
    of_this_try = or_(Message.external_id.is_(None), Message.external_id == receipt.external_id)
    untried = (Message.delivery == Delivery.QUEUED) & (Message.attempts == 0)
    reason = receipt.reason or "El canal no ha podido entregarlo"
    delivery_steps.fail(session, message_id, reason, receipt.code, now=now, where=(of_this_try, ~untried))


def _arrived(session: Session, message_id: int, receipt: Receipt, *, now: datetime) -> None:
    ticket, rank = delivery_steps.ticket_of(session, message_id), RANK[receipt.delivery]
    before = (*OPEN_END, *(d for d, r in RANK.items() if r < rank))
    values: dict[str, Any] = {"delivered_at": now} if rank > 1 else {}
    if delivery_steps.step(session, message_id, before, receipt.delivery, leased_until=None, due_at=None, **values):
        session.execute(
            update(Message)
            .where(Message.id == message_id, Message.sent_at.is_(None))
            .values(sent_at=now)
            .execution_options(synchronize_session="fetch")
        )
        delivery_steps.spoken(session, ticket, message_id, now=now)
    delivery_steps.name(session, message_id, receipt.external_id)


def _known(session: Session, receipt: Receipt) -> int | None:
    ours = select(Message.id).where(Message.direction == Direction.OUT, Message.channel == receipt.channel)
    if receipt.outbound_key is not None:
        found = session.scalar(ours.where(Message.id == receipt.outbound_key))
        if found is not None:
            return found
    return session.scalar(ours.where(Message.external_id == receipt.external_id)) if receipt.external_id else None


def _of_number(session: Session, message_id: int | None) -> Message | None:
    """The message of ours to whose own address the report came."""
    ours = select(Message).where(Message.id == message_id, Message.direction == Direction.OUT)
    return session.scalar(ours) if message_id is not None else None


def _named(session: Session, inbound: Inbound) -> Message | None:
    """The message of ours whose id the report brings back."""
    if not inbound.bounced_message_id:
        return None
    return session.scalar(
        select(Message)
        .where(Message.external_id == inbound.bounced_message_id, Message.direction == Direction.OUT)
        .limit(1)
    )


def _last_to(
    session: Session, channel: str, recipient: BouncedRecipient, ticket_id: int | None, *, now: datetime
) -> Message | None:
    """The last thing we lately sent to the address, in this ticket if there is any, for a report that does not say."""
    return session.scalar(
        select(Message)
        .join(Identity, Identity.id == Message.identity_id)
        .where(
            Identity.channel == channel,
            Identity.address == recipient.address.lower(),
            Message.direction == Direction.OUT,
            Message.sent_at > now - BOUNCES_WITHIN,
        )
        .order_by((Message.ticket_id == (ticket_id or 0)).desc(), Message.id.desc())
        .limit(1)
    )


def _after_delivery() -> Any:
    return Message.delivery.in_((Delivery.SENT, Delivery.UNCERTAIN, Delivery.SENDING))
