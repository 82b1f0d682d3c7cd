"""What has been said in a ticket, read for deciding and for answering: above all the words we owe an answer."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, defer, joinedload

from app.desk import breaker, message_parts
from app.desk.case import Case
from app.desk.gate import Situation
from app.desk.mail_threads import SAID, thread
from app.models.arrival import Line
from app.models.message import Direction, Message
from app.models.people import Identity
from app.models.place import TownHall
from app.models.ticket import Answer, Outcome, Status, Ticket
from channels.message import Kind
from triage.enquiry import Enquiry

# Silence is no answer: who says «1» days later is still believed.
OPEN = (Outcome.OFFERED, Outcome.UNKNOWN)
# Nobody decides by these, and unpacking them takes long.
UNHEARD = (Message.html, Message.words, Message.payload, Message.participants)
WINDOW = timedelta(hours=24)
CLOSED = datetime.min.replace(tzinfo=UTC)
MOST_READ, LONGEST_WORD = 20_000, 200
_ENDLESS = re.compile(rf"\S{{{LONGEST_WORD},}}")


def cases(session: Session, ids: Sequence[int], *, now: datetime, zone: ZoneInfo) -> list[Case]:
    """The tickets that wait to be sorted, as values; a ticket without a word of anybody's is left out."""
    tickets = session.scalars(
        select(Ticket).where(Ticket.id.in_(ids)).options(joinedload(Ticket.contact)).order_by(Ticket.id)
    ).all()
    said: dict[int, list[Message]] = defaultdict(list)
    for message in session.scalars(
        select(Message)
        .where(Message.ticket_id.in_(ids))
        .options(joinedload(Message.identity), joinedload(Message.attachments), *map(defer, UNHEARD))
        .order_by(Message.id)
    ).unique():
        said[message.ticket_id].append(message)
    lines = {line.id: line for line in session.scalars(select(Line))}
    everybody = [m.identity_id for ms in said.values() for m in ms if m.identity_id]
    today = automatic_today(session, everybody, now=now, zone=zone)
    mailed = breaker.lately(session, everybody, now=now)
    offers = _offers(session, ids)
    halls = _halls(session, tickets)
    found = []
    for ticket in tickets:
        case = _case(session, ticket, said[ticket.id], lines[ticket.line_id], offers.get(ticket.id, {}), today, halls)
        if case is not None:
            told = replace(case.situation, lately=mailed.get(case.identity_id, 0))
            found.append(replace(case, situation=told))
    return found


def of(contact_id: int, message: Message) -> bool:
    """Whether these words are this contact's or said to her, and not a clerk's or a colleague's who takes part."""
    return message.identity is not None and message.identity.contact_id == contact_id


def first_line(text: str, *, longest: int = 80) -> str:
    """The first line that says something, as the subject of a message that has none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # A burst begins with «hola» or «buenos días»; what it is about has three words or more.
    line = next((line for line in lines if len(line.split()) > 2), max(lines, key=len, default=""))
    return line if len(line) <= longest else line[: longest - 1] + "…"


def readable(text: str) -> str:
    """As much as triage should read: a pasted file is no enquiry, and a word without end holds up everybody else."""
    return _ENDLESS.sub(lambda word: word[0][:LONGEST_WORD], text[: MOST_READ * 10])[:MOST_READ]


def window_until(session: Session, identity_id: int, line_id: int | None, channel: str) -> datetime | None:
    """Until when a chat may be answered freely: per person and line (None: any); None where it never closes."""
    if channel != "whatsapp":
        return None
    heard = select(func.max(Message.received_at)).where(Message.identity_id == identity_id, spoken_there())
    last = session.scalar(heard if line_id is None else heard.where(Message.line_id == line_id))
    return closes(last) if last else CLOSED


def spoken_there() -> ColumnElement[bool]:
    """Whether somebody said this on the channel itself: what another program tells us opens no chat."""
    by_program = Message.external_id.startswith(message_parts.BY_API, autoescape=True)
    return and_(Message.direction == Direction.IN, or_(Message.external_id.is_(None), ~by_program))


def automatic_today(
    session: Session, identity_ids: Sequence[int], *, now: datetime, zone: ZoneInfo
) -> Mapping[int, int]:
    """How many automatic messages each of them has had today, by the desk's day."""
    midnight = datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)
    rows = session.execute(
        select(Message.identity_id, func.count())
        .where(
            Message.identity_id.in_(set(identity_ids)),
            Message.direction == Direction.OUT,
            Message.author_rule.is_not(None),
            Message.author_user_id.is_(None),
            Message.delivery.in_(SAID),
            Message.created_at >= midnight,
        )
        .group_by(Message.identity_id)
    )
    return {identity_id: count for identity_id, count in rows if identity_id is not None}


def closes(last: datetime) -> datetime:
    """When a chat whose person spoke last at a moment closes, with two minutes to spare for the way."""
    return last + WINDOW - timedelta(minutes=2)


def _case(
    session: Session,
    ticket: Ticket,
    messages: list[Message],
    line: Line,
    offers: Mapping[int, int],
    today: Mapping[int, int],
    halls: Mapping[int, str],
) -> Case | None:
    heard = [m for m in messages if m.direction is Direction.IN and m.kind is Kind.MESSAGE and m.identity]
    own = [m for m in heard if of(ticket.contact_id, m)]
    newest = next(reversed(own or heard), None)
    if newest is None or newest.identity is None or newest.received_at is None:
        return None
    identity = newest.identity
    spoken = [m for m in messages if m.direction is Direction.OUT and m.delivery in SAID and _to_contact(ticket, m)]
    last_out = spoken[-1].id if spoken else 0
    since = [m for m in own if m.id > last_out]
    aside = bool(own) and not since and not of(ticket.contact_id, heard[-1])
    owed = [m for m in heard if m.id > last_out] or [heard[-1]] if aside else since or [newest]
    clerk = _identity(session, ticket.channel, ticket.forwarder_address)
    return Case(
        ticket_id=ticket.id,
        version=ticket.version,
        channel=ticket.channel,
        line=line.address,
        line_mode=line.mode,
        status=ticket.status,
        category=ticket.category,
        priority=ticket.priority,
        subject=ticket.subject,
        contact_kind=ticket.contact.kind,
        contact_name=ticket.contact.name,
        identity_id=identity.id,
        newest_id=heard[-1].id,
        forwarded_by=halls.get(ticket.forwarder_town_hall_id or 0),
        forwarder_identity_id=clerk,
        acknowledged=clerk is not None and _acknowledged(session, clerk),
        first=not spoken,
        answered=_answered(ticket, heard[-1], spoken),
        foreign_word=heard[-1] is not newest or newest.channel != ticket.channel,
        readable=ticket.channel != "phone",
        aside=aside,
        pending_answer=None if aside else _pending(offers, newest, spoken),
        threads={who: thread(messages, who) for who in (identity.id, clerk) if who and ticket.channel == "email"},
        situation=Situation(
            go_live=line.go_live,
            said_at=min(newest.received_at, newest.sent_at or newest.received_at),
            machine=identity.kind == "none" or ticket.channel == "phone" or identity.address == line.address.lower(),
            turns=ticket.automatic_turns,
            today=today.get(identity.id, 0),
            window_until=window_until(session, identity.id, line.id, ticket.channel),
            opted_out=identity.opted_out_at is not None,
            dead=identity.dead_since is not None,
            blocked=ticket.contact.blocked_at is not None,
            person_answered=any(map(_by_person, spoken)),
        ),
        enquiry=Enquiry(
            channel=ticket.channel,
            received_at=newest.received_at,
            subject=next((m.subject for m in owed if m.subject), None),
            text=readable("\n".join(m.reply or m.text for m in owed)),
            attachments=tuple(f.filename for m in owed for f in m.attachments),
            forwarded_by=halls.get(ticket.forwarder_town_hall_id or 0),
            sender=identity.address if identity.kind != "none" else None,
        ),
    )


def _to_contact(ticket: Ticket, message: Message) -> bool:
    """Whether this was said to the one who is the contact now; before a forward was accepted it was the clerk."""
    return message.audience == "contact" and (message.identity is None or of(ticket.contact_id, message))


def _acknowledged(session: Session, identity_id: int) -> bool:
    """Whether a clerk has had her one acknowledgement."""
    told = select(Message.id).where(Message.identity_id == identity_id, Message.author_rule == "forward_clerk")
    return session.scalar(told.limit(1)) is not None


def _offers(session: Session, ids: Sequence[int]) -> Mapping[int, Mapping[int, int]]:
    """By ticket: the messages that offered what nobody has said the worth of, with their answers."""
    rows = session.execute(
        select(Answer.ticket_id, Answer.message_id, Answer.id)
        .join(Message, Message.id == Answer.message_id)
        .where(Answer.ticket_id.in_(ids), Answer.outcome.in_(OPEN), Message.delivery.in_(SAID))
        .order_by(Answer.id)
    )
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for ticket_id, message_id, answer_id in rows:
        if ticket_id is not None and message_id is not None:
            found[ticket_id][message_id] = answer_id
    return found


def _pending(offers: Mapping[int, int], newest: Message, spoken: Sequence[Message]) -> int | None:
    """What «1» and «2» answer: the offer that is quoted, else the last one, unless one of us has spoken since."""
    told = {message.external_id: message.id for message in spoken if message.external_id}
    quoted = told.get(newest.quoted or newest.in_reply_to or "", 0)
    if quoted in offers:
        return offers[quoted]
    since = [message.id for message in spoken if _by_person(message)]
    last = max(offers, default=0)
    return offers[last] if last and last >= max(since, default=0) else None


def _answered(ticket: Ticket, last: Message, spoken: Sequence[Message]) -> bool:
    """Whether one of us has answered the newest words, or has solved the ticket after them."""
    since = ticket.solved_at if ticket.status is Status.SOLVED else None
    solved = since is not None and ticket.heard_at is not None and since >= ticket.heard_at
    return solved or any(message.id > last.id and _by_person(message) for message in spoken)


def _by_person(message: Message) -> bool:
    """Whether one of us said it, and no rule alone."""
    return message.author_user_id is not None or message.author_rule is None


def _halls(session: Session, tickets: Sequence[Ticket]) -> Mapping[int, str]:
    ids = {t.forwarder_town_hall_id for t in tickets if t.forwarder_town_hall_id}
    if not ids:
        return {}
    rows = session.execute(select(TownHall.id, TownHall.code).where(TownHall.id.in_(ids)))
    return {row_id: code for row_id, code in rows}  # noqa: C416 - rows are not pairs to the type checker


def _identity(session: Session, channel: str, address: str | None) -> int | None:
    if address is None:
        return None
    return session.scalar(select(Identity.id).where(Identity.channel == channel, Identity.address == address))
