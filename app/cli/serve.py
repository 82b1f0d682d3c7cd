"""Run the desk: all of it in one process, or the web, the workers and the clock each on their own."""

import contextlib
import fcntl
import os
import signal
import socket
import threading
from collections.abc import Iterator
from typing import IO

import click
from flask import current_app
from flask.cli import with_appcontext
from werkzeug.serving import WSGIRequestHandler, make_server

from app import clock, migrate
from app.cli.door import house, ready_house
from app.desk import leases, seeding
from app.house import House
from app.models.arrival import Mode
from app.queue import Threads
from app.schedule import Clock


@click.command("serve")
@with_appcontext
def serve_command() -> None:
    """Run web, workers and clock in this one process (embedded, without Redis)."""
    home = house()
    if not home.config.embedded:
        raise click.ClickException("Con REDIS_URL se arranca por piezas: vea el Procfile (gunicorn, work, clock).")
    with _alone(home):
        _prepare(home)
        _serve(home)


@click.command("work")
@with_appcontext
def work_command() -> None:
    """Run one worker of the queue (production, with Redis)."""
    from app.queue import RedisWaker

    home = ready_house()
    waker = current_app.extensions["ventanilla_waker"]
    if not isinstance(waker, RedisWaker):
        raise click.ClickException("REDIS_URL: falta. Sin Redis, `flask serve` lo hace todo en un proceso.")
    with current_app.app_context():
        waker.work(home)


@click.command("clock")
@with_appcontext
def clock_command() -> None:
    """Run the clock for ever; of several, one acts."""
    home, ticking, end = ready_house(), Clock(), threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: end.set())
    from app.queue import guarded

    while not end.wait(1.0):
        guarded(lambda: ticking.tick(home), "clock")


@click.command("tick")
@with_appcontext
def tick_command() -> None:
    """Do once everything that the clock does."""
    if not Clock().tick(ready_house(), all_now=True):
        raise click.ClickException("Otro proceso hace ya de reloj.")
    click.echo("hecho")


def _prepare(home: House) -> None:
    if home.config.demo:
        from app.demo import setup

        setup.prepare(home)
    ready_house()
    mode = Mode.SEND if home.config.demo else Mode.PROPOSE
    with home.db.transaction() as session:
        seeding.lines(session, dict(home.channels), mode=mode, now=clock.now())
        leases.release(session, now=clock.now())


def _serve(home: House) -> None:
    app, waker, ticking = current_app._get_current_object(), current_app.extensions["ventanilla_waker"], Clock()  # type: ignore[attr-defined]
    # A real desk stands behind a proxy, perhaps of another machine; the demo shows itself to nobody else.
    host = "127.0.0.1" if home.config.demo else "0.0.0.0"  # noqa: S104
    server = make_server(host, home.config.port, app, threaded=True, request_handler=_Quiet)
    if not isinstance(waker, Threads):
        raise click.ClickException("REDIS_URL: `flask serve` trabaja sin Redis.")
    # Nobody but the reader and the two sorters gives anything away; a copy must not share what is open here.
    home.db.rest()
    home.hands.allow(min(3, len(os.sched_getaffinity(0))))
    answering, end = threading.Thread(target=server.serve_forever, name="web", daemon=True), threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: end.set())
    answering.start()
    _greet(home)
    if home.config.demo:
        from app.demo import setup

        setup.play(home, ended=end.is_set)
        click.echo("Listo.")
    waker.start(home, [("clock", ticking.step)])
    end.wait()
    server.shutdown()
    answering.join()
    waker.stop()
    home.hands.stop()
    server.server_close()
    home.db.close()
    click.echo("Ventanilla ha terminado; todo lo recibido está guardado.")


class _Quiet(WSGIRequestHandler):
    """The desk has its own log; HTTP/1.1 keeps connections open for the pages that look again every five seconds."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Addresses of pages hold tokens; they are not logged."""


@contextlib.contextmanager
def _alone(home: House) -> Iterator[IO[str]]:
    """SQLite has one writing process: a second `serve` on the same data stops and says so."""
    home.config.data_dir.mkdir(parents=True, exist_ok=True)
    with (home.config.data_dir / "lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise click.ClickException(
                f"DATA_DIR: ya hay una Ventanilla en marcha con {home.config.data_dir}. Párela o cambie de carpeta."
            ) from error
        with contextlib.closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", home.config.port))
            except OSError as error:
                raise click.ClickException(
                    f"PORT: el puerto {home.config.port} está ocupado. Ponga otro en PORT."
                ) from error
        yield lock


def _greet(home: House) -> None:
    if home.config.demo:
        from app.demo import setup

        click.echo(setup.greeting(home))
    else:
        click.echo(f"Ventanilla atiende en {home.config.public_url} (esquema {migrate.expected()}).")
