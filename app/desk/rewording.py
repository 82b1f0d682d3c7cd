"""The wordings of automatic messages as a supervisor keeps them: reworded, but with every fact that they had."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import books, quoting, wording
from app.errors import Impossible
from app.models.book import TextRow
from kb.words import fold

GAP = re.compile(r"\{(\w+)\}")
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")


def rows(session: Session) -> Sequence[TextRow]:
    """All wordings, as they came from the province's files."""
    return session.scalars(select(TextRow).order_by(TextRow.id)).all()


def find(session: Session, key: str, language: str) -> TextRow | None:
    """One wording."""
    return session.scalar(select(TextRow).where(TextRow.key == key, TextRow.language == language))


def original(province: Path, key: str, language: str) -> str | None:
    """How the province's files say it; None where they do not."""
    path = province / "texts" / f"{language}.toml"
    told = tomllib.loads(path.read_text(encoding="utf-8")).get(key) if path.is_file() else None
    return told.strip() if isinstance(told, str) else None


def plain(typed: str) -> str:
    """What was typed, as it is kept."""
    return typed.replace("\r\n", "\n").strip()


def owed(body: str, model: str, phrases: Sequence[str]) -> str | None:
    """The model's sentence that writing here files nothing, if the body says it by none of the province's phrases."""
    said = next((one.strip() for one in SENTENCE.split(model) if _says(one, phrases)), None)
    return None if said is None or _says(body, phrases) else said


def completed(body: str, sentence: str) -> str:
    """The wording with one sentence more, above where it says who keeps the data."""
    lines = body.splitlines()
    place = next((at for at, line in enumerate(lines) if "{privacy}" in line), len(lines))
    return "\n".join([*lines[:place], sentence, *lines[place:]])


def checked(key: str, typed: str, model: str, sample: Mapping[str, str], phrases: Sequence[str]) -> str:
    """The new wording, with the gaps of its model and short enough for a telephone; raises Impossible."""
    body = plain(typed)
    if not body:
        raise Impossible("Escriba el mensaje: no puede quedar vacío.")
    if sentence := owed(body, model, phrases):
        raise Impossible(f"Falta decir que escribir aquí no es presentar nada. Ponga, por ejemplo: «{sentence}»")
    if lost := _gaps(model) - _gaps(body):
        raise Impossible(f"Falta {_named(lost)}: quien lo recibe necesita ese dato.")
    if strange := _gaps(body) - _gaps(model):
        raise Impossible(f"En este mensaje no hay con qué llenar {_named(strange)}.")
    if key == quoting.ABOVE and not quoting.may_mark(body):
        raise Impossible(
            f"Escríbalo en una sola línea, sin «#», con {quoting.FEWEST} palabras o más y {quoting.WIDEST} caracteres "
            "como mucho: por ella se sabe dónde acaba lo que contestan."
        )
    # A mail begins with a greeting and may be as long as it needs.
    if "greeting" not in _gaps(model) and (long := len(wording.fill(body, sample))) > wording.LIMIT:
        raise Impossible(f"Con los huecos llenos son {long} caracteres, y por WhatsApp caben {wording.LIMIT}.")
    return body


def keep(session: Session, row: TextRow, body: str, *, now: datetime) -> None:
    """From now on it is said like this."""
    row.body, row.edited_at = body, now
    books.touch(session)


def _says(text: str, phrases: Sequence[str]) -> bool:
    told = " ".join(fold(text).split())
    return any(fold(phrase) in told for phrase in phrases)


def _gaps(text: str) -> set[str]:
    return set(GAP.findall(text))


def _named(gaps: set[str]) -> str:
    return ", ".join(f"{{{gap}}}" for gap in sorted(gaps))
