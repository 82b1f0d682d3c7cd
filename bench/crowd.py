"""Synthetic tickets by the million: the shape of a desk that has run for years, made by the database itself.

The desk's live work is as much at any size: 300 tickets, and one in a thousand that somebody has forgotten.
"""

import random
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, create_engine, text

from app.db import Database
from kb.words import words

CHUNK = 50_000
CATEGORIES = ("firma-documentos", "notificaciones", "certificado-digital", "pago-tributos", "padron")
WORDS = (
    "sede",
    "firma",
    "certificado",
    "notificación",
    "recibo",
    "padrón",
    "clave",
    "factura",
    "plazo",
    "justificante",
)
COMMON, SELDOM, RARE = "certificado", "empadronamiento", "zarzamora"
PHRASES, SELDOM_EVERY, RARE_EVERY = 997, 331, 20_000
TABLES = ("contact", "identity", "ticket", "message", "event", "finding")

# n counts the tickets from 1, and every id is its own beginning (:contact, :ticket …) plus n.
CROWD = """
CREATE TEMP TABLE crowd AS
WITH RECURSIVE counted(n) AS (SELECT CAST(:first AS bigint) UNION ALL SELECT n + 1 FROM counted WHERE n < :last)
SELECT n, CASE WHEN n <= 1000 THEN n % 10 < 3 ELSE n % 1000 = 7 END AS live, {asked} AS asked FROM counted
"""
STEPS = (
    "INSERT INTO contact (id, kind, name, created_at) SELECT :contact + n, 'person', 'Persona ' || n, asked FROM crowd",
    """INSERT INTO identity (id, channel, address, kind, contact_id, heard_at)
    SELECT :identity + n, 'email', 'persona' || n || '@crowd.example', 'email', :contact + n, asked FROM crowd""",
    """INSERT INTO ticket (id, version, contact_id, channel, line_id, subject, status, priority, category, town_hall_id,
      owner_id, filing, created_at, last_message_id, last_message_at, heard_at, waiting_since, sorted_at, due_at,
      closed_at, spent_minutes, automatic_turns)
    SELECT :ticket + n, 3, :contact + n, 'email', :line, 'Consulta ' || n || ' sobre ' || phrase.subject,
      CASE WHEN NOT live THEN 'closed' WHEN n % 3 = 0 THEN 'waiting' WHEN n % 2 = 0 THEN 'open' ELSE 'new' END,
      CASE n % 9 WHEN 0 THEN 'P2' WHEN 1 THEN 'P4' ELSE 'P3' END, phrase.category, hall.id, owner.id, FALSE,
      asked, :message + 2 * n, asked, asked, CASE WHEN live THEN asked END, asked,
      CASE WHEN live THEN {due} END, CASE WHEN NOT live THEN {closed} END, 0, 1
    FROM crowd JOIN phrase ON phrase.k = n % :phrases JOIN hall ON hall.k = n % :halls
      JOIN owner ON owner.k = n % :owners""",
    """INSERT INTO message (id, ticket_id, origin_ticket_id, direction, kind, channel, line_id, identity_id,
      external_id, author_rule, audience, text, reply, words, participants, refs, received_at, created_at, delivery,
      attempts)
    SELECT :message + 2 * n - 1 + way.k, :ticket + n, :ticket + n, way.direction, 'message', 'email', :line,
      :identity + n, '<' || n || '.' || way.k || '@crowd.example>', way.rule, 'contact', phrase.said, phrase.said,
      phrase.words || CASE WHEN way.k = 0 AND n % :rare_every = 7 THEN :rare ELSE '' END
        || CASE WHEN way.k = 0 AND n % :seldom_every = 7 THEN :seldom ELSE '' END,
      '[]', '[]', CASE WHEN way.k = 0 THEN asked END, asked, way.delivery, 0
    FROM crowd CROSS JOIN way JOIN phrase ON phrase.k = (n + 31 * way.k) % :phrases""",
    """INSERT INTO event (id, ticket_id, at, what, data, before_hash, hash)
    SELECT :event + 2 * n - 1 + way.k, :ticket + n, asked, way.what, '{{}}', '0', '0' FROM crowd CROSS JOIN way""",
    """INSERT INTO finding (id, ticket_id, field, value, reason, rule, at)
    SELECT :finding + n, :ticket + n, 'category', phrase.category, 'por sus palabras', 'model', asked
    FROM crowd JOIN phrase ON phrase.k = n % :phrases""",
)
INDEXED = """INSERT INTO message_fts (rowid, words)
    SELECT id, words FROM message WHERE id BETWEEN :message + 2 * :first - 1 AND :message + 2 * :last"""


def fill(db: Database, count: int, *, now: datetime, owners: list[int]) -> None:
    """Add tickets until there are `count`: each with a contact, a question, an automatic answer and a history."""
    engine = create_engine(db.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if db.sqlite:
            for pragma in ("synchronous=OFF", "cache_size=-400000"):
                connection.exec_driver_sql(f"PRAGMA {pragma}")
        have = connection.scalar(text("SELECT count(*) FROM ticket")) or 0
        given = {**_begin(connection), **_books(connection, owners), "now": now.isoformat(sep=" ")}
        while have < count:
            last = min(count, have + CHUNK)
            _chunk(connection, {**given, "first": have + 1, "last": last}, sqlite=db.sqlite)
            have = last
        _end(connection, sqlite=db.sqlite)
    engine.dispose()


def _begin(connection: Connection) -> Mapping[str, int]:
    """Where the ids of each table begin, so that the n-th ticket has its n-th rows: 0 where nobody was before."""
    most = {name: connection.scalar(text(f'SELECT max(id) FROM "{name}"')) or 0 for name in TABLES}
    have = connection.scalar(text("SELECT count(*) FROM ticket")) or 0
    rows = {"message": 2 * have, "event": 2 * have}
    return {name: most[name] - rows.get(name, have) for name in TABLES}


def _books(connection: Connection, owners: list[int]) -> Mapping[str, object]:
    """What the rows are drawn from: phrases, town halls, owners (a quarter is nobody's), and the two ways of a talk."""
    dice = random.Random(7)
    connection.execute(
        text("CREATE TEMP TABLE phrase (k int PRIMARY KEY, said text, words text, subject text, category text)")
    )
    phrases = []
    for k in range(PHRASES):
        said = " ".join((COMMON if k % 2 else "clave", *dice.choices(WORDS, k=12)))
        told = {"said": f"Buenos días, {said}. Muchas gracias.", "words": words(said)}
        phrases.append({"k": k, **told, "subject": dice.choice(WORDS), "category": dice.choice(CATEGORIES)})
    connection.execute(text("INSERT INTO phrase VALUES (:k, :said, :words, :subject, :category)"), phrases)
    halls = list(connection.scalars(text("SELECT id FROM town_hall ORDER BY id")))
    hands = [*owners, None]
    for name, ids in (("hall", halls), ("owner", hands)):
        connection.execute(text(f"CREATE TEMP TABLE {name} (k int PRIMARY KEY, id bigint)"))
        rows = [{"k": k, "id": one} for k, one in enumerate(ids)]
        connection.execute(text(f"INSERT INTO {name} VALUES (:k, :id)"), rows)
    connection.execute(text("CREATE TEMP TABLE way (k int, direction text, rule text, delivery text, what text)"))
    connection.execute(
        text("INSERT INTO way VALUES (0, 'in', NULL, NULL, 'opened'), (1, 'out', 'answer', 'sent', 'sorted')")
    )
    line = connection.scalar(text("SELECT id FROM line WHERE channel = 'email'"))
    rare = {"rare": f" {words(RARE)}", "rare_every": RARE_EVERY}
    seldom = {"seldom": f" {words(SELDOM)}", "seldom_every": SELDOM_EVERY}
    return {"phrases": PHRASES, "halls": len(halls), "owners": len(hands), "line": line, **rare, **seldom}


def _chunk(connection: Connection, given: Mapping[str, object], *, sqlite: bool) -> None:
    asked = "CASE WHEN n <= 1000 THEN 5 + n * 7919 % 3000 ELSE 20000 + n * 7919 % 880000 END"
    moments = {"asked": _ago(asked, sqlite), "due": _later("30 hours", sqlite), "closed": _later("16 days", sqlite)}
    steps = [CROWD, *STEPS, *((INDEXED,) if sqlite else ()), "DROP TABLE crowd"]
    connection.exec_driver_sql("BEGIN")
    for step in steps:
        connection.execute(text(step.format(**moments)), given)
    connection.exec_driver_sql("COMMIT")


def _ago(minutes: str, sqlite: bool) -> str:
    if sqlite:
        return f"strftime('%Y-%m-%d %H:%M:%f000', :now, '-' || ({minutes}) || ' minutes')"
    return f"CAST(:now AS timestamptz) - ({minutes}) * interval '1 minute'"


def _later(length: str, sqlite: bool) -> str:
    return f"strftime('%Y-%m-%d %H:%M:%f000', asked, '+{length}')" if sqlite else f"asked + interval '{length}'"


def _end(connection: Connection, *, sqlite: bool) -> None:
    """Let the database learn what it holds; the next row of anybody gets an id after ours."""
    if sqlite:
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    for name in TABLES:
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"))
    connection.exec_driver_sql("VACUUM ANALYZE")
