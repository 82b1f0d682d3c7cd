"""One ticket as its page shows it, gathered from rows in one look and put into words after it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.desk import dossier, reach, ticket_extras
from app.desk.books import Books
from app.desk.conversation import CLOSED
from app.desk.numbers import number
from app.desk.ticket_extras import Hanging
from app.i18n import day, moment, span
from app.models.message import Direction, Message
from app.models.people import Identity, User
from app.models.ticket import Event, Finding, Status, Ticket
from app.web import article_hints, due_words, labels
from app.web.article_hints import Hint
from app.web.event_words import SHOWN, sentence
from app.web.labels import Pill, Sign
from app.web.queue_rows import called_name, reached
from app.web.say import _
from app.web.timeline import Item, Said, timeline

SHORT_WINDOW = timedelta(hours=2)
REPLYABLE = ("whatsapp", "email", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What was read of one ticket."""

    ticket: Ticket
    messages: Sequence[Message]
    formatted: frozenset[int]
    events: Sequence[Event]
    earlier: Sequence[Ticket]
    kin: Sequence[Ticket]
    hanging: Hanging
    ways: Mapping[str, str | None]
    window: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A channel by which to answer, and why not, if not."""

    name: str
    sign: Sign
    closed: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How long the chat may still be answered freely; `left` is empty when it is closed."""

    left: str
    soon: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One way to reach the person, and whether it gives messages back."""

    sign: Sign
    words: str
    dead: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Another consulta of the same person."""

    address: str
    subject: str
    when: str
    pill: Pill


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything in words."""

    ticket: Ticket
    number: str
    who: str
    asked: str
    state: Pill
    due: due_words.Due
    spent: int
    deadline: str
    first: str
    items: list[Item]
    last_seen: int
    ways: list[Way]
    way: str
    window: Window | None
    reasons: list[str]
    category: str
    hints: list[Hint]
    past: list[Past]
    holidays: str
    addresses: list[Address]
    closed: bool


def look(session: Session, ticket: Ticket, *, user: User, now: datetime) -> Rows:
    """Read the rows of a ticket's page."""
    messages, formatted = dossier.messages(session, ticket)
    hung = ticket_extras.read(session, ticket, user=user, now=now)
    earlier, kin = dossier.around(session, ticket)
    asked_here = {one.identity_id for one in messages if one.direction is Direction.IN and one.identity_id}
    chat = reach.chosen(ticket.contact.identities, "whatsapp", asked_here=asked_here)
    window = hung.windows.get(chat.id, CLOSED) if chat else None
    return Rows(
        ticket=ticket,
        messages=messages,
        formatted=formatted,
        events=dossier.history(session, ticket),
        earlier=earlier,
        kin=kin,
        hanging=hung,
        ways=_ways(ticket, asked_here, window, now=now),
        window=window if ticket.channel == "whatsapp" else None,
    )


def _ways(
    ticket: Ticket, asked_here: Collection[int], window: datetime | None, *, now: datetime
) -> Mapping[str, str | None]:
    """By which channels this contact may be answered, and why not by some of them."""
    identities = ticket.contact.identities
    reachable = {identity.channel for identity in identities if identity.kind != "none"}
    chosen = {
        name: reach.chosen(identities, name, asked_here=asked_here)
        for name in REPLYABLE
        if name in reachable | {"phone", ticket.channel}
    }
    return {
        name: None
        if name == "phone"
        else reach.obstacle(name, identity, window if name == "whatsapp" else None, now=now)
        for name, identity in chosen.items()
    }


def sheet(rows: Rows, *, user: User, books: Books, public_url: str, now: datetime) -> Sheet:
    """Put a ticket into words."""
    ticket, hours = rows.ticket, books.hours
    zone, categories = hours.zone, labels.categories(books)
    who = called_name(ticket.contact, books)
    ways = [Way(name=name, sign=labels.channel(name), closed=closed) for name, closed in rows.ways.items()]
    ways.sort(key=lambda way: (way.name != ticket.channel, REPLYABLE.index(way.name)))
    return Sheet(
        ticket=ticket,
        number=number(ticket.id),
        who=who,
        asked=_("de %(who)s, %(when)s", who=who, when=moment(ticket.created_at, now, zone)),
        state=labels.states()[ticket.status],
        due=due_words.due(ticket, hours, now),
        spent=due_words.spent(ticket, hours, now),
        deadline=_deadline(ticket, now, books),
        first=_first_answer(ticket, books),
        items=talk(rows, user=user, books=books, now=now),
        last_seen=dossier.last_spoken(rows.messages),
        ways=ways,
        way=next((way.name for way in ways if way.closed is None), "nota"),
        window=_window(rows.window, now),
        reasons=_reasons(rows.hanging.findings),
        category=categories.get(ticket.category or "", _("Sin categoría")),
        hints=article_hints.hints(
            _fits(rows, books), rows.hanging.answers, books, public_url=public_url, hall=ticket.town_hall
        ),
        past=[_past(one, now, books) for one in rows.earlier],
        holidays=_holidays(rows.hanging.days, now.astimezone(zone).date()),
        addresses=[_address(one, books) for one in ticket.contact.identities if one.kind != "none"],
        closed=ticket.status in {Status.SOLVED, Status.CLOSED},
    )


def talk(rows: Rows, *, user: User, books: Books, now: datetime) -> list[Item]:
    """The conversation alone."""
    zone, categories = books.hours.zone, labels.categories(books)
    names = {one.id: one.name for one in rows.hanging.people}
    events = [
        (event, sentence(event, people=names, halls=books.hall_names, categories=categories, zone=zone))
        for event in rows.events
        if event.what not in SHOWN
    ]
    said = Said(
        messages=rows.messages,
        formatted=rows.formatted,
        events=events,
        offered=article_hints.shown(rows.hanging.answers, books),
        contact=called_name(rows.ticket.contact, books),
        contact_id=rows.ticket.contact_id,
        me=user,
    )
    return timeline(said, now=now, zone=zone)


def _deadline(ticket: Ticket, now: datetime, books: Books) -> str:
    if ticket.due_at is None or ticket.status not in {Status.NEW, Status.OPEN}:
        return ""
    return moment(ticket.due_at, now, books.hours.zone)


def _first_answer(ticket: Ticket, books: Books) -> str:
    if ticket.first_answered_at is None:
        return ""
    taken = due_words.quantity(books.hours.between(ticket.created_at, ticket.first_answered_at), books.hours)
    late = ticket.due_first is not None and ticket.first_answered_at > ticket.due_first
    if late:
        return _("Primera respuesta en %(taken)s, fuera de plazo.", taken=taken)
    return _("Primera respuesta cumplida, en %(taken)s.", taken=taken)


def _window(until: datetime | None, now: datetime) -> Window | None:
    if until is None:
        return None
    left = until - now
    return Window(left=span(left) if left > timedelta() else "", soon=timedelta() < left < SHORT_WINDOW)


def _fits(rows: Rows, books: Books) -> list[article_hints.Fits]:
    found = article_hints.fitting(rows.hanging.findings)
    if found:
        return found
    text = "\n".join(message.reply or message.text for message in rows.messages if message.direction is Direction.IN)
    return article_hints.searched(books, text[:4000]) if text.strip() else []


def _reasons(findings: Sequence[Finding]) -> list[str]:
    """Why it has its category, priority and place, each reason once."""
    told = [finding.reason for finding in findings if finding.field != "article" and finding.reason]
    return list(dict.fromkeys(told))[:8]


def _address(identity: Identity, books: Books) -> Address:
    sign = labels.channel(identity.channel)
    return Address(sign=sign, words=reached(identity, books), dead=identity.dead_since is not None)


def _past(ticket: Ticket, now: datetime, books: Books) -> Past:
    return Past(
        address=number(ticket.id),
        subject=ticket.subject or _("Sin asunto"),
        when=day(ticket.created_at.astimezone(books.hours.zone).date(), now.astimezone(books.hours.zone).date()),
        pill=labels.states()[ticket.status],
    )


def _holidays(days: Sequence[date], today: date) -> str:
    coming = sorted(one for one in days if one >= today)[:2]
    return _(" y ").join(day(one, today) for one in coming)
