"""Mail that did not come through the mailbox, and mail read again after the reading has become better."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from app import jobs, rereading
from app.cli.door import ready_house
from app.house import House
from app.models.arrival import ArrivalKind
from channels.email import folders
from channels.email.adapter import handed

# A mail server that hears this keeps the mail and tries again later (sysexits.h).
TRY_LATER = 75
BATCH = 20


@click.group("mail")
def mail_command() -> None:
    """Take in mail that did not come through the mailbox, or read again what came."""


@mail_command.command("receive")
@with_appcontext
def receive() -> None:
    """Take in one message from standard input (for a mail server's pipe); exit 75 asks it to try again later."""
    raw = sys.stdin.buffer.read()
    if not raw.strip():
        raise click.ClickException("El mensaje está vacío.")
    try:
        taken = _take_in(_house(), [raw])
    except (click.ClickException, SQLAlchemyError, OSError, LookupError) as error:
        told = error.message if isinstance(error, click.ClickException) else type(error).__name__
        click.echo(f"No se ha podido guardar: {told}", err=True)
        sys.exit(TRY_LATER)
    click.echo("1 recibido" if taken else "ya estaba")


@mail_command.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@with_appcontext
def import_(paths: tuple[Path, ...]) -> None:
    """Take in messages from PATHS: files of one message, mbox files, Maildirs or folders of files."""
    home = _house()
    openers = [opener for path in paths for opener in folders.mails(path)]
    taken = empty = 0
    with click.progressbar(_batches(openers), label="Importando", file=sys.stderr) as groups:
        for group in groups:
            raws = [raw for opener in group if (raw := opener()).strip()]
            empty += len(group) - len(raws)
            taken += _take_in(home, raws)
            while jobs.file(home):
                pass
    click.echo(f"{taken} recibidos, {len(openers) - empty - taken} ya estaban, {empty} vacíos")


@mail_command.command("reparse")
@with_appcontext
def reparse() -> None:
    """Read every kept mail again after the reading has become better; what was decided stays decided."""
    told = (0, 0)
    for told in rereading.reread(_house(), "email"):
        click.echo(f"{told[0]} leídos…", err=True)
    click.echo(f"{told[0]} leídos, {told[1]} se leen ahora de otra manera")


def _house() -> House:
    home = ready_house()
    if "email" not in home.channels:
        raise click.ClickException("IMAP_URL o SMTP_URL: falta, el canal de correo no está configurado.")
    return home


def _take_in(home: House, raws: Iterable[bytes]) -> int:
    line = home.channels["email"].line
    return len(jobs.take_in(home, "email", line, [handed(raw) for raw in raws], ArrivalKind.GIVEN))


def _batches(openers: list[folders.Opener]) -> list[list[folders.Opener]]:
    return [openers[start : start + BATCH] for start in range(0, len(openers), BATCH)]
