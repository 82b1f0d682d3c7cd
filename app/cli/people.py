"""People who sign in, and the town halls of the register."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app import clock
from app.cli.door import ready_house
from app.desk import people
from app.errors import DeskError
from app.models.people import Role, User
from app.models.place import TownHall, TownHallWire, WireKind


@click.group("people")
def people_command() -> None:
    """Invite, list and stop the people who sign in."""


@people_command.command("invite")
@click.argument("email")
@click.option("--name", required=True, help="Nombre y apellidos.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.TECHNICIAN.value)
@click.option("--town-hall", "codes", multiple=True, help="Código INE; se puede repetir.")
@with_appcontext
def invite(email: str, name: str, role: str, codes: tuple[str, ...]) -> None:
    """Invite EMAIL and print the one-time link that sets the password."""
    home = ready_house()
    with home.db.transaction() as session:
        halls = session.scalars(select(TownHall).where(TownHall.code.in_(codes))).all()
        if len(halls) != len(set(codes)):
            raise click.ClickException("Alguno de los códigos no está en el registro.")
        try:
            _, word = people.invite(session, name=name, email=email, role=Role(role), town_halls=halls, now=clock.now())
        except DeskError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{home.config.public_url}/invitacion/{word}")


@people_command.command("list")
@with_appcontext
def list_() -> None:
    """List who may sign in."""
    with ready_house().db.reading() as session:
        for user in session.scalars(select(User).order_by(User.id)):
            click.echo(f"{user.email}\t{user.role.value}\t{'activo' if user.active else 'parado'}\t{user.name}")


@people_command.command("stop")
@click.argument("email")
@with_appcontext
def stop(email: str) -> None:
    """Let EMAIL sign in no more and end every session."""
    with ready_house().db.transaction() as session:
        user = session.scalar(select(User).where(User.email == email.lower()))
        if user is None:
            raise click.ClickException(f"Nadie tiene el correo {email}.")
        people.deactivate(session, user, now=clock.now())
    click.echo(f"parado {email}")


@click.group("town-halls")
def town_halls_command() -> None:
    """Look at the register of town halls, and at who may forward for them."""


@town_halls_command.command("list")
@with_appcontext
def list_halls() -> None:
    """List every local entity with its code and its electronic office."""
    with ready_house().db.reading() as session:
        for hall in session.scalars(select(TownHall).order_by(TownHall.code)):
            click.echo(f"{hall.code}\t{hall.kind.value}\t{hall.name}\t{hall.sede_url or '-'}")


@town_halls_command.command("allow")
@click.argument("code")
@click.argument("wire")
@click.option("--confirmed", is_flag=True, help="Su dueño ha confirmado la dirección.")
@with_appcontext
def allow(code: str, wire: str, confirmed: bool) -> None:
    """Let WIRE (address, domain of its own, or telephone) forward for the town hall CODE."""
    kind = WireKind.ADDRESS if "@" in wire else WireKind.PHONE if wire.startswith("+") else WireKind.DOMAIN
    with ready_house().db.transaction() as session:
        hall = session.scalar(select(TownHall).where(TownHall.code == code))
        if hall is None:
            raise click.ClickException(f"No hay ninguna entidad con el código {code}.")
        session.add(
            TownHallWire(
                kind=kind, value=wire.lower(), town_hall_id=hall.id, confirmed_at=clock.now() if confirmed else None
            )
        )
    click.echo(f"{wire} reenvía por {hall.name}")
