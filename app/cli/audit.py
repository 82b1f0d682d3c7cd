"""The history of tickets, checked."""

from typing import TextIO

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import sealing
from app.cli.door import ready_house
from app.desk import events, seals
from app.desk.numbers import number
from app.house import House
from app.models.ledger import Seal
from app.models.ticket import Ticket

PIECE = 1000


@click.group("audit")
def audit_command() -> None:
    """Check and seal the history of tickets."""


@audit_command.command("verify")
@click.option("--seals", "copy", type=click.File(encoding="ascii"), help="Los sellos guardados en otra máquina.")
@with_appcontext
def verify(copy: TextIO | None) -> None:
    """Check that no event of any ticket was changed or taken out, and that every night's seal holds; else exit 1."""
    home = ready_house()
    count, wrong = _histories(home)
    with home.db.reading() as session:
        wrong += [f"no vale el sello del {seal.day}" for seal in seals.broken(session, home.config.secret_keys)]
        wrong += [f"el sello del {day} no es el guardado" for day in _unlike(session, copy)]
        nights = len(session.scalars(select(Seal.id)).all())
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        raise SystemExit(1)
    click.echo(f"{count} historias intactas, {nights} sellos")


@audit_command.command("seal")
@with_appcontext
def seal() -> None:
    """Seal every history now, as the clock does each night; once a day."""
    click.echo("sellado" if sealing.seal(ready_house()) else "hoy ya está sellado")


def _histories(home: House) -> tuple[int, list[str]]:
    """Some tickets at a time, so that a long look holds no snapshot of the database."""
    count, last, wrong = 0, 0, []
    while True:
        with home.db.reading() as session:
            ids = session.scalars(select(Ticket.id).where(Ticket.id > last).order_by(Ticket.id).limit(PIECE)).all()
            broken = [ticket_id for ticket_id in ids if events.broken(session, ticket_id) is not None]
        wrong += [f"historia alterada: {number(ticket_id)}" for ticket_id in broken]
        if not ids:
            return count, wrong
        count, last = count + len(ids), ids[-1]


def _unlike(session: Session, copy: TextIO | None) -> list[str]:
    kept = {str(seal.day): seal.seal for seal in session.scalars(select(Seal))}
    told = dict(line.split() for line in copy.read().splitlines() if line.strip()) if copy else {}
    return [day for day, seal in sorted(told.items()) if kept.get(day) != seal]
