"""Whether nobody wrote a message of ours by hand, and whether it answers one: what a mail says of itself (RFC 3834).

| message | rule | Auto-Submitted |
|---|---|---|
| a person's answer, a proposal that a person sent, what a click hands over or tells | any, with an author | – |
| answers, receipts, rescues, to whoever wrote to us | `answer`, `receipt`, … | auto-replied |
| the same to a citizen whose mail a town hall passed on to us | `answer`, `receipt`, … | auto-generated |
| to the clerk, that her forward has come | `forward_clerk` | auto-replied |
| to the clerk, once a working day, the state of what she forwarded | `forward_digest` | auto-generated |
| reminders of what a town hall was handed, to it and to the citizen | `handed_again`, `handed_still` | auto-generated |
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.message import Direction, Message
from channels.message import Automatic, Kind

# What the clock says, whoever wrote last.
BY_CLOCK = {"forward_digest", "handed_again", "handed_still"}


def kind(session: Session, message: Message) -> Automatic | None:
    """How a message of ours came about; None for a person's."""
    if message.author_rule is None or message.author_user_id is not None:
        return None
    if message.author_rule in BY_CLOCK:
        return Automatic.GENERATED
    if message.audience == "clerk" or _has_written(session, message):
        return Automatic.REPLIED
    return Automatic.GENERATED


def _has_written(session: Session, message: Message) -> bool:
    """Whether the last that came from the person was sent to us, and not to somebody who passed it on."""
    last = session.scalars(
        select(Message)
        .where(
            Message.ticket_id == message.ticket_id,
            Message.identity_id == message.identity_id,
            Message.direction == Direction.IN,
            Message.kind == Kind.MESSAGE,
            Message.id < message.id,
        )
        .order_by(Message.id.desc())
        .limit(1)
    ).first()
    return last is not None and last.forwarded is None
