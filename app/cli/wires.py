"""The wires by hand: fetch a channel now, or listen to it."""

import signal
import threading

import click
from flask.cli import with_appcontext

from app import jobs, listening
from app.cli.door import ready_house
from channels.channel import Unreachable


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
