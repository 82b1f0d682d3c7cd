"""Triage measured on labelled enquiries, and taught again with what technicians have corrected."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from app import clock
from app.cli.door import house, ready_house
from app.desk import learned_model
from app.desk.books import touch
from app.desk.corrections import corrections
from triage.__main__ import read
from triage.policy import decide
from triage.province import read_books
from triage.score import score


@click.group("triage")
def triage_command() -> None:
    """Measure how enquiries are sorted, and teach it again."""


@triage_command.command("evaluate")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_appcontext
def evaluate(file: Path) -> None:
    """Compare verdicts with FILE: JSON lines as `python -m triage predict` reads them, with labels."""
    config = house().config
    books = replace(read_books(config.province_dir), model=learned_model.model(config.data_dir))
    found = score(_rows(file), lambda row: decide(read(dict(row)), books))
    click.echo("\n".join(found.lines()) or "ninguna consulta con etiquetas")


@triage_command.command("train")
@click.option("--force", is_flag=True, help="Instalarlo aunque sea peor que el actual.")
@with_appcontext
def train(force: bool) -> None:
    """Learn again from the examples and from what technicians corrected; a worse model is not installed."""
    # Training needs much memory and no other command needs it.
    from triage.train import Example
    from triage.train import train as learn

    home = ready_house()
    with home.db.reading() as session:
        told = corrections(session)
    click.echo(f"{len(told)} correcciones de técnicos")
    more = [Example(category=one.category, text=one.text) for one in told]

    def teach(present: Path, into: Path) -> int:
        return learn(force, more, present=present, into=into)

    if not learned_model.install(home.config.data_dir, teach, now=clock.now()):
        raise click.ClickException("No se ha instalado: sigue el modelo de antes.")
    with home.db.transaction() as session:
        touch(session)
    click.echo(
        f"Instalado en {learned_model.model(home.config.data_dir)}; los procesos de la mesa lo usan desde ahora."
    )


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file; ends the command with the number of a line that cannot be read."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            read(row)
        except (ValueError, KeyError, TypeError) as error:
            raise click.ClickException(f"{file}, línea {number}: no es una consulta con «received_at».") from error
        yield row
