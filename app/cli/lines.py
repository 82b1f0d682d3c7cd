"""Our end of each channel: how far the machine may go there, and since when."""

from datetime import datetime

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.cli.door import ready_house
from app.desk import books
from app.models.arrival import Line, Mode
from app.models.book import Setting


@click.group("lines")
def lines_command() -> None:
    """Look at the lines and say how far the machine may go on each."""


@lines_command.command("list")
@with_appcontext
def list_() -> None:
    """List every line with its mode, since when it is live, and its last trouble."""
    with ready_house().db.reading() as session:
        for line in session.scalars(select(Line).order_by(Line.id)):
            live = line.go_live.isoformat(timespec="minutes") if line.go_live else "sin fecha"
            click.echo(f"{line.channel}\t{line.address}\t{line.mode.value}\t{live}\t{line.trouble or '-'}")


@lines_command.command("mode")
@click.argument("channel")
@click.argument("mode", type=click.Choice([mode.value for mode in Mode]))
@click.option("--go-live", type=click.DateTime(), help="Desde cuándo (UTC); sin ella, la fecha que ya tiene.")
@with_appcontext
def mode_(channel: str, mode: str, go_live: datetime | None) -> None:
    """Set how far the machine may go on CHANNEL: off, propose or send."""
    with ready_house().db.transaction() as session:
        rows = session.scalars(select(Line).where(Line.channel == channel)).all()
        if not rows:
            raise click.ClickException(f"No hay ninguna línea de {channel}; arranque antes el servicio una vez.")
        for line in rows:
            line.mode = Mode(mode)
            if go_live is not None:
                line.go_live = go_live.replace(tzinfo=clock.now().tzinfo)
    click.echo(f"{channel}: {mode}")


@lines_command.command("quiet")
@click.argument("seconds", type=click.IntRange(0, 180))
@with_appcontext
def quiet(seconds: int) -> None:
    """Wait SECONDS of silence before a chat message is sorted (40 unless set)."""
    with ready_house().db.transaction() as session:
        _set(session, "quiet_seconds", seconds)
    click.echo(f"{seconds} s")


def _set(session: Session, key: str, value: int) -> None:
    row = session.get(Setting, key) or Setting(key=key, value=value)
    row.value, row.edited_at = value, clock.now()
    session.add(row)
    books.touch(session)
