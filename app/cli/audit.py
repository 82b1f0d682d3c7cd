"""The history of tickets, checked."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.cli.door import ready_house
from app.desk import events
from app.desk.numbers import number
from app.models.ticket import Ticket


@click.group("audit")
def audit_command() -> None:
    """Check the history of tickets."""


@audit_command.command("verify")
@with_appcontext
def verify() -> None:
    """Check that no event of any ticket was changed or taken out; exit 1 and name the ticket if one was."""
    with ready_house().db.reading() as session:
        ids = session.scalars(select(Ticket.id).order_by(Ticket.id)).all()
        wrong = [ticket_id for ticket_id in ids if events.broken(session, ticket_id) is not None]
    for ticket_id in wrong:
        click.echo(f"historia alterada: {number(ticket_id)}", err=True)
    if wrong:
        raise SystemExit(1)
    click.echo(f"{len(ids)} historias intactas")
