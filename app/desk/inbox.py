"""File what was read: find or make the person and the ticket, keep the message. One short transaction for a batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.desk import bulk, events, joining, letters, link_code, message_parts, opening, receipts, search
from app.desk.arrivals import Waiting
from app.desk.letters import Letter, Place, Read, tickets_of
from app.models.message import Message, MessageFile
from app.models.ticket import Ticket
from channels.message import Kind

__all__ = ["Filed", "Letter", "Read", "file", "tickets_of"]

LONGEST_QUIET = timedelta(minutes=3)


@dataclass(slots=True)
class Filed:
    """What came of a batch: the tickets touched, and the arrivals whose receipt found no message yet."""

    tickets: list[int] = field(default_factory=list)
    orphans: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Batch:
    """What the letters of one batch know of each other: tickets by message and by conversation, bodies by id.

    `moved` says into which contact another went while the batch was filed.
    """

    found: joining.Threads
    opened: list[Ticket] = field(default_factory=list)
    placed: dict[str, Ticket] = field(default_factory=dict)
    talks: dict[tuple[int, str], Ticket] = field(default_factory=dict)
    bodies: dict[tuple[int, str], str] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)


def file(session: Session, batch: Sequence[Read], *, keys: tuple[str, ...], quiet: timedelta, now: datetime) -> Filed:
    """File a batch of read arrivals. Twins change nothing; filing the same batch again changes nothing."""
    done = Filed()
    told = [(read.arrival, letter) for read in batch for letter in read.letters]
    if told:
        _file_letters(session, told, done, keys=keys, quiet=quiet, now=now)
    for read in batch:
        known = [receipts.confirm(session, receipt, now=now) for receipt in read.receipts]
        if not all(known):
            done.orphans.append(read.arrival.id)
    return done


def _file_letters(
    session: Session,
    told: Sequence[tuple[Waiting, Letter]],
    done: Filed,
    *,
    keys: tuple[str, ...],
    quiet: timedelta,
    now: datetime,
) -> None:
    places = letters.places(session, told, now=now)
    batch = _Batch(found=joining.threads(session, (p.letter.inbound for p in places), keys=keys))
    kept = []
    for place in places:
        if not _twin(session, batch, place):
            place.ticket = _choose(session, batch, place, now=now)
            _remember(batch, place, place.ticket)
            kept.append((place, place.ticket))
    _number(session, kept)
    with events.together(session):
        for place, ticket in kept:
            _after(session, place, ticket, keys=keys, quiet=quiet, now=now)
        receipts.heard(session, [one for place, _ in kept if _wrote(place) for one in place.letter.inbound.addresses])
        session.flush()
        bulk.write(session, Ticket, [bulk.values(ticket) for ticket in batch.opened if ticket not in session])
        _write(session, kept, now=now)
    done.tickets.extend(ticket.id for _, ticket in kept)
    search.index(session, [(place.message_id, place.letter.words) for place, _ in kept])


def _number(session: Session, kept: Sequence[tuple[Place, Ticket]]) -> None:
    """Give new tickets and all messages their ids, by which their rows name each other."""
    opened = [(place, ticket) for place, ticket in kept if place.fresh]
    unnumbered = [ticket for _, ticket in opened if ticket.id is None]
    for ticket, number in zip(unnumbered, bulk.numbers(session, Ticket, len(unnumbered)), strict=True):
        ticket.id = number
    for place, ticket in opened:
        ticket.related_to_id = place.related.id if place.related else None
    for (place, _), number in zip(kept, bulk.numbers(session, Message, len(kept)), strict=True):
        place.message_id = number


def _write(session: Session, kept: Sequence[tuple[Place, Ticket]], *, now: datetime) -> None:
    messages, files, comments = [], [], []
    for place, ticket in kept:
        messages.append({"id": place.message_id, **opening.message(place, ticket.id, now=now)})
        files += [{"message_id": place.message_id, **message_parts.file(one, now=now)} for one in place.letter.files]
        told = place.letter.inbound.forwarded
        if place.accepted and told and told.comment.strip():
            comments.append(message_parts.comment(ticket.id, place.arrival.id, told.comment, now=now))
    bulk.write(session, Message, messages)
    bulk.write(session, MessageFile, files)
    bulk.write(session, Message, comments)


def _twin(session: Session, batch: _Batch, place: Place) -> bool:
    """Whether this message is known already; another message under a known id gets an id of its own."""
    at, body = (place.arrival.line_id, place.external_id), place.arrival.body_sha256
    if at not in batch.found.twins and at not in batch.bodies:
        return False
    # A wire that numbers its messages itself tells them apart; only senders of mail make their ids up.
    if place.letter.inbound.channel != "email":
        return True
    earlier = batch.found.twins.get(at)
    if body in {batch.bodies.get(at), message_parts.body_of(session, earlier) if earlier else None}:
        return True
    named = f"{place.external_id}#{body[:8]}"
    if (at[0], named) in batch.bodies or message_parts.exists(session, at[0], named):
        return True
    place.external_id = named
    return False


def _remember(batch: _Batch, place: Place, ticket: Ticket) -> None:
    batch.bodies[place.arrival.line_id, place.external_id] = place.arrival.body_sha256
    batch.placed[place.external_id] = ticket
    if not message_parts.by_api(place.letter.inbound):
        batch.talks[place.contact_id, place.letter.inbound.channel] = ticket


def _choose(session: Session, batch: _Batch, place: Place, *, now: datetime) -> Ticket:
    """The ticket that a letter joins, or a new one."""
    place.contact_id = batch.moved.get(place.contact_id, place.contact_id)
    inbound = place.letter.inbound
    if inbound.channel == "email":
        ticket = _by_mail(session, batch, place)
    elif inbound.channel == "whatsapp" and not message_parts.by_api(inbound):
        ticket = _by_code(session, batch, place, now=now) or _by_talk(session, batch, place, now=now)
    else:
        chosen = message_parts.chosen_ticket(inbound)
        joining.load(session, batch.found, {chosen} if chosen else set())
        ticket = batch.found.tickets.get(chosen or 0)
    if ticket is None:
        ticket = opening.ticket(place, now=now)
        batch.opened.append(ticket)
        place.fresh = True
    return ticket


def _by_mail(session: Session, batch: _Batch, place: Place) -> Ticket | None:
    inbound = place.letter.inbound
    named = (inbound.in_reply_to, *reversed(inbound.references))
    ticket = joining.by_thread(batch.found, inbound)
    ticket = ticket or next((batch.placed[i] for i in named if i in batch.placed), None)
    if inbound.kind is Kind.BOUNCE:
        return (
            ticket if inbound.ticket_token in batch.found.by_token else joining.bounced(batch.found, inbound) or ticket
        )
    if ticket is not None and not joining.welcome(session, ticket, place):
        place.related, ticket = ticket, None
    return ticket


def _by_code(session: Session, batch: _Batch, place: Place, *, now: datetime) -> Ticket | None:
    """Who sends the code of a call is who called: the message belongs to that call."""
    text, whose = place.letter.inbound.text, place.contact_id
    if link_code.said(text):
        # Where two contacts become one, what was opened just now goes with them.
        session.add_all(batch.opened)
    ticket, owner = link_code.redeem(session, text, identity_id=place.identity_ids[0], contact_id=whose, now=now)
    if owner != whose:
        # The writer's own contact is gone: what else came with this letter, or comes after it, is the caller's too.
        batch.moved[whose] = place.contact_id = owner
        batch.talks = {(batch.moved.get(who, who), channel): one for (who, channel), one in batch.talks.items()}
    if ticket is None:
        return None
    joining.load(session, batch.found, {ticket.id})
    return batch.found.tickets[ticket.id]


def _by_talk(session: Session, batch: _Batch, place: Place, *, now: datetime) -> Ticket | None:
    talk = (place.contact_id, place.letter.inbound.channel)
    quoted = place.letter.inbound.quoted in batch.found.by_external_id
    if not quoted and (ticket := batch.talks.get(talk)) is not None:
        return ticket
    ticket, place.related = joining.by_conversation(session, batch.found, place, now=now)
    return ticket


def _after(
    session: Session, place: Place, ticket: Ticket, *, keys: tuple[str, ...], quiet: timedelta, now: datetime
) -> None:
    """The ticket learns of its new message, and when triage should look at it."""
    inbound, message_id = place.letter.inbound, place.message_id
    ticket.last_message_id, ticket.last_message_at = message_id, now
    if place.fresh:
        events.record(session, ticket, "opened", now=now, first=True, message=message_id, channel=ticket.channel)
    else:
        events.record(session, ticket, "heard", now=now, message=message_id, kind=inbound.kind.value)
    if place.accepted and place.fresh:
        events.record(session, ticket, "forwarded", now=now, town_hall=ticket.forwarder_town_hall_id)
    if inbound.kind is Kind.BOUNCE:
        receipts.bounced(session, inbound, keys=keys, now=now)
    elif inbound.kind is Kind.UNREADABLE:
        ticket.subject = ticket.subject or "Correo no interpretable"
        ticket.heard_at, ticket.waiting_since = now, ticket.waiting_since or now
        # Triage finds no words in it and hands it to a person, with the deadlines of one.
        ticket.sort_at = now
    elif inbound.kind is Kind.MESSAGE:
        _heard(ticket, place.letter, quiet=quiet, now=now)


def _wrote(place: Place) -> bool:
    """Whether a person wrote this from the addresses that it bears, which another program only tells us."""
    return place.letter.inbound.kind is Kind.MESSAGE and not message_parts.by_api(place.letter.inbound)


def _heard(ticket: Ticket, letter: Letter, *, quiet: timedelta, now: datetime) -> None:
    ticket.heard_at = now
    ticket.waiting_since = ticket.waiting_since or now
    ticket.unsorted_since = ticket.unsorted_since or now
    overdue = ticket.sort_at is not None and ticket.sort_at <= now
    if overdue or letter.hurried or letter.inbound.channel != "whatsapp":
        ticket.sort_at = now
    else:
        ticket.sort_at = min(now + quiet, max(ticket.unsorted_since + LONGEST_QUIET, now))
