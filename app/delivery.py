"""The way out: hand queued messages to their wires, ask about silence, fetch what the wires still hold."""

import structlog

from app import clock, screening
from app.desk import media as attachments
from app.desk import outbox, packing
from app.house import House
from channels.channel import NoAnswer, NotTaken, Refused, Unreachable
from channels.message import Outbound

log = structlog.get_logger()


def deliver(house: House, channel: str) -> int:
    """Hand one queued message to its wire; how many there were.

    One at a time: whatever happens to this process, nobody has to wonder about any other message.
    """
    with house.db.transaction() as session:
        ids = outbox.claim(session, channel, now=clock.now(), limit=1)
    for message_id in ids:
        with structlog.contextvars.bound_contextvars(message=message_id, channel=channel):
            _send(house, channel, message_id)
    return len(ids)


def settle(house: House) -> int:
    """Ask the wires about messages whose sending ended in silence; how many were asked."""
    with house.db.transaction() as session:
        outbox.overdue(session, now=clock.now())
        ids = outbox.to_ask(session, now=clock.now())
    for message_id in ids:
        _ask(house, message_id)
    return len(ids)


def media(house: House) -> int:
    """Fetch one batch of attachments that the wires still hold; how many there were."""
    with house.db.transaction() as session:
        due = attachments.claim(session, now=clock.now())
    for one in due:
        _fetch(house, one)
    return len(due)


def forget(house: House) -> int:
    """Delete at the wires one batch of attachments that we keep ourselves; how many are gone from there."""
    with house.db.reading() as session:
        lying = attachments.at_wire(session, now=clock.now())
    gone = 0
    for one in lying:
        channel = house.channels.get(one.channel)
        try:
            if channel is None:
                continue
            channel.forget(one.reference)
        except Unreachable:
            log.warning("media_not_forgotten", channel=one.channel)
            break
        except Refused:
            log.info("media_not_ours", file=one.id)
        with house.db.transaction() as session:
            attachments.forgotten(session, one)
        gone += 1
    return gone


def _send(house: House, channel: str, message_id: int) -> None:
    try:
        outbound = packed(house, message_id)
    except OSError as error:
        log.error("attachment_missing", error=type(error).__name__)
        with house.db.transaction() as session:
            outbox.failed(session, message_id, "No se encuentra un archivo adjunto.", None, now=clock.now())
        return
    wire = house.channels.get(channel)
    try:
        if wire is None:
            raise NotTaken("Este canal no está configurado.")
        receipt = wire.send(outbound)
    except Refused as error:
        log.warning("message_refused", code=error.code)
        with house.db.transaction() as session:
            outbox.failed(session, message_id, str(error), error.code, now=clock.now())
    except NotTaken as error:
        log.info("message_not_taken", code=error.code)
        with house.db.transaction() as session:
            outbox.not_taken(session, message_id, str(error), error.code, wait=error.retry_after, now=clock.now())
    except NoAnswer:
        log.warning("message_uncertain")
        with house.db.transaction() as session:
            outbox.uncertain(session, message_id, now=clock.now())
    else:
        log.info("message_sent", attempt=outbound.attempt)
        with house.db.transaction() as session:
            outbox.sent(session, message_id, outbound.attempt, receipt, now=clock.now())


def packed(house: House, message_id: int) -> Outbound:
    """The message as its channel sends it, with its files; raises OSError."""
    books = house.books.current()
    packer = packing.Packer(house.config.public_url, house.config.secret_keys, house.channels, house.files, books)
    with house.db.reading() as session:
        return packing.outbound(session, message_id, packer=packer)


def _ask(house: House, message_id: int) -> None:
    try:
        outbound = packed(house, message_id)
    except OSError as error:
        # It cannot be packed now; the others are still to be asked about.
        log.error("attachment_missing", message=message_id, error=type(error).__name__)
        return
    with house.db.reading() as session:
        others = outbox.others(session, message_id)
    wire = house.channels.get(outbound.channel)
    try:
        receipt = wire.ask(outbound, others=others) if wire else None
    except Unreachable:
        return
    # Twilio's list is complete after ten minutes; a missing copy in Sent proves nothing, it is our own later step.
    absent = receipt is None and outbound.channel == "whatsapp" and wire is not None
    with house.db.transaction() as session:
        outbox.asked(session, message_id, receipt, sure_absent=absent, now=clock.now())


def _fetch(house: House, due: attachments.Due) -> None:
    channel = house.channels.get(due.channel)
    try:
        if channel is None:
            raise Unreachable("Este canal no está configurado.")
        kept = screening.keep(house, due.attachment, channel.fetch(due.reference))
    except (Unreachable, OSError) as error:
        reason = str(error) if isinstance(error, Unreachable) else "No se ha podido guardar en el disco."
        with house.db.transaction() as session:
            attachments.later(session, due, reason, now=clock.now())
    except Refused as error:
        with house.db.transaction() as session:
            attachments.refused(session, due, str(error))
    else:
        with house.db.transaction() as session:
            attachments.kept(session, due, kept, now=clock.now())
