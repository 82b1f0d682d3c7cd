"""The wires by hand: fetch a channel now, listen to the mailbox, take in mail from a pipe or a file."""

import signal
import sys
import threading
from pathlib import Path

import click
from flask.cli import with_appcontext

from app import jobs, listening
from app.cli.door import ready_house
from app.models.arrival import ArrivalKind
from channels.channel import Unreachable
from channels.email.adapter import handed


@click.command("poll")
@click.argument("channel")
@with_appcontext
def poll_command(channel: str) -> None:
    """Fetch what waits on CHANNEL now."""
    home = ready_house()
    if channel not in home.channels:
        raise click.ClickException(f"El canal {channel} no está configurado.")
    try:
        click.echo(f"{jobs.poll(home, channel)} recibidos")
    except Unreachable as error:
        raise click.ClickException(str(error)) from error


@click.command("listen")
@click.argument("channel", type=click.Choice(["email"]))
@with_appcontext
def listen_command(channel: str) -> None:
    """Listen to CHANNEL for ever and fetch as soon as something comes."""
    home, end = ready_house(), threading.Event()
    if channel not in home.channels:
        raise click.ClickException("IMAP_URL: falta, no hay buzón al que escuchar.")
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: end.set())
    listening.listen(home, channel, end)


@click.group("mail")
def mail_command() -> None:
    """Take in mail that did not come through the mailbox."""


@mail_command.command("receive")
@with_appcontext
def receive() -> None:
    """Take in one message from standard input (for a mail server's pipe)."""
    _take([sys.stdin.buffer.read()])


@mail_command.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def import_(files: tuple[Path, ...]) -> None:
    """Take in messages from FILES, one message each."""
    _take([path.read_bytes() for path in files])


def _take(messages: list[bytes]) -> None:
    home = ready_house()
    if "email" not in home.channels:
        raise click.ClickException("IMAP_URL o SMTP_URL: falta, el canal de correo no está configurado.")
    taken = 0
    for raw in messages:
        if not raw.strip():
            raise click.ClickException("El mensaje está vacío.")
        taken += len(jobs.take_in(home, "email", home.channels["email"].line, [handed(raw)], ArrivalKind.GIVEN))
    while jobs.file(home):
        pass
    click.echo(f"{taken} recibidos, {len(messages) - taken} ya estaban")
