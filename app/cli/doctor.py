"""Whether everything that the desk needs is there, and how to mend what is not."""

import os
import shutil
import tempfile
from collections.abc import Generator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask.cli import with_appcontext
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app import clock, migrate
from app.cli import doctor_rows
from app.cli.door import house
from app.cli.finding import Finding
from app.desk import learned_model
from app.house import House
from app.oidc import ProviderAway
from app.scanner import ScannerAway
from channels.way import Way

ROOM = 1_000_000_000
SOON, PATIENCE = 21, 5.0
ASKEW = timedelta(seconds=30)


@click.command("doctor")
@with_appcontext
def doctor_command() -> None:
    """Look at settings, disk, database, clocks, people, calendar, backups and channels; exit 1 if anything is wrong."""
    wrong = 0
    home = house()
    for finding in chain(look(home), wires(home)):
        wrong += not finding.well
        click.echo(
            f"{'bien' if finding.well else 'MAL '}  {finding.name}" + ("" if finding.well else f": {finding.cure}")
        )
    if wrong:
        raise SystemExit(1)


def look(home: House) -> Iterator[Finding]:
    """Every check in turn; what a database that is away would have told is left out."""
    yield from _disks(home)
    if (yield from _database(home)):
        with home.db.reading() as session:
            yield from doctor_rows.look(session, demo=home.config.demo, now=clock.now(), zone=home.config.zone)
    yield from _redis(home)
    yield from _scanner(home)
    yield from _provider(home)


def _disks(home: House) -> Iterator[Finding]:
    for name, folder in (("datos", home.config.data_dir), ("ficheros", home.files.folder)):
        if folder is None:
            told = home.files.check()
            yield Finding("almacén de ficheros", told is None, told or "")
            continue
        nearest = next(path for path in (folder, *folder.parents) if path.exists())
        free = shutil.disk_usage(nearest).free
        yield Finding(f"disco de {name}", free > ROOM, f"quedan {free // 1_000_000} MB en {folder}; haga sitio")
        yield Finding(f"carpeta de {name}", _writable(nearest), f"no se puede escribir en {folder}; mire sus permisos")
    secret = home.config.data_dir / "secret"
    private = not secret.exists() or secret.stat().st_mode & 0o077 == 0
    yield Finding("clave de firma", private, f"la puede leer cualquiera: chmod 600 {secret}")
    old = learned_model.outdated(home.config.data_dir)
    cure = "se aprendió con otra versión y no se usa: `flask triage train`"
    yield Finding("modelo propio de clasificación", not old, cure)


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"?")
            probe.flush()
            os.fsync(probe.fileno())
    except OSError:
        return False
    return True


def _database(home: House) -> Generator[Finding, None, bool]:
    """The database, its schema and its clock; returns whether its rows can be read."""
    try:
        now = migrate.current(home.db)
        there = None if home.db.sqlite else _database_clock(home)
    except SQLAlchemyError as error:
        yield Finding("base de datos", False, f"no contesta ({type(error).__name__}); mire DATABASE_URL y el servidor")
        return False
    yield Finding("base de datos", True)
    trouble = migrate.trouble(now)
    yield Finding("esquema", trouble is None, trouble or "")
    if there is not None:
        yield _clocks("la base de datos", there)
    return trouble is None


def _database_clock(home: House) -> datetime:
    with home.db.reading() as session:
        told = session.scalar(text("SELECT clock_timestamp()"))
    return told if isinstance(told, datetime) else clock.now()


def _clocks(whose: str, there: datetime) -> Finding:
    apart = abs(clock.now() - there)
    cure = f"se llevan {int(apart.total_seconds())} s: ponga las dos máquinas en hora (NTP)"
    return Finding(f"hora de esta máquina y de {whose}", apart < ASKEW, cure)


def _redis(home: House) -> Iterator[Finding]:
    if home.config.redis_url is None:
        return
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        with Redis.from_url(home.config.redis_url, socket_connect_timeout=1, socket_timeout=2) as redis:
            seconds, micros = redis.time()
    except RedisError as error:
        yield Finding("Redis", False, f"no contesta ({type(error).__name__}); las filas esperan, mire REDIS_URL")
    else:
        yield Finding("Redis", True)
        yield _clocks("Redis", datetime.fromtimestamp(seconds + micros / 1e6, UTC))


def _scanner(home: House) -> Iterator[Finding]:
    if home.scanner is None:
        return
    try:
        home.scanner.ping()
    except ScannerAway as error:
        cure = f"no contesta ({error}) y los adjuntos nuevos esperan sin verse; arranque clamd o mire CLAMD_URL"
        yield Finding("antivirus", False, cure)
    else:
        yield Finding("antivirus", True)


def _provider(home: House) -> Iterator[Finding]:
    if home.provider is None:
        return
    try:
        home.provider.check()
    except ProviderAway as error:
        yield Finding("cuenta de la entidad", False, f"el proveedor no responde ({error}); mire OIDC_ISSUER y el proxy")
    else:
        yield Finding("cuenta de la entidad", True)


def wires(home: House) -> Iterator[Finding]:
    """What lies outside: each channel asked at its wire, and our own address as the world sees it."""
    for name, variable in (("whatsapp", "TWILIO_ACCOUNT_SID"), ("email", "IMAP_URL")):
        if (channel := home.channels.get(name)) is None:
            yield Finding(f"canal {name}", False, f"no está configurado; si lo quiere, ponga {variable}")
            continue
        told = channel.check()
        yield Finding(f"canal {name}", not told, " ".join(told))
    if not home.config.demo:
        yield from _own_address(home.config.public_url, home.config.environ)


def _own_address(url: str, environ: Mapping[str, str]) -> Iterator[Finding]:
    parts = urlsplit(url)
    if parts.scheme != "https":
        yield Finding("PUBLIC_URL", False, "debe ser https: sin ello Twilio no llega y las sesiones no van cifradas")
        return
    try:
        way = Way.from_env(environ)
        days = way.days_left(parts.hostname or "", parts.port or 443, PATIENCE, now=clock.now())
    except OSError as error:
        yield Finding("PUBLIC_URL", False, f"no se llega a {url} desde aquí ({type(error).__name__}): mire proxy y DNS")
        return
    yield Finding("certificado de PUBLIC_URL", days >= SOON, f"caduca en {days} días: renuévelo")
