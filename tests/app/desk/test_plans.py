"""No list of the desk walks over all tickets or all messages ever: each runs along an index over the few live ones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app import clock
from app.desk import badges, lists, outbox, packing, receipts
from app.desk.books import Books
from app.desk.queue_views import View
from app.house import House
from app.models.people import Role, User
from channels.message import Address

Asking = Callable[[Session, User, Books], object]


def places(view: View) -> Asking:
    return lambda session, user, books: lists.places(session, view, user=user, books=books, now=clock.now())


LOOKS: dict[str, Asking] = {
    **{view.value: places(view) for view in View if view is not View.SOLVED},
    "badges": lambda session, user, books: badges.count(session, user, books=books, now=clock.now()),
    "what is due": lambda session, _user, _books: packing.due_kinds(session, now=clock.now()),
    "what is sent next": lambda session, _user, _books: outbox.claim(session, "email", now=clock.now()),
}


@contextmanager
def noted(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, given: Any, *_: object) -> None:
        asked.append((statement, given))

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def plan(session: Session, statement: str, given: Any) -> str:
    """How the database would find it if the tables were large."""
    if session.get_bind().dialect.name == "sqlite":
        rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        return "\n".join(str(row[3]) for row in rows)
    session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
    return "\n".join(str(row[0]) for row in session.connection().exec_driver_sql(f"EXPLAIN {statement}", given))


@pytest.mark.parametrize("look", LOOKS)
def test_a_list_runs_along_an_index(look: str, house: House, session: Session) -> None:
    user = User(name="Rosa", email="rosa@mesa.example", role=Role.TECHNICIAN, created_at=clock.now())
    session.add(user)
    session.flush()
    with noted(session) as asked:
        LOOKS[look](session, user, house.books.current())
    plans = [plan(session, *one) for one in asked if "FROM ticket" in one[0] or "message" in one[0]]
    walked = [line for found in plans for line in found.splitlines() if _walks(line)]

    assert plans
    assert walked == []


def test_who_writes_again_is_found_by_her_address_and_not_among_everybody(session: Session) -> None:
    with noted(session) as asked:
        told = [Address(channel="email", address=f"{name}@example.com", kind="email") for name in ("ana", "blas")]
        receipts.heard(session, told)
    plans = [plan(session, *one) for one in asked if "identity" in one[0]]

    assert plans
    assert [line for found in plans for line in found.splitlines() if _walks(line)] == []


def _walks(line: str) -> bool:
    """Over a whole table, and not along an index or to single rows of it."""
    over = line.strip().removeprefix("->").strip()
    whole = over in {"SCAN ticket", "SCAN message", "SCAN message AS message_1", "SCAN identity"}
    return whole or over.startswith(("Seq Scan on ticket", "Seq Scan on message", "Seq Scan on identity"))
