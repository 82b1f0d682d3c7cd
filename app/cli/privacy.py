"""What people may ask about their own data, and how long it is kept: find, export, erase, retention."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, privacy
from app.backup import ledger, person
from app.cli.door import ready_house
from app.desk import data_subject, retention, subject_access
from app.desk.data_subject import Scope
from app.desk.numbers import number, ticket_id
from app.errors import DeskError
from app.models.ledger import Erasure

WHO = click.option("--contact", "contacts", type=int, multiple=True, help="Ficha; se puede repetir.")
WHAT = click.option("--ticket", "numbers", multiple=True, help="Consulta de otra persona (C-…); se puede repetir.")


@click.group("privacy")
def privacy_command() -> None:
    """Find, hand over and erase one person's data, and say how long words are kept."""


@privacy_command.command("find")
@click.argument("who")
@with_appcontext
def find(who: str) -> None:
    """Look for WHO (address, telephone, name, words): contacts, and consultas of others that mention them."""
    home = ready_house()
    with home.db.reading() as session:
        found = data_subject.find(session, who, region=home.books.current().province.phone_region)
        for contact in found.contacts:
            addresses = ", ".join(one.address for one in contact.identities)
            click.echo(f"--contact {contact.id}\t{contact.name or '-'}\t{addresses}")
        for ticket in found.mentions:
            click.echo(f"--ticket {number(ticket.id)}\t{ticket.subject}")
    if not (found.contacts or found.mentions):
        raise click.ClickException("No hay nada de esa persona.")


@privacy_command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@WHO
@WHAT
@with_appcontext
def export(file: Path, contacts: tuple[int, ...], numbers: tuple[str, ...]) -> None:
    """Write everything of these contacts and consultas into FILE (zip: JSON and files), to be handed over."""
    home, scope = ready_house(), _scope(contacts, numbers)
    with home.db.reading() as session:
        dossier = subject_access.dossier(session, scope, now=clock.now())
    try:
        with file.open("xb") as out:
            missing = person.write(out, dossier, home.files)
    except FileExistsError as error:
        raise click.ClickException(f"{file} ya existe: dé otro nombre.") from error
    click.echo(f"{file}: {len(dossier.told['consultas'])} consultas y {len(dossier.files) - len(missing)} ficheros")


@privacy_command.command("erase")
@WHO
@WHAT
@click.option("--because", required=True, help="Por qué: queda anotado.")
@click.option("--yes", is_flag=True, help="Borrar de verdad; sin esto solo se cuenta.")
@with_appcontext
def erase(contacts: tuple[int, ...], numbers: tuple[str, ...], because: str, yes: bool) -> None:
    """Count what these contacts and consultas hold, and with --yes take words, raw bytes and files away for good."""
    home, scope = ready_house(), _scope(contacts, numbers)
    with home.db.reading() as session:
        sizes = data_subject.sizes(session, scope)
    held = f"{sizes.contacts} fichas, {sizes.tickets} consultas, {sizes.messages} mensajes, {sizes.files} ficheros"
    if not yes:
        click.echo(f"Se borrarían {held}. Para borrarlo de verdad: --yes")
        return
    try:
        privacy.erase(home, scope, because=because, by_id=None)
    except DeskError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Borrado: {held}. Las copias de seguridad anteriores aún lo tienen hasta que caduquen.")


@privacy_command.command("retention")
@click.option("--set", "term", nargs=2, metavar="CANAL/CATEGORÍA DÍAS", help="Por ejemplo: whatsapp/* 730")
@click.option("--keep", metavar="CANAL/CATEGORÍA", help="Quitar un plazo: se guarda para siempre.")
@click.option("--yes", is_flag=True, help="Borrar ahora lo vencido; sin esto solo se cuenta.")
@with_appcontext
def retention_command(term: tuple[str, str] | None, keep: str | None, yes: bool) -> None:
    """Say how long words outlive their consulta, count what is past its term, and with --yes erase it now."""
    home = ready_house()
    with home.db.transaction() as session:
        if term or keep:
            _set(session, *(term or (keep or "", "")))
        terms = retention.terms(session)
        due = retention.count(session, terms, now=clock.now())
    for name, days in sorted(terms.items()):
        click.echo(f"{name}\t{days} días")
    if not yes:
        click.echo(f"{due} consultas han vencido; se borran solas cada hora.")
        return
    done = 0
    while some := privacy.retain(home):
        done += some
        click.echo(f"{done} mensajes", err=True)
    click.echo(f"Borrados {done} mensajes de {due} consultas.")


@privacy_command.command("ledger")
@with_appcontext
def ledger_command() -> None:
    """Print the ledger of erasures, one JSON object a line, to be kept apart from the backups."""
    with ready_house().db.reading() as session:
        for entry in session.scalars(select(Erasure).order_by(Erasure.id)):
            click.echo(ledger.line(entry))


def _scope(contacts: tuple[int, ...], numbers: tuple[str, ...]) -> Scope:
    ids = [ticket_id(one) for one in numbers]
    wrong = [one for one, id_ in zip(numbers, ids, strict=True) if id_ is None]
    if wrong:
        raise click.ClickException(f"No es un número de consulta: {', '.join(wrong)}")
    if not (contacts or ids):
        raise click.ClickException("Diga de quién: --contact o --ticket. Para buscar: `flask privacy find`.")
    return Scope(contacts, tuple(one for one in ids if one is not None))


def _set(session: Session, name: str, days: str, *, now: datetime | None = None) -> None:
    channel, slash, category = name.partition("/")
    if not (channel and slash and category) or (days and not days.isdecimal()):
        raise click.ClickException("Escriba, por ejemplo: --set whatsapp/autofirma 730, o --set '*/*' 1825")
    try:
        retention.set_term(
            session, channel=channel, category=category, days=int(days) if days else None, now=now or clock.now()
        )
    except DeskError as error:
        raise click.ClickException(str(error)) from error
