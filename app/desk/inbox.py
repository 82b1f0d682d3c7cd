"""File what was read: find or make the person and the ticket, keep the message. One short transaction for a batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import events, forwards, identities, joining, outbox, search, stored
from app.desk.arrivals import Waiting
from app.desk.identities import Known, Newcomer
from app.models.message import Direction, Message
from app.models.people import ContactKind
from app.models.ticket import Status, Ticket
from channels.message import Address, Inbound, Kind, Receipt

LONGEST_QUIET = timedelta(minutes=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One inbound message ready to be filed: its words for search, its files already kept, whether it cannot wait."""

    inbound: Inbound
    words: str
    files: tuple[stored.Kept, ...]
    hurried: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An arrival read by its channel: letters for tickets, receipts for messages of ours."""

    arrival: Waiting
    letters: tuple[Letter, ...] = ()
    receipts: tuple[Receipt, ...] = ()


@dataclass(slots=True)
class Filed:
    """What came of a batch: the tickets touched, and the arrivals whose receipt found no message yet."""

    tickets: list[Ticket] = field(default_factory=list)
    orphans: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Place:
    """A letter on its way into a ticket."""

    letter: Letter
    arrival: Waiting
    identity: Known | None
    identity_ids: tuple[int, ...]
    contact_id: int
    external_id: str
    desk: forwards.Desk | None
    accepted: bool
    ticket: Ticket | None = None
    fresh: bool = False
    related_to_id: int | None = None


def file(session: Session, batch: Sequence[Read], *, keys: tuple[str, ...], quiet: timedelta, now: datetime) -> Filed:
    """File a batch of read arrivals. Twins change nothing; filing the same batch again changes nothing."""
    done = Filed()
    for read in batch:
        known = [outbox.confirm(session, receipt, now=now) for receipt in read.receipts]
        if not all(known):
            done.orphans.append(read.arrival.id)
    letters = [(read.arrival, letter) for read in batch for letter in read.letters]
    if letters:
        _file_letters(session, letters, done, keys=keys, quiet=quiet, now=now)
    return done


def _file_letters(
    session: Session,
    letters: Sequence[tuple[Waiting, Letter]],
    done: Filed,
    *,
    keys: tuple[str, ...],
    quiet: timedelta,
    now: datetime,
) -> None:
    places = _people(session, letters, now=now)
    found = joining.threads(session, (p.letter.inbound for p in places), keys=keys)
    placed: dict[str, Ticket] = {}
    talks: dict[tuple[int, str], Ticket] = {}
    kept = []
    for place in places:
        if _twin(session, found, place, placed):
            continue
        _choose(session, found, placed, talks, place, keys=keys, now=now)
        kept.append(place)
    session.flush()
    messages = [_message(place, now) for place in kept]
    session.add_all(messages)
    session.flush()
    for place, message in zip(kept, messages, strict=True):
        _after(session, place, message, quiet=quiet, now=now)
        if place.ticket is not None:
            done.tickets.append(place.ticket)
    search.index(session, [(message.id, message.words) for message in messages])


def _people(session: Session, letters: Sequence[tuple[Waiting, Letter]], *, now: datetime) -> list[_Place]:
    """Every letter with its sender's identity and contact; for an accepted forward, the citizen's."""
    desks = forwards.desks(session, (letter.inbound for _, letter in letters))
    groups: list[tuple[tuple[Address, ...], Newcomer]] = []
    plans = []
    for arrival, letter in letters:
        inbound = letter.inbound
        desk = next((desks[a.address] for a in inbound.addresses if a.address in desks), None)
        sender = _sender(inbound, arrival)
        accepted = forwards.trusted(inbound, desk) and bool(forwards.citizen(inbound))
        kind = ContactKind.STAFF if desk else ContactKind.PERSON
        groups.append(
            (sender, Newcomer(name=inbound.sender_name, kind=kind, town_hall_id=desk.town_hall_id if desk else None))
        )
        speaker = sender
        if accepted and inbound.forwarded and inbound.forwarded.sender:
            speaker = forwards.citizen(inbound)
            groups.append((speaker, Newcomer(name=inbound.forwarded.sender.name)))
        plans.append((arrival, letter, desk, accepted, speaker))
    known = identities.settle(session, groups, now=now)
    places = []
    for arrival, letter, desk, accepted, speaker in plans:
        mine = [known[identities.key(a)] for a in speaker]
        places.append(
            _Place(
                letter=letter,
                arrival=arrival,
                identity=mine[0],
                identity_ids=tuple(k.id for k in mine),
                contact_id=mine[0].contact_id,
                external_id=letter.inbound.external_id[:980],
                desk=desk,
                accepted=accepted,
            )
        )
    return places


def _sender(inbound: Inbound, arrival: Waiting) -> tuple[Address, ...]:
    if inbound.addresses:
        return inbound.addresses
    # A caller without number or a mail without sender is somebody too; nobody else will ever have this address.
    return (Address(channel=inbound.channel, address=f"anonymous:{arrival.id}", kind="none"),)


def _twin(session: Session, found: joining.Threads, place: _Place, placed: dict[str, Ticket]) -> bool:
    """Whether this message is known already; another message under a known id gets an id of its own."""
    at = (place.arrival.line_id, place.external_id)
    if at not in found.twins and place.external_id not in placed:
        return False
    earlier = found.twins.get(at)
    if earlier is not None and stored.body_of(session, earlier) == place.arrival.body_sha256:
        return True
    named = f"{place.external_id}#{place.arrival.body_sha256[:8]}"
    if named in placed or stored.exists(session, place.arrival.line_id, named):
        return True
    place.external_id = named
    return False


def _choose(
    session: Session,
    found: joining.Threads,
    placed: dict[str, Ticket],
    talks: dict[tuple[int, str], Ticket],
    place: _Place,
    *,
    keys: tuple[str, ...],
    now: datetime,
) -> None:
    """Find the ticket that a letter joins, or make one."""
    inbound = place.letter.inbound
    if inbound.channel == "email":
        ticket = next((placed[i] for i in (inbound.in_reply_to, *inbound.references) if i in placed), None)
        ticket = ticket or joining.by_thread(found, inbound, keys=keys) or _bounced(found, inbound)
        addresses = [a.address for a in inbound.addresses]
        filed = ticket is not None and ticket.id is not None and inbound.kind in {Kind.MESSAGE, Kind.AUTO_REPLY}
        if ticket is not None and filed and not _welcome(session, ticket, place, addresses):
            place.related_to_id, ticket = ticket.id, None
    elif inbound.channel == "whatsapp" and not stored.by_api(inbound):
        talk = (place.contact_id, inbound.channel)
        ticket = talks.get(talk) or joining.by_conversation(
            session,
            found,
            inbound,
            line_id=place.arrival.line_id,
            identity_ids=place.identity_ids,
            contact_id=place.contact_id,
        )
        place.related_to_id = None if ticket else stored.newest_ticket(session, place.contact_id, inbound.channel)
    else:
        chosen = stored.chosen_ticket(inbound)
        joining.load(session, found, {chosen} if chosen else set())
        ticket = found.tickets.get(chosen or 0)
    if ticket is None:
        ticket = _new_ticket(place, now)
        session.add(ticket)
        place.fresh = True
    place.ticket = placed[place.external_id] = talks[place.contact_id, inbound.channel] = ticket


def _welcome(session: Session, ticket: Ticket, place: _Place, addresses: list[str]) -> bool:
    if ticket.status is Status.CLOSED:
        return False
    return joining.takes_part(session, ticket, place.identity_ids, addresses)


def _bounced(found: joining.Threads, inbound: Inbound) -> Ticket | None:
    if inbound.kind is not Kind.BOUNCE or not inbound.bounced_message_id:
        return None
    return found.tickets.get(found.by_external_id.get(inbound.bounced_message_id, 0))


def _new_ticket(place: _Place, now: datetime) -> Ticket:
    inbound, desk = place.letter.inbound, place.desk
    subject = inbound.forwarded.subject if place.accepted and inbound.forwarded else inbound.subject
    ticket = Ticket(
        version=1,
        contact_id=place.contact_id,
        channel=inbound.channel,
        line_id=place.arrival.line_id,
        subject=(subject or "")[:300],
        status=Status.NEW,
        priority="P3",
        created_at=now,
        related_to_id=place.related_to_id,
    )
    if place.accepted and desk is not None:
        ticket.forwarder_town_hall_id = ticket.town_hall_id = desk.town_hall_id
        ticket.forwarder_address = inbound.addresses[0].address
    elif inbound.forwarded is not None and inbound.kind is Kind.MESSAGE:
        ticket.proposed_forward = forwards.proposal(inbound.forwarded, desk)
    if inbound.kind in {Kind.AUTO_REPLY, Kind.BOUNCE, Kind.FEEDBACK}:
        ticket.status, ticket.closed_at, ticket.close_reason = Status.CLOSED, now, inbound.kind.value
    return ticket


def _message(place: _Place, now: datetime) -> Message:
    inbound, ticket = place.letter.inbound, place.ticket
    if ticket is None:
        raise ValueError("a letter without a ticket")
    told = inbound.forwarded if place.accepted else None
    return Message(
        ticket_id=ticket.id,
        origin_ticket_id=ticket.id,
        direction=Direction.IN,
        kind=inbound.kind,
        channel=inbound.channel,
        line_id=place.arrival.line_id,
        identity_id=place.identity.id if place.identity else None,
        arrival_id=place.arrival.id,
        external_id=place.external_id,
        subject=(told.subject if told else inbound.subject) or None,
        text=told.text if told else inbound.text,
        reply=told.text if told else inbound.reply,
        html=None if told else inbound.html,
        payload=stored.payload(inbound),
        forwarded={"by": inbound.addresses[0].address, "comment": told.comment} if told else None,
        participants=[] if told else [p.address for p in inbound.participants],
        in_reply_to=None if told else inbound.in_reply_to,
        references=[] if told else list(inbound.references),
        quoted=inbound.quoted,
        received_at=place.arrival.received_at,
        sent_at=inbound.sent_at,
        created_at=now,
        words=place.letter.words,
        attachments=stored.files(place.letter.files, now=now),
    )


def _after(session: Session, place: _Place, message: Message, *, quiet: timedelta, now: datetime) -> None:
    """The ticket learns of its new message, and when triage should look at it."""
    ticket, inbound = place.ticket, place.letter.inbound
    if ticket is None:
        return
    ticket.last_message_id, ticket.last_message_at = message.id, now
    if place.fresh and ticket.version == 1 and ticket.heard_at is None:
        events.record(session, ticket, "opened", now=now, first=True, message=message.id, channel=ticket.channel)
        if place.accepted:
            events.record(session, ticket, "forwarded", now=now, town_hall=ticket.forwarder_town_hall_id)
    else:
        events.record(session, ticket, "heard", now=now, message=message.id, kind=inbound.kind.value)
    if place.accepted and inbound.forwarded and inbound.forwarded.comment.strip():
        session.add(stored.comment(ticket, message, inbound.forwarded.comment, now=now))
    if inbound.kind is Kind.BOUNCE:
        outbox.bounced(session, inbound, now=now)
    if inbound.kind is Kind.UNREADABLE:
        ticket.subject = ticket.subject or "Correo no interpretable"
        ticket.heard_at = ticket.waiting_since = now
    if inbound.kind is not Kind.MESSAGE:
        return
    ticket.heard_at = now
    ticket.waiting_since = ticket.waiting_since or now
    ticket.unsorted_since = ticket.unsorted_since or now
    latest = ticket.unsorted_since + LONGEST_QUIET
    wait = timedelta() if place.letter.hurried or inbound.channel != "whatsapp" else quiet
    ticket.sort_at = now if not wait else min(now + wait, max(latest, now))


def tickets_of(session: Session, arrival_id: int) -> list[int]:
    """The tickets that an arrival was filed into."""
    return list(session.scalars(select(Message.ticket_id).where(Message.arrival_id == arrival_id).distinct()))
