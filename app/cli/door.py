"""What every command needs: the house, or a sentence that says which setting is wrong."""

import click
from flask import current_app
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import migrate
from app.db import Database
from app.house import House


def house() -> House:
    """The house of this command; ends the command with the setting that is wrong."""
    if (error := current_app.extensions.get("ventanilla_error")) is not None:
        raise click.ClickException(str(error))
    found: House = current_app.extensions["ventanilla"]
    return found


def ready_house() -> House:
    """The house, once its tables are those of this version."""
    found = house()
    if what := migrate.trouble(revision(found.db)):
        raise click.ClickException(f"La base de datos {what}.")
    return found


def revision(db: Database) -> str | None:
    """The version of a database's tables, None when it is empty; ends the command when nobody answers there."""
    try:
        return migrate.current(db)
    except (OperationalError, PoolTimeout) as error:
        what = (
            "no se puede abrir el archivo. Mire que su carpeta exista y que usted pueda escribir en ella."
            if db.sqlite
            else "la base de datos no contesta. Mire que el servidor esté en marcha y la dirección sea esa."
        )
        raise click.ClickException(f"DATABASE_URL: {what}") from error
