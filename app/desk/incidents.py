"""Incidents: several enquiries about one thing that is broken. Proposed by the clock, confirmed and ended by people."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.desk import deadlines, events
from app.desk.books import Books
from app.errors import Impossible
from app.models.people import Contact, User
from app.models.place import TownHall
from app.models.ticket import LIVE, Event, Status, Ticket
from app.models.work import Incident, IncidentState, IncidentTicket

OUTAGE = "incidencia-sede"
# Whoever cannot get into one site may be telling of an outage; at all the sites of a supplier that says little.
ENTRY = "navegador-acceso"
ABOUT = (OUTAGE, ENTRY)
ENOUGH, WITHIN = 3, timedelta(minutes=30)
RUNNING = (IncidentState.PROPOSED, IncidentState.OPEN)
SHOWN = 40


def seek(session: Session, *, now: datetime) -> list[Incident]:
    """What came in within half an hour that looks like one outage: incidents that are not kept yet, and their tickets.

    One query as long as fewer than three have come in.
    """
    loose = _loose(session, now=now)
    return [incident for incident, _ in _groups(session, loose)] if len(loose) >= ENOUGH else []


def propose(session: Session, *, now: datetime) -> list[Incident]:
    """Keep what `seek` finds as proposals, for people to look at."""
    made = []
    for incident, found in _groups(session, _loose(session, now=now)):
        incident.at = now
        session.add(incident)
        session.flush()
        for ticket in _held(session, [one.id for one in found]):
            session.add(IncidentTicket(ticket_id=ticket.id, incident_id=incident.id))
            events.record(session, ticket, "incident_proposed", now=now, rule="clock", incident=incident.id)
        made.append(incident)
    session.flush()
    return made


def confirm(session: Session, incident: Incident, *, by: User, now: datetime, books: Books) -> None:
    """Yes, it is one: its tickets are the most pressing. What was dismissed or over can so be opened again."""
    _lock(session, incident)
    if incident.state is IncidentState.OPEN:
        return
    incident.state, incident.user_id, incident.over_at = IncidentState.OPEN, by.id, None
    for ticket in _held(session, ids(session, incident)):
        _in(session, ticket, incident, by=by, now=now, books=books)


def dismiss(session: Session, incident: Incident, *, by: User, now: datetime) -> None:
    """No, these are different things; the same tickets are not proposed again."""
    _lock(session, incident)
    if incident.state is not IncidentState.PROPOSED:
        raise Impossible("Solo se descarta lo que está propuesto.")
    incident.state, incident.user_id = IncidentState.DISMISSED, by.id
    for ticket in _held(session, ids(session, incident)):
        events.record(session, ticket, "incident_dismissed", now=now, by=by, incident=incident.id)


def join(
    session: Session, incident: Incident, wanted: Collection[int], *, by: User, now: datetime, books: Books
) -> int:
    """These tickets are about it too; how many were not before. What is dismissed or over lets its tickets go."""
    _lock(session, incident)
    if incident.state not in RUNNING:
        raise Impossible("Esta incidencia no está abierta.")
    joined = 0
    for ticket in _held(session, wanted):
        row = session.get(IncidentTicket, ticket.id)
        if row is not None and row.incident_id == incident.id:
            continue
        if row is not None and session.get_one(Incident, row.incident_id).state in RUNNING:
            raise Impossible("Una de esas consultas está en otra incidencia: sáquela antes de ella.")
        if ticket.merged_into_id is not None:
            raise Impossible("Una de esas consultas está unida a otra: es la otra la que cuenta.")
        session.merge(IncidentTicket(ticket_id=ticket.id, incident_id=incident.id))
        _in(session, ticket, incident, by=by, now=now, books=books)
        joined += 1
    session.flush()
    return joined


def leave(session: Session, incident: Incident, ticket: Ticket, *, by: User, now: datetime, books: Books) -> None:
    """It is about something else: it is again as pressing as it was, and is not proposed for an incident any more."""
    (ticket,) = _held(session, [ticket.id])
    row = session.get(IncidentTicket, ticket.id)
    if row is None or row.incident_id != incident.id:
        raise Impossible("Esa consulta no está en esta incidencia.")
    session.delete(row)
    joined = select(Event).where(Event.ticket_id == ticket.id, Event.what == "incident_joined")
    last = session.scalars(joined.order_by(Event.id.desc()).limit(1)).first()
    if last is not None and last.data["incident"] == incident.id and ticket.priority == "P1":
        ticket.priority = str(last.data["before"])
        deadlines.refresh(ticket, books.hours, books.settings, now=now)
    events.record(session, ticket, "incident_left", now=now, by=by, incident=incident.id)
    session.flush()


def ids(session: Session, incident: Incident) -> list[int]:
    """The tickets of an incident."""
    of_it = select(IncidentTicket.ticket_id).where(IncidentTicket.incident_id == incident.id)
    return list(session.scalars(of_it.order_by(IncidentTicket.ticket_id)))


def tickets(session: Session, incident: Incident) -> Sequence[Ticket]:
    """The tickets of an incident, with whom and where they are from."""
    of_it = select(Ticket).join(IncidentTicket, IncidentTicket.ticket_id == Ticket.id)
    return session.scalars(_with(of_it.where(IncidentTicket.incident_id == incident.id)).order_by(Ticket.id)).all()


def candidates(session: Session, incident: Incident) -> Sequence[Ticket]:
    """What came in since and looks like it, and has not been joined."""
    if incident.state not in RUNNING:
        return []
    shared = or_(TownHall.supplier == incident.supplier, TownHall.sede_url.contains(f".{incident.supplier}"))
    alike = Ticket.town_hall_id == incident.town_hall_id if incident.town_hall_id else shared
    kinds = ABOUT if incident.town_hall_id else (OUTAGE,)
    wanted = (
        select(Ticket)
        .join(TownHall, TownHall.id == Ticket.town_hall_id)
        .where(alike, Ticket.category.in_(kinds), Ticket.created_at >= incident.at - WITHIN, *_free())
    )
    return session.scalars(_with(wanted).order_by(Ticket.id.desc()).limit(SHOWN)).all()


def of(session: Session, ticket: Ticket) -> tuple[Incident | None, bool]:
    """The incident that a ticket is about, and whether it has been joined: if not, it only looks like it."""
    alike: list[ColumnElement[bool]] = []
    if ticket.town_hall is not None and ticket.category in ABOUT:
        alike.append(Incident.town_hall_id == ticket.town_hall_id)
        if ticket.category == OUTAGE and (supplier := _supplier(ticket.town_hall)):
            alike.append(Incident.supplier == supplier)
    fresh = and_(Incident.state.in_(RUNNING), Incident.at <= ticket.created_at + timedelta(days=3))
    mine = IncidentTicket.ticket_id == ticket.id
    row = session.execute(
        select(Incident, IncidentTicket.ticket_id)
        .outerjoin(IncidentTicket, and_(IncidentTicket.incident_id == Incident.id, mine))
        .where(or_(mine, and_(fresh, or_(false(), *alike))), Incident.state != IncidentState.DISMISSED)
        .options(joinedload(Incident.town_hall))
        .order_by(IncidentTicket.ticket_id.is_(None), Incident.id.desc())
        .limit(1)
    ).first()
    return (row[0], row[1] is not None) if row else (None, False)


def listed(session: Session) -> Sequence[tuple[Incident, int]]:
    """The newest incidents with how many tickets each has, what is proposed first."""
    rows = session.execute(
        select(Incident, func.count(IncidentTicket.ticket_id))
        .outerjoin(IncidentTicket, IncidentTicket.incident_id == Incident.id)
        .options(joinedload(Incident.town_hall))
        .group_by(Incident.id, TownHall.id)
        .outerjoin(TownHall, TownHall.id == Incident.town_hall_id)
        .order_by(Incident.state.not_in(RUNNING), Incident.id.desc())
        .limit(SHOWN)
    )
    return [(incident, count) for incident, count in rows.unique()]


def unsaid(session: Session, incident: Incident) -> set[int]:
    """The tickets whose person could not be written to, the last time that all were."""
    tellings = (
        select(Event.ticket_id, Event.data)
        .join(IncidentTicket, IncidentTicket.ticket_id == Event.ticket_id)
        .where(IncidentTicket.incident_id == incident.id, Event.what.in_(("incident_answered", "incident_over")))
        .order_by(Event.id)
    )
    last = {ticket_id: data.get("told") for ticket_id, data in session.execute(tellings)}
    return {ticket_id for ticket_id, told in last.items() if not told}


def _with(wanted: Select[Ticket]) -> Select[Ticket]:
    return wanted.options(joinedload(Ticket.contact).selectinload(Contact.identities), joinedload(Ticket.town_hall))


def _loose(session: Session, *, now: datetime) -> Sequence[Ticket]:
    wanted = (
        select(Ticket)
        .join(TownHall, TownHall.id == Ticket.town_hall_id)
        .where(Ticket.created_at >= now - WITHIN, Ticket.category.in_(ABOUT), *_free())
        .options(contains_eager(Ticket.town_hall))
        .order_by(Ticket.id)
    )
    return session.scalars(wanted).all()


def _free() -> tuple[ColumnElement[bool], ...]:
    """Neither in an incident nor taken out of one."""
    return (
        Ticket.merged_into_id.is_(None),
        Ticket.status != Status.CLOSED,
        ~exists().where(IncidentTicket.ticket_id == Ticket.id),
        ~exists().where(Event.ticket_id == Ticket.id, Event.what == "incident_left"),
    )


def _groups(session: Session, loose: Sequence[Ticket]) -> Iterator[tuple[Incident, list[Ticket]]]:
    """By town hall first, then what is left by supplier; what belongs to a running incident is proposed beside it."""
    running = session.scalars(select(Incident).where(Incident.state.in_(RUNNING))).all() if loose else []
    halls = {one.town_hall_id for one in running}
    suppliers = {one.supplier for one in running if one.supplier}
    by_hall: dict[int, list[Ticket]] = defaultdict(list)
    by_supplier: dict[str, list[Ticket]] = defaultdict(list)
    for ticket in loose:
        hall = ticket.town_hall
        if hall is not None and hall.id not in halls and _supplier(hall) not in suppliers:
            by_hall[hall.id].append(ticket)
    for hall_id, found in by_hall.items():
        supplier = _supplier(found[0].town_hall)
        if _enough(found):
            yield Incident(town_hall_id=hall_id, state=IncidentState.PROPOSED), found
        elif supplier:
            by_supplier[supplier] += [ticket for ticket in found if ticket.category == OUTAGE]
    for supplier, found in by_supplier.items():
        if _enough(found):
            yield Incident(supplier=supplier, state=IncidentState.PROPOSED), found


def _supplier(hall: TownHall | None) -> str | None:
    """Who keeps a town hall's site: as the register says, else the domain that its address shares with others."""
    if hall is None or hall.supplier:
        return hall.supplier if hall else None
    labels = (urlsplit(hall.sede_url or "").hostname or "").split(".")
    return ".".join(labels[-2:])[:60] if len(labels) > 2 else None


def _enough(found: Sequence[Ticket]) -> bool:
    """Three enquiries of three people: one who asks three times is one."""
    return len({ticket.contact_id for ticket in found}) >= ENOUGH


def _in(session: Session, ticket: Ticket, incident: Incident, *, by: User, now: datetime, books: Books) -> None:
    before = ticket.priority
    if incident.state is IncidentState.OPEN and ticket.status in LIVE:
        ticket.priority = "P1"
        deadlines.refresh(ticket, books.hours, books.settings, now=now)
    events.record(session, ticket, "incident_joined", now=now, by=by, incident=incident.id, before=before)


def _lock(session: Session, incident: Incident) -> None:
    again = select(Incident).where(Incident.id == incident.id).with_for_update(of=Incident)
    session.scalars(again.execution_options(populate_existing=True)).one()


def _held(session: Session, wanted: Collection[int]) -> Sequence[Ticket]:
    """Tickets locked in the order of their ids, as everybody does."""
    again = select(Ticket).where(Ticket.id.in_(wanted)).order_by(Ticket.id).with_for_update()
    found = session.scalars(again.execution_options(populate_existing=True)).all()
    events.hold_all(session, [ticket.id for ticket in found])
    return found
