"""Synthetic tickets by the thousand: the shape of a desk that has run for years, most of it closed."""

import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from app.db import Database
from app.models.arrival import Line
from app.models.message import Direction, Message
from app.models.people import Contact, ContactKind, Identity
from app.models.place import TownHall
from app.models.ticket import Event, Status, Ticket
from channels.message import Delivery, Kind

CHUNK = 5000
LIVE_SHARE = 300
CATEGORIES = ("firma-autofirma", "notificaciones", "certificado-digital", "pago-tributos", "padron")
WORDS = (
    "sede",
    "firma",
    "certificado",
    "notificacion",
    "recibo",
    "padron",
    "clave",
    "factura",
    "plazo",
    "justificante",
)
COMMON, RARE = "certificado", "zarzamora"
RARE_EVERY = 20_000

Row = dict[str, Any]


def fill(db: Database, count: int, *, now: datetime, owners: list[int]) -> None:
    """Add tickets until there are `count`: one in 300 is live, each has two messages and two events."""
    dice = random.Random(count)
    while True:
        with db.transaction() as session:
            have = session.scalar(select(func.count()).select_from(Ticket)) or 0
            size = min(CHUNK, count - have)
            if size <= 0:
                break
            _chunk(session, have, size, dice, now=now, owners=owners)
    with db.engine.execution_options(isolation_level="AUTOCOMMIT", ventanilla_writes=True).connect() as connection:
        connection.exec_driver_sql("ANALYZE" if db.sqlite else "VACUUM ANALYZE")


def _chunk(session: Session, have: int, size: int, dice: random.Random, *, now: datetime, owners: list[int]) -> None:
    line = session.scalars(select(Line).where(Line.channel == "email")).one()
    halls = list(session.scalars(select(TownHall.id)))
    numbers = range(have, have + size)
    contacts = _insert(
        session, Contact, ({"name": f"Persona {n}", "kind": ContactKind.PERSON, "created_at": now} for n in numbers)
    )
    addresses = (
        {"channel": "email", "address": f"persona{n}@crowd.example", "kind": "email", "contact_id": c, "heard_at": now}
        for n, c in zip(numbers, contacts, strict=True)
    )
    identities = _insert(session, Identity, addresses)
    # The newest are live: a desk that keeps up has its open work at the end.
    tickets = [
        _ticket(dice, n, c, line, dice.choice(halls), now=now, owners=owners)
        for n, c in zip(numbers, contacts, strict=True)
    ]
    ids = _insert(session, Ticket, tickets)
    said = [
        _message(dice, n, t, who, line, row, way)
        for n, t, who, row in zip(numbers, ids, identities, tickets, strict=True)
        for way in (Direction.IN, Direction.OUT)
    ]
    messages = _insert(session, Message, said)
    last = [{"b": t, "m": m} for t, m in zip(ids, messages[1::2], strict=True)]
    session.execute(text("UPDATE ticket SET last_message_id = :m WHERE id = :b"), last)
    events: list[Row] = [
        {"ticket_id": t, "at": now, "what": what, "data": {}, "before_hash": "0" * 64, "hash": "0" * 64}
        for t in ids
        for what in ("opened", "sorted")
    ]
    session.execute(insert(Event), events)
    if session.get_bind().dialect.name == "sqlite":
        rows = [{"id": m, "words": one["words"]} for m, one in zip(messages, said, strict=True)]
        session.execute(text("INSERT INTO message_fts(rowid, words) VALUES (:id, :words)"), rows)


def _insert(session: Session, table: Any, rows: Iterator[Row] | list[Row]) -> list[int]:
    return list(session.scalars(insert(table).returning(table.id, sort_by_parameter_order=True), list(rows)))


def _ticket(
    dice: random.Random, number: int, contact: int, line: Line, hall: int, *, now: datetime, owners: list[int]
) -> Row:
    live = number % LIVE_SHARE == 0
    asked = now - timedelta(minutes=dice.randint(5, 3000) if live else dice.randint(20_000, 900_000))
    return {
        "version": 3,
        "contact_id": contact,
        "channel": "email",
        "line_id": line.id,
        "subject": f"Consulta {number} sobre {dice.choice(WORDS)}",
        "status": dice.choice((Status.NEW, Status.OPEN, Status.WAITING)) if live else Status.CLOSED,
        "priority": dice.choice(("P2", "P3", "P4")),
        "category": dice.choice(CATEGORIES),
        "town_hall_id": hall,
        "owner_id": dice.choice((None, *owners)),
        "tags": [],
        "filing": False,
        "created_at": asked,
        "last_message_at": asked,
        "heard_at": asked,
        "waiting_since": asked if live else None,
        "sorted_at": asked,
        "due_at": asked + timedelta(hours=30) if live else None,
        "closed_at": None if live else asked + timedelta(days=16),
        "automatic_turns": 1,
    }


def _message(
    dice: random.Random, number: int, ticket: int, identity: int, line: Line, of: Mapping[str, Any], way: Direction
) -> Row:
    words = " ".join((COMMON if number % 2 else "clave", *dice.choices(WORDS, k=12)))
    rare = f" {RARE}" if number % RARE_EVERY == 7 and way is Direction.IN else ""
    out = way is Direction.OUT
    return {
        "ticket_id": ticket,
        "origin_ticket_id": ticket,
        "direction": way,
        "kind": Kind.MESSAGE,
        "channel": "email",
        "line_id": line.id,
        "identity_id": identity,
        "external_id": f"<{number}.{way.value}@crowd.example>",
        "author_rule": "answer" if out else None,
        "audience": "contact",
        "text": f"Buenos días, {words}. Muchas gracias.",
        "reply": f"Buenos días, {words}. Muchas gracias.",
        "words": words + rare,
        "participants": [],
        "references": [],
        "received_at": None if out else of["created_at"],
        "created_at": of["created_at"],
        "delivery": Delivery.SENT if out else None,
        "attempts": 0,
    }
