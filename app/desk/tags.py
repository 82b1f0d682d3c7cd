"""The words by which the desk marks tickets: short, in small letters, few."""

from sqlalchemy import ColumnElement, select

from app.errors import Impossible
from app.models.ticket import Ticket, TicketTag

LONGEST, MOST = 30, 10


def tag(typed: str) -> str:
    """A tag as it is kept."""
    word = " ".join(typed.split()).lower().strip("#,;")
    if not word or len(word) > LONGEST:
        raise Impossible(f"Una etiqueta tiene entre 1 y {LONGEST} letras.")
    return word


def added(ticket: Ticket, typed: str) -> list[str]:
    """The ticket's tags with one more."""
    tags = list(dict.fromkeys([*ticket.tags, tag(typed)]))
    if len(tags) > MOST:
        raise Impossible(f"Una consulta lleva hasta {MOST} etiquetas: quite antes alguna.")
    return tags


def without(ticket: Ticket, typed: str) -> list[str]:
    """The ticket's tags without one."""
    return [one for one in ticket.tags if one != typed]


def tagged(typed: str) -> ColumnElement[bool]:
    """The condition that a ticket bears a tag."""
    return Ticket.id.in_(select(TicketTag.ticket_id).where(TicketTag.tag == typed.lower()))
