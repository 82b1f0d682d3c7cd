"""Rows from files, once: the province's places, days and texts, the starter articles. People's edits stay."""

import csv
import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk import books
from app.models.arrival import Line, Mode
from app.models.book import ArticleRow, CalendarDay, TextRow
from app.models.place import EntityKind, Locality, TownHall, TownHallWire, WireKind
from channels.channel import Channel
from kb.article import read as read_article
from kb.words import fold

KINDS = {
    "entidad_local_menor": EntityKind.MINOR,
    "mancomunidad": EntityKind.ASSOCIATION,
    "comunidad": EntityKind.COMMUNITY,
    "consorcio": EntityKind.CONSORTIUM,
}
LOCALITY = "localidad"


@dataclass(slots=True)
class Seeded:
    """How many rows a seeding made or renewed, and which it left because somebody had edited them."""

    rows: int = 0
    left: list[str] = field(default_factory=list)


def seed(session: Session, province: Path, articles: Path) -> Seeded:
    """Fill or renew everything that files seed."""
    done = Seeded()
    _municipalities(session, province / "municipalities.csv", done)
    session.flush()
    halls = {hall.code: hall for hall in session.scalars(select(TownHall))}
    _entities(session, province / "entities.csv", halls, done)
    _domains(session, province / "town_hall_domains.csv", halls, done)
    _days(session, province / "holidays.csv", done)
    _texts(session, province / "texts", done)
    for folder in (articles, province / "articles"):
        _articles(session, folder, done)
    if done.rows:
        books.touch(session)
    return done


def lines(session: Session, channels: dict[str, Channel], *, mode: Mode, now: datetime) -> None:
    """A row for our end of each open channel; a new line is live from this moment on."""
    known = {(line.channel, line.address) for line in session.scalars(select(Line))}
    for name, channel in channels.items():
        if (name, channel.line) not in known:
            session.add(Line(channel=name, address=channel.line, name=name, mode=mode, go_live=now))


def _municipalities(session: Session, path: Path, done: Seeded) -> None:
    known = {hall.code: hall for hall in session.scalars(select(TownHall))}
    for row in _rows(path):
        hall = known.get(row["ine"])
        if hall is None:
            session.add(
                TownHall(
                    code=row["ine"],
                    kind=EntityKind.MUNICIPALITY,
                    name=row["nombre"],
                    aliases=_list(row["alias"]),
                    population=int(row["poblacion_2024"] or 0) or None,
                    sede_url=row["sede_url"] or None,
                )
            )
            done.rows += 1
        elif hall.edited_at is None and not hall.sede_url and row["sede_url"]:
            hall.sede_url = row["sede_url"]
            done.rows += 1


def _entities(session: Session, path: Path, halls: dict[str, TownHall], done: Seeded) -> None:
    places = {(row.town_hall_id, row.name) for row in session.scalars(select(Locality))}
    for row in _rows(path):
        parent = halls.get(row["municipio_ine"])
        if row["tipo"] == LOCALITY:
            if parent is not None and (parent.id, row["nombre"]) not in places:
                places.add((parent.id, row["nombre"]))
                session.add(Locality(town_hall_id=parent.id, name=row["nombre"]))
                done.rows += 1
            continue
        kind = next((kind for word, kind in KINDS.items() if row["tipo"].startswith(word)), None)
        code = (row["codigo_bdns"] or f"{row['tipo'][:6]}-{fold(row['nombre'])}")[:20]
        if kind is None or code in halls:
            continue
        halls[code] = TownHall(code=code, kind=kind, name=row["nombre"], parent_id=parent.id if parent else None)
        session.add(halls[code])
        done.rows += 1


def _domains(session: Session, path: Path, halls: dict[str, TownHall], done: Seeded) -> None:
    known = {(wire.value, wire.town_hall_id) for wire in session.scalars(select(TownHallWire))}
    for row in _rows(path):
        hall = halls.get(row["ine"])
        if hall is not None and (row["domain"], hall.id) not in known:
            session.add(TownHallWire(kind=WireKind.DOMAIN, value=row["domain"].lower(), town_hall_id=hall.id))
            done.rows += 1


def _days(session: Session, path: Path, done: Seeded) -> None:
    known = {(d.day, d.scope, d.town_hall_code): d for d in session.scalars(select(CalendarDay))}
    for row in _rows(path):
        day = date.fromisoformat(row["date"])
        found = known.get((day, row["scope"], row["place"]))
        if found is None:
            session.add(
                CalendarDay(
                    day=day, name=row["name"], scope=row["scope"], town_hall_code=row["place"], state=row["state"]
                )
            )
            done.rows += 1
        elif found.edited_at is None and (found.name, found.state) != (row["name"], row["state"]):
            found.name, found.state = row["name"], row["state"]
            done.rows += 1


def _texts(session: Session, folder: Path, done: Seeded) -> None:
    known = {(text.key, text.language): text for text in session.scalars(select(TextRow))}
    for path in sorted(folder.glob("*.toml")):
        for key, body in tomllib.loads(path.read_text(encoding="utf-8")).items():
            digest = _digest(body)
            row = known.get((key, path.stem))
            if row is None:
                session.add(TextRow(key=key, language=path.stem, body=body.strip(), seed_sha256=digest))
                done.rows += 1
            elif row.seed_sha256 != digest:
                if row.edited_at is None:
                    row.body, row.seed_sha256 = body.strip(), digest
                    done.rows += 1
                else:
                    done.left.append(f"texto {key} ({path.stem})")


def _articles(session: Session, folder: Path, done: Seeded) -> None:
    known = {(a.slug, a.language): a for a in session.scalars(select(ArticleRow))}
    for path in sorted(folder.glob("*/*.md")):
        source, language = path.read_text(encoding="utf-8"), path.parent.name
        digest = _digest(source)
        row = known.get((path.stem, language))
        if row is not None and row.seed_sha256 == digest:
            continue
        if row is not None and row.edited_at is not None:
            done.left.append(f"artículo {path.stem} ({language})")
            continue
        article = read_article(source, slug=path.stem, language=language)
        if row is None:
            row = ArticleRow(slug=path.stem, language=language)
            session.add(row)
        row.number, row.title, row.category = article.number, article.title, article.category
        row.source, row.seed_sha256 = source, digest
        done.rows += 1


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as lines_:
            yield from csv.DictReader(lines_)


def _list(cell: str) -> list[str]:
    return [part.strip() for part in cell.replace("|", ";").split(";") if part.strip()]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
