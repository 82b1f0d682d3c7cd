"""The demo's own beginning: tables, province, people to sign in as, a week of samples; and its greeting."""

from collections.abc import Callable

import click

from app import clock, config, migrate
from app.demo import samples
from app.desk import seeding
from app.house import House
from app.models.arrival import Mode
from app.models.people import User
from app.models.place import TownHall
from app.models.ticket import Ticket

PASSWORD = "ventanilla"  # noqa: S105 - the demo shows it on its sign-in page; it opens invented data on this machine


def prepare(home: House) -> None:
    """Make what is missing; a second start changes nothing."""
    if migrate.current(home.db) != migrate.expected():
        migrate.upgrade(home.db)
    with home.db.reading() as session:
        begun = session.query(TownHall.id).first() is not None
    if begun:
        return
    click.echo("Primera vez: se preparan los datos de la demostración…")
    from app.web import passwords

    with home.db.transaction() as session:
        seeding.seed(session, home.config.province_dir, config.ROOT / "kb" / "articles")
        seeding.lines(session, dict(home.channels), mode=Mode.SEND, now=clock.now())
        samples.people(session, home.config.province_dir, passwords.keep(PASSWORD))


def play(home: House, *, ended: Callable[[], bool]) -> None:
    """The week of samples, only into an empty desk; stops between two moments when it is `ended`."""
    with home.db.reading() as session:
        if session.query(Ticket.id).first() is not None:
            return
    click.echo("Entran las consultas de una semana de muestra; ya puede abrir la página y verlas llegar…")
    samples.play(home, ended=ended)


def greeting(home: House) -> str:
    """Where to look, how to sign in, what to try."""
    with home.db.reading() as session:
        users = session.query(User).filter(User.demo).order_by(User.id).all()
    from app.web.auth import roles

    who = "\n".join(f"  {user.email:<32} {roles()[user.role]}" for user in users)
    return f"""
Ventanilla, demostración: {home.config.public_url}
Solo se ve desde esta máquina, con datos inventados; no envía nada fuera.

Para entrar (clave «{PASSWORD}»):
{who}

Para probar:
  {home.config.public_url}/simulador   escriba como un ciudadano, por WhatsApp o por correo
  {home.config.public_url}/ayuda       la página pública con los tutoriales
  Ctrl-C termina; la próxima vez sigue todo aquí ({home.config.data_dir}).
"""
