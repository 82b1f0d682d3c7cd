"""The rows of the queue as the page shows them: two lines a ticket, everything in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from flask import current_app, request, url_for
from markupsafe import Markup

from app.desk import access_log, rich_text
from app.desk.books import Books
from app.desk.numbers import number
from app.models.message import Direction, Message
from app.models.people import Contact, Identity, User
from app.models.ticket import Status, Ticket
from app.web import due_words, labels
from app.web.labels import Sign
from app.web.say import _
from channels import phones

LONGEST = 160
# Stands for the number in an address that is built once for all rows.
GAP = "NUMBER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One ticket in the queue; `news` is how much was said in it since somebody who follows it looked."""

    id: int
    version: int
    number: str
    address: str
    channel: Sign
    who: str
    place: str
    forwarded: bool
    subject: str
    said: str
    priority: str
    kind: str
    wait: str
    due: due_words.Due
    owner: str | None
    mine: bool
    new: bool
    news: int = 0


def rows(
    tickets: list[Ticket],
    last: Mapping[int, Message],
    *,
    user: User,
    books: Books,
    now: datetime,
    news: Mapping[int, int] | None = None,
) -> list[Row]:
    """The tickets of a page, ready to be shown."""
    called, news = labels.categories(books), news or {}
    address = url_for("ticket.page", number=GAP, _anchor="ultimo")
    shown = [_row(ticket, last.get(ticket.id), called, user, books, now, address) for ticket in tickets]
    return [replace(row, news=news[row.id]) if row.id in news else row for row in shown]


def drawn(row: Row, looking: str = "") -> Markup:
    """The row as HTML, with who else looks at the ticket. One that says the same as before is not made anew."""
    return _drawn(request.script_root, row, looking)


@lru_cache(maxsize=1024)
def _drawn(_root: str, row: Row, looking: str) -> Markup:
    # The address of an icon depends on the request by its root alone.
    made: Markup = current_app.jinja_env.get_template("queue/_row.html").module.row(row, looking)  # type: ignore[attr-defined]
    return made


def _row(
    ticket: Ticket,
    message: Message | None,
    called: Mapping[str, str],
    user: User,
    books: Books,
    now: datetime,
    address: str,
) -> Row:
    if access_log.reserved_from(ticket, user):
        message = None
    return Row(
        id=ticket.id,
        version=ticket.version,
        number=number(ticket.id),
        address=address.replace(GAP, number(ticket.id)),
        channel=labels.channel(ticket.channel),
        who=called_name(ticket.contact, books),
        place=place(ticket),
        forwarded=ticket.forwarder_town_hall_id is not None,
        subject=ticket.subject or _first_line(message) or _("Sin asunto"),
        said=said(message),
        priority=ticket.priority if ticket.priority in {"P1", "P2"} else "",
        kind=called.get(ticket.category or "", ""),
        wait=due_words.wait(ticket, books.hours, now),
        due=due_words.due(ticket, books.hours, now),
        owner=ticket.owner.name if ticket.owner else None,
        mine=ticket.owner_id == user.id,
        new=unread(ticket),
    )


def called_name(contact: Contact, books: Books) -> str:
    """The name of somebody, else the address by which she is known."""
    if contact.name:
        return contact.name
    known = next((i for i in contact.identities if i.kind != "none"), None)
    return reached(known, books) if known else _("Sin identificar")


def reached(identity: Identity, books: Books) -> str:
    """An address as people read it: telephones in groups."""
    if identity.kind == "phone":
        return phones.shown(identity.address, region=books.province.phone_region)
    return identity.typed or identity.address


def place(ticket: Ticket) -> str:
    """Where it is about."""
    hall = ticket.town_hall or ticket.forwarder
    return hall.name if hall else _("Sin municipio")


def unread(ticket: Ticket) -> bool:
    """Bold is for what nobody of ours has acted on: a new one, or one whose contact has come back."""
    if ticket.status is Status.NEW:
        return True
    came_back = ticket.heard_at is not None and ticket.spoke_at is not None and ticket.heard_at > ticket.spoke_at
    return ticket.status is Status.OPEN and came_back


def said(message: Message | None) -> str:
    """The last words, and whose they are if not the contact's."""
    if message is None:
        return ""
    words = " ".join((message.reply or message.text).split())[:LONGEST]
    if message.direction is Direction.OUT:
        words = rich_text.plain(words)
        return (
            _("Respuesta automática: %(words)s", words=words)
            if message.author_rule
            else _("Respuesta: %(words)s", words=words)
        )
    return words or _("Sin texto, con adjuntos")


def _first_line(message: Message | None) -> str:
    lines = (message.reply or message.text).strip().splitlines() if message else []
    return lines[0][:LONGEST] if lines else ""
