"""Begin a real desk, bring it to a new version, and look whether all is well."""

from contextlib import closing

import click
from flask.cli import with_appcontext

from app import clock, config, migrate
from app.cli.door import house, revision
from app.config import Config
from app.db import Database
from app.desk import people, seeding, two_factor
from app.errors import ConfigError
from app.models.arrival import Mode
from app.models.people import Role, User
from app.secret import write_secret


@click.command("init")
@click.option("--name", default="Administración", help="Nombre de quien administra.")
@click.option("--email", required=True, help="Correo de quien administra.")
def init_command(name: str, email: str) -> None:
    """Begin a real desk: tables, province, an administrator with a one-time link, no samples."""
    settings = settings_of_process()
    if settings.demo:
        raise click.ClickException("DEMO: quítelo para empezar un servicio de verdad.")
    now = clock.now()
    with closing(Database(settings.database_url)) as db:
        revision(db)
        if not settings.secret_keys and not (settings.data_dir / "secret").exists():
            write_secret(settings.data_dir / "secret")
        migrate.upgrade(db)
        with db.transaction() as session:
            if session.query(User.id).first() is not None:
                raise click.ClickException("Este servicio ya está empezado. Para otra persona: `flask people invite`.")
            seeded = seeding.seed(session, settings.province_dir, config.ROOT / "kb" / "articles")
            _, word = people.invite(session, name=name, email=email, role=Role.ADMIN, now=now)
    click.echo(f"{seeded.rows} filas de la provincia y de los artículos.")
    click.echo(f"Enlace de un solo uso para {email} (siete días): {settings.public_url}/invitacion/{word}")
    click.echo("Las respuestas automáticas quedan en «proponer». Ahora: `flask doctor` y `flask serve`.")


def settings_of_process() -> Config:
    """The settings of a place in which no house stands yet."""
    import os

    try:
        return config.read(os.environ)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


@click.command("upgrade")
@with_appcontext
def upgrade_command() -> None:
    """Bring tables and seeded rows to this version; edited rows are left and listed."""
    home = house()
    before = revision(home.db)
    if before is not None and before > migrate.expected():
        raise click.ClickException(f"La base de datos {migrate.trouble(before)}.")
    migrate.upgrade(home.db)
    with home.db.transaction() as session:
        seeded = seeding.seed(session, home.config.province_dir, config.ROOT / "kb" / "articles")
        seeding.lines(session, dict(home.channels), mode=Mode.PROPOSE, now=clock.now())
        two_factor.lock_all(session, home.config.secret_keys)
    click.echo(f"Esquema {before or 'vacío'} → {migrate.expected()}; {seeded.rows} filas nuevas o renovadas.")
    for name in seeded.left:
        click.echo(f"Editado aquí, no se toca: {name}")
