"""Triage measured by command, and the corrections that it learns from."""

import json
from pathlib import Path

from flask import Flask

from app import clock
from app.desk import board
from app.desk.corrections import Correction, corrections
from app.models.people import User
from app.models.ticket import Ticket
from tests.app.desk.scenes import CONFUSED, Desk, mail

ROW = {"id": "1", "channel": "email", "received_at": "2026-05-08T10:00:00+02:00", "text": "No me llega el SMS de Cl@ve"}


def put_right(desk: Desk, ticket: Ticket, by: User, category: str) -> None:
    now, books = clock.now(), desk.house.books.current()
    with desk.write() as session:
        found = session.get_one(Ticket, ticket.id)
        board.change(session, found, by=session.merge(by), now=now, books=books, category=category)


def test_verdicts_are_compared_with_what_people_say(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_text(json.dumps({**ROW, "category": "clave"}) + "\n" + json.dumps({**ROW, "category": "padron"}) + "\n")
    told = app.test_cli_runner().invoke(args=["triage", "evaluate", str(file)])

    assert told.exit_code == 0, told.output
    assert "categoría: 1 de 2 (50.0%)" in told.output
    assert "1: clave, y era padron" in told.output


def test_a_line_that_is_no_enquiry_is_told_by_its_number(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_text(json.dumps(ROW) + "\nhola\n")
    told = app.test_cli_runner().invoke(args=["triage", "evaluate", str(file)])

    assert told.exit_code == 1
    assert "línea 2" in told.output


def test_what_a_technician_puts_right_is_an_example(desk: Desk) -> None:
    desk.hear(mail(CONFUSED))
    ticket = desk.ticket()
    nuria = desk.user()
    for category in ("dnie", "clave"):
        put_right(desk, ticket, nuria, category)
    with desk.house.db.reading() as session:
        told = corrections(session)

    assert [(one.ticket_id, one.category) for one in told] == [(ticket.id, "clave")]
    assert all(isinstance(one, Correction) and one.text for one in told)


def test_what_nobody_changed_is_no_correction(desk: Desk) -> None:
    desk.hear(mail(CONFUSED))

    with desk.house.db.reading() as session:
        assert corrections(session) == []
