"""Handing a matter over to its town hall: asking by mail, what it says, reminding and calling it, taking it back."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.desk import (
    attendance,
    deadlines,
    delivery_steps,
    events,
    handover_words,
    identities,
    mail_threads,
    manual_entry,
    proactive,
    reach,
)
from app.desk.books import Books
from app.desk.identities import Newcomer
from app.desk.tokens import derived, fingerprint
from app.desk.turns import turn
from app.errors import Impossible
from app.models.book import CalendarDay
from app.models.message import Direction, Message
from app.models.people import ContactKind, Identity, Role, User
from app.models.place import TownHall, TownHallWire, WireKind
from app.models.ticket import LIVE, Status, Ticket
from app.models.work import Handed, HandOver
from channels.message import Address, Delivery
from kb.words import words

DAYS = 2
UNDO = timedelta(seconds=10)
WAITING = (Handed.ASKED, Handed.TAKEN)


def hand_over(
    session: Session,
    ticket: Ticket,
    *,
    hall: TownHall,
    address: str | None,
    by: User,
    now: datetime,
    books: Books,
    public_url: str,
    keys: tuple[str, ...],
) -> HandOver:
    """Ask a town hall to answer, and tell the citizen who answers now. What the citizen waits goes on counting."""
    delivery_steps.lock(session, ticket)
    if current(session, ticket) is not None:
        raise Impossible("Ya está en manos de un ayuntamiento: recupérela antes.")
    if ticket.status is Status.CLOSED or ticket.merged_into_id is not None:
        raise Impossible("La consulta está cerrada: ábrala antes.")
    to = (address or mail_of(session, hall) or "").strip().lower()
    if "@" not in to:
        raise Impossible(f"No tenemos un correo de {hall.name}: escríbalo, o llame por teléfono.")
    given_over = HandOver(
        ticket_id=ticket.id,
        town_hall_id=hall.id,
        town_hall=hall,
        token_hash=fingerprint(_token(ticket.id, now, keys)),
        user_id=by.id,
        at=now,
        due_at=_days_from(session, hall, now, books),
        state=Handed.ASKED,
    )
    session.add(given_over)
    clerk = _clerk(session, to, hall, now=now)
    said = handover_words.asked(session, ticket, hall, books, link=_link(public_url, ticket.id, now, keys))
    _say(session, ticket, said, "handed_clerk", to=clerk, by=by, now=now + UNDO)
    _tell(
        session, ticket, handover_words.told(ticket, hall, books), "handed_citizen", by=by, now=now + UNDO, books=books
    )
    ticket.handed_to_id = hall.id
    turn(ticket, Status.HELD, now=now)
    deadlines.refresh(ticket, books.hours, books.settings, now=now)
    events.record(session, ticket, "handed", now=now, by=by, town_hall=hall.id)
    session.flush()
    return given_over


def recall(session: Session, one: HandOver, *, by: User, now: datetime, books: Books) -> None:
    """The desk takes it back; what has not left yet is not sent."""
    ticket = delivery_steps.lock(session, session.get_one(Ticket, one.ticket_id))
    if one.ended_at is not None:
        raise Impossible("Ya no está en manos de ese ayuntamiento.")
    _end(ticket, one, Handed.RECALLED, Status.OPEN, now=now, books=books)
    waiting = select(Message.id).where(
        Message.ticket_id == ticket.id,
        Message.author_rule.in_(("handed_clerk", "handed_citizen", "handed_again")),
        Message.delivery == Delivery.QUEUED,
        Message.attempts == 0,
    )
    for message_id in session.scalars(waiting).all():
        delivery_steps.step(
            session, message_id, (Delivery.QUEUED,), Delivery.DROPPED, Message.attempts == 0, due_at=None
        )
    events.record(session, ticket, "recalled", now=now, by=by, town_hall=one.town_hall_id)


def find(session: Session, token: str) -> HandOver | None:
    """The hand-over of a link, as long as it lasts."""
    return session.scalar(
        select(HandOver).where(HandOver.token_hash == fingerprint(token), HandOver.ended_at.is_(None))
    )


def say(session: Session, one: HandOver, state: Handed, *, now: datetime, books: Books) -> None:
    """The town hall has it, says that it is not its own, or has answered; what came since is not answered with it."""
    ticket = delivery_steps.lock(session, session.get_one(Ticket, one.ticket_id))
    if one.ended_at is not None or (one.state is state and state is Handed.TAKEN):
        return
    one.said_at = now
    if state is Handed.TAKEN:
        one.state, one.reminded_at = state, None
        one.due_at = _days_from(session, one.town_hall, now, books)
    else:
        held, then = ticket.status is Status.HELD, Status.SOLVED if state is Handed.ANSWERED else Status.OPEN
        _end(ticket, one, state, then if held else None, now=now, books=books)
        if state is Handed.REFUSED and ticket.status in LIVE:
            _second_return(session, ticket)
    events.record(session, ticket, f"hall_{state.value}", now=now, rule="link", town_hall=one.town_hall_id)


def remind(session: Session, books: Books, *, public_url: str, keys: tuple[str, ...], now: datetime) -> int:
    """Remind the town halls that have been silent for two of their days, then ask for a call; how many there were.

    Where the machine may not write, people call at once.
    """
    if not books.hours.open_at(now):
        return 0
    due = select(HandOver).where(HandOver.due_at <= now, HandOver.ended_at.is_(None)).order_by(HandOver.id).limit(50)
    rows = session.scalars(due).all()
    for one in rows:
        ticket = delivery_steps.lock(session, session.get_one(Ticket, one.ticket_id))
        hall = one.town_hall
        first, clerk = one.reminded_at is None, _asked(session, ticket)
        if first:
            _tell(
                session,
                ticket,
                handover_words.still(ticket, hall, books),
                "handed_still",
                by=None,
                now=now,
                books=books,
            )
        if first and clerk is not None and _may_remind(session, clerk, books, now=now):
            link = _link(public_url, ticket.id, one.at, keys)
            _say(
                session, ticket, handover_words.again(ticket, hall, books, link=link), "handed_again", to=clerk, now=now
            )
            one.reminded_at, one.due_at = now, _days_from(session, hall, now, books)
            events.record(session, ticket, "hall_reminded", now=now, rule="clock", town_hall=hall.id)
        else:
            session.add(_call(ticket, handover_words.call(ticket, hall), now=now))
            one.called_at, one.due_at = now, None
            events.record(session, ticket, "hall_call", now=now, rule="clock", town_hall=hall.id)
    return len(rows)


def current(session: Session, ticket: Ticket) -> HandOver | None:
    """In whose hands it is now."""
    return session.scalar(select(HandOver).where(HandOver.ticket_id == ticket.id, HandOver.ended_at.is_(None)))


def ended_by_closing(session: Session, ticket: Ticket) -> bool:
    """Whether a town hall had it until it was closed."""
    ended = select(HandOver.id).where(HandOver.ticket_id == ticket.id, HandOver.ended_at == ticket.closed_at)
    return session.scalar(ended.limit(1)) is not None


def mail_of(session: Session, hall: TownHall) -> str | None:
    """The address of a town hall: its own, else one from which it has written."""
    known = select(TownHallWire.value).where(
        TownHallWire.town_hall_id == hall.id, TownHallWire.kind == WireKind.ADDRESS
    )
    return hall.email or session.scalar(known.order_by(TownHallWire.id).limit(1))


def _end(ticket: Ticket, one: HandOver, state: Handed, status: Status | None, *, now: datetime, books: Books) -> None:
    """The town hall has it no more; whose turn it is then, unless that has been settled otherwise (None)."""
    one.state, one.ended_at, one.due_at = state, now, None
    if state is not Handed.ANSWERED:
        ticket.handed_to_id = None
    if status is not None:
        turn(ticket, status, now=now)
    if status is Status.OPEN:
        deadlines.resume(ticket, now=now)
    deadlines.refresh(ticket, books.hours, books.settings, now=now)


def _second_return(session: Session, ticket: Ticket) -> None:
    """A matter that two times was nobody's goes to a supervisor."""
    refused = select(func.count()).where(HandOver.ticket_id == ticket.id, HandOver.state == Handed.REFUSED)
    session.flush()
    if (session.scalar(refused) or 0) < DAYS:
        return
    ticket.priority = min(ticket.priority, "P2")
    ticket.owner_id = session.scalar(
        select(User.id).where(User.role == Role.SUPERVISOR, User.active).order_by(User.id).limit(1)
    )


def _days_from(session: Session, hall: TownHall, now: datetime, books: Books) -> datetime:
    local = session.scalars(select(CalendarDay.day).where(CalendarDay.town_hall_code == hall.code)).all()
    return attendance.after(now, DAYS, attendance.days(hall.attendance), books.hours, holidays=set(local))


def _clerk(session: Session, address: str, hall: TownHall, *, now: datetime) -> int:
    at = Address(channel="email", address=address, kind="email")
    staff = Newcomer(name=hall.name, kind=ContactKind.STAFF, town_hall_id=hall.id)
    identity_id = identities.settle(session, [((at,), staff)], now=now)[identities.key(at)].id
    if session.get_one(Identity, identity_id).dead_since is not None:
        raise Impossible("Ese correo devuelve los mensajes: escriba otro, o llame por teléfono.")
    return identity_id


def _asked(session: Session, ticket: Ticket) -> int | None:
    """To which address the ticket was handed over last."""
    of_it = (Message.ticket_id == ticket.id, Message.author_rule == "handed_clerk")
    return session.scalar(select(Message.identity_id).where(*of_it).order_by(Message.id.desc()).limit(1))


def _say(
    session: Session, ticket: Ticket, text: str, rule: str, *, to: int | None, now: datetime, by: User | None = None
) -> None:
    """A mail to the town hall, in a thread that the citizen is not in."""
    line = manual_entry.line_for(session, "email")
    message = _message(ticket, text, rule, channel="email", now=now, by=by)
    message.line_id, message.identity_id, message.audience = line.id, to, "clerk"
    message.subject = handover_words.subject(ticket)
    mail_threads.tie(session, message)
    session.add(message)


def _may_remind(session: Session, clerk: int, books: Books, *, now: datetime) -> bool:
    line, to = manual_entry.line_for(session, "email"), session.get_one(Identity, clerk)
    return proactive.silence(session, to, line.id, books, clerk=True, now=now) is None


def _tell(
    session: Session, ticket: Ticket, text: str, rule: str, *, by: User | None, now: datetime, books: Books
) -> None:
    """A word to the citizen where one can go; where none can, people see so and call."""
    identity = reach.addressee(session, ticket, ticket.channel)
    if not text or ticket.channel == "phone" or identity is None:
        return
    if reach.can_send(session, ticket, channel=ticket.channel, now=now) is not None:
        return
    if by is None and proactive.silence(session, identity, ticket.line_id, books, clerk=False, now=now) is not None:
        return
    message = _message(ticket, text, rule, channel=ticket.channel, now=now, by=by)
    message.line_id, message.identity_id = ticket.line_id, identity.id
    message.subject = handover_words.subject(ticket) if ticket.channel == "email" else None
    mail_threads.tie(session, message)
    session.add(message)


def _call(ticket: Ticket, text: str, *, now: datetime) -> Message:
    message = _message(ticket, text, "handed_call", channel="phone", now=now, by=None)
    message.audience, message.delivery, message.due_at = "clerk", Delivery.BY_HAND, None
    return message


def _message(ticket: Ticket, text: str, rule: str, *, channel: str, now: datetime, by: User | None) -> Message:
    return Message(
        ticket_id=ticket.id,
        origin_ticket_id=ticket.id,
        direction=Direction.OUT,
        channel=channel,
        author_rule=rule,
        author_user_id=by.id if by else None,
        audience="contact",
        text=text,
        reply=text,
        words=words(text),
        created_at=now,
        delivery=Delivery.QUEUED,
        due_at=now,
    )


def _token(ticket_id: int, at: datetime, keys: tuple[str, ...]) -> str:
    return derived(f"hand-over:{ticket_id}:{int(at.timestamp() * 1000)}", keys)


def _link(public_url: str, ticket_id: int, at: datetime, keys: tuple[str, ...]) -> str:
    return f"{public_url}/entrega/{_token(ticket_id, at, keys)}"
