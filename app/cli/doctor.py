"""Whether everything that the desk needs is there, and how to mend what is not."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app import clock, migrate
from app.cli.door import house
from app.house import House
from app.models.arrival import Line
from app.models.book import CalendarDay
from app.models.people import User

ROOM = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: well or not, and what to do about it."""

    name: str
    well: bool
    cure: str = ""


@click.command("doctor")
@with_appcontext
def doctor_command() -> None:
    """Look at settings, database, disk, channels and calendar; exit 1 if anything is wrong."""
    wrong = 0
    for finding in look(house()):
        wrong += not finding.well
        click.echo(
            f"{'bien' if finding.well else 'MAL '}  {finding.name}" + ("" if finding.well else f": {finding.cure}")
        )
    if wrong:
        raise SystemExit(1)


def look(home: House) -> Iterator[Finding]:
    """Every check in turn; a database that is away ends the list."""
    free = shutil.disk_usage(home.config.data_dir.parent).free
    yield Finding("disco", free > ROOM, f"quedan {free // 1_000_000} MB en {home.config.data_dir}; haga sitio")
    try:
        now = migrate.current(home.db)
    except SQLAlchemyError as error:
        yield Finding("base de datos", False, f"no contesta ({type(error).__name__}); mire DATABASE_URL y el servidor")
        return
    yield Finding("base de datos", True)
    well = now == migrate.expected()
    yield Finding("esquema", well, "está vacía: `flask init`" if now is None else "es de otra versión: `flask upgrade`")
    if well:
        yield from _rows(home)
    yield from _channels(home)
    yield from _redis(home)


def _rows(home: House) -> Iterator[Finding]:
    year = clock.now().astimezone(home.config.zone).year + 1
    with home.db.reading() as session:
        users = session.scalar(select(func.count()).select_from(User).where(User.demo)) or 0
        days = session.scalar(
            select(func.count()).select_from(CalendarDay).where(func.extract("year", CalendarDay.day) == year)
        )
        dead = session.scalars(select(Line).where(Line.go_live.is_(None))).all()
        troubled = session.scalars(select(Line).where(Line.trouble.is_not(None))).all()
    yield Finding(
        "usuarios de muestra", home.config.demo or not users, "hay cuentas de la demostración: `flask people stop`"
    )
    yield Finding(f"festivos de {year}", bool(days), "faltan: cópielos del boletín oficial cuando salgan")
    for line in dead:
        yield Finding(f"línea {line.channel}", False, "no está en servicio: la máquina no contesta en ella")
    for line in troubled:
        yield Finding(f"línea {line.channel}", False, line.trouble or "")


def _channels(home: House) -> Iterator[Finding]:
    for name, variable in (("whatsapp", "TWILIO_ACCOUNT_SID"), ("email", "IMAP_URL")):
        yield Finding(f"canal {name}", name in home.channels, f"no está configurado; si lo quiere, ponga {variable}")
    secure = home.config.demo or home.config.public_url.startswith("https://")
    yield Finding("PUBLIC_URL", secure, "debe ser https: sin ello Twilio no llega y las sesiones no van cifradas")


def _redis(home: House) -> Iterator[Finding]:
    if home.config.redis_url is None:
        return
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        Redis.from_url(home.config.redis_url, socket_connect_timeout=1).ping()
    except RedisError as error:
        yield Finding("Redis", False, f"no contesta ({type(error).__name__}); las filas esperan, mire REDIS_URL")
    else:
        yield Finding("Redis", True)
