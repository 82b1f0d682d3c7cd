"""What the address of the queue asks for: view, filters, order, place; and what somebody typed into the search."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.desk import dossier, lists, search
from app.desk.lists import Cursor, Filters, Order
from app.desk.queue_views import View
from app.models.people import User
from app.models.ticket import Status
from kb.words import fold

STATES = {
    "nueva": Status.NEW,
    "abierta": Status.OPEN,
    "espera": Status.WAITING,
    "otros": Status.HELD,
    "resuelta": Status.SOLVED,
    "cerrada": Status.CLOSED,
}
CHANNELS = {"whatsapp": "whatsapp", "correo": "email", "telefono": "phone"}
Member = TypeVar("Member", bound=StrEnum)
TYPED = ("de", "estado", "municipio", "canal", "prioridad", "etiqueta", "asignada", "desde", "hasta")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One look at the queue."""

    view: View
    order: Order
    filters: Filters
    after: Cursor | None
    words: str
    given: Mapping[str, str]


def read(session: Session, args: Mapping[str, str], *, user: User, now: datetime, zone: ZoneInfo) -> Asked:
    """Whatever is not understood is left out, never an error: addresses are typed and shared."""
    words = args.get("q", "").strip()[:200]
    filters = Filters(
        status=STATES.get(args.get("estado", "")),
        channel=CHANNELS.get(args.get("canal", "")),
        category=args.get("categoria") or None,
        town_hall_id=_whole(args.get("municipio")),
        priority=args.get("prioridad") if args.get("prioridad") in {"P1", "P2", "P3", "P4"} else None,
        owner_id=_whole(args.get("de")),
        tag=args.get("etiqueta", "")[:30] or None,
    )
    if words:
        today = datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)
        filters = _searched(session, filters, words, user=user, today=today)
    names = ("estado", "canal", "categoria", "municipio", "prioridad", "de", "etiqueta")
    return Asked(
        view=_one(View, args.get("vista"), View.ALL),
        order=_one(Order, args.get("orden"), Order.DUE),
        filters=filters,
        after=_cursor(args.get("desde")),
        words=words,
        given={name: args[name] for name in names if args.get(name)},
    )


def written(cursor: Cursor) -> str:
    """The cursor as it stands in an address."""
    return f"{cursor.key.astimezone(UTC).isoformat() if cursor.key else ''}~{cursor.id}"


def _searched(session: Session, filters: Filters, words: str, *, user: User, today: datetime) -> Filters:
    """`de:ana estado:abierta municipio:cuéllar canal:correo asignada:yo desde:1/11` narrow; other words are sought."""
    rest = []
    for token in words.split():
        name, colon, value = token.partition(":")
        if not (colon and value and fold(name) in TYPED):
            rest.append(token)
            continue
        if fold(name) == "asignada":
            filters = _owned(session, filters, fold(value), user)
        elif fold(name) in {"desde", "hasta"}:
            filters = _dated(filters, fold(name), fold(value), today)
        else:
            filters = _narrow(session, filters, fold(name), value)
    text = " ".join(rest)
    if text or filters.contact is None:
        found = tuple(search.tickets(session, text)) if text else None
        filters = replace(filters, ids=found)
    return replace(filters, everywhere=True)


def _narrow(session: Session, filters: Filters, name: str, value: str) -> Filters:
    plain = fold(value)
    if name == "de":
        return replace(filters, contact=value)
    if name == "estado":
        found = next((state for word, state in STATES.items() if plain[:5] == word[:5]), None)
        return replace(filters, status=found or filters.status)
    if name == "canal":
        spelt = {**CHANNELS, "email": "email"}
        found_channel = next((channel for word, channel in spelt.items() if word.startswith(plain)), None)
        return replace(filters, channel=found_channel or filters.channel)
    if name == "etiqueta":
        return replace(filters, tag=value)
    if name == "prioridad":
        return replace(filters, priority=value.upper())
    return replace(filters, town_hall_id=_town_hall(session, plain))


def _owned(session: Session, filters: Filters, plain: str, user: User) -> Filters:
    """`yo`, `nadie`, or the beginning of a name; nobody's when nobody is called so."""
    if plain in {"yo", "mi"}:
        return replace(filters, owner_id=user.id)
    if plain == "nadie":
        return replace(filters, unowned=True)
    found = next((one.id for one in lists.colleagues(session) if fold(one.name).startswith(plain)), 0)
    return replace(filters, owner_id=found)


def _dated(filters: Filters, name: str, plain: str, today: datetime) -> Filters:
    """`hoy`, `ayer`, `3/11`, `3/11/2026`, `2026-11-03`; both days are included."""
    day = _day(plain, today)
    if day is None:
        return filters
    return replace(filters, since=day) if name == "desde" else replace(filters, before=day + timedelta(days=1))


def _day(plain: str, today: datetime) -> datetime | None:
    if plain in {"hoy", "ayer"}:
        return today - timedelta(days=plain == "ayer")
    numbers = [int(one) for one in plain.replace("-", "/").split("/") if one.isdecimal() and len(one) < 5]
    if len(numbers) not in {2, 3}:
        return None
    year_first = numbers[0] > 31
    day, month, year = numbers[::-1] if year_first else (*numbers, today.year)[:3]
    try:
        found = today.replace(year=year, month=month, day=day)
    except ValueError:
        return None
    # A day without its year that has not come yet is last year's.
    return found.replace(year=year - 1) if len(numbers) == 2 and found > today else found


def _town_hall(session: Session, plain: str) -> int:
    """The town hall whose name begins so, the shortest first; 0, which is nobody's, when there is none."""
    halls = dossier.hall_names(session).items()
    fitting = [(len(name), hall_id) for hall_id, name in halls if fold(name).replace(" ", "").startswith(plain)]
    return min(fitting)[1] if fitting else 0


def _cursor(written: str | None) -> Cursor | None:
    key, tilde, ticket_id = (written or "").partition("~")
    if not tilde or not ticket_id.isdecimal():
        return None
    try:
        moment = datetime.fromisoformat(key) if key else None
    except ValueError:
        return None
    if moment is not None and moment.tzinfo is None:
        return None
    return Cursor(key=moment, id=int(ticket_id))


def _whole(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() and len(value) < 12 else None


def _one(kind: type[Member], value: str | None, default: Member) -> Member:
    return next((member for member in kind if member.value == value), default)
