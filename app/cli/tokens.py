"""Tokens of the API."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app import clock
from app.cli.door import ready_house
from app.desk import people
from app.errors import DeskError
from app.models.people import ApiToken, Role
from app.models.place import TownHall


@click.group("token")
def token_command() -> None:
    """Make, list and revoke tokens of the API."""


@token_command.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.TECHNICIAN.value)
@click.option("--town-hall", help="Código INE, para un token de ayuntamiento.")
@with_appcontext
def add(name: str, role: str, town_hall: str | None) -> None:
    """Make a token called NAME and print it; it is told only once."""
    with ready_house().db.transaction() as session:
        hall = session.scalar(select(TownHall).where(TownHall.code == town_hall)) if town_hall else None
        if town_hall and hall is None:
            raise click.ClickException(f"No hay ningún ayuntamiento con el código {town_hall}.")
        try:
            _, word = people.add_token(session, name=name, role=Role(role), town_hall=hall, now=clock.now())
        except DeskError as error:
            raise click.ClickException(str(error)) from error
    click.echo(word)


@token_command.command("list")
@with_appcontext
def list_() -> None:
    """List the tokens, their role and when each was last used."""
    with ready_house().db.reading() as session:
        for token in session.scalars(select(ApiToken).order_by(ApiToken.id)):
            state = "revocado" if token.revoked_at else "activo"
            used = token.used_at.date().isoformat() if token.used_at else "sin usar"
            click.echo(f"{token.name}\t{token.role.value}\t{state}\t{used}")


@token_command.command("revoke")
@click.argument("name")
@with_appcontext
def revoke(name: str) -> None:
    """Revoke the token called NAME."""
    with ready_house().db.transaction() as session:
        token = session.scalar(select(ApiToken).where(ApiToken.name == name))
        if token is None:
            raise click.ClickException(f"No hay ningún token que se llame «{name}».")
        token.revoked_at = token.revoked_at or clock.now()
    click.echo(f"revocado {name}")
