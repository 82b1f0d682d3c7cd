"""The acts on tickets that a button or a key does, one word each, with how each is told and how it is undone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.desk import absences, blocking, board, following, forwarder_register, handover, requester, tags
from app.desk.books import Books
from app.errors import Impossible
from app.i18n import long_day
from app.models.people import User
from app.models.ticket import Status, Ticket
from app.web import labels
from app.web.say import _, count_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Who does it, when, and with which books; `warned` is what she should know of what she has just done."""

    session: Session
    by: User
    books: Books
    now: datetime
    warned: set[str] = field(default_factory=set)


Do = Callable[[Doing, Ticket, str], None]


@dataclass(frozen=True, slots=True)
class Act:
    """What it does with its value, which column it changes, and how it is told; `back` undoes what no column shows.

    With neither a column nor `back` there is no way back.
    """

    do: Do
    column: str | None
    one: str
    many: str
    back: Do | None = None


def _take(doing: Doing, ticket: Ticket, _value: str) -> None:
    board.assign(doing.session, ticket, to=doing.by, by=doing.by, now=doing.now)


def _assign(doing: Doing, ticket: Ticket, value: str) -> None:
    to = doing.session.get(User, int(value)) if value.isdecimal() else None
    board.assign(doing.session, ticket, to=to, by=doing.by, now=doing.now)
    today = doing.now.astimezone(doing.books.hours.zone).date()
    if to is not None and (absence := absences.away(doing.session, today).get(to.id)) is not None:
        told = _("%(who)s está ausente hasta el %(day)s: la conserva hasta que llegue algo nuevo.")
        doing.warned.add(told % {"who": to.name, "day": long_day(absence.last_day)})


def change(doing: Doing, ticket: Ticket, **wanted: Any) -> None:
    """Set columns of a ticket by the desk's own verb."""
    board.change(doing.session, ticket, by=doing.by, now=doing.now, books=doing.books, **wanted)


def _category(doing: Doing, ticket: Ticket, value: str) -> None:
    if value not in labels.categories(doing.books):
        raise Impossible(_("Esa categoría no existe."))
    change(doing, ticket, category=value)


def _priority(doing: Doing, ticket: Ticket, value: str) -> None:
    change(doing, ticket, priority=value)


def _town_hall(doing: Doing, ticket: Ticket, value: str) -> None:
    change(doing, ticket, town_hall_id=int(value) if value.isdecimal() else None)


def _subject(doing: Doing, ticket: Ticket, value: str) -> None:
    if not value:
        raise Impossible(_("El asunto no puede quedar vacío."))
    change(doing, ticket, subject=value)


def _behalf(doing: Doing, ticket: Ticket, value: str) -> None:
    change(doing, ticket, on_behalf_of=value or None)


def _status(doing: Doing, ticket: Ticket, value: str) -> None:
    if value not in {Status.OPEN, Status.WAITING, Status.HELD, Status.SOLVED}:
        raise Impossible(_("Ese estado no existe."))
    if value == Status.OPEN:
        board.reopen(doing.session, ticket, by=doing.by, now=doing.now, books=doing.books)
    else:
        change(doing, ticket, status=Status(value))


def _solve(doing: Doing, ticket: Ticket, _value: str) -> None:
    board.solve(doing.session, ticket, by=doing.by, now=doing.now, books=doing.books)


def _reopen(doing: Doing, ticket: Ticket, _value: str) -> None:
    board.reopen(doing.session, ticket, by=doing.by, now=doing.now, books=doing.books)


def _tag(doing: Doing, ticket: Ticket, value: str) -> None:
    change(doing, ticket, tags=tags.added(ticket, value))


def _untag(doing: Doing, ticket: Ticket, value: str) -> None:
    change(doing, ticket, tags=tags.without(ticket, value))


def _snooze(doing: Doing, ticket: Ticket, value: str) -> None:
    until = _moment(value, doing.books) if value else None
    board.snooze(doing.session, ticket, until=until, by=doing.by, now=doing.now)


def _spam(doing: Doing, ticket: Ticket, _value: str) -> None:
    board.spam(doing.session, ticket, by=doing.by, now=doing.now)


def _block(doing: Doing, ticket: Ticket, _value: str) -> None:
    blocking.block(doing.session, ticket, by=doing.by, now=doing.now)


def _unblock(doing: Doing, ticket: Ticket, _value: str) -> None:
    blocking.unblock(doing.session, ticket, by=doing.by, now=doing.now)


def _follow(doing: Doing, ticket: Ticket, _value: str) -> None:
    following.follow(doing.session, ticket, by=doing.by, now=doing.now)


def _leave(doing: Doing, ticket: Ticket, _value: str) -> None:
    following.leave(doing.session, ticket, by=doing.by, now=doing.now)


def _forward(doing: Doing, ticket: Ticket, value: str) -> None:
    hall = int(value) if value.isdecimal() else None
    board.accept_forward(doing.session, ticket, by=doing.by, now=doing.now, town_hall_id=hall)


def _person(doing: Doing, ticket: Ticket, value: str) -> None:
    region = doing.books.province.phone_region
    contact_id = requester.known_by(doing.session, value, region=region, now=doing.now)
    requester.give(doing.session, ticket, contact_id, by=doing.by, now=doing.now)


def _register(doing: Doing, ticket: Ticket, value: str) -> None:
    if not value.isdecimal():
        raise Impossible(_("Elija antes el ayuntamiento."))
    forwarder_register.enter(doing.session, ticket, int(value), by=doing.by, now=doing.now)


ACTS = {
    "tomar": Act(_take, "owner_id", "Ha tomado %(num)s consulta.", "Ha tomado %(num)s consultas."),
    "asignar": Act(_assign, "owner_id", "%(num)s consulta asignada.", "%(num)s consultas asignadas."),
    "categoria": Act(_category, "category", "Categoría cambiada.", "%(num)s consultas cambiadas de categoría."),
    "prioridad": Act(_priority, "priority", "Prioridad cambiada.", "%(num)s prioridades cambiadas."),
    "municipio": Act(_town_hall, "town_hall_id", "Municipio cambiado.", "%(num)s municipios cambiados."),
    "asunto": Act(_subject, "subject", "Asunto cambiado.", "%(num)s asuntos cambiados."),
    "en-nombre": Act(_behalf, "on_behalf_of", "Anotado por quién pregunta.", "Anotado en %(num)s consultas."),
    "estado": Act(_status, "status", "Estado cambiado.", "%(num)s estados cambiados."),
    "resolver": Act(_solve, "status", "%(num)s consulta resuelta.", "%(num)s consultas resueltas."),
    "reabrir": Act(_reopen, "status", "Consulta abierta de nuevo.", "%(num)s consultas abiertas de nuevo."),
    "posponer": Act(_snooze, "snoozed_until", "Consulta pospuesta.", "%(num)s consultas pospuestas."),
    "etiqueta": Act(_tag, "tags", "Etiqueta puesta.", "Etiqueta puesta en %(num)s consultas."),
    "sin-etiqueta": Act(_untag, "tags", "Etiqueta quitada.", "Etiqueta quitada de %(num)s consultas."),
    "persona": Act(_person, "contact_id", "Ahora es de otra persona.", "%(num)s consultas pasadas a otra persona."),
    "spam": Act(_spam, "status", "Cerrada como correo no deseado.", "%(num)s consultas cerradas como no deseadas."),
    "registro": Act(_register, None, "Añadida al registro.", "%(num)s direcciones añadidas al registro."),
    "bloquear": Act(
        _block, "status", "Persona bloqueada y consulta cerrada.", "%(num)s personas bloqueadas.", back=_unblock
    ),
    "desbloquear": Act(_unblock, None, "Persona desbloqueada.", "%(num)s personas desbloqueadas."),
    "seguir": Act(_follow, None, "La sigue: está en «Las que sigo».", "Sigue %(num)s consultas.", back=_leave),
    "no-seguir": Act(_leave, None, "Ya no la sigue.", "Ya no sigue %(num)s consultas.", back=_follow),
    "reenvio": Act(_forward, None, "Derivación aceptada.", "%(num)s derivaciones aceptadas."),
}


# Buttons that send what stands in a field of their form, and how much of it.
TYPED = {
    "posponer-hasta": ("posponer", "hasta", 40),
    "etiquetar": ("etiqueta", "etiqueta", 200),
    "cambiar-persona": ("persona", "persona", 300),
    "nombrar": ("asunto", "asunto", 300),
    "poner-nombre": ("en-nombre", "en_nombre_de", 200),
}


def typed(word: str, form: Mapping[str, str]) -> str:
    """The word of a button whose value somebody typed, a moment, a tag or a person, in a field of its own."""
    name, field, longest = TYPED.get(word, ("", "", 0))
    return f"{name}:{form.get(field, '').strip()[:longest]}" if name else word


def name(word: str) -> str:
    """Which act a button's word asks for."""
    return word.partition(":")[0]


def find(word: str) -> tuple[Act, str]:
    """The act and the value of a button's word, «asignar:7»; raises Impossible for a word that nobody knows."""
    name, _colon, value = word.partition(":")
    if name not in ACTS:
        raise Impossible(_("No se sabe qué hacer con eso."))
    return ACTS[name], value


def run(doing: Doing, tickets: Sequence[Ticket], word: str) -> list[list[Any]]:
    """Do it to every ticket; returns what each was before, fit for a cookie."""
    act, value = find(word)
    was = [[ticket.id, _plain(getattr(ticket, act.column)) if act.column else None] for ticket in tickets]
    for ticket in tickets:
        act.do(doing, ticket, value)
    return was


def undo(doing: Doing, ticket: Ticket, word: str, was: Any) -> None:
    """Put one ticket back to what it was."""
    act, value = find(word)
    if act.back is not None:
        act.back(doing, ticket, value)
    match act.column:
        case "owner_id":
            _assign(doing, ticket, str(was or ""))
        case "contact_id":
            requester.give(doing.session, ticket, was, by=doing.by, now=doing.now)
        case "snoozed_until":
            until = datetime.fromisoformat(was) if was else None
            board.snooze(doing.session, ticket, until=until, by=doing.by, now=doing.now)
        case "status":
            if ticket.status is Status.CLOSED and was != Status.CLOSED:
                # The town hall that had it until it was closed has it no more.
                was = Status.OPEN if handover.ended_by_closing(doing.session, ticket) else was
                _reopen(doing, ticket, "")
            change(doing, ticket, status=Status(was))
        case str(column):
            change(doing, ticket, **{column: was})


def told(word: str, count: int) -> str:
    """How it is told when it is done."""
    act, _value = find(word)
    if word == "posponer:":
        return _("Consulta despierta.")
    return count_of(act.one, act.many, count)


def undoable(word: str) -> bool:
    """Whether there is a way back."""
    act, _value = find(word)
    return act.column is not None or act.back is not None


def doing(session: Session, by: User, books: Books) -> Doing:
    """An act that begins now."""
    return Doing(session=session, by=by, books=books, now=clock.now())


def locked(session: Session, ids: Sequence[int]) -> Sequence[Ticket]:
    """These tickets, locked in order of their ids so that two people never wait for each other."""
    return session.scalars(select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id).with_for_update()).all()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Status):
        return str(value)
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _moment(value: str, books: Books) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise Impossible(_("Esa fecha no se entiende.")) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=books.hours.zone)
