"""The desk kept in one file, and made from one file again."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from app import clock, privacy
from app.backup import ledger, pack, unpack
from app.cli.door import ready_house
from app.cli.setup import settings_of_process
from app.config import Config
from app.db import Database
from app.desk import backups
from app.errors import ConfigError
from app.files import Files
from app.secret import write_secret
from app.storage import open_files


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup_command(file: Path) -> None:
    """Keep everything (rows, files, keys) in FILE while the desk goes on; exit 1 if a file was missing or spoilt."""
    home, now = ready_house(), clock.now()
    try:
        done = pack.pack(home.db, home.files, file.resolve(), keys=home.config.secret_keys, now=now, tell=_tell)
    except FileExistsError as error:
        raise click.ClickException(f"{file} ya existe: dé otro nombre a la copia.") from error
    except OSError as error:
        raise click.ClickException(f"No se ha podido escribir {file}: {error.strerror}.") from error
    elsewhere = file.resolve().stat().st_dev != _disk_of(home.config)
    with home.db.transaction() as session:
        backups.made(session, elsewhere=elsewhere, now=now)
    click.echo(f"{file}: {sum(done.rows.values())} filas y {done.files} ficheros, {file.stat().st_size // 1000} kB")
    if not elsewhere:
        click.echo("Está en el mismo disco que el servicio: llévela a otro.", err=True)
    if done.missing:
        raise click.ClickException(f"Faltan o están dañados {len(done.missing)} ficheros: {' '.join(done.missing[:5])}")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Solo comprobar la copia; no se escribe nada.")
@click.option(
    "--erasures",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"El registro de borrados ({ledger.NAME}); sin él se busca en DATA_DIR.",
)
@with_appcontext
def restore_command(file: Path, check: bool, erasures: Path | None) -> None:
    """Make a desk of FILE in an empty place once its checksums hold, and erase again what was erased since then."""
    try:
        if check:
            told = unpack.check(file, tell=_tell)
            click.echo(f"La copia de {_when(told.made_at)} está entera.")
            return
        settings = settings_of_process()
        files = open_files(settings.files_url, settings.environ)
        with closing(Database(settings.database_url)) as db:
            told = unpack.restore(file, db, files, tell=_tell)
            with db.transaction() as session:
                doubtful = backups.restored(session, now=clock.now())
            _erase_again(db, files, settings.data_dir, erasures, after=told.made_at)
    except (unpack.NotRestored, ConfigError) as error:
        raise click.ClickException(str(error)) from error
    kept = settings.data_dir / "secret"
    if not settings.secret_keys and not kept.exists():
        write_secret(kept, unpack.keys(file))
    click.echo(f"Restaurada la copia de {_when(told.made_at)}: {told.rows} filas y {told.files} ficheros.")
    if doubtful:
        click.echo(f"{doubtful} mensajes esperaban salir y quizá salieron después: se pregunta por cada uno.")
    click.echo("Ahora: `flask doctor`, y arranque el servicio.")


def _erase_again(db: Database, files: Files, folder: Path, given: Path | None, *, after: datetime) -> None:
    path = given or folder / ledger.NAME
    if not path.is_file():
        click.echo(
            f"No hay {ledger.NAME}: lo que se borró después de la copia vuelve a estar. Use --erasures.", err=True
        )
        return
    entries = list(ledger.read(path, after=after))
    if given is not None and given.resolve() != (folder / ledger.NAME).resolve():
        ledger.append(folder, entries)
    done = privacy.again(db, files, folder, entries)
    click.echo(f"Borrados de nuevo {done.messages} mensajes, según {len(entries)} anotaciones.")


def _tell(line: str) -> None:
    click.echo(line, err=True)


def _disk_of(config: Config) -> int:
    """The disk that would take the desk with it: that of the files, or of the SQLite database."""
    place = next(path for path in (config.data_dir, *config.data_dir.parents) if path.exists())
    return place.stat().st_dev


def _when(moment: datetime) -> str:
    return moment.astimezone().isoformat(sep=" ", timespec="minutes")
